"""Objects of the project's own classes: what of the context they keep, and their methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.contexts import as_context
from scaffold.model.steps import OtherCall
from scaffold.model.values import Context, Definition, Instance, Result
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import Step
    from scaffold.model.values import Value


def method(step: Step, name: str) -> Definition | None:
    """A method of what a step made: `all` of `new Repository(ctx)`."""
    made = _made(step)
    return _member(made, name) if made is not None else None


def member(body: Body, instance: Instance, name: str) -> Value | None:
    """What `this.name` is: a part of the context that the object keeps, or a method."""
    kept = dict(instance.entries).get(name)
    if kept is not None:
        return kept
    made_of = body.project.resolver.name(instance.module, instance.name)
    if not isinstance(made_of, Definition):
        return None
    if isinstance(made_of.node, n.Object):
        found = body.project.resolver.member(made_of, name)
        return found if isinstance(found, Definition) else None
    return _member(made_of, name)


def called_on(caller: Body, call: n.Call) -> Instance | None:
    """The object whose method a call runs."""
    if not isinstance(call.callee, n.Member):
        return None
    value = caller.value(call.callee.object)
    if isinstance(value, Instance):
        return value
    if isinstance(value, Definition):
        return _shared(value)
    made = _made(value.step) if isinstance(value, Result) and not value.path else None
    if made is None or not isinstance(value, Result):
        return None
    entries = tuple(dict(_kept(made, value.step)).items())
    return Instance(made.module, made.name, entries) if entries else None


def _shared(definition: Definition) -> Instance | None:
    """What a module makes or writes down for all: `new Mailer(key)`, `{ list() { this.page() } }`."""
    node = definition.node
    if isinstance(node, n.Object):
        return Instance(definition.module, definition.name, ()) if _is_found(definition) else None
    if not isinstance(node, n.Call) or not node.new:
        return None
    made = definition.module.project.resolver.evaluate(definition.module, node.callee)
    if not isinstance(made, Definition) or not isinstance(made.node, n.Class):
        return None
    return Instance(made.module, made.name, ())


def _is_found(definition: Definition) -> bool:
    """Whether a definition is what its name stands for in its module."""
    found = definition.module.project.resolver.name(definition.module, definition.name)
    return isinstance(found, Definition) and found.node is definition.node


def _made(step: Step) -> Definition | None:
    """The class at the top level of a module that a step makes an object of."""
    if not isinstance(step, OtherCall) or not isinstance(step.node, n.Call) or not step.node.new:
        return None
    made = step.value
    return made if isinstance(made, Definition) and isinstance(made.node, n.Class) else None


def _member(of_class: Definition, name: str) -> Definition | None:
    return of_class.module.project.resolver.method(of_class, name)


def _kept(made: Definition, step: Step) -> Iterator[tuple[str, Context]]:
    """The fields that hold the context or a part of it, after the constructor has run."""
    constructor = _member(made, "constructor")
    if (
        constructor is None
        or not isinstance(constructor.node, n.Function)
        or not isinstance(step.node, n.Call)
    ):
        return
    given: dict[str, Context] = {}
    for parameter, argument in zip(constructor.node.parameters, step.node.arguments, strict=False):
        passed = step.body.value(argument)
        kept = passed if isinstance(passed, Context) else as_context(parameter)
        if isinstance(parameter.pattern, n.Name) and isinstance(kept, Context):
            given[parameter.pattern.name] = kept
    yield from given.items()  # `constructor(private ctx: QueryCtx)`
    for node in walk_all(constructor.node.body):
        match node:
            case n.Assign(target=n.Member(object=n.Name(name="this"), property=field), value=assigned):
                part = _part(assigned, given)
                if part is not None:
                    yield field, part


def _part(node: n.Expression, given: dict[str, Context]) -> Context | None:
    match node:
        case n.Name(name=name):
            return given.get(name)
        case n.Member(object=inner, property=name):
            whole = _part(inner, given)
            return Context((*whole.path, name)) if whole is not None else None
    return None
