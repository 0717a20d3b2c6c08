"""A seeded generator of what a deployment logs, in either format, and the truth about it to compare with."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Format = Literal["cli", "stream"]

START = 1_795_000_000.0  # 2026-11-18, seconds
_USAGE = {
    "databaseReadBytes": 4113,
    "databaseWriteBytes": 812,
    "databaseIoReadBytes": 8192,
    "databaseReadDocuments": 12,
    "storageReadBytes": 0,
    "networkEgressBytes": 0,
    "memoryUsedMb": 64,
}


@dataclass(frozen=True)
class Kind:
    """A function: how often it is called, how long it takes (median, milliseconds), what befalls it."""

    name: str
    class_: str
    weight: float
    median: float
    refused: float = 0.0
    broken: float = 0.0
    cached: float = 0.0
    conflicts: float = 0.0

    @property
    def type(self) -> str:
        plain = self.class_.removeprefix("internal")
        return plain[0].lower() + plain[1:]


KINDS = (
    Kind("orders/public:mine", "query", 40, 9, refused=0.01, cached=0.4),
    Kind("orders/public:get", "query", 25, 4, refused=0.02, cached=0.5),
    Kind("users/public:me", "query", 20, 3, refused=0.03, cached=0.6),
    Kind("orders/public:place", "mutation", 8, 22, refused=0.02, broken=0.001, conflicts=0.03),
    Kind("orders/public:cancel", "mutation", 2, 15, refused=0.05, conflicts=0.01),
    Kind("users/public:store", "mutation", 3, 12, conflicts=0.002),
    Kind("orders/internal:charge", "internalAction", 6, 340, broken=0.02),
    Kind("orders/internal:recordCharge", "internalMutation", 6, 11, conflicts=0.01),
    Kind("users/internal:caller", "internalQuery", 9, 2, cached=0.3),
    Kind("orders/public:quoteShipping", "action", 4, 210, refused=0.01, broken=0.03),
    Kind("POST /payments/webhook", "httpAction", 5, 60, refused=0.01),
    Kind("GET /me", "httpAction", 2, 18, refused=0.04),
)


@dataclass
class Truth:
    """What really happened, exactly."""

    calls: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    cached: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, int] = field(default_factory=dict)
    retried: dict[str, int] = field(default_factory=dict)
    latency: dict[str, list[float]] = field(default_factory=dict)

    def count(self, what: dict[str, int], name: str) -> None:
        what[name] = what.get(name, 0) + 1


@dataclass
class Call:
    """One call, and what becomes of it."""

    kind: Kind
    at: float
    took: float
    request: str
    outcome: Literal["ok", "refused", "broken"]
    cached: bool
    lost: int  # runs lost to conflicts before this one


class Deployment:
    """A deployment under load: calls spread over `span` seconds, slower and more of them in the middle."""

    def __init__(self, seed: int, *, span: float = 86_400, kinds: tuple[Kind, ...] = KINDS) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._span = span
        self._kinds = kinds
        self._weights = [kind.weight for kind in kinds]
        self.truth = Truth()

    def calls(self, count: int) -> Iterator[Call]:
        for number in range(count):
            yield self._call(number / count)

    def _call(self, part: float) -> Call:
        chance = self._random.random
        (kind,) = self._random.choices(self._kinds, self._weights)
        slow = 1 + 2 * max(0.0, 1 - abs(part - 0.6) * 8)
        outcome: Literal["ok", "refused", "broken"] = "ok"
        if chance() < kind.refused:
            outcome = "refused"
        elif chance() < kind.broken * slow:
            outcome = "broken"
        lost = 0
        while lost < 3 and chance() < kind.conflicts:
            lost += 1
        call = Call(
            kind=kind,
            at=round(START + part * self._span, 3),
            took=round(kind.median * slow * self._random.lognormvariate(0, 0.5), 3),
            request=f"{self._random.getrandbits(64):016x}",
            outcome=outcome,
            cached=outcome == "ok" and chance() < kind.cached,
            lost=lost,
        )
        self._note(call)
        return call

    def _note(self, call: Call) -> None:
        truth, name = self.truth, call.kind.name
        truth.count(truth.calls, name)
        if call.cached:
            truth.count(truth.cached, name)
        else:
            truth.latency.setdefault(name, []).append(call.took)
        if call.outcome != "ok":
            truth.count(truth.errors if call.outcome == "broken" else truth.refusals, name)
        for _ in range(call.lost):
            truth.count(truth.conflicts, name)
        if call.lost:
            truth.count(truth.retried, name)

    def events(self, count: int, form: Format = "cli") -> Iterator[dict[str, Any]]:
        """The events of so many calls."""
        make = of_cli if form == "cli" else of_stream
        for call in self.calls(count):
            yield from make(call)

    def lines(self, count: int, form: Format = "cli") -> Iterator[str]:
        for event in self.events(count, form):
            yield json.dumps(event, separators=(",", ":"))


def record(call: Call) -> dict[str, Any]:
    """The line that the template writes for a call."""
    failed = call.outcome != "ok"
    refused = call.outcome == "refused"
    is_query = call.kind.type == "query"
    return {
        "schema": "function-call/1",
        "function": call.kind.name,
        "class": call.kind.class_,
        "outcome": "error" if failed else "ok",
        "errorType": ("ConvexError" if refused else "TypeError") if failed else None,
        "errorCode": "FORBIDDEN" if refused else None,
        "errorKind": ("refusal" if refused else "bug") if failed else None,
        "requestId": None if is_query else call.request,
        "durationMs": None if is_query else round(call.took * 0.9, 3),
    }


def shown(text: str) -> str:
    """A text as Convex's console shows it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _level(call: Call) -> str:
    return {"ok": "LOG", "refused": "WARN", "broken": "ERROR"}[call.outcome]


