"""Functions that a helper hands out, alone or in an object: `finish` of `gameStore(ctx.db)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import names
from scaffold.model.options import part_of
from scaffold.model.steps import HelperCall
from scaffold.model.values import Closure, Computed, Context, Definition, Result
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.values import Value


def method(caller: Body, call: n.Call, value: Value) -> Definition | None:
    """The function that a call of such a function, or of a property of such an object, runs.

    None where it has nothing of the context: neither is it given any, nor did the helper leave it some.
    """
    path: tuple[str, ...] = (call.callee.property,) if isinstance(call.callee, n.Member) else ()
    if isinstance(value, Result):
        step, path = value.step, value.path
        maker = step.callee if isinstance(step, HelperCall) else None
    else:
        maker = _on_the_spot(caller, call)
    found = _function(maker, path) if maker is not None else None
    if maker is None or found is None:
        return None
    knows = tuple(dict(_known(maker, found)).items())
    if not knows and not any(isinstance(caller.value(argument), Context) for argument in call.arguments):
        return None
    return Definition(maker.module, found, path[-1] if path else "", knows)


def is_handed_out(maker: Body, function: n.Function) -> bool:
    """Whether a function stands in an object that a helper gives: whoever gets it may never call it."""
    return any(each is function for literal in _objects(maker) for each in _written(literal))


def _written(literal: n.Object) -> Iterator[n.Expression]:
    """What stands in an object, and in the objects inside of it."""
    for part in literal.properties:
        if isinstance(part.value, n.Object):
            yield from _written(part.value)
        else:
            yield part.value


def _on_the_spot(caller: Body, call: n.Call) -> Body | None:
    """The helper in `gameStore(ctx.db).moves()`, which is asked about before it is walked."""
    match call.callee:
        case n.Member(object=n.Call(new=False) as made) if caller.result(made) is None:
            target = caller.value(made.callee)
        case _:
            return None
    if not isinstance(target, Definition) or not isinstance(target.node, n.Function):
        return None
    return caller.project.reader.defined(target, target.node, caller, made)


def _function(maker: Body, path: tuple[str, ...]) -> n.Function | None:
    if not path:
        given = [maker.value(returned) for returned in maker.returns()]
        return given[0].node if len(given) == 1 and isinstance(given[0], Closure) else None
    for literal in _objects(maker):
        found: n.Expression | None = literal
        for name in path:
            part = part_of(found, name)
            found = names.declared_in(maker.function, part.value) if part is not None else None
        if isinstance(found, n.Function):
            return found
    return None


def _objects(maker: Body) -> Iterator[n.Object]:
    """The objects that a helper gives."""
    for returned in maker.returns():
        match maker.value(returned):
            case Computed(n.Object() as literal):
                yield literal


def _known(maker: Body, function: n.Function) -> Iterator[tuple[str, Context]]:
    """The names in a function that are parts of the context around it."""
    own = {name for parameter in function.parameters for name in names.bound_in(parameter.pattern)}
    for node in walk(function):
        if isinstance(node, n.Name) and node.name not in own:
            value = maker.value(node)
            if isinstance(value, Context):
                yield node.name, value
