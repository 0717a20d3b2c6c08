"""What comments say of the code under them: that it is meant as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.source import nodes as n

MEANT = regex(r"\b(?:on purpose|intentional|deliberate)", re.IGNORECASE)
# What is to be mended yet is not meant, whatever else is said of it.
_UNSETTLED = regex(r"\b(?:todo|fixme|hack|xxx|for now|later|should|avoid|temporar\w*)\b", re.IGNORECASE)


def is_meant(module: Module, node: n.Node, *more: re.Pattern[str]) -> bool:
    """Whether the comment right above a node's line, or behind it, says that it is meant, or is of `more`."""
    said = f"{module.comment_above(node)}\n{module.comment_beside(node)}".strip()
    return bool(said) and any(each.search(said) for each in (MEANT, *more)) and not _UNSETTLED.search(said)
