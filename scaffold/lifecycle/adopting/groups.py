"""What the files of the template are for, so that they can be chosen by it."""

from __future__ import annotations

from fnmatch import fnmatchcase

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
