"""What a rule reports, and what a run of all rules amounts to."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from scaffold.core.places import Place  # noqa: TC001 - who reads a finding back needs its types


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How sure the rule is. Output shows high confidence unless asked for more."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Profile(StrEnum):
    """Whom a rule is for; each profile holds the ones before it."""

    RECOMMENDED = "recommended"
    STRICT = "strict"
    PEDANTIC = "pedantic"


class Evidence(msgspec.Struct, frozen=True):
    """A second place that makes a finding understandable."""

    place: Place
    message: str


class Edit(msgspec.Struct, frozen=True, order=True):
    """Bytes `start` to `end` of a file, and the text to stand there instead."""

    path: str
    start: int
    end: int
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that mend a finding; all are made, or none. A safe fix never changes what the program does."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, where, why that is believed, and the way out.

    `symbol` names what the finding is about independently of its line (`messages:list`, `users.by_email`):
    fingerprints and baselines are made from it, so that they survive edits elsewhere.
    """

    code: str
    rule: str
    message: str
    place: Place
    level: Level
    confidence: Confidence = Confidence.HIGH
    way_out: str = ""
    symbol: str = ""
    evidence: tuple[Evidence, ...] = ()
    fix: Fix | None = None


class Suppressed(msgspec.Struct, frozen=True):
    """A finding that is not shown, and why: a comment beside the code, or an entry of the baseline."""

    finding: Finding
    in_source: bool
    reason: str = ""


class Blind(msgspec.Struct, frozen=True):
    """Something the run could not see, and why: an unknown value, a file that does not parse."""

    kind: str
    reason: str
    place: Place

    @property
    def is_unread(self) -> bool:
        """Whether it is a file that could not be read whole; all others are values that cannot be told."""
        return self.kind in {"file", "syntax"}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one run.

    `findings` are those to show, sorted by place; `suppressed`, `baselined` and `hidden` (below the asked
    confidence) are counts of what is not shown. `silenced` holds what the first two count, for formats that
    carry it. `blind` lists what could not be seen.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: int = 0
    baselined: int = 0
    baseline_since: str = ""
    hidden: int = 0
    blind: tuple[Blind, ...] = ()
    files: int = 0
    functions: int = 0
    seconds: float = 0.0
    stale_baseline: int = 0
    statistics: dict[str, int] = msgspec.field(default_factory=dict)
    silenced: tuple[Suppressed, ...] = ()
