"""Passing over a version: it is no longer what an update goes to, and a project is not behind for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import config, transaction
from scaffold.core.errors import UnknownVersionError
from scaffold.templates import answers, versions

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Skipped:
    """A version that is passed over: its tag, the file that says so, and whether it did before."""

    tag: str
    path: Path
    already: bool


def skip(folder: Path, answers_file: str, version: str, reason: str) -> Skipped:
    """Record that `version` is passed over, unless it is.

    Raises:
        UnknownVersionError: the template has no such version.
        ScaffoldError: the project or its files cannot be read or written.
    """
    recorded = answers.recorded(folder.resolve(), answers_file)
    known = tuple(versions.known(recorded.source))
    tag = version if version in known else f"v{version}"
    if tag not in known:
        raise UnknownVersionError(recorded.source, version, known)
    root = recorded.path.parent
    with transaction.locked(root):
        if tag in {versions.named(each, known) for each in config.read(root).skips}:
            return Skipped(tag, root / config.FILE, already=True)
        return Skipped(tag, config.add_skip(root, tag, reason.strip()), already=False)
