"""What a reader should know of how complete a report is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scaffold.core.text import count

if TYPE_CHECKING:
    from scaffold.report.results import Report


def notes(report: Report) -> list[str]:
    """Sentences; none if there is nothing to say."""
    counts, found = report.counts, []
    if counts.broken:
        found.append(f"{count(counts.broken, 'line')} could not be read: no JSON, or cut off")
    if counts.unknown:
        found.append(f"{count(counts.unknown, 'event')} of another kind left out")
    if counts.duplicates:
        found.append(f"{count(counts.duplicates, 'event')} came twice and counted once")
    if counts.outside:
        found.append(f"{count(counts.outside, 'event')} outside of the time asked for, or without a time")
    if counts.cut_lines:
        found.append(f"{count(counts.cut_lines, 'line')} of calls cut off by the platform")
    if counts.cut:
        found.append("the input ends in the middle: its compression is damaged")
    if counts.interrupted:
        found.append("interrupted; this is what had been read")
    if report.total.total.calls and not report.total.total.latency.count:
        found.append("these lines have no durations; `convex logs --jsonl` and log streams do")
    return found


def platform(report: Report) -> list[str]:
    """What is known of the deployment as a whole, in words."""
    known, parts = report.platform, []
    if known.scheduler_lag is not None:
        parts.append(f"the scheduler was at most {known.scheduler_lag:,.3g} s late")
    if known.running_jobs is not None:
        parts.append(f"{count(known.running_jobs, 'scheduled job')} ran at once")
    parts += [f"{queued:,} {name} waited in line" for name, queued in known.queued.items() if queued]
    return [", ".join(parts)] if parts else []


def span(report: Report) -> str:
    """From when to when the calls were."""
    if report.first is None or report.last is None:
        return "no times in these events"
    first, last = (datetime.fromtimestamp(at, UTC) for at in (report.first, report.last))
    until = f"{last:%H:%M:%S}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M:%S}"
    return f"{first:%Y-%m-%d %H:%M:%S} to {until} UTC"
