"""Counts events as they come. A call counts once, whether its run, its own line or both of them were seen.

A run is what the platform tells of one execution: it counts for latency, conflicts and cache. A record is the
line that the template writes: it counts for class and error, and for the whole call where there is no run.
The two come in one event (`convex logs`), or apart and are matched by the id of the request (log streams).
"""

from __future__ import annotations

from collections import Counter
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from scaffold.report import failures
from scaffold.report.functions import CLASSES, Counted, Function, name_of
from scaffold.report.memory import Seen, Waiting
from scaffold.report.platform import Platform
from scaffold.report.reading import SCHEMA, Counts, ours
from scaffold.report.runs import Run, level_of, of_completion, of_execution, plausible, records_in, seconds
from scaffold.report.tally import Tally
from scaffold.report.timeline import Timeline
from scaffold.report.wire import Record

if TYPE_CHECKING:
    from scaffold.report.failures import Failure
    from scaffold.report.wire import Event

MAX_FUNCTIONS = 1000
"""Functions that are told apart; all others count together."""

OTHER = "(other)"
_REMEMBERED = 50_000  # events, for duplicates and for matching: some 30 MB at most


class _Late(NamedTuple):
    """A counted call that waits for the other half of its events."""

    function: Function
    at: float | None
    failure: Failure | None
    record: Record | None = None


