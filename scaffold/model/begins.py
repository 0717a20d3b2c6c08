"""Queries that a helper begins and its caller ends: `ofUser(ctx, id).order("desc").take(10)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.model import handing, instances
from scaffold.model.chains import Chain, ChainReader, begun, continued
from scaffold.model.values import Context, Definition, Literal, Parameter, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.model.body import Body


def chain_of(caller: Body, node: n.Call, read: Callable[[n.Expression], Chain | None]) -> Chain | None:
    """The query that the call of a helper gives, if the helper returns nothing but queries.

    `read` gives the query that an argument is, of which the helper may make another.
    """
    callee = _callee(caller, node)
    begins = _begun(caller, callee, node) if callee is not None else None
    return begins or _continued(caller, node, read)


def _continued(caller: Body, node: n.Call, read: Callable[[n.Expression], Chain | None]) -> Chain | None:
    """What a helper makes of a query that it is given: `onlyOpen(ctx.db.query("tasks"))`."""
    target = caller.value(node.callee) if node.arguments and not node.new else None
    if not isinstance(target, Definition) or not isinstance(target.node, n.Function) or target.node.is_async:
        return None
    passed = {place: chain for place, argument in enumerate(node.arguments) if (chain := read(argument))}
    callee = caller.project.reader.defined(target, target.node, caller, node) if passed else None
    if callee is None or len(passed) != 1:
        return None
    place, chain = passed.popitem()
    begin = replace(chain, calls=(), ways=(), conditional=False)
    known = (Parameter(place), caller.value(node.arguments[place]))

    def given(name: n.Name) -> Chain | None:
        return begin if callee.value(name) in known else None

    reader = ChainReader(callee.value, callee.sources, lambda _: None, given)
    returned = callee.returns()
    given_back = [each for value in returned if (each := reader.read(value)) and each.root is chain.root]
    if not returned or len(given_back) < len(returned):
        return None
    return continued(chain, given_back, node)


def _begun(caller: Body, callee: Body, node: n.Call) -> Chain | None:
    reader = ChainReader(callee.value, callee.sources, lambda inner: chain_of(callee, inner, reader.read))
    read = [reader.read(returned) for returned in callee.returns()]
    found = [chain for chain in read if chain is not None]
    if not found or len(found) != len(read):
        return None
    tables = {_table(chain, callee, caller, node) for chain in found}
    table = tables.pop() if len(tables) == 1 else Unknown("a helper chooses the table")
    return begun(replace(found[0], conditional=found[0].conditional or len(found) > 1), node, table)


def _callee(caller: Body, node: n.Call) -> Body | None:
    """The body of a helper that is given the context or a part of it, or whose object has it."""
    target = caller.value(node.callee)
    if not isinstance(target, Definition):
        made = handing.method(caller, node, target) or instances.method_on_the_spot(caller, node)
        target = made or target
    elif isinstance(target.node, n.Call):
        target = caller.project.resolver.made(target) or target
    if not isinstance(target, Definition) or not isinstance(target.node, n.Function) or node.new:
        return None
    given = any(isinstance(caller.value(argument), Context) for argument in node.arguments)
    if target.node.is_async or not (given or target.knows or instances.called_on(caller, node)):
        return None
    return caller.project.reader.defined(target, target.node, caller, node)


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
