"""The ways from registered functions to their steps: what rules them out, and how a finding shows them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence, Evidence
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.contexts import as_context
from scaffold.model.function import Kind
from scaffold.model.handing import is_handed_out
from scaffold.model.mixing import alternatives
from scaffold.model.names import given_back
from scaffold.model.options import part_of
from scaffold.model.steps import BranchFrame, ClosureFrame, DefaultFrame, HelperCall, OtherCall, Throw
from scaffold.rules._asking import asks_context
from scaffold.rules._inner import all_give, called
from scaffold.rules._nodes import EQUALITIES, nodes_of
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_NEGATED = {"!=", "!=="}
_FOLLOWED = 3
_MAPPING = {"map", "flatMap"}
_TIDYING = {"trim", "toLowerCase", "toUpperCase", "normalize"}
# What libraries are told to call when something happens: a sign-up, a payment, a mail to send.
_HOOK = regex(r"^(on(?!Success$)|send|before|after)[A-Z]|^(before|after|hooks|databaseHooks|callbacks)$")
_RUN_AFTERWARDS = "onSuccess"  # what customFunctions call when the handler is through
# What no function of a backend has: `typeof window === "undefined"`.
_OF_BROWSERS = {vs.Global((name,)) for name in ("window", "document", "localStorage", "sessionStorage")}


class Way(msgspec.Struct, frozen=True):
    """A function and how it comes to a step."""

    function: Function
    reached: Reached

    @property
    def who(self) -> str:
        """The function as a message calls it."""
        return name_of(self.function)

    def evidence(self) -> tuple[Evidence, ...]:
        """The function, and the helpers on the way."""
        start = Evidence(self.function.place, f"{self.who} comes here")
        calls = (Evidence(call.place, f"through `{call.name}`") for call in self.reached.via)
        return (start, *calls)

    @property
    def confidence(self) -> Confidence:
        """Lower where only the builder's name says what it builds, or a builder offers what may go unused."""
        if not self.function.builder.resolved or (self.reached.prelude and _is_offered(self.reached.step)):
            return Confidence.MEDIUM
        return Confidence.MEDIUM if self.reached.via and _is_made_only(self.reached.step) else Confidence.HIGH


def _is_made_only(step: Step) -> bool:
    """Whether it stands in a function that a helper makes; whoever calls that one comes to it for itself."""
    kept = [frame.node for frame in step.frames if isinstance(frame, ClosureFrame) and frame.call is None]
    return any(is_handed_out(step.body, node) for node in kept)


def _is_offered(step: Step) -> bool:
    """Whether it stands in a function that a builder puts on the context: `{ now: () => Date.now() }`."""
    kept = [frame.node for frame in step.frames if isinstance(frame, ClosureFrame) and frame.call is None]
    return bool(kept) and any(
        part.key != _RUN_AFTERWARDS and any(part.value is node for node in kept)
        for part in nodes_of(step.body, n.Property)
    )


def name_of(function: Function) -> str:
    """A function as a message calls it; a route's handler written in place has no name."""
    if function.kind is Kind.HTTP and function.name == "httpAction":
        return f"a route of `{function.module.name}`"
    return f"{function.kind} `{function.identifier}`"


def ways(step: Step, kinds: Container[Kind]) -> Iterator[Way]:
    """The functions of these kinds that come to a step, without those whose arguments rule it out."""
    for function, reached in step.body.project.owners(step):
        if function.kind in kinds and comes_to(function, reached):
            yield Way(function, reached)


def possible(reached: Reached) -> bool:
    """Whether no constant on the way keeps the function from its step.

    A helper that writes only `if (create)` is no writer where it is called with `false`. A branch that asks
    the context what it can do is taken to keep its promise.
    """
    return all(_open(step, reached.via[:depth]) for depth, step in enumerate(reached.levels))


def comes_to(function: Function, reached: Reached) -> bool:
    """Whether nothing keeps a function from a step: no constant, and no question to the context before it."""
    return possible(reached) and not (function.transactional and _left(reached))


def ruled_out(reached: Reached) -> bool:
    """Whether a constant on the way surely keeps the function from a step: `load(ctx, { ask: false })`."""
    return any(_shut(step, reached.via[:depth]) for depth, step in enumerate(reached.levels))


def _shut(step: Step, via: tuple[HelperCall, ...]) -> bool:
    return any(_holds(test, step.body, via) is (not held) for test, held in step.outcomes)


def origins(node: n.Expression | None, body: Body, via: tuple[HelperCall, ...]) -> tuple[vs.Value, ...]:
    """What an expression is made of, the parameters of helpers followed to what they were given."""
    own = body.origins(node)
    if not via or not any(isinstance(value, vs.Parameter) for value in own):
        return own
    found: dict[vs.Value, None] = {}
    for value in own:
        given, caller, before = traced(value, body, via)
        for part in alternatives(given):
            made_of = part.node if isinstance(part, vs.Computed) else _tidied(part)
            if made_of is not None and caller is not body:
                found |= dict.fromkeys(origins(made_of, caller, before))
            else:
                found[part] = None
    return tuple(found)


