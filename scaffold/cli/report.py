"""`convex-scaffold report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode, NoEventsError, UnreadableLogError
from scaffold.core.text import count
from scaffold.report.functions import CLASSES

if TYPE_CHECKING:
    import io

    from scaffold.report.collector import Collector
    from scaffold.report.results import Report, Wanted

_STDIN = "-"
_HOW = "npx convex logs --prod --history --jsonl > events.jsonl (Ctrl-C ends it), then name that file"


@click.command(
    epilog="""\b
Examples:
  convex-scaffold report events.jsonl                    of npx convex logs --history --jsonl > events.jsonl
  npx convex logs --jsonl | convex-scaffold report -     until Ctrl-C
  convex-scaffold report *.jsonl.gz --since 24h --html report.html
  convex-scaffold report events.jsonl --budget budgets.toml
  convex-scaffold report events.jsonl --class mutation --json | jq '.functions[].conflictRate'
"""
)
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report to this file too, as one page with charts that loads nothing.",
)
@click.option(
    "--budget",
    "budget",
    type=click.Path(path_type=Path),
    help="Hold it against the budgets in this TOML file; exit 1 if one is not kept.",
)
@click.option("--since", metavar="TIME", help="Only events from then on: 24h (ago), or 2026-11-20T09:00Z.")
@click.option("--until", metavar="TIME", help="Only events before then.")
@click.option(
    "--class",
    "classes",
    type=click.Choice(CLASSES),
    multiple=True,
    help="Only functions of this class. May be repeated.",
)
@click.option(
    "--function",
    "functions",
    metavar="GLOB",
    multiple=True,
    help="Only these functions: orders/*, 'POST *'. May be repeated.",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many functions to list."
)
def command(  # noqa: PLR0913 - one parameter an option
    files: tuple[str, ...],
    *,
    as_json: bool,
    page: Path | None,
    budget: Path | None,
    since: str | None,
    until: str | None,
    classes: tuple[str, ...],
    functions: tuple[str, ...],
    top: int,
) -> int:
    """Say what the events in each FILE tell: latency, errors and retries, by class and by function.

    Reads what `convex logs --jsonl` prints, what log streams send (arrays or lines), the lines that projects
    of this template log, bare or wrapped in either of them, and what `serve --json` prints; also
    compressed with gzip. `-` is stdin. The platform's own events count for latency, conflicts and cache; the
    template's lines for class and error.
    """
    from scaffold.report import budgets  # noqa: PLC0415 - start-up
    from scaffold.report.results import Wanted  # noqa: PLC0415

    limits = budgets.read(budget) if budget else ()
    wanted = Wanted(classes=frozenset(classes), functions=functions)
    report = _read(files, since, until, wanted)
    if budget:
        report = budgets.judged(report, limits, str(budget))
    _show(report, as_json=as_json, top=top)
    if page is not None:
        _write(report, page)
    return ExitCode.FINDINGS if report.verdict and report.verdict.breaches else ExitCode.OK


def _read(files: tuple[str, ...], since: str | None, until: str | None, wanted: Wanted) -> Report:
    import time  # noqa: PLC0415 - start-up

    from scaffold.report import moments, results  # noqa: PLC0415
    from scaffold.report.collector import Collector  # noqa: PLC0415

    now = time.time()
    collector = Collector(
        since=moments.seconds("--since", since, now), until=moments.seconds("--until", until, now)
    )
    names = tuple(dict.fromkeys(files))  # one named twice is read once
    with console.working("Reading events"):
        for name in names:
            _collect(name, collector)
    sources = tuple("stdin" if name == _STDIN else name for name in names)
    report = results.report(collector, sources, wanted)
    if not report.total.total.calls:
        raise _nothing(collector, ", ".join(sources), wanted)
    return report


def _collect(name: str, collector: Collector) -> None:
    from scaffold.report.reading import read  # noqa: PLC0415 - start-up

    if name == _STDIN:
        try:
            for item in read(_stdin(), collector.counts):
                collector.add(item)
        except KeyboardInterrupt:  # the only way to end what never ends: `convex logs`
            collector.counts.interrupted = True
        return
    try:
        with Path(name).open("rb") as stream:
            for item in read(stream, collector.counts):
                collector.add(item)
    except OSError as error:
        raise UnreadableLogError(Path(name), error.strerror or str(error)) from error


def _stdin() -> io.BufferedReader:
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _nothing(collector: Collector, sources: str, wanted: Wanted) -> NoEventsError:
    """What was there instead of calls, and what to do about it."""
    counts = collector.counts
    if not counts.bytes:
        return NoEventsError(sources, "it is empty", _HOW)
    if counts.outside:
        return NoEventsError(
            sources, f"{count(counts.outside, 'event')} outside of --since and --until", "widen them"
        )
    if collector.functions and (wanted.classes or wanted.functions):
        seen = count(len(collector.functions), "other function")
        return NoEventsError(sources, f"{seen} in it", "leave out --class and --function to see them")
    parts = [
        f"{count(counts.events, 'event')} of other kinds" if counts.events else "",
        f"{count(counts.unknown, 'JSON document')} of another kind" if counts.unknown else "",
        f"{count(counts.broken, 'line')} without JSON" if counts.broken else "",
    ]
    return NoEventsError(sources, " and ".join(part for part in parts if part) or "only blank lines", _HOW)


def _show(report: Report, *, as_json: bool, top: int) -> None:
    if as_json:
        from scaffold.report.document import document  # noqa: PLC0415 - start-up

        console.data(document(report))
        return
    from scaffold.report import terminal  # noqa: PLC0415 - start-up

    style = console.style()
    text = terminal.text(report, width=console.width(), colour=style.colour, unicode=style.unicode, top=top)
    console.out(text, colour=style.colour)


def _write(report: Report, path: Path) -> None:
    from scaffold.core import files  # noqa: PLC0415 - start-up
    from scaffold.report import page  # noqa: PLC0415

    files.write_output(path, page.html(report))
    console.note(f"written  {path}")
