"""The one package that talks to git."""

from scaffold.core.git.process import attempt, environment, is_ignored, read, run, work_tree_of
from scaffold.core.git.revisions import fetch_tree, merge_base, renames, write_tree

__all__ = [
    "attempt",
    "environment",
    "fetch_tree",
    "is_ignored",
    "merge_base",
    "read",
    "renames",
    "run",
    "work_tree_of",
    "write_tree",
]
