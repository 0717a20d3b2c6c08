"""What kind of failure an error is, by its message or by the template's own line of the call."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from scaffold.report.wire import Record

Kind = Literal["refusal", "upstream", "conflict", "timeout", "limit", "bug"]
"""The caller's doing · a service's · write conflicts · took too long · too much at once · everything else."""

_KINDS: dict[str, Kind] = {"refusal": "refusal", "upstream": "upstream", "bug": "bug"}
_MAX_NAME = 80  # characters of a type or a code: they are names
_THROWN = re.compile(r"(?:Uncaught )?([A-Za-z_$][\w$]*(?:Error|Exception|Failure)|ConvexError): ?(.*)")
_CODE = re.compile(r'"code"\s*:\s*"([^"\\]+)"')
# Messages of Convex itself, which have no type to go by.
_SYSTEM: tuple[tuple[Kind, str, re.Pattern[str]], ...] = (
    (
        "conflict",
        "WriteConflict",
        re.compile(r"changed while this mutation was being run|OptimisticConcurrency"),
    ),
    ("timeout", "Timeout", re.compile(r"timed out|execution timeout|UserTimeout", re.IGNORECASE)),
    (
        "limit",
        "LimitExceeded",
        re.compile(
            r"Too many (?:bytes|documents|reads|writes|functions|concurrent|system)|[Tt]oo large"
            r"|ran out of memory|[Ee]xceeded (?:the )?(?:limit|maximum)|TooMany|RateLimit"
        ),
    ),
)
_CALLERS = frozenset({"ArgumentValidationError"})


class Failure(NamedTuple):
    """What went wrong, in so few words that it can be counted."""

    kind: Kind
    type: str
    code: str | None = None


OTHER = Failure("bug", "(other)")


def of_message(message: str) -> Failure:
    """The failure behind an error message of the platform."""
    for kind, name, pattern in _SYSTEM:
        if pattern.search(message):
            return Failure(kind, name)
    thrown = _THROWN.search(message)
    if thrown is None:
        return Failure("bug", "Error")
    name, rest = thrown[1][:_MAX_NAME], thrown[2]
    if name == "ConvexError":  # thrown on purpose, for the caller to see
        return Failure("refusal", name, _code(rest))
    return Failure("refusal" if name in _CALLERS else "bug", name)


def _code(text: str) -> str | None:
    try:
        data = json.loads(text)
    except ValueError:  # the message was cut, or its data is a text
        found = _CODE.search(text)
        return found[1][:_MAX_NAME] if found else None
    code = data.get("code") if isinstance(data, dict) else None
    return code[:_MAX_NAME] if isinstance(code, str) else None


def of_record(record: Record, level: str | None) -> Failure | None:
    """The failure that a call's own line tells of; None if it ended well."""
    if record.outcome != "error":
        return None
    kind = _KINDS.get(record.error_kind or "") or _guess(record, level)
    code = record.error_code[:_MAX_NAME] if record.error_code else None
    return Failure(kind, (record.error_type or "Error")[:_MAX_NAME], code)


def _guess(record: Record, level: str | None) -> Kind:
    """The kind in a line without one: a refusal is a warning, with a code."""
    if level is not None and record.error_code:
        return "refusal" if level == "WARN" else "upstream"
    if record.error_code is None:
        return "bug"
    return "upstream" if record.error_code == "UPSTREAM_FAILED" else "refusal"
