"""Python tests of a project's public functions, written from its model."""
