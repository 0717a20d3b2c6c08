"""Documents that are somebody's: which tables hold them, and where nobody asks whose they are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Kind
from scaffold.model.steps import (
    Auth,
    BranchFrame,
    External,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Run,
    Test,
    Throw,
    Write,
)
from scaffold.rules._nodes import followed, walk
from scaffold.rules._ways import origins, possible
from scaffold.rules.access._checks import blind_spots, is_check_name
from scaffold.rules.access._idle import below, comes_through, may_refuse, tells
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

    _Via: TypeAlias = tuple[HelperCall, ...]
    _Question: TypeAlias = tuple[n.Expression, Body, _Via]
    _Sides: TypeAlias = tuple[tuple[vs.Value, ...], tuple[vs.Value, ...]]

_EQUAL = {"==", "===", "!=", "!=="}
_RANK = regex(
    r"role|admin|permission|moderator|staff|scope|owner|member|access|can[A-Z]|team|org", re.IGNORECASE
)
_SELF = regex(r"(?:user|profile|account|client|customer|person|player|patient|student)s?$", re.IGNORECASE)
_WHOSE = regex(r"(?:[iI]d|[bB]y|[oO]wner|[uU]ser|[aA]uthor|[eE]mail)$")
# What somebody is who has signed in, and nothing more.
_SIGNED_IN = regex(
    r"auth|user|identity|sign|log_?(?:ged)?_?in|session|viewer|caller|account|profile|current|(?:^|_)me$|Me$",
    re.IGNORECASE,
)
_DEMANDS = regex(r"^(?:authori[sz]e|require|assert|ensure|enforce|guard|protect)[A-Z]")
_SAYS_YES = regex(r"(?:is|has|can|may|owns)(?![a-z])")
_COMPARED = regex(rb"[!=]==?\s*+(?!(?:null|undefined|true|false)\b|[\"'`\d=])")
_OFFERED = {"db", "scheduler", "storage", "auth"}


def keepers(function: Function) -> Iterator[str]:
    """The tables whose documents a function holds against the caller, or hands to a check."""
    for reached in function.reached:
        step = reached.step
        if isinstance(step, Test) and _compares(step.body):
            for part in _weighing(step):
                yield from _held(part, step.body, reached.via)
        elif isinstance(step, HelperCall):
            yield from _kept_by_answer(step, reached.via)
            if is_check_name(step.name) or _DEMANDS.match(step.name):
                given = (value for each in step.arguments for value in origins(each, step.body, reached.via))
                yield from _fields_of(given)


def _kept_by_answer(call: HelperCall, via: _Via) -> Iterator[str]:
    """What a helper compares with the caller to say yes or no: `return note.ownerId === userId`."""
    body = call.callee
    if body is not None and _SAYS_YES.match(call.name) and _compares(body):
        for answer in body.returns():
            for part in _compared(body, answer):
                yield from _held(part, body, (*via, call))


def _held(part: n.Binary, body: Body, via: _Via) -> Iterator[str]:
    """The tables of whose documents a field is compared with who calls."""
    for one, other in _sides(part, body, via):
        if any(is_caller(value, via) for value in other):
            yield from _fields_of(one)


def unowned(function: Function) -> Iterator[Reached]:
    """Changes of documents that the caller picks, where nobody looks at whose they are.

    What is left to callers of a rank is not meant, nor what tells of the caller in the document: a vote, a
    reader. Only of mutations: in actions the checks stand in what they run.
    """
    if function.kind is not Kind.MUTATION or any(blind_spots(function)):
        return
    for reached in function.steps(Write):
        if not reached.prelude and possible(reached) and _is_open(function, reached):
            if _is_for_a_rank(function):
                return
            yield reached


def _is_open(function: Function, reached: Reached) -> bool:
    write = reached.step
    if not isinstance(write, Write) or write.operation == "insert" or not isinstance(write.table, str):
        return False
    target = origins(write.id, write.body, reached.via)
    picked = _roots(target, reached.via)
    if not picked or any(is_caller(value, reached.via) for value in target):
        return False
    told = origins(write.document, write.body, reached.via)
    if any(is_caller(value, reached.via) for value in told) or any(_parts_of(told)):
        return False
    questions = (*_before(reached), *_refusals(function))
    if any(_asks_about(question, picked) for question in questions):
        return False
    return not any(_covers(each, picked, function) for each in function.reached)


def _is_for_a_rank(function: Function) -> bool:
    """Whether callers have to be more than signed in: a builder, a helper or a test says so."""
    if any(map(_RANK.search, function.builder.names)):
        return True
    calls = (each for each in function.reached if isinstance(each.step, HelperCall | OtherCall | External))
    if any(_demands_rank(reached, function) for reached in calls):
        return True
    tests = (each for each in function.reached if isinstance(each.step, Test))
    return any(
        isinstance(part, n.Member) and _RANK.search(part.property)
        for reached in tests
        if isinstance(reached.step, Test)
        for part in _looked_into(reached.step.body, reached.step.test)
        if _speaks_of_caller(part, reached)
    )


def _looked_into(body: Body, test: n.Expression) -> Iterator[n.Node]:
    """The nodes of a test, of the calls whose answers its variables hold, and of all that these are given."""
    for part in followed(body, test):
        yield part
        if not isinstance(part, n.Name):
            continue
        match body.value(part):
            case vs.Result(step=OtherCall(node=node) | External(node=node) | HelperCall(node=node)):
                yield from walk(node)
            case vs.Mixed() | vs.Unknown():
                for source in body.sources(part):
                    yield from followed(body, source)


def _speaks_of_caller(part: n.Node, reached: Reached) -> bool:
    if not isinstance(part, n.Member):
        return False
    return any(is_caller(value, reached.via) for value in origins(part, reached.step.body, reached.via))


def _demands_rank(reached: Reached, function: Function) -> bool:
    """`requireAdmin(ctx)`, `requireCan(ctx, "orders.edit")`: no document is named to it."""
    step = reached.step
    if not isinstance(step, HelperCall | OtherCall | External) or not comes_through(step, reached.via):
        return False
    name = _name(step)
    if not is_check_name(name) and not _RANK.search(name):
        return False
    given = [value for each in step.arguments for value in origins(each, step.body, reached.via)]
    if _roots(given, reached.via):
        return False
    ranked = bool(_RANK.search(name)) or any(isinstance(value, vs.Literal) for value in given)
    return ranked and tells(step, function)


def _name(step: HelperCall | OtherCall | External) -> str:
    return (step.path or ("",))[-1] if isinstance(step, External) else step.name


def _before(reached: Reached) -> Iterator[_Question]:
    """What is asked on the way to a step."""
    for depth, step in enumerate((*reached.via, reached.step)):
        tests = (*step.after_exit, *(frame.test for frame in step.frames if isinstance(frame, BranchFrame)))
        for test in tests:
            yield test, step.body, reached.via[:depth]


def _refusals(function: Function) -> Iterator[_Question]:
    """What is asked before an error, which takes back all that a mutation has done."""
    for reached in function.reached:
        if _throws(reached.step) and comes_through(reached.step, reached.via):
            for frame in reached.step.frames:
                if isinstance(frame, BranchFrame):
                    yield frame.test, reached.step.body, reached.via


def _throws(step: Step) -> bool:
    """Whether it is an error, or calls a helper that is there to throw one: `fail("Not yours")`."""
    if isinstance(step, Throw):
        return True
    if not isinstance(step, HelperCall) or step.callee is None:
        return False
    errors = (each for each in step.callee.steps if isinstance(each, Throw))
    return any(not each.frames and not each.after_exit for each in errors)


def _asks_about(question: _Question, picked: set[tuple[str, ...]]) -> bool:
    """Whether a test looks into what the caller picked, for more than that it is there."""
    test, body, via = question
    for one, other in _comparisons(question):
        if _meets(picked, _roots(one, via)) and (
            _is_told(one, other) or any(_is_known(each, via) for each in other)
        ):
            return True
    calls = (part for part in _looked_into(body, test) if isinstance(part, n.Call))
    given = (each for call in calls for each in call.arguments)
    return any(_meets(picked, _roots(origins(each, body, via), via)) for each in given)


def _is_known(value: vs.Value, via: _Via) -> bool:
    """Whether a value says who calls, or is what a check has found for the caller."""
    return is_caller(value, via) or (
        isinstance(value, vs.Result)
        and isinstance(value.step, HelperCall | OtherCall | External)
        and _is_check(value.step)
    )


def _is_check(step: HelperCall | OtherCall | External) -> bool:
    return bool(is_check_name(_name(step)) or _DEMANDS.match(_name(step)))


def _is_told(one: tuple[vs.Value, ...], other: tuple[vs.Value, ...]) -> bool:
    """Whether a document's field says whose it is; held against what is sent, only an id does."""
    if not any(_parts_of(one)):
        return False
    given = all(isinstance(value, vs.Argument | vs.Literal) for value in other)
    return not given or any(
        isinstance(each, vs.Result) and each.path and _WHOSE.search(each.path[-1]) for each in one
    )