def _tidied(value: vs.Value) -> n.Call | None:
    """`args.email.trim().toLowerCase()`: the text itself, for whoever asks what it is made of."""
    match value:
        case vs.Result(step=OtherCall(name=name, node=n.Call() as call), path=()) if name in _TIDYING:
            return call
    return None


def results(node: n.Expression | None, body: Body, depth: int = _FOLLOWED) -> Iterator[vs.Result]:
    """The results of steps that an expression is made of; of a helper, those that it returns."""
    for value in body.origins(node):
        if not isinstance(value, vs.Result):
            continue
        yield value
        step = value.step
        if isinstance(step, HelperCall) and step.callee is not None and depth:
            for returned in step.callee.returns():
                yield from results(returned, step.callee, depth - 1)
        elif isinstance(step, HelperCall) and isinstance(step.target, vs.Closure) and depth:
            yield from results(given_back(step.target.node), step.body, depth - 1)
        elif isinstance(step, OtherCall) and step.name in _MAPPING and depth:
            for function in step.arguments[:1]:
                if isinstance(function, n.Function):
                    yield from results(given_back(function), step.body, depth - 1)


def traced(
    value: vs.Value, body: Body, via: tuple[HelperCall, ...]
) -> tuple[vs.Value, Body, tuple[HelperCall, ...]]:
    """What a helper's parameter was given by the calls on the way, whose body that is, and the way there."""
    while isinstance(value, vs.Parameter) and via and value.index < len(via[-1].arguments):
        given = _given(via[-1], value)
        if given is None:
            break
        value, body, via = given, via[-1].body, via[:-1]
    return value, body, via


@lru_cache(maxsize=4096)
def _given(call: HelperCall, parameter: vs.Parameter) -> vs.Value | None:
    """What a call gives for a parameter of its helper; None where a spread hides which argument it is."""
    if any(isinstance(each, n.Spread) for each in call.arguments):
        return None
    given = call.body.value(call.arguments[parameter.index])
    for key in parameter.path:
        given = vs.Literal(None) if _lacks(given, key) else call.body.member(given, key)
    return given


def _lacks(value: vs.Value, key: str) -> bool:
    """Whether an object that is written out has no such property."""
    match value:
        case vs.Computed(n.Object(properties=properties)):
            return all(part.key not in {None, key} and part.kind != "spread" for part in properties)
    return False


def fails_always(body: Body) -> bool:
    """Whether every run of a body ends in an error of its own."""
    return any(isinstance(step, Throw) and not step.frames and not step.after_exit for step in body.steps)


def _left(reached: Reached) -> bool:
    """Whether a context with a database has left before: `if ("db" in ctx) return …`."""
    return any(_asks_for_database(test, step.body) for step in reached.levels for test in step.after_exit)


def _asks_for_database(test: n.Expression, body: Body) -> bool:
    match test:
        case n.Binary(operator="in", left=n.String(value="db"), right=right):
            return isinstance(body.value(right), vs.Context)
        case n.Name() | n.Member():
            value = body.value(test)
            return isinstance(value, vs.Context) and value.path == ("db",)
    return False


def _open(step: Step, via: tuple[HelperCall, ...]) -> bool:
    around: n.Function | None = None
    for frame in step.frames:
        if isinstance(frame, ClosureFrame):
            around = frame.node
            if _is_for_later(frame, step.body):
                return False
        if isinstance(frame, DefaultFrame) and _is_given(frame, around, step.body, via):
            return False
        if not isinstance(frame, BranchFrame):
            continue
        held = _holds(frame.test, step.body, via)
        if (held is not None and held != frame.taken) or asks_context(frame.test, step.body):
            return False
    return not _is_behind_exit(step, via)


def _is_behind_exit(step: Step, via: tuple[HelperCall, ...]) -> bool:
    """Whether a test before a step always holds, and leaves the function."""
    if via:
        return any(_leaves(test, step.body, via) for test in step.after_exit)
    always = _left_always(step.body)
    return bool(always) and any(id(test) in always for test in step.after_exit)


@lru_cache(maxsize=4096)
def _left_always(body: Body) -> frozenset[int]:
    """The tests, by identity, by which a body is always left. Each is asked for all steps behind it."""
    tests = {id(test): test for step in body.steps for test in step.after_exit}
    return frozenset(key for key, test in tests.items() if _leaves(test, body, ()))


def _leaves(test: n.Expression, body: Body, via: tuple[HelperCall, ...]) -> bool:
    return bool(_holds(test, body, via)) or asks_context(_opposite(test), body)


