"""The model of a workspace, as people and programs look at it."""
