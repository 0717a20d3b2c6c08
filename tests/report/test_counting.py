"""The counts are those of what happened, in both formats, and each call counts once."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from io import BufferedReader, BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from support.events import KINDS, Deployment, of_cli, of_stream, record, shown

from scaffold.report import collector as collecting
from scaffold.report import functions, results
from scaffold.report.collector import Collector
from scaffold.report.reading import read
from scaffold.report.results import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.events import Format, Truth

    from scaffold.report.results import Group, Report

_FORMATS = ["cli", "stream"]


def _report(events: Iterable[dict[str, Any] | str], **options: Any) -> Report:
    lines = (event if isinstance(event, str) else json.dumps(event) for event in events)
    collector = Collector(**options)
    for item in read(BufferedReader(BytesIO("\n".join(lines).encode())), collector.counts):
        collector.add(item)
    return results.report(collector, ["events"], Wanted())


def _counted(groups: Iterable[Group]) -> dict[str, tuple[int, ...]]:
    return {
        group.name: (
            group.total.calls,
            group.total.errors,
            group.total.refusals,
            group.total.cached,
            group.total.conflicts,
            group.total.retried,
        )
        for group in groups
    }


def _true(truth: Truth) -> dict[str, tuple[int, ...]]:
    return {
        name: (
            calls,
            truth.errors.get(name, 0),
            truth.refusals.get(name, 0),
            truth.cached.get(name, 0),
            truth.conflicts.get(name, 0),
            truth.retried.get(name, 0),
        )
        for name, calls in truth.calls.items()
    }


@pytest.mark.parametrize("form", _FORMATS)
def test_counts_and_percentiles_are_true(form: Format) -> None:
    deployment = Deployment(7)
    report = _report(deployment.lines(4000, form))
    truth = deployment.truth

    assert _counted(report.functions) == _true(truth)
    assert {group.name: group.class_ for group in report.functions} == {
        kind.name: kind.class_ for kind in KINDS
    }
    for group in report.functions:
        values = sorted(truth.latency[group.name])
        assert group.total.latency.count == len(values)
        p95 = values[-(-len(values) * 95 // 100) - 1]
        assert group.latencies["p95"] == pytest.approx(p95, rel=0.01)
    assert sum(tally.calls for tally in report.total.buckets.values()) == report.total.total.calls == 4000
    assert report.counts.unknown == report.counts.broken == report.counts.duplicates == 0


@pytest.mark.parametrize("form", _FORMATS)
def test_classes_add_up_their_functions(form: Format) -> None:
    report = _report(Deployment(8).lines(2000, form))
    for part in ("calls", "errors", "refusals", "cached"):
        by_class = sum(getattr(group.total, part) for group in report.classes)
        assert by_class == getattr(report.total.total, part)


@pytest.mark.parametrize("form", _FORMATS)
def test_events_may_come_in_any_order_and_twice(form: Format) -> None:
    deployment = Deployment(9)
    events = list(deployment.events(1500, form))
    delivered = events + random.Random(1).sample(events, 400)  # noqa: S311 - repeatable
    random.Random(2).shuffle(delivered)  # noqa: S311
    report = _report(delivered)

    assert _counted(report.functions) == _true(deployment.truth)
    assert report.counts.duplicates == 400


def test_lines_are_enough_where_no_run_tells() -> None:
    calls = list(Deployment(3).calls(800))
    lines = [json.dumps(record(call)) for call in calls if not call.cached]
    report = _report(lines)

    for group in report.functions:
        mine = [call for call in calls if call.kind.name == group.name and not call.cached]
        assert group.total.calls == len(mine)
        assert group.total.errors == sum(call.outcome == "broken" for call in mine)
    assert report.first is None


@pytest.mark.parametrize("form", _FORMATS)
@pytest.mark.parametrize("lines_first", [True, False])
def test_bare_lines_beside_runs_count_nothing_twice(form: Format, *, lines_first: bool) -> None:
    deployment = Deployment(4)
    calls = list(deployment.calls(600))
    make = of_cli if form == "cli" else of_stream
    events = [json.dumps(event) for call in calls for event in make(call)]
    lines = [json.dumps(record(call)) for call in calls if not call.cached]
    report = _report([*lines, *events] if lines_first else [*events, *lines])

    assert _counted(report.functions) == _true(deployment.truth)


def test_a_call_whose_run_was_lost_counts_by_its_line() -> None:
    deployment = Deployment(5, kinds=tuple(kind for kind in KINDS if kind.class_ == "mutation"))
    events = list(deployment.events(300, "stream"))
    lost = next(index for index, event in enumerate(events) if event["topic"] == "function_execution")
    del events[lost]

    assert _report(events).total.total.calls == 300


def _call(name: str, **changes: Any) -> Any:
    kind = next(kind for kind in KINDS if kind.name == name)
    (call,) = Deployment(1, kinds=(kind,)).calls(1)
    return replace(call, outcome="ok", cached=False, lost=0, **changes)


def test_a_call_inside_of_another_counts_by_its_line() -> None:
    (event,) = of_cli(_call("orders/public:place"))
    inner = record(_call("orders/internal:recordCharge"))
    event["logLines"].insert(
        0, {"messages": [shown(json.dumps(inner, separators=(",", ":")))], "level": "LOG"}
    )

    assert _counted(_report([event]).functions) == {
        "orders/internal:recordCharge": (1, 0, 0, 0, 0, 0),
        "orders/public:place": (1, 0, 0, 0, 0, 0),
    }


def test_what_a_line_knows_of_an_error_counts() -> None:
    """An HTTP action answers a refusal itself: for the platform it went well."""
    (group,) = _report(of_stream(replace(_call("GET /me"), outcome="refused"))).functions
    assert (group.total.refusals, [tuple(failure) for failure, _ in group.errors]) == (
        1,
        [("refusal", "ConvexError", "FORBIDDEN")],
    )


def test_a_conflict_that_repeating_did_not_end_is_an_error() -> None:
    *_, last = of_stream(_call("orders/public:place"))
    lost = 'Documents read from or written to the "orders" table changed while this mutation was being run'
    last["function"]["mutation_retry_count"] = 4
    last |= {
        "status": "failure",
        "error_message": f"{lost} and on every subsequent retry.",
        "occ_info": {"table_name": "orders", "retry_count": 4},
        "will_retry": False,
    }
    (group,) = _report([last]).functions
    assert (group.total.calls, group.total.errors, group.total.conflicts, group.total.retried) == (1, 1, 4, 1)
    assert group.errors[0][0].kind == "conflict"


_PROJECT_OF_ANYBODY = [
    ("Uncaught Error: Could not find order", "bug", "Error", None),
    ("Uncaught TypeError: x\n    at y", "bug", "TypeError", None),
    ('Uncaught ConvexError: {"code":"GONE","message":"x"}', "refusal", "ConvexError", "GONE"),
    (
        '[Request ID: 1] Server Error\nUncaught ConvexError: {"code":"GONE","mess',
        "refusal",
        "ConvexError",
        "GONE",
    ),
    ("Uncaught ConvexError: Sign in", "refusal", "ConvexError", None),
    ("ArgumentValidationError: Object is missing the field", "refusal", "ArgumentValidationError", None),
    ("ReturnsValidationError: Value does not match", "bug", "ReturnsValidationError", None),
    ("Function execution timed out (maximum duration: 1s)", "timeout", "Timeout", None),
    (
        "Uncaught Error: Too many documents read in a single function execution",
        "limit",
        "LimitExceeded",
        None,
    ),
    ("something odd", "bug", "Error", None),
]


@pytest.mark.parametrize(("message", "kind", "type_", "code"), _PROJECT_OF_ANYBODY)
def test_errors_of_projects_without_our_lines(message: str, kind: str, type_: str, code: str | None) -> None:
    (event,) = of_cli(_call("orders/public:mine"))
    (group,) = _report([event | {"error": message, "logLines": []}]).functions
    assert group.class_ == "query"
    assert [tuple(failure) for failure, _ in group.errors] == [(kind, type_, code)]


def _attempt(number: int, outcome: str, job: str = "j1") -> str:
    line = {
        "schema": "retry/1",
        "function": "orders/internal:charge",
        "job": job,
        "attempt": number,
        "outcome": outcome,
    }
    return json.dumps(line, separators=(",", ":"))


def test_attempts_of_retried_work() -> None:
    runs = [json.dumps(event) for event in Deployment(6, kinds=(KINDS[6],)).events(20)]
    told = [_attempt(1, "retrying"), _attempt(1, "retrying"), _attempt(2, "ok"), _attempt(9, "gaveUp", "j2")]
    (group,) = _report([*runs, *told]).functions
    assert (group.total.calls, group.total.retried, group.gave_up) == (20, 1, 1)


def test_lines_of_serve() -> None:
    failed = record(replace(_call("orders/public:get"), outcome="refused")) | {"errorKind": None}
    event = {
        "schemaVersion": 1,
        "event": "log",
        "name": "orders/public:get",
        "lines": [f"[WARN] {shown(json.dumps(failed, separators=(',', ':')))}", "[LOG] 'hello'"],
    }
    (group,) = _report([{"schemaVersion": 1, "event": "ready", "url": "x"}, event]).functions
    assert (group.class_, group.total.calls, group.total.refusals) == ("query", 1, 1)


def test_time_asked_for() -> None:
    events = list(Deployment(2, span=1000).events(200))
    stamps = sorted(event["timestamp"] for event in events)
    middle = stamps[len(stamps) // 2]
    before, after = _report(events, until=middle), _report(events, since=middle)
    assert before.total.total.calls + after.total.total.calls == 200
    assert before.last is not None
    assert after.first is not None
    assert before.last < middle <= after.first


def test_buckets_are_few_however_long_it_is() -> None:
    report = _report(Deployment(2, span=400 * 86_400).events(1000))
    assert report.width == 7 * 86_400
    assert 50 < len(report.total.buckets) <= 60
    assert sum(tally.calls for tally in report.total.buckets.values()) == 1000


def test_an_impossible_clock_is_no_time() -> None:
    events = list(Deployment(2, span=60).events(50))
    events[3]["timestamp"] = 0
    report = _report(events)
    assert report.total.total.calls == 50
    assert (report.width, report.counts.unknown) == (1, 0)


def test_functions_beyond_the_bound_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MAX_FUNCTIONS", 5)
    report = _report(Deployment(2).events(500))
    assert report.total.total.calls == 500
    assert len(report.functions) <= 5 + 4
    assert any(group.name.startswith("(other)") for group in report.functions)


def test_errors_beyond_the_bound_count_together() -> None:
    (event,) = of_cli(_call("orders/public:mine"))
    events = [
        event | {"error": f"Uncaught E{number}Error: x", "executionId": str(number), "logLines": []}
        for number in range(functions.MAX_ERRORS + 10)
    ]
    (group,) = _report(events).functions
    assert group.total.errors == functions.MAX_ERRORS + 10
    assert group.errors[0] == (("bug", "(other)", None), 10)


def test_old_lines_that_overflow_count_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """All lines first, then all runs, and more of them than are remembered."""
    monkeypatch.setattr(collecting, "_REMEMBERED", 50)
    deployment = Deployment(11)
    events = list(deployment.events(1000, "stream"))
    consoles = [event for event in events if event["topic"] == "console"]
    runs = [event for event in events if event["topic"] != "console"]
    calls = {group.name: group.total.calls for group in _report([*consoles, *runs]).functions}
    waiting = 100
    assert sum(calls.values()) <= 1000 + waiting


def test_platform() -> None:
    stats = [
        {"topic": "scheduler_stats", "timestamp": 1, "lag_seconds": 1.5, "num_running_jobs": 3},
        {"topic": "scheduler_stats", "timestamp": 2, "lag_seconds": 0.5, "num_running_jobs": 7},
        {"topic": "concurrency_stats", "timestamp": 3, "query": {"num_running": 4, "num_queued": 2}},
        {"topic": "audit_log", "timestamp": 4, "audit_log_action": "x", "action": "x"},
    ]
    report = _report([*stats, *Deployment(1).events(1)])
    platform = report.platform
    assert (platform.scheduler_lag, platform.running_jobs) == (1.5, 7)
    assert (platform.running, platform.queued) == ({"query": 4}, {"query": 2})
