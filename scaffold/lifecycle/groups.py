"""What the files of the template are for, so that they can be chosen by it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.core.config import TemplateConfig

KEPT = "kept as it was when the template was adopted"
"""The reason why a file of the project stands where the template has one too."""

GROUPS = {
    "ci": "continuous integration",
    "tests": "the tests, and what they share",
    "reliability": "idempotency, retries, replay",
    "standards": "lint, format, rules for agents",
    "backend": "builders, access, errors, telemetry; users",
    "project": "package.json, README and other files of the root",
}
"""Each group, and what it holds."""

# The first pattern that fits counts; `*` crosses folders.
_PATTERNS = (
    (".github/*", "ci"),
    ("renovate.json", "ci"),
    (".nvmrc", "ci"),
    ("vitest.config.*", "tests"),
    ("tests/*", "tests"),
    ("*.test.ts", "tests"),
    ("convex/test.*.ts", "tests"),
    ("convex/*/test.*.ts", "tests"),
    ("convex/access.*", "tests"),
    ("convex/*/access.cases.ts", "tests"),
    ("convex/reliability/*", "reliability"),
    ("convex/*", "backend"),
    ("AGENTS.md", "standards"),
    (".editorconfig", "standards"),
    (".prettier*", "standards"),
    ("eslint.config.*", "standards"),
    ("scaffold.toml", "standards"),
)


def group_of(path: str) -> str:
    """The group of a file of the template."""
    return next((group for pattern, group in _PATTERNS if fnmatchcase(path, pattern)), "project")


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """How much of the template a project follows: groups, folders and files; None is all of it.

    `kept` are files that the project had before, and keeps instead of the template's.
    """

    words: tuple[str, ...] | None
    kept: frozenset[str] = frozenset()

    @classmethod
    def by(cls, settings: TemplateConfig) -> Adopted:
        """What scaffold.toml says."""
        kept = frozenset(path for path, reason in settings.deviations.items() if reason == KEPT)
        return cls(words=settings.adopted, kept=kept if settings.adopted is not None else frozenset())

    def __contains__(self, path: str) -> bool:
        if self.words is None:
            return True
        named = any(path == word or path.startswith(f"{word}/") for word in self.words)
        return path not in self.kept and (named or group_of(path) in self.words)
