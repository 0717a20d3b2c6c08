"""What a call does, told from what its callee stands for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from scaffold.core.patterns import regex
from scaffold.core.text import address
from scaffold.model import handing, ids
from scaffold.model import steps as s
from scaffold.model.body import Written
from scaffold.model.mixing import alternatives
from scaffold.model.names import called
from scaffold.model.values import (
    Closure,
    Context,
    Definition,
    External,
    Global,
    Mixed,
    Reference,
    Result,
    Unknown,
)
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.values import Value

Operation: TypeAlias = Literal["insert", "patch", "replace", "delete"]
_STORAGE = {"store", "get", "getUrl", "generateUploadUrl", "delete", "getMetadata"}
_WRITES: dict[str, tuple[Operation, int]] = {
    "insert": ("insert", 0),
    "patch": ("patch", 2),
    "replace": ("replace", 2),
    "delete": ("delete", 1),
}
_FETCH = Global(("fetch",))  # also where a test may give another one: `(fetchImpl = fetch) => …`
_TIMERS = {"setTimeout", "setInterval", "setImmediate"}
_RANDOM = {("Math", "random"), ("crypto", "randomUUID"), ("crypto", "getRandomValues")}
_CLOCKS = {("Date", "now"), ("performance", "now"), ("process", "hrtime")}
_AUTH_PACKAGE = regex(r"auth|clerk|workos|lucia", re.IGNORECASE)
_AUTH_NAME = regex(
    r"^(safe|try|require|get|current|assert)\w*(User|Session|Identity|Subject)\w*$|^getUserId$", re.IGNORECASE
)
# Packages that run in the same transaction or process: calling them is no call out of the system.
_INSIDE = regex(r"convex|node:|\.|_generated/|@convex-dev/")
_QUEUES = {
    "@convex-dev/workpool": ("workpool", {"enqueueAction", "enqueueMutation", "enqueueQuery"}),
    "@convex-dev/action-retrier": ("retrier", {"run", "runAfter", "runAt"}),
    "@convex-dev/workflow": ("workflow", {"start"}),
}


_MAKING = regex(r"(create|make|build|init)([A-Z]|$)")
_HELPERS = 5  # deep enough for a maker of a maker; helpers may call one another in a circle


class CallSite(msgspec.Struct, eq=False):
    """A call under way to becoming a step: where it stands, and what becomes of it."""

    body: Body
    node: n.Call
    value: Value
    common: dict[str, Any]


def classify(site: CallSite) -> s.Step | None:
    """The step that a call is; None for what does nothing that anybody asks about."""
    match site.value:
        case Context(path):
            return _context(site, path)
        case Global(path):
            return _global(site, path)
        case External(specifier, path):
            return _external(site, specifier, path)
        case Definition():
            return _definition(site, site.value)
        case Closure():
            return s.HelperCall(
                **site.common,
                name=called(site.node),
                arguments=site.node.arguments,
                target=site.value,
                read_callee=_nothing,
            )
        case Mixed(values):
            return _mixed(site, values)
        case Result(step, path):
            method = handing.method(site.body, site.node, site.value)
            if method is not None:
                return _definition(site, method)
            maker = _maker(step) if path else None
            if maker is not None:
                return _external(site, maker.specifier, (*maker.path, *path))
    return _other(site)


def _maker(step: s.Step, depth: int = _HELPERS) -> External | None:
    """What an object comes from that a package made in this body or in a helper: `new Stripe(key)`."""
    if isinstance(step, s.External) and step.package and _makes(step):
        return External(step.package, (*step.path, "()"))
    if isinstance(step, s.HelperCall) and step.callee is not None and depth:
        for returned in step.callee.returns():
            value = step.callee.value(returned)
            for part in alternatives(value):
                if isinstance(part, External) and "()" in part.path:
                    return part
                if isinstance(part, Result) and not part.path and part.step is not step:
                    return _maker(part.step, depth - 1)
    return None


def _makes(call: s.External) -> bool:
    """Whether a call gives an object to work with: `new Stripe(key)`, `createClient(…)`."""
    if isinstance(call.node, n.Call) and call.node.new:
        return True
    return call.path == ("default",) or (bool(call.path) and _MAKING.match(call.path[-1]) is not None)


def _mixed(site: CallSite, values: tuple[Value, ...]) -> s.Step | None:
    """One of several: the one that is known for something, or else any call."""
    for value in values:
        if isinstance(value, Context | External | Definition | Closure) or value == _FETCH:
            return classify(CallSite(site.body, site.node, value, site.common))
        if isinstance(value, Result) and value.path and _maker(value.step) is not None:
            return classify(CallSite(site.body, site.node, value, site.common))
    return _other(site)


def _context(site: CallSite, path: tuple[str, ...]) -> s.Step:
    node, common = site.node, site.common
    match path:
        case ("db", "get") | ("db", "system", "get"):
            return _get(site)
        case ("db", operation) if operation in _WRITES:
            return _write(site, *_WRITES[operation])
        case ("db", *_, method):
            return s.DbUse(**common, method=method)
        case ("runQuery" | "runMutation" | "runAction" as method,):
            target = _argument(node, 0)
            return s.Run(
                **common,
                method=method,
                target=target_of(site.body, target),
                target_node=target,
                arguments=_argument(node, 1),
            )
        case ("scheduler", "runAfter" | "runAt" as method):
            target = _argument(node, 1)
            return s.Schedule(
                **common,
                method=method,
                via="scheduler",
                target=target_of(site.body, target),
                target_node=target,
                when=_argument(node, 0),
                arguments=_argument(node, 2),
            )
        case ("scheduler", "cancel"):
            return s.Cancel(**common)
        case ("auth", "getUserIdentity"):
            return s.Auth(**common, how="ctx.auth.getUserIdentity")
        case ("storage", operation) if operation in _STORAGE:
            return s.Storage(**common, operation=operation)
    return _other(site)


def _get(site: CallSite) -> s.Get:
    arguments = site.node.arguments
    explicit = len(arguments) > 1
    identity = arguments[-1] if arguments else None
    table = ids.literal(site.body, arguments[0]) if explicit else ids.table_of(site.body, identity)
    return s.Get(**site.common, id=identity, table=table, explicit=explicit)


def _write(site: CallSite, operation: Operation, implicit: int) -> s.Write:
    """A write; with more arguments than an `implicit` table needs, the first names the table."""
    arguments = site.node.arguments
    explicit = len(arguments) > implicit
    if operation == "insert":
        table: str | Unknown = ids.literal(site.body, _argument(site.node, 0))
        return s.Write(
            **site.common, operation="insert", table=table, document=_argument(site.node, 1), explicit=True
        )
    first = 1 if explicit else 0
    identity = _argument(site.node, first)
    table = ids.literal(site.body, arguments[0]) if explicit else ids.table_of(site.body, identity)
    document = None if operation == "delete" else _argument(site.node, first + 1)
    common = site.common
    return s.Write(
        **common, operation=operation, table=table, id=identity, document=document, explicit=explicit
    )


def _global(site: CallSite, path: tuple[str, ...]) -> s.Step | None:
    node, common = site.node, site.common
    path = path[1:] if path[0] in {"globalThis", "window", "self"} and len(path) > 1 else path
    if path in _CLOCKS:
        return s.Clock(**common, what=f"{'.'.join(path)}()")
    if path == ("Date",) and not node.arguments:
        return s.Clock(**common, what="new Date()" if node.new else "Date()")
    if path in _RANDOM:
        return s.Random(**common, what=f"{'.'.join(path)}()")
    if path == ("fetch",):
        return s.External(**common, package="", path=path, arguments=node.arguments)
    if path[0] == "console" and len(path) == 2:  # noqa: PLR2004 - console.level
        return s.Log(**common, level=path[1], arguments=node.arguments)
    if path[0] in _TIMERS:
        return s.Effect(**common, kind="timer", what=path[0])
    if path == ("import",):
        return s.Effect(**common, kind="import", what="import()")
    return _other(site)


def _external(site: CallSite, specifier: str, path: tuple[str, ...]) -> s.Step | None:
    node, common = site.node, site.common
    last = path[-1] if path else ""
    if _is_auth(specifier) and _AUTH_NAME.match(last):
        return s.Auth(**common, how=last)
    if specifier in _QUEUES and last in _QUEUES[specifier][1]:
        return _queued(site, _QUEUES[specifier][0], last)
    if _is_inside(specifier):
        return _other(site)
    return s.External(**common, package=specifier, path=path, arguments=node.arguments)


@cache
def _is_auth(specifier: str) -> bool:
    return _AUTH_PACKAGE.search(specifier) is not None


@cache
def _is_inside(specifier: str) -> bool:
    return _INSIDE.match(specifier) is not None


def _queued(site: CallSite, via: str, method: str) -> s.Schedule:
    position = 2 if method in {"runAfter", "runAt"} else 1
    target = _argument(site.node, position)
    return s.Schedule(
        **site.common,
        method=method,
        via=via,
        target=target_of(site.body, target),
        target_node=target,
        when=_argument(site.node, 1) if position == 2 else None,  # noqa: PLR2004 - the delay comes before
        arguments=_argument(site.node, position + 1),
    )


def _definition(site: CallSite, target: Definition) -> s.Step | None:
    project = site.body.project
    if project.is_registered(target):
        return s.FunctionCall(**site.common, target=target)
    if function_in(target) is None:
        target = project.resolver.made(target) or target
    function = function_in(target)
    if function is None:
        return _other(site)
    name = target.name or function.name or called(site.node)
    written = Written(target.module, function, name)
    return s.HelperCall(
        **site.common,
        name=name,
        arguments=site.node.arguments,
        target=target,
        read_callee=project.reader.helper(written, site.body, site.node, target.knows),
    )


def _nothing() -> None:
    """What is read of a local function: it is walked where it stands."""


def function_in(target: Definition) -> n.Function | None:
    """The function that a definition is: itself, or wrapped in a call (`cache(async (ctx) => …)`)."""
    match target.node:
        case n.Function():
            return target.node
        case n.Call(arguments=arguments, new=False):
            return next((part for part in arguments if isinstance(part, n.Function)), None)
    return None


def target_of(body: Body, node: n.Expression | None) -> Reference | Definition | Unknown:
    """The function that an argument of `ctx.run*` or the scheduler means; a string can be its address."""
    if isinstance(node, n.String) and ":" in node.value:
        return Reference("any", address(node.value))
    value = body.value(node)
    if isinstance(value, Reference | Definition | Unknown):
        return value
    if isinstance(value, Mixed):
        known = [part for part in value.values if isinstance(part, Reference | Definition)]
        if len(known) == len(value.values):
            return known[0]
    return Unknown("the function is chosen at run time")


def _other(site: CallSite) -> s.OtherCall:
    return s.OtherCall(**site.common, name=called(site.node), value=site.value, arguments=site.node.arguments)


def _argument(node: n.Call, position: int) -> n.Expression | None:
    if any(isinstance(argument, n.Spread) for argument in node.arguments[: position + 1]):
        return None
    return node.arguments[position] if len(node.arguments) > position else None
