"""What makes a finding the same finding after the lines around it have moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.findings import Finding
    from scaffold.core.sources import Sources

_LONG = 100_000  # characters


def fingerprints(findings: Iterable[Finding], sources: Sources) -> tuple[str, ...]:
    """A name for each finding, in order: 16 hexadecimal digits, and a number for twins after the first.

    It is made of the rule, the file, the symbol and the text of the line without its spaces; never of line
    numbers or of the message, which a new version of a rule may word better. Findings must be sorted by
    place, so that twins keep their numbers.
    """
    seen: Counter[str] = Counter()
    squeezed: dict[tuple[str, int], str] = {}  # many findings on one line: files of a single one are large
    names = []
    for finding in findings:
        here = (finding.place.path, finding.place.line)
        if here not in squeezed:
            squeezed[here] = _short("".join(sources.lines(here[0]).first(finding.place).split()))
        name = _name(finding, squeezed[here])
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(names)


def _short(line: str) -> str:
    """The text of a line, or what stands for a bundle, which would be gone through for each finding."""
    return line if len(line) < _LONG else hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()


def _name(finding: Finding, line: str) -> str:
    parts = f"{finding.code}\0{finding.place.path}\0{finding.symbol}\0{line}"
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:16]
