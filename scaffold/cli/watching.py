"""`check --watch`: the same check again whenever a file has changed, until Ctrl-C."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ScaffoldError
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def watch(root: Path, check: Callable[[], int]) -> None:
    """Check now, and after each change below `root`; a wrong configuration is told, and waited out."""
    from scaffold.check.watch import changes  # noqa: PLC0415

    gc.enable()
    told = changes(root)
    _once(check)
    for changed in told:
        if console.is_terminal(sys.stdout):
            click.clear()
        more = f" and {count(len(changed) - 3, 'more file')}" if len(changed) > len(changed[:3]) else ""
        console.note(console.dim(f"changed: {', '.join(changed[:3])}{more}"))
        _once(check)


def _once(check: Callable[[], int]) -> None:
    try:
        check()
    except ScaffoldError as error:
        console.failure(error.message, hint=error.hint, detail=error.detail)
    console.note(console.dim("watching; Ctrl-C ends it"))
