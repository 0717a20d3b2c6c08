"""What rules say of the parts of a project, and one answer from it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from msgspec.structs import replace

from scaffold.core.findings import Confidence, Finding, Level

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from scaffold.core.findings import Blind
    from scaffold.core.places import Place
    from scaffold.model.view import BodyKey
    from scaffold.rules.rule import Rule

_CONFIDENCES = tuple(Confidence)  # from sure to unsure
_LEVELS = tuple(Level)  # from bad to harmless
Rows: TypeAlias = "list[Any] | memoryview"
"""What a rule gathered: itself, or encoded where it was remembered, since few runs look at it."""
_encoder = msgspec.msgpack.Encoder()
_rows = msgspec.msgpack.Decoder(list[Any])
_stretches = msgspec.msgpack.Decoder(list[tuple[int, int]])


class Part(msgspec.Struct, kw_only=True):
    """What is said of one part of a project: of a module, of its strays, or of all of it by some rules.

    `rows` are what rules gathered, by code; `entered` the functions of the code that registered ones come to,
    by path, encoded.
    """

    findings: list[Finding] = msgspec.field(default_factory=list)
    rows: dict[str, Rows] = msgspec.field(default_factory=dict)
    failures: list[tuple[Rule, Exception]] = msgspec.field(default_factory=list)
    entered: dict[str, bytes] = msgspec.field(default_factory=dict)
    blind: list[Blind] = msgspec.field(default_factory=list)


def encoded(rows: Rows) -> bytes | memoryview:
    """Rows as they are remembered."""
    return _encoder.encode(rows) if isinstance(rows, list) else rows


def decoded(rows: Rows) -> list[Any]:
    """Rows as they were gathered."""
    return rows if isinstance(rows, list) else _rows.decode(rows)


def by_path(bodies: Iterable[BodyKey]) -> dict[str, bytes]:
    """Functions of the code as a part tells of them."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for path, start, end in sorted(bodies):
        found[path].append((start, end))
    return {path: _encoder.encode(stretches) for path, stretches in found.items()}


def entered_by(parts: Iterable[Part]) -> dict[str, set[bytes]]:
    """What all parts tell of the functions that they come to, by path."""
    found: dict[str, set[bytes]] = defaultdict(set)
    for part in parts:
        for path, stretches in part.entered.items():
            found[path].add(stretches)
    return found


def bodies(path: str, stretches: Iterable[bytes]) -> frozenset[BodyKey]:
    """The functions of the code that parts tell of in a file."""
    return frozenset((path, *stretch) for each in stretches for stretch in _stretches.decode(each))


def merged(parts: Sequence[Part], unanimous: Collection[str]) -> list[Finding]:
    """The findings of all parts. Of what several say of one place by one rule, the surest and worst stays.

    Where they are alike, the first part counts. A fix is as safe as the least safe of them. What rules among
    the `unanimous` say of a place stays only where all parts say it whose functions come there.
    """
    kept: dict[tuple[str, Place], list[Finding]] = {}
    said: dict[tuple[str, Place], list[Part]] = {}
    for part in parts:
        for key, found in _by_place(part.findings).items():
            known = kept.get(key)
            kept[key] = found if known is None else _settled(known, found)
            said.setdefault(key, []).append(part)
    entering = _entering(parts, {place.path for code, place in kept if code in unanimous})
    return [
        finding
        for key, found in kept.items()
        if key[0] not in unanimous or _agree(key[1], said[key], entering[key[1].path])
        for finding in found
    ]


def _by_place(findings: Iterable[Finding]) -> dict[tuple[str, Place], list[Finding]]:
    found: dict[tuple[str, Place], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.code, finding.place), []).append(finding)
    return found


def _settled(known: list[Finding], found: list[Finding]) -> list[Finding]:
    chosen = min(known, found, key=lambda each: min(map(_rank, each)))
    if all(each.fix is None or each.fix.safe for each in (*known, *found)):
        return chosen
    return [replace(each, fix=replace(each.fix, safe=False)) if each.fix else each for each in chosen]


def _rank(finding: Finding) -> tuple[int, int]:
    return _CONFIDENCES.index(finding.confidence), _LEVELS.index(finding.level)


def _entering(parts: Iterable[Part], paths: Collection[str]) -> dict[str, list[tuple[int, int, Part]]]:
    """By file, where the functions stand that parts come to, and which part it is."""
    found: dict[str, list[tuple[int, int, Part]]] = {path: [] for path in paths}
    for part in parts:
        for path in part.entered.keys() & found.keys():
            stretches = _stretches.decode(part.entered[path])
            found[path] += ((start, end, part) for start, end in stretches)
    return found


def _agree(place: Place, agreeing: Iterable[Part], entering: Iterable[tuple[int, int, Part]]) -> bool:
    known = {id(part) for part in agreeing}
    return all(
        id(part) in known for start, end, part in entering if start <= place.start and place.end <= end
    )
