"""Findings that are accepted for now: one sorted line each, so that branches merge and lines may move."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from scaffold.core import files
from scaffold.core.errors import ConfigurationError
from scaffold.core.patterns import regex
from scaffold.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SINCE = regex(r"since (\d{4}-\d\d-\d\d)")
_ENTRY = regex(r"(?P<path>.+) (?P<code>[A-Z]+\d+) (?P<fingerprint>[0-9a-f]{16}(?:-\d+)?)")
_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # would end the line, or hide it
_HEADER = """\
# Findings that `convex-scaffold check` accepts for now, since {since}. Only new ones fail.
# `convex-scaffold check --prune-baseline` removes those that are mended.
"""


class Entry(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One accepted finding; its fingerprint says which, path and code are for people."""

    path: str
    code: str
    fingerprint: str

    def __str__(self) -> str:
        """Its line in the file."""
        return f"{_CONTROL.sub('?', printable(self.path))} {self.code} {self.fingerprint}"


class Baseline(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The entries of a file, and the day of the first of them (`YYYY-MM-DD`, or "" if it does not say)."""

    since: str = ""
    entries: frozenset[Entry] = frozenset()

    @cached_property
    def fingerprints(self) -> frozenset[str]:
        """Those of its entries."""
        return frozenset(each.fingerprint for each in self.entries)

    def write(self, path: Path) -> None:
        """Replace the file, sorted.

        Raises:
            CannotWriteError: the file system refuses.
        """
        lines = sorted(f"{entry}\n" for entry in self.entries)
        files.replace(path, _HEADER.format(since=self.since) + "".join(lines))


def read(path: Path, name: str, *, leniently: bool = False) -> Baseline:
    """The baseline in a file; empty where there is none. `name` is what messages call it.

    `leniently` passes over what is no entry, for a file that is about to be written anew.

    Raises:
        ConfigurationError: it cannot be read, or a line is not of its form.
    """
    try:
        text = files.text(path, "replace")
    except (FileNotFoundError, NotADirectoryError):
        return Baseline()
    except OSError as error:
        raise ConfigurationError(
            name, f"cannot be read: {error.strerror}", "check what it is, and its permissions"
        ) from error
    since = _SINCE.search(text)
    entries = frozenset(_entries(text, name, leniently=leniently))
    return Baseline(since=since[1] if since else "", entries=entries)


def _entries(text: str, name: str, *, leniently: bool) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _ENTRY.fullmatch(line.strip())
        if match:
            yield Entry(path=match["path"], code=match["code"], fingerprint=match["fingerprint"])
        elif line.strip() and not line.startswith("#") and not leniently:
            raise ConfigurationError(
                f"{name}:{number}", f"is no entry of a baseline: {line[:60]!r}", _way_out(line)
            )


def _way_out(line: str) -> str:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        return "keep both sides of the conflict: what is mended is pruned later"
    return "take the line out, or write the file anew: convex-scaffold check --write-baseline"
