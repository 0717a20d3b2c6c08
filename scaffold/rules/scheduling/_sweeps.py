"""Actions that a failure would lose, and the crons that do the same again for what they left in tables.

What is told of one module is remembered, and brought together with what is told of the others: so both are
records that can be written down.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

import msgspec

from scaffold.core.findings import Finding  # noqa: TC001 - msgspec reads the annotation
from scaffold.model.function import Kind
from scaffold.model.steps import Get, HelperCall, Read, Return, Run, Schedule, Step, Write
from scaffold.model.values import Parameter, Unknown
from scaffold.rules._ways import results
from scaffold.rules.scheduling._coming_back import asks_the_same, noted, runs_often
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.wiring import Cron

_S = TypeVar("_S", bound=Step)
_HOPS = 3


class Caller(msgspec.Struct):
    """A function that comes to a call: the tables it writes to, and those of what the call is about."""

    identifier: str
    written: list[str]
    inserted: list[str]


class Lost(msgspec.Struct, tag=True):
    """A call of an action that nobody tries again.

    `works` names the action and the helper that does all of its work, `noted` the fields in which it says how
    far it is. A call is bare without arguments, and steady if its callers come to the same each time.
    """

    finding: Finding
    works: list[str]
    callers: list[Caller]
    bare: bool
    steady: bool
    noted: list[str]


class Sweep(msgspec.Struct, tag=True):
    """What a cron does again: an action or a helper (`work`), for documents of some tables.

    `itself` where the cron runs the action, which then looks for them; `functions` are those it comes to.
    """

    work: str
    tables: list[str]
    itself: bool
    functions: list[str]
    often: bool

    def makes_up_for(self, call: Lost) -> bool:
        """Whether it does the same for what each caller leaves in a table."""
        if self.work not in call.works:
            return False
        left = [each.written if self.itself else each.inserted for each in call.callers]
        return call.bare or (bool(left) and all(not set(self.tables).isdisjoint(each) for each in left))

    def begins(self, call: Lost) -> bool:
        """Whether it is the call by which the cron does it again: the next run makes up for it."""
        callers = call.callers
        return (
            self.work in call.works and bool(callers) and all(c.identifier in self.functions for c in callers)
        )

    def soon_begins(self, call: Lost) -> bool:
        """Whether it is the call by which the cron does it at least each hour, for whatever it finds then."""
        return call.steady and self.often and self.begins(call)


class Minding(msgspec.Struct, tag=True):
    """Fields that a cron sets of documents that are late."""

    fields: list[str]


def lost(finding: Finding, schedule: Schedule, action: Function) -> Lost:
    """A call that was found to lose its action, with what tells whether a cron makes up for it."""
    return Lost(
        finding=finding,
        works=_works(action),
        callers=_callers(schedule),
        bare=_is_bare(schedule.arguments),
        steady=all(asks_the_same(function) for function, _ in schedule.body.project.owners(schedule)),
        noted=sorted(noted(action)),
    )


def _works(action: Function) -> list[str]:
    """What an action is, and the helper that it leaves all of its work to."""
    steps = (reached.step for reached in action.reached if not reached.via and not reached.prelude)
    match [step for step in steps if not isinstance(step, Return)]:
        case [HelperCall(callee=callee)] if callee is not None:
            return [action.identifier, _key(callee)]
    return [action.identifier]


def _key(helper: Body) -> str:
    return f"{helper.module.path} {helper.name}"


def _is_bare(arguments: n.Expression | None) -> bool:
    return arguments is None or (isinstance(arguments, n.Object) and not arguments.properties)


def _callers(schedule: Schedule) -> list[Caller]:
    """The functions that come to a call.

    It is about the tables of inserted documents among the arguments, or all, where a helper was given them.
    """
    body = schedule.body
    told = [each.step for each in results(schedule.arguments, body)]
    about = [step.table for step in told if isinstance(step, Write) and step.operation == "insert"]
    given = any(isinstance(value, Parameter) for value in body.origins(schedule.arguments))
    found = []
    for function, _ in body.project.owners(schedule):
        written = list(_steps(function, Write))
        inserted = [step.table for step in written if step.operation == "insert"]
        of_call = about or (inserted if given else [])
        found.append(Caller(function.identifier, _names(step.table for step in written), _names(of_call)))
    return found


def come_to(cron: Cron) -> list[Function]:
    """The function that a cron runs, and those that this one comes to."""
    first = cron.module.project.resolve(cron.target)
    return [] if first is None else [first, *reached_from(first, (Run, Schedule))]


def sweeps(cron: Cron, functions: list[Function]) -> Iterator[Sweep]:
    """What a cron does again by the functions that it comes to."""
    if not functions:
        return
    first = functions[0]
    names = sorted({function.identifier for function in functions})
    swept = partial(Sweep, functions=names, often=runs_often(cron))
    if first.kind is Kind.ACTION:
        yield swept(first.identifier, _names(_read(functions)), itself=True)
    for function in functions:
        for call in _calls(function):
            target = call.body.project.resolve(call.target)
            if target is not None and target.kind is Kind.ACTION:
                yield swept(target.identifier, _names(_told(call.arguments, call.body)), itself=False)
        for helped in _steps(function, HelperCall) if function.kind is Kind.ACTION else ():
            if helped.callee is not None and helped.callee.name:
                told = chain.from_iterable(_told(each, helped.body) for each in helped.arguments)
                yield swept(_key(helped.callee), _names(told), itself=False)


def _told(arguments: n.Expression | None, body: Body) -> Iterator[str | Unknown]:
    """The tables whose documents a call is given, read there or by a query that is run for them."""
    for result in results(arguments, body):
        match result.step:
            case Read(table=table) | Get(table=table):
                yield table
            case Run(target=target):
                query = body.project.resolve(target)
                yield from _read([query] if query is not None else [])


def _read(functions: Iterable[Function]) -> Iterator[str | Unknown]:
    return (read.table for function in functions for read in _steps(function, Read))


def reached_from(
    function: Function, kinds: tuple[type[Run | Schedule], ...], hops: int = _HOPS
) -> Iterator[Function]:
    """What a function calls by these kinds of steps, itself or in what it runs and schedules."""
    for call in _calls(function):
        target = call.body.project.resolve(call.target)
        if target is None:
            continue
        if isinstance(call, kinds):
            yield target
        if hops and target is not function:
            yield from reached_from(target, kinds, hops - 1)


def _calls(function: Function) -> Iterator[Schedule | Run]:
    yield from _steps(function, Schedule)
    yield from _steps(function, Run)


def _steps(function: Function, kind: type[_S]) -> Iterator[_S]:
    return (reached.step for reached in function.steps(kind) if isinstance(reached.step, kind))


def _names(tables: Iterable[str | Unknown]) -> list[str]:
    return sorted({table for table in tables if isinstance(table, str)})
