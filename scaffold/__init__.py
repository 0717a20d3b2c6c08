"""Create Convex backends, keep them level with a template, and hold any of them against standards."""

__version__ = "0.5.0"
