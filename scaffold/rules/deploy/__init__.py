"""CX8xx: what a deployment carries, and what it must not."""