def _message(call: Call) -> str | None:
    if call.outcome == "refused" and call.kind.type != "httpAction":  # which answers a refusal itself
        return 'Uncaught ConvexError: {"code":"FORBIDDEN","message":"Not yours."}\n    at x.ts'
    return "Uncaught TypeError: x is undefined\n    at handler" if call.outcome == "broken" else None


_CONFLICT = (
    'Documents read from or written to the "orders" table changed while this mutation was being run and on '
    "every subsequent retry."
)


def of_cli(call: Call) -> Iterator[dict[str, Any]]:
    """As `convex logs --jsonl` prints it."""
    text = shown(json.dumps(record(call), separators=(",", ":")))
    line = {"messages": [text], "level": _level(call), "timestamp": call.at * 1000, "isTruncated": False}
    kind = call.kind.type
    base = {
        "udfType": kind[0].upper() + kind[1:],
        "componentPath": None,
        "identifier": call.kind.name,
        "requestId": call.request,
    }
    for attempt in range(call.lost):
        yield base | {
            "kind": "Completion",
            "logLines": [],
            "timestamp": call.at - 0.1 * (call.lost - attempt),
            "executionTimestamp": call.at - 0.2,
            "executionTime": 0.01,
            "cachedResult": False,
            "caller": "SyncWorker",
            "executionId": f"{call.request}-{attempt}",
            "success": None,
            "error": _CONFLICT,
            "willRetry": True,
            "occInfo": {
                "tableName": "orders",
                "documentId": None,
                "writeSource": None,
                "retryCount": attempt,
            },
            "usageStats": _USAGE,
        }
    apart = kind in {"action", "httpAction"}
    lines = [] if call.cached else [line]
    if apart:
        progress = {"kind": "Progress", "timestamp": call.at, "executionId": f"{call.request}-e"}
        yield base | progress | {"logLines": lines}
    yield base | {
        "kind": "Completion",
        "logLines": [] if apart else lines,
        "timestamp": call.at,
        "executionTimestamp": round(call.at - call.took / 1000, 6),
        "executionTime": call.took / 1000,
        "userExecutionTime": None,
        "cachedResult": call.cached,
        "caller": "SyncWorker",
        "parentExecutionId": None,
        "executionId": f"{call.request}-e",
        "success": {"status": "403" if call.outcome == "refused" else "200"}
        if kind == "httpAction"
        else None,
        "error": _message(call),
        "returnBytes": 312,
        "willRetry": False,
        "occInfo": None,
        "identityType": "user",
        "environment": "isolate",
        "usageStats": _USAGE,
    }


_CONVEX = {
    "deployment_name": "quick-otter-123",
    "deployment_type": "prod",
    "project_name": "Shop",
    "project_slug": "shop",
}


def of_stream(call: Call) -> Iterator[dict[str, Any]]:
    """As a log stream sends it."""
    kind = call.kind.type
    function = {
        "type": "http_action" if kind == "httpAction" else kind,
        "path": call.kind.name,
        "cached": call.cached,
        "request_id": call.request,
    }
    stamp = int(call.at * 1000)
    if not call.cached:
        yield {
            "topic": "console",
            "timestamp": stamp,
            "convex": _CONVEX,
            "function": function,
            "log_level": _level(call),
            "message": shown(json.dumps(record(call), separators=(",", ":"))),
            "is_truncated": False,
        }
    for attempt in range(call.lost):
        yield {
            "topic": "function_execution",
            "timestamp": stamp - 100 * (call.lost - attempt),
            "convex": _CONVEX,
            "function": function | {"mutation_retry_count": attempt},
            "execution_time_ms": 10,
            "status": "failure",
            "error_message": _CONFLICT,
            "occ_info": {"table_name": "orders", "retry_count": attempt},
            "will_retry": True,
            "run_reason": "webSocket",
            "usage": {"database_read_bytes": 4113, "memory_used_mb": 64},
        }
    message = _message(call)
    yield {
        "topic": "function_execution",
        "timestamp": stamp,
        "convex": _CONVEX,
        "function": function | {"mutation_queue_length": 0, "mutation_retry_count": call.lost},
        "execution_time_ms": call.took,
        "user_execution_time_ms": round(call.took * 0.8, 3),
        "status": "failure" if message else "success",
        "error_message": message,
        "will_retry": False,
        "run_reason": "webSocket",
        "usage": {
            "database_read_bytes": 4113,
            "database_write_bytes": 812,
            "database_read_documents": 12,
            "file_storage_read_bytes": 0,
            "network_egress_bytes": 0,
            "memory_used_mb": 64,
        },
    }
