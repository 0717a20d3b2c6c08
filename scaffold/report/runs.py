"""An execution of a function, as any of the formats tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.report.functions import name_of, type_of
from scaffold.report.reading import ours
from scaffold.report.timeline import is_plausible
from scaffold.report.wire import status

if TYPE_CHECKING:
    from scaffold.report.wire import Event, LogLine, Record


class Run(msgspec.Struct, gc=False, kw_only=True):
    """An execution: `took` milliseconds, `at` seconds since 1970. Two with one `identity` are one."""

    identity: int
    name: str
    type: str
    request: str | None
    at: float | None
    took: float | None
    cached: bool
    error: str | None
    again: bool  # Convex repeats it
    conflict: bool
    earlier: int = 0  # runs of the same call before this one; 0 where nobody says
    is_first: bool


def of_completion(event: Event) -> Run | None:
    """The run in an event of `convex logs`; None if it lacks what every one has."""
    type_, path = type_of(event.udfType), event.identifier
    if type_ is None or path is None:
        return None
    took, conflict, at = event.executionTime, event.occInfo, event.timestamp
    return Run(
        identity=hash(event.executionId or (event.timestamp, event.requestId, path, took)),
        name=name_of(path, event.componentPath),
        type=type_,
        request=event.requestId,
        at=at if at is not None and is_plausible(at) else None,
        took=None if took is None else took * 1000,
        cached=bool(event.cachedResult),
        error=event.error or (_http_error(event.success) if type_ == "httpAction" else None),
        again=bool(event.willRetry),
        conflict=conflict is not None,
        is_first=not (conflict and conflict.retry_count),
    )


def of_execution(event: Event) -> Run | None:
    """The run in a `function_execution` of a log stream; None if it lacks what every one has."""
    function = event.function
    if function is None or isinstance(function, str):
        return None
    type_, path, request = type_of(function.type), function.path, function.request_id
    if type_ is None or path is None:
        return None
    took, conflict, failed = event.execution_time_ms, event.occ_info, event.status == "failure"
    return Run(
        identity=hash((event.timestamp, request, path, took, event.status)),
        name=name_of(path, function.component_path),
        type=type_,
        request=request,
        at=seconds(event.timestamp),
        took=took,
        cached=bool(function.cached),
        error=event.error_message or ("Error" if failed else None),
        again=bool(event.will_retry),
        conflict=conflict is not None,
        earlier=function.mutation_retry_count or event.mutation_retry_count or 0,
        is_first=not (conflict and conflict.retry_count),
    )


def records_in(lines: list[LogLine | str] | None) -> list[tuple[Record, str | None]]:
    """The template's lines among those that a function has printed, with their levels."""
    found = []
    for line in lines or ():
        if isinstance(line, str):
            text, level = line, level_of(line)
        else:
            messages, level = line.messages, line.level
            text = messages[0] if len(messages) == 1 else " ".join(messages)
        record = ours(text)
        if record is not None:
            found.append((record, level))
    return found


def level_of(line: str) -> str | None:
    """The level of a line as `[WARN] …`."""
    return line[1 : line.find("]")] if line.startswith("[") else None


def plausible(at: float | None) -> float | None:
    """A time in seconds, if it can be one."""
    return at if at is not None and is_plausible(at) else None


def seconds(milliseconds: float | None) -> float | None:
    """A time in seconds, of one in milliseconds, if it can be one."""
    return None if milliseconds is None else plausible(milliseconds / 1000)


def _http_error(success: msgspec.Raw) -> str | None:
    """An HTTP action that answered that it failed."""
    try:
        code = status(success).get("status", "")
    except msgspec.DecodeError:
        return None
    return f"HttpError: {code}" if code.startswith("5") else None
