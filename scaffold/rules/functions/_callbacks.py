"""Callbacks whose `ctx` or `db` is not Convex's: `withClient(async (db) => await db.query("select 1"))`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.contexts import as_context
from scaffold.model.names import bound_in
from scaffold.model.steps import ClosureFrame, HelperCall
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.steps import Step

# The type of the one parameter, or the first, of a function: `(client: Client) => Promise<T>`.
_FIRST = regex(r"\(\s*\w+\??\s*:\s*([A-Z]\w*)\s*[,)]")
_PACKAGE = r"\bimport\b[^;]*?\b{name}\b[^;]*?\bfrom\s+[\"'](?!\.|convex\b|@convex-dev/)"
_WRITTEN = r"\b(?:interface|class|type)\s+{name}\b(?P<body>.*?)(?:\n\}}|;\n)"


def is_of_helper(step: Step) -> bool:
    """Whether a step uses what a helper hands to its callback, and its types say that this is its own."""
    name = _root(step.node)
    for frame in reversed(step.frames):
        if not isinstance(frame, ClosureFrame) or not frame.node.parameters:
            continue
        if name in bound_in(frame.node.parameters[0].pattern):
            return frame.call is not None and _is_typed(step.body, frame.call, frame.node)
    return False


def _is_typed(body: Body, call: n.Call, callback: n.Function) -> bool:
    """Whether the helper that is given a callback says what it hands on, and that is no context."""
    helper = body.result(call)
    if callback.parameters[0].annotation or not isinstance(helper, HelperCall) or helper.callee is None:
        return False
    position = next(number for number, argument in enumerate(call.arguments) if argument is callback)
    parameters = helper.callee.function.parameters
    found = _FIRST.match(parameters[position].annotation) if position < len(parameters) else None
    return found is not None and _is_foreign(helper.callee, found[1])


def _is_foreign(helper: Body, name: str) -> bool:
    """Whether a type is a package's, or is written beside the helper without a context of Convex's."""
    if as_context(n.Parameter(0, 0, n.Name(0, 0, name), name)) is not None:
        return False
    source = helper.module.lines.source.decode("utf-8", "replace")
    if re.search(_PACKAGE.format(name=name), source):
        return True
    written = re.search(_WRITTEN.format(name=name), source, re.DOTALL)
    return written is not None and "Ctx" not in written["body"]


def _root(node: n.Node) -> str:
    """The name that a chain of calls and members begins with."""
    while not isinstance(node, n.Name):
        match node:
            case n.Call(callee=inner) | n.Member(object=inner) | n.Await(value=inner):
                node = inner
            case _:
                return ""
    return node.name
