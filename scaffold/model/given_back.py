"""What calls give back that is known already: parts of the context, the items of `Promise.all`."""

from __future__ import annotations

from scaffold.model import instances
from scaffold.model.steps import HelperCall, OtherCall, Step
from scaffold.model.values import Context, Global, Result
from scaffold.source import nodes as n


def given_back(step: HelperCall, name: str) -> Context | Result | None:
    """The part of the context that a helper gives back: `db` of `await signedIn(ctx)`.

    Or the object of a class that it made: `notes` of `services(ctx)`.
    """
    callee = step.callee
    if callee is None or name in callee.giving:  # helpers may give back what they give each other
        return None
    callee.giving.add(name)
    try:
        returned = callee.returns()
        found = callee.member(callee.value(returned[-1]), name) if returned else None
    finally:
        callee.giving.discard(name)
    if isinstance(found, Result) and not found.path and instances.makes(found.step):
        return found
    return found if isinstance(found, Context) else None


def gathered(step: Step, name: str) -> n.Expression | None:
    """The promise whose value stands at a position of what `Promise.all([…])` gives."""
    if not isinstance(step, OtherCall) or step.value != Global(("Promise", "all")):
        return None
    match step.arguments:
        case (n.Array(items=items),) if not any(isinstance(item, n.Spread) for item in items):
            return item_at(items, name)
    return None


def item_at(items: tuple[n.Expression, ...], name: str) -> n.Expression | None:
    """What stands at the position that a name is, if one does."""
    is_position = name.isdecimal() and len(name) <= len(str(len(items)))
    return items[int(name)] if is_position and int(name) < len(items) else None
