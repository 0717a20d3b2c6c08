"""The one package that talks to git."""

from scaffold.core.git.process import attempt, environment, is_ignored, read, run, work_tree_of

__all__ = ["attempt", "environment", "is_ignored", "read", "run", "work_tree_of"]
