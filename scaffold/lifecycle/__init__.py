"""What changes a project."""