def _meets(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> bool:
    """Whether arguments of either are the same, or part of each other."""
    return any(a[: len(b)] == b or b[: len(a)] == a for a in one for b in other)


@lru_cache(maxsize=4096)
def _compares(body: Body) -> bool:
    """Whether anything is compared with what is no constant, as far as the text tells."""
    return _COMPARED.search(body.module.lines.source, body.function.start, body.function.end) is not None


@lru_cache(maxsize=4096)
def _weighing(step: Test) -> tuple[n.Binary, ...]:
    """The comparisons of a test where either side may be of a document, or say who calls."""
    body = step.body
    return tuple(
        part
        for part in _compared(body, step.test)
        if all(any(map(_may_tell, body.origins(side))) for side in (part.left, part.right))
    )


def _may_tell(value: vs.Value) -> bool:
    return not isinstance(value, vs.Literal | vs.Argument)


def _comparisons(question: _Question) -> Iterator[_Sides]:
    """The sides of the comparisons of a test, either way round; with itself or with a constant is none."""
    test, body, via = question
    for part in _compared(body, test):
        yield from _sides(part, body, via)


def _compared(body: Body, test: n.Expression) -> Iterator[n.Binary]:
    for part in _looked_into(body, test):
        if not isinstance(part, n.Binary) or part.operator not in _EQUAL:
            continue
        if body.module.text(part.left) != body.module.text(part.right):
            yield part


def _sides(part: n.Binary, body: Body, via: _Via) -> Iterator[_Sides]:
    sides = origins(part.left, body, via), origins(part.right, body, via)
    if not any(all(isinstance(value, vs.Literal) for value in side) for side in sides):
        yield sides
        yield sides[::-1]


def _covers(reached: Reached, picked: set[tuple[str, ...]], function: Function) -> bool:
    """Whether a read finds only what is the caller's, or a check is told what the caller picked."""
    step = reached.step
    match step:
        case Read(range=tuple()):
            return comes_through(step, reached.via) and _is_of_caller(step, reached, picked)
        case HelperCall() | OtherCall() | External():
            given = [value for each in step.arguments for value in origins(each, step.body, reached.via)]
            asks = _is_check(step) or _weighs(step, given, reached)
            told = asks and _meets(picked, _roots(given, reached.via))
            return told and comes_through(step, reached.via) and tells(step, function)
        case Run(arguments=given):
            asks = _is_told_more(step) and _meets(
                picked, _roots(origins(given, step.body, reached.via), reached.via)
            )
            return asks and comes_through(step, reached.via)
    return False


def _is_told_more(run: Run) -> bool:
    """Whether the function that is run may refuse by who calls, or is out of sight."""
    target = run.body.project.resolve(run.target)
    return target is None or any(
        isinstance(each.step, Auth) or each.via or each.prelude for each in target.reached
    )


def is_weighty(function: Function, reached: Reached) -> bool:
    """Whether a change of what the caller names is more than a mark.

    It is where something is deleted, the caller says what is written, or a check is told of another document.
    """
    write = reached.step
    if not isinstance(write, Write) or not all(map(_is_named, origins(write.id, write.body, reached.via))):
        return False
    told = origins(write.document, write.body, reached.via)
    if write.operation == "delete" or any(isinstance(value, vs.Argument) for value in told):
        return not any(_may_be_of_rank(each.step) for each in function.reached)
    picked = _roots(origins(write.id, write.body, reached.via), reached.via)
    return any(_is_about_another(each, picked, function) for each in function.reached)


def _may_be_of_rank(step: Step) -> bool:
    """Whether a check may ask for more than a sign-in, as its name tells: `requireOperator(ctx)`."""
    if not isinstance(step, HelperCall | OtherCall | External) or not _is_check(step):
        return False
    return len(step.arguments) <= 1 and _SIGNED_IN.search(_name(step)) is None


def _is_named(value: vs.Value) -> bool:
    """Whether it is an id that was sent, or of the document that it stands for."""
    return isinstance(value, vs.Argument) or (isinstance(value, vs.Result) and isinstance(value.step, Get))


def _is_about_another(reached: Reached, picked: set[tuple[str, ...]], function: Function) -> bool:
    """Whether a check is told another document that the caller names: `requireEditor(ctx, args.teamId)`."""
    step = reached.step
    if not isinstance(step, HelperCall) or reached.via or not _is_check(step):
        return False
    roots = _roots([value for each in step.arguments for value in origins(each, step.body, ())], ())
    return bool(roots) and not _meets(picked, roots) and tells(step, function)


def ranked(function: Function) -> Iterator[str]:
    """The tables whose documents a mutation changes for callers of a rank."""
    if function.kind is Kind.MUTATION and function.public and _is_for_a_rank(function):
        for reached in function.steps(Write):
            write = reached.step
            if isinstance(write, Write) and write.operation != "insert" and isinstance(write.table, str):
                yield write.table


def _weighs(step: Step, given: list[vs.Value], reached: Reached) -> bool:
    """Whether a helper that may refuse is told who calls: `admit(ctx, user._id, note.teamId)`."""
    told = any(is_caller(value, reached.via) for value in given)
    return told and isinstance(step, HelperCall) and may_refuse(step)


def _is_of_caller(read: Read, reached: Reached, picked: set[tuple[str, ...]]) -> bool:
    """Whether a read finds what is the caller's: all of it, or what has to do with what the caller picked."""
    nodes = [each.value for each in read.range] if isinstance(read.range, tuple) else []
    values = [value for each in (*nodes, *read.filters) for value in origins(each, read.body, reached.via)]
    if not any(_is_known(value, reached.via) for value in values):
        return False
    rest = _roots([value for value in values if not _is_known(value, reached.via)], reached.via)
    return _meets(picked, rest) if rest else not _SELF.search(str(read.table))


def _fields_of(values: Iterable[vs.Value]) -> Iterator[str]:
    """The tables of which values are fields of a document, its id left aside."""
    return (table for table in _parts_of(values) if isinstance(table, str))


def _parts_of(values: Iterable[vs.Value]) -> Iterator[str | vs.Unknown]:
    """The tables, known or not, of which values are fields of a document, its id left aside."""
    for value in values:
        for table, path in _documents(value):
            if path and path[-1] not in {"_id", "_creationTime", "length", "*"}:
                yield table


def _documents(value: vs.Value) -> Iterator[tuple[str | vs.Unknown, tuple[str, ...]]]:
    """The document that a value is of, and the way into it; of a helper's result, what the helper read."""
    if not isinstance(value, vs.Result):
        return
    step = value.step
    if isinstance(step, Read | Get):
        yield step.table, value.path
    elif isinstance(step, HelperCall) and step.callee is not None:
        for returned in step.callee.returns():
            inner = step.callee.value(returned)
            if isinstance(inner, vs.Result) and isinstance(inner.step, Read | Get):
                yield inner.step.table, (*inner.path, *value.path)


def _roots(values: Iterable[vs.Value], via: _Via) -> set[tuple[str, ...]]:
    """The arguments that values hang on: of a document, those that it was found by."""
    found: set[tuple[str, ...]] = set()
    seen: set[int] = set()
    waiting = [(value, via) for value in values]
    while waiting:
        value, way = waiting.pop()
        if isinstance(value, vs.Argument):
            found.add(value.path)
        elif isinstance(value, vs.Result) and id(value.step) not in seen:
            seen.add(id(value.step))
            step, before = value.step, _way_to(value.step, way)
            waiting += [
                (each, before) for node in _made_of(step) for each in origins(node, step.body, before)
            ]
    return found


def _made_of(step: Step) -> Iterator[n.Expression]:
    match step:
        case Get(id=node) if node is not None:
            yield node
        case Read(range=tuple() as range_):
            yield from (each.value for each in range_ if each.value is not None)
        case HelperCall(arguments=arguments) | OtherCall(arguments=arguments):
            yield from arguments


def _way_to(step: Step, via: _Via) -> _Via:
    """The calls that lead to the body of a step, where it is a caller's."""
    return next((via[:depth] for depth, call in enumerate(via) if call.body is step.body), via)


def is_caller(value: vs.Value, via: _Via) -> bool:
    """Whether a value says who calls: the identity, the user found by it, `ctx.user`."""
    seen: set[int] = set()
    waiting = [(value, via)]
    while waiting:
        value, way = waiting.pop()
        if isinstance(value, vs.Context) and value.path and value.path[0] not in _OFFERED:
            return True
        if not isinstance(value, vs.Result) or id(value.step) in seen:
            continue
        seen.add(id(value.step))
        step, before = value.step, _way_to(value.step, way)
        if _says_who(step, before):
            return True
        nodes = _found_by(step)
        waiting += [(each, before) for node in nodes for each in origins(node, step.body, before)]
    return False


def _says_who(step: Step, via: _Via) -> bool:
    match step:
        case Auth():
            return True
        case OtherCall(name=name):
            return is_check_name(name)
        case HelperCall(callee=callee):
            return callee is not None and _asks(callee) and not _roots((vs.Result(step),), via)
    return False


def _found_by(step: Step) -> list[n.Expression | None]:
    """What the document of a person was found by."""
    match step:
        case Read(range=tuple() as range_, table=table) if _SELF.search(str(table)):
            return [each.value for each in range_]
        case Get(id=node):
            return [node]
    return []


@lru_cache(maxsize=4096)
def _asks(body: Body) -> bool:
    """Whether a helper reads the identity of the caller."""
    return any(isinstance(step, Auth) for each in below(body) for step in each.steps)
