"""Which versions of a template there are, and which of them a project is behind; without fetching any."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scaffold.templates import history
from scaffold.templates.addresses import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def known(url: str) -> dict[str, str]:
    """The tags that are versions, oldest first, each with something that changes if it is moved.

    Raises:
        UnreachableTemplateError: git cannot read the template.
        TemplateError: there is no such template.
    """
    if is_ours(url):
        content = hashlib.sha256(history.BUNDLE.read_bytes()).hexdigest()
        return dict.fromkeys(history.versions(), content)
    from scaffold.templates import sources  # noqa: PLC0415 - starts git, which our own template does not need

    return sources.tags_at(url)


def named(version: str, tags: Iterable[str]) -> str:
    """The tag that is meant: `0.3.0` means `v0.3.0` where there is no other."""
    return f"v{version}" if version not in tags and f"v{version}" in tags else version


def later(version: str, tags: Sequence[str], skipped: Iterable[str]) -> list[str]:
    """The tags after `version` that are not passed over; `tags` and the result are oldest first."""
    passed_over = set(skipped)
    known = list(tags)
    after = known[known.index(version) + 1 :] if version in known else _later(version, known)
    return [tag for tag in after if tag not in passed_over]


def _later(version: str, tags: list[str]) -> list[str]:
    """The same for a version that has no tag; all of them for a commit between versions."""
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - 10 ms

    try:
        return [tag for tag in tags if Version(tag) > Version(version)]
    except InvalidVersion:
        return tags
