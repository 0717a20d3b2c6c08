"""Passing over a version: it is no longer what an update goes to, and a project is not behind for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core import config, transaction
from scaffold.core.errors import UnknownVersionError
from scaffold.templates import answers, versions

if TYPE_CHECKING:
    from pathlib import Path


def skip(folder: Path, answers_file: str, version: str, reason: str) -> tuple[Path, str]:
    """Record that `version` is passed over, and return the file that says so and the version's tag.

    Raises:
        UnknownVersionError: the template has no such version.
        ScaffoldError: the project or its files cannot be read or written.
    """
    recorded = answers.recorded(folder.resolve(), answers_file)
    known = tuple(versions.known(recorded.source))
    tag = version if version in known else f"v{version}"
    if tag not in known:
        raise UnknownVersionError(recorded.source, version, known)
    with transaction.locked(recorded.path.parent):
        return config.add_skip(recorded.path.parent, tag, reason.strip()), tag
