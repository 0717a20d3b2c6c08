"""Standards of the project itself."""
