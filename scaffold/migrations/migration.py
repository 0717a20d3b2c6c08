"""What a migration is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True)
class Unresolved:
    """A place that a migration leaves to the project's owner; `line` counts from 1."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a migration came to: new texts of files by path, and what it could not do."""

    edits: dict[str, str] = field(default_factory=dict)
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One codemod. `version` is the tag it belongs to, `summary` completes "it …".

    `run` gets the texts of the project's files with one of the `suffixes`, by path, and must come to nothing
    when it is run on its own result. `moves` are the files of the template that have a new name since, for
    updates over so many versions that the two no longer look alike.
    """

    version: str
    name: str
    summary: str
    run: Callable[[Mapping[str, str]], Result]
    moves: Mapping[str, str] = field(default_factory=dict)
    suffixes: tuple[str, ...] = (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs")
