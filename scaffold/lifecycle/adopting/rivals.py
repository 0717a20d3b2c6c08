"""Files of a project that do the work of one of the template's under another name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Each tool reads one of these; with two of them there is no telling which.
_TOOLS = (
    re.compile(r"eslint\.config\.\w+|\.eslintrc(\.\w+)?|biome\.jsonc?"),
    re.compile(r"prettier\.config\.\w+|\.prettierrc(\.\w+)?|biome\.jsonc?"),
    re.compile(r"(vitest|jest)\.config\.\w+"),
    re.compile(r"\.nvmrc|\.node-version|\.tool-versions"),
    re.compile(r"renovate\.json5?|\.renovaterc(\.json5?)?"),
)
_SOURCE = re.compile(r"(.+)\.(ts|tsx|js|jsx|mjs|cjs|mts|cts)")


def rival_of(path: str, present: Iterable[str]) -> str | None:
    """The file among those present that one of the template would compete with, if there is one."""
    if path in present:
        return None
    for tool in _TOOLS:
        if tool.fullmatch(path):
            return min((other for other in present if tool.fullmatch(other)), default=None)
    match = _SOURCE.fullmatch(path)
    if match is None:
        return None
    twins = (other for other in present if (twin := _SOURCE.fullmatch(other)) and twin[1] == match[1])
    return min(twins, default=None)
