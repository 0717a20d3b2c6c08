"""The one package that talks to git."""

from scaffold.core.git.process import (
    attempt,
    environment,
    fetch_tree,
    is_ignored,
    merge_base,
    read,
    renames,
    run,
    work_tree_of,
    write_tree,
)

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
