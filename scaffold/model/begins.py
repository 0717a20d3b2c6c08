"""Queries that a helper begins and its caller ends: `ofUser(ctx, id).order("desc").take(10)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import instances
from scaffold.model.chains import Chain, ChainReader, begun
from scaffold.model.values import Context, Definition, Literal, Parameter, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body


def chain_of(caller: Body, node: n.Call) -> Chain | None:
    """The query that the call of a helper gives, if that is all that the helper ever returns."""
    callee = _callee(caller, node)
    if callee is None:
        return None
    reader = ChainReader(callee.value, callee.sources, lambda inner: chain_of(callee, inner))
    found = [reader.read(returned) for returned in callee.returns()]
    if len(found) != 1 or found[0] is None:
        return None
    return begun(found[0], node, _table(found[0], callee, caller, node))


def _callee(caller: Body, node: n.Call) -> Body | None:
    """The body of a helper that is given the context or a part of it, or whose object has it."""
    target = caller.value(node.callee)
    if not isinstance(target, Definition) or not isinstance(target.node, n.Function) or node.new:
        return None
    given = any(isinstance(caller.value(argument), Context) for argument in node.arguments)
    if target.node.is_async or not (given or instances.called_on(caller, node)):
        return None
    return caller.project.helper(target.module, target.node, target.name, caller, node)


def _table(chain: Chain, callee: Body, caller: Body, node: n.Call) -> str | Unknown:
    """The table; where it is a parameter of the helper, what the caller gives for it."""
    root = chain.root
    if isinstance(chain.table, str) or not isinstance(root, n.Call) or not root.arguments:
        return chain.table
    asked = callee.value(root.arguments[0])
    if isinstance(asked, Parameter) and not asked.path and asked.index < len(node.arguments):
        given = caller.value(node.arguments[asked.index])
        if isinstance(given, Literal) and isinstance(given.value, str):
            return given.value
    return chain.table
