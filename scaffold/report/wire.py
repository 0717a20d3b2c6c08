"""The events as they come in: of `convex logs --jsonl`, of log streams, of our `serve`, and bare lines.

One shape with the fields of all of them, because the kind of an event is known only when it has been decoded.
Whatever is not named here is skipped without being built.
"""

from __future__ import annotations

import msgspec

_NULL = msgspec.Raw(b"null")


class LogLine(msgspec.Struct, gc=False):
    """A line in an event of `convex logs`."""

    messages: list[str] = []
    level: str | None = None
    isTruncated: bool = False  # noqa: N815 - as it is in JSON


class CliConflict(msgspec.Struct, gc=False, rename="camel"):
    """`occInfo` of `convex logs`."""

    retry_count: int | None = None


class StreamConflict(msgspec.Struct, gc=False):
    """`occ_info` of log streams."""

    retry_count: int | None = None


class FunctionInfo(msgspec.Struct, gc=False):
    """`function` of log streams."""

    type: str | None = None
    path: str | None = None
    cached: bool | None = None
    request_id: str | None = None
    component_path: str | None = None
    mutation_retry_count: int | None = None


class Load(msgspec.Struct, gc=False):
    """How much of one type is running, in `concurrency_stats`."""

    num_running: int = 0
    num_queued: int = 0


class Record(msgspec.Struct, gc=False):
    """A line that the template writes: `function-call/1` or `retry/1`."""

    schema: str
    function: str
    class_: str | None = msgspec.field(default=None, name="class")
    outcome: str | None = None
    error_type: str | None = msgspec.field(default=None, name="errorType")
    error_code: str | None = msgspec.field(default=None, name="errorCode")
    error_kind: str | None = msgspec.field(default=None, name="errorKind")
    request_id: str | None = msgspec.field(default=None, name="requestId")
    duration_ms: float | None = msgspec.field(default=None, name="durationMs")
    job: str | None = None
    attempt: int | None = None


class Event(msgspec.Struct, gc=False):
    """An event of any kind."""

    timestamp: float | None = None
    # convex logs --jsonl
    kind: str | None = None
    udfType: str | None = None  # noqa: N815
    componentPath: str | None = None  # noqa: N815
    identifier: str | None = None
    logLines: list[LogLine | str] | None = None  # noqa: N815
    executionTime: float | None = None  # noqa: N815
    cachedResult: bool | None = None  # noqa: N815
    requestId: str | None = None  # noqa: N815
    executionId: str | None = None  # noqa: N815
    success: msgspec.Raw = _NULL
    error: str | None = None
    willRetry: bool | None = None  # noqa: N815
    occInfo: CliConflict | None = None  # noqa: N815
    # log streams
    topic: str | None = None
    function: FunctionInfo | str | None = None
    execution_time_ms: float | None = None
    status: str | None = None
    error_message: str | None = None
    will_retry: bool | None = None
    occ_info: StreamConflict | None = None
    mutation_retry_count: int | None = None
    message: str | None = None
    log_level: str | None = None
    is_truncated: bool | None = None
    lag_seconds: float | None = None
    num_running_jobs: int | None = None
    query: Load | None = None
    mutation: Load | None = None
    action: Load | None = None
    node_action: Load | None = None
    http_action: Load | None = None
    data: Event | None = None  # Axiom puts the event in here
    # the template's own line, bare
    schema: str | None = None
    # convex-scaffold serve --json
    event: str | None = None
    name: str | None = None
    lines: list[str] | None = None


event = msgspec.json.Decoder(Event).decode
record = msgspec.json.Decoder(Record).decode
array = msgspec.json.Decoder(list[msgspec.Raw]).decode
status = msgspec.json.Decoder(dict[str, str]).decode