def _is_given(
    default: DefaultFrame, around: n.Function | None, body: Body, via: tuple[HelperCall, ...]
) -> bool:
    """Whether the caller gives what a default stands in for; of a function `around` it, whether all do."""
    if around is not None:
        return all_give(around, body, default)
    value, _, _ = traced(vs.Parameter(default.index, default.path), body, via)
    return not isinstance(value, vs.Parameter | vs.Unknown) and value != vs.Literal(None)


def _opposite(test: n.Expression) -> n.Expression | None:
    """What holds once `if (!x) return` is passed: `x`."""
    return test.value if isinstance(test, n.Unary) and test.operator == "!" else None


def _is_for_later(frame: ClosureFrame, body: Body) -> bool:
    """A function that is kept, not called, and gets a context of its own: an agent's tool, a callback."""
    node = frame.node
    if not _is_hook(node, body) and (frame.call is not None or not any(map(as_context, node.parameters))):
        return False
    runs_here = any(each is node for each in (*called(body), *body.returns()))
    return not runs_here and not _is_handler(node, body)


def _is_hook(node: n.Function, body: Body) -> bool:
    """Whether a function stands under a name that says when a library calls it: `onPaid`, `hooks`."""
    return any(start <= node.start < end for start, end in _hooks(body))


@lru_cache(maxsize=4096)
def _hooks(body: Body) -> tuple[tuple[int, int], ...]:
    """Where hooks stand in a body."""
    return tuple(
        (part.value.start, part.value.end)
        for part in nodes_of(body, n.Property)
        if part.key is not None and _HOOK.search(part.key)
    )


def _is_handler(node: n.Function, body: Body) -> bool:
    """Whether a function stands in what a builder is given: `(def) => mutation({ handler: … })`."""
    read = body.project.builders.read
    return any(
        call.start < node.start < call.end and read(body.module, call.callee)
        for call in nodes_of(body, n.Call)
    )


def _holds(test: n.Expression, body: Body, via: tuple[HelperCall, ...]) -> bool | None:
    """Whether a test holds, as far as constants tell."""
    match test:
        case n.Unary(operator="!", value=value):
            held = _holds(value, body, via)
            return None if held is None else not held
        case n.Binary(operator="&&", left=left, right=right):
            return _both(_holds(left, body, via), _holds(right, body, via))
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            first, second = _constant(left, body, via), _constant(right, body, via)
            if first is None or second is None:
                return None
            return (first.value == second.value) != (operator in _NEGATED)
    constant = _constant(test, body, via)
    return None if constant is None else bool(constant.value)


def _both(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 - three-valued logic
    if left is False or right is False:
        return False
    return True if left and right else None


def _constant(node: n.Expression, body: Body, via: tuple[HelperCall, ...]) -> vs.Literal | None:
    match node:
        case n.Unary(operator="typeof", value=n.Name() as name) if body.value(name) in _OF_BROWSERS:
            return vs.Literal("undefined")
    return _known(body.value(node), body, via)


def _known(value: vs.Value, body: Body, via: tuple[HelperCall, ...]) -> vs.Literal | None:
    if not isinstance(value, vs.Mixed):
        return _settled(value, body, via)
    first, *rest = value.values  # `{ notify = false }`: what was given, or else the default
    given = _settled(first, body, via) if isinstance(first, vs.Parameter) else None
    if given is None or given.value is not None:
        return given
    defaults = [each for each in rest if not (isinstance(each, vs.Unknown) and each.is_absent)]
    if not defaults:
        return given
    return _settled(defaults[0], body, via) if len(defaults) == 1 else None


def _settled(value: vs.Value, body: Body, via: tuple[HelperCall, ...]) -> vs.Literal | None:
    value, where, before = traced(value, body, via)
    if isinstance(value, vs.Literal):
        return value
    if isinstance(value, vs.Mixed) and where is not body:  # handed on: `{ create }`, where `create = true`
        return _known(value, where, before)
    if isinstance(value, vs.Parameter) and before and value.index >= len(before[-1].arguments):
        return _default(where, value)
    return None


def _default(body: Body, parameter: vs.Parameter) -> vs.Literal | None:
    """What a parameter, or a part of it, is where nothing is given for it, if that is a constant."""
    if parameter.index >= len(body.function.parameters):
        return None
    pattern = body.function.parameters[parameter.index].pattern
    if not isinstance(pattern, n.Assign):
        return vs.Literal(None)
    value, path = pattern.value, parameter.path
    while path and isinstance(value, n.Object) and all(part.key is not None for part in value.properties):
        part = part_of(value, path[0])
        if part is None:
            return vs.Literal(None)
        value, path = part.value, path[1:]
    known = body.value(value)
    return known if not path and isinstance(known, vs.Literal) else None