class Collector:
    """Counts; `since` and `until` are seconds since 1970, and leave out events without a time."""

    def __init__(self, *, since: float | None = None, until: float | None = None) -> None:
        self.counts = Counts()
        self.timeline = Timeline()
        self.platform = Platform()
        self.functions: dict[str, Function] = {}
        self.first, self.last = inf, -inf
        self._since, self._until = since, until
        self._bounded = since is not None or until is not None
        self._seen = Seen(_REMEMBERED)
        self._records: Waiting[_Late] = Waiting(_REMEMBERED)
        self._runs: Waiting[_Late] = Waiting(_REMEMBERED)
        self._topics: Counter[str] = Counter()

    def add(self, item: Event | Record) -> None:
        """Count one event."""
        self.counts.events += 1
        if isinstance(item, Record):
            self._bare(item)
        elif item.kind == "Completion":
            self._completion(item)
        elif item.topic is not None:
            self._topic(item)
        elif item.kind == "Progress":
            self._progress(item)
        elif item.data is not None and item.data.topic is not None:
            self._topic(item.data)
        elif item.event == "log":
            self._lines(item)
        elif item.event is None:
            self._unknown()

    def finish(self) -> None:
        """Count what has waited for the rest of its events in vain."""
        for late in self._records.rest():
            if late.record is not None:
                self._count_record(late.function.counted, late)
        self._records = Waiting(_REMEMBERED)
        for function in self.functions.values():
            if not function.runs:
                function.counted.merge(function.loose)
            function.loose = Counted()

    # Each kind of event

    def _completion(self, event: Event) -> None:
        run = of_completion(event)
        if run is None or event.identifier is None:
            self._unknown()
        elif not self._is_repeated(run.identity) and not (self._bounded and self._is_outside(run.at)):
            self._run(run, self._own(event, run) if event.logLines else None)

    def _own(self, event: Event, run: Run) -> tuple[Record, str | None] | None:
        """The record of the run among its lines; those of functions that it called count by themselves."""
        name = name_of(event.identifier or "", None)
        own: tuple[Record, str | None] | None = None
        for record, level in records_in(event.logLines):
            if record.schema.startswith("retry/"):
                self._retry(record, run.at)
            elif _name(record) == name and own is None:
                own = record, level
            else:
                self._alone(record, level, run.at)
        return own

    def _progress(self, event: Event) -> None:
        """Lines of an action that is still running."""
        if event.identifier is None:
            self._unknown()
            return
        at = plausible(event.timestamp)
        lines = [line if isinstance(line, str) else " ".join(line.messages) for line in event.logLines or ()]
        key = hash((event.executionId, event.requestId, event.timestamp, *lines))
        if self._is_repeated(key) or self._is_outside(at):
            return
        name = name_of(event.identifier, event.componentPath)
        for record, level in records_in(event.logLines):
            self._record(record, level, at, event.requestId, name, name_of(event.identifier, None))

    def _topic(self, event: Event) -> None:
        if event.topic == "function_execution":
            self._execution(event)
        elif event.topic == "console":
            self._console(event)
        elif not self.platform.add(event):
            self._topics[event.topic or ""] += 1

    def _execution(self, event: Event) -> None:
        run = of_execution(event)
        if run is None:
            self._unknown()
        elif not self._is_repeated(run.identity) and not self._is_outside(run.at):
            self._run(run, None)

    def _console(self, event: Event) -> None:
        function, message = event.function, event.message or ""
        if function is None or isinstance(function, str) or function.path is None:
            self._unknown()
            return
        record = ours(message)
        if record is None:  # something else that the code prints
            self.counts.cut_lines += bool(event.is_truncated and SCHEMA in message)
            return
        at = seconds(event.timestamp)
        key = hash((event.timestamp, function.request_id, function.path, message))
        if self._is_repeated(key) or self._is_outside(at):
            return
        name = name_of(function.path, function.component_path)
        self._record(record, event.log_level, at, function.request_id, name, name_of(function.path, None))

    def _lines(self, event: Event) -> None:
        """The lines of a call under `serve`, which says no more of it."""
        for line in event.lines or ():
            record = ours(line)
            if record is not None:
                self._bare(record, level_of(line))

    def _bare(self, record: Record, level: str | None = None) -> None:
        """A line by itself: it counts where the events of runs do not tell of its function."""
        if self._is_outside(None):
            return
        if record.schema.startswith("retry/"):
            self._retry(record, None)
            return
        function = self._function(_name(record), None)
        late = _Late(function, None, self._learn(function, record, level), record)
        run = record.request_id and self._runs.take(hash((record.request_id, function.name)))
        if run:
            self._correct(run, late.failure)
        else:
            self._count_record(function.loose, late)

    # Runs and records

    def _run(self, run: Run, own: tuple[Record, str | None] | None) -> None:
        function = self._function(run.name, run.type)
        function.type = run.type
        function.runs += 1
        failure = failures.of_message(run.error) if run.error is not None else None
        if own is not None:
            failure = self._learn(function, *own) or failure
        else:
            key = hash((run.request, run.name))
            late = self._records.take(key)
            if late is not None:
                failure = late.failure or failure
            elif run.request is not None and not run.cached:  # the code did not run: it wrote nothing
                self._runs.put(key, _Late(function, run.at, failure))
        self._count_run(function, run, failure)

    def _count_run(self, function: Function, run: Run, failure: Failure | None) -> None:
        tally = self._tally(function.counted, run.at)
        if run.conflict:
            tally.lost_runs += 1
        if run.again:
            tally.first_losses += run.is_first
            return
        tally.calls += 1
        if run.earlier:
            tally.repeated += 1
            tally.told_losses += run.earlier
        if run.cached:
            tally.cached += 1
        elif run.took is not None:
            tally.latency.add(run.took)
        if failure is not None:
            function.counted.fail(tally, failure)

    def _record(  # noqa: PLR0913, PLR0917 - what is known of a line
        self, record: Record, level: str | None, at: float | None, request: str | None, name: str, short: str
    ) -> None:
        """A line that came apart from its run; `short` is the name of its writer without the component."""
        if record.schema.startswith("retry/"):
            self._retry(record, at)
            return
        if _name(record) != short:
            self._alone(record, level, at)
            return
        function = self._function(name, None)
        late = _Late(function, at, self._learn(function, record, level), record)
        if request is None:
            self._count_record(function.loose, late)
            return
        key = hash((request, name))
        run = self._runs.take(key)
        if run is not None:
            self._correct(run, late.failure)
            return
        for forgotten in self._records.put(key, late):
            self._count_record(forgotten.function.loose, forgotten)

    def _learn(self, function: Function, record: Record, level: str | None) -> Failure | None:
        if function.label is None and record.class_ in CLASSES and not function.name.startswith(OTHER):
            function.label = record.class_
        return failures.of_record(record, level) if record.outcome == "error" else None

    def _alone(self, record: Record, level: str | None, at: float | None) -> None:
        """A call inside of another one's transaction: it has no run of its own."""
        function = self._function(_name(record), None)
        late = _Late(function, at, self._learn(function, record, level), record)
        self._count_record(function.counted, late)

    def _count_record(self, counted: Counted, late: _Late) -> None:
        tally = self._tally(counted, late.at)
        tally.calls += 1
        if late.record is not None and late.record.duration_ms is not None:
            tally.latency.add(late.record.duration_ms)
        if late.failure is not None:
            counted.fail(tally, late.failure)

    def _correct(self, run: _Late, failure: Failure | None) -> None:
        """A run is counted already, and its own line knows better what failed."""
        if failure is None or failure == run.failure:
            return
        counted = run.function.counted
        tally = self._tally(counted, run.at)
        if run.failure is not None:
            counted.fail(tally, run.failure, -1)
        counted.fail(tally, failure)

    def _retry(self, record: Record, at: float | None) -> None:
        """An attempt of retried work. Its line may come twice: Convex may repeat what writes it."""
        if not self._seen.is_new(hash((record.job, record.attempt, record.outcome))):
            return
        function = self._function(_name(record), None)
        if record.outcome == "retrying":
            self._tally(function.counted, at).retries += 1
        elif record.outcome == "gaveUp":
            function.gave_up += 1

    # Places to count in

    def _function(self, name: str, type_: str | None) -> Function:
        function = self.functions.get(name)
        if function is None:
            if len(self.functions) >= MAX_FUNCTIONS:
                name = f"{OTHER} {type_}" if type_ else OTHER
                if name in self.functions:
                    return self.functions[name]
            function = self.functions[name] = Function(name)
        return function

    def _tally(self, counted: Counted, at: float | None) -> Tally:
        if at is None:
            index = None
        else:
            index = int(at // self.timeline.width)
            self.first = min(self.first, at)
            self.last = max(self.last, at)
        tally = counted.buckets.get(index)
        if tally is not None:
            return tally
        if index is not None and at is not None and not self.timeline.include(index):
            self._coarsen()
            index = int(at // self.timeline.width)
        return counted.buckets.setdefault(index, Tally())

    def _coarsen(self) -> None:
        factor = self.timeline.coarsen()
        for function in self.functions.values():
            function.counted.coarsen(factor)
            function.loose.coarsen(factor)

    def _unknown(self) -> None:
        self.counts.events -= 1
        self.counts.unknown += 1

    def _is_repeated(self, key: int) -> bool:
        if self._seen.is_new(key):
            return False
        self.counts.duplicates += 1
        return True

    def _is_outside(self, at: float | None) -> bool:
        if not self._bounded:
            return False
        is_in = (
            at is not None
            and (self._since is None or at >= self._since)
            and (self._until is None or at < self._until)
        )
        if not is_in:
            self.counts.outside += 1
        return not is_in


def _name(record: Record) -> str:
    return name_of(record.function, None)
