"""The embedded backend: a project's functions in memory, behind Convex's own protocols."""
