"""The report as a JSON document, described in docs/report.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.report.budgets import Judged, Verdict
    from scaffold.report.failures import Failure
    from scaffold.report.results import Group, Report
    from scaffold.report.tally import Tally

VERSION = 1
"""It grows when a key changes its meaning or goes; new keys may come at any time."""


def document(report: Report) -> dict[str, Any]:
    """The document."""
    counts = report.counts
    return {
        "version": VERSION,
        "sources": list(report.sources),
        "read": {
            "events": counts.events,
            "duplicates": counts.duplicates,
            "outside": counts.outside,
            "broken": counts.broken,
            "unknown": counts.unknown,
            "cutLines": counts.cut_lines,
            "complete": not (counts.cut or counts.interrupted),
        },
        "from": moment(report.first),
        "to": moment(report.last),
        "bucketSeconds": report.width,
        "total": _group(report.total),
        "classes": [{"class": group.name, **_group(group)} for group in report.classes],
        "functions": [
            {"function": group.name, "class": group.class_, **_group(group)} for group in report.functions
        ],
        "platform": {
            "schedulerLagSeconds": report.platform.scheduler_lag,
            "runningJobs": report.platform.running_jobs,
            "running": report.platform.running,
            "queued": report.platform.queued,
        },
        "budgets": report.verdict and _verdict(report.verdict),
    }


def moment(seconds: float | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _group(group: Group) -> dict[str, Any]:
    return {
        **_tally(group.total),
        "gaveUp": group.gave_up,
        "errorTypes": [_error(failure, count) for failure, count in group.errors],
        "buckets": [{"start": moment(start), **_tally(tally)} for start, tally in group.buckets.items()],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "calls": tally.calls,
        "errors": tally.errors,
        "errorRate": _rate(tally, tally.errors),
        "refusals": tally.refusals,
        "refusalRate": _rate(tally, tally.refusals),
        "retried": tally.retried,
        "retryRate": _rate(tally, tally.retried),
        "conflicts": tally.conflicts,
        "conflictRate": _rate(tally, tally.conflicts),
        "cached": tally.cached,
        "cacheRate": _rate(tally, tally.cached),
        "latencyMs": _latency(tally),
    }


def _latency(tally: Tally) -> dict[str, Any]:
    latency = tally.latency
    return {
        "count": latency.count,
        "p50": _rounded(latency.quantile(0.5)),
        "p95": _rounded(latency.quantile(0.95)),
        "p99": _rounded(latency.quantile(0.99)),
        "mean": _rounded(latency.mean),
        "max": _rounded(latency.highest if latency.count else None),
    }


def _error(failure: Failure, count: int) -> dict[str, Any]:
    return {"kind": failure.kind, "type": failure.type, "code": failure.code, "count": count}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "file": verdict.file,
        "kept": len(verdict.judged) - len(verdict.breaches) - len(verdict.open),
        "breaches": [_judged(each) for each in verdict.breaches],
        "notJudged": [_judged(each) for each in verdict.open],
    }


def _judged(judged: Judged) -> dict[str, Any]:
    budget = judged.budget
    return {
        "scope": budget.scope,
        "name": budget.name,
        "metric": budget.metric,
        "limit": budget.limit,
        "actual": None if judged.actual is None else round(judged.actual, 6),
        "calls": judged.calls,
        "minimumCalls": budget.minimum,
        "place": budget.place,
    }


def _rate(tally: Tally, part: int) -> float:
    return round(tally.rate(part), 6)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
