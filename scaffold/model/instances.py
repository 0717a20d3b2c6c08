"""Objects of the project's own classes: what of the context they keep, and their methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.contexts import as_context
from scaffold.model.options import part_of
from scaffold.model.steps import HelperCall, OtherCall
from scaffold.model.values import Argument, Computed, Context, Definition, Instance, Literal, Result
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.steps import Step
    from scaffold.model.values import Value

    _Kept = Context | Argument | Literal | Instance

_REQUEST = Argument(("request",))  # as a route's handler is given it
_HELPERS = 3  # around one `new`
_NEW = "(new)"  # what a helper is asked for, beside the names of parts; no code can have it
_PARENTS = 5  # classes above one
_INSIDE = 2  # objects that objects make, which may each make many
_KEPT = (Context, Argument, Literal, Instance)


def method(step: Step, name: str) -> Definition | None:
    """A method of what a step made: `all` of `new Repository(ctx)`, or of a helper that gives that."""
    making = _making(step)
    made = _made(making) if making is not None else None
    return _member(made, name) if made is not None else None


def makes(step: Step) -> bool:
    """Whether a step makes an object of a class of the project."""
    return _making(step) is not None


def offered(inputs: tuple[Body, ...], name: str) -> Result | None:
    """The object that a builder puts on the context: `{ orders: new Orders(ctx) }`."""
    for body in inputs:
        for returned in body.returns():
            value = _written(body, returned, name)
            if isinstance(value, Result) and not value.path and _making(value.step) is not None:
                return value
    return None


def _written(body: Body, returned: n.Expression, name: str) -> Value | None:
    """What an object says that a name is on the context: by itself, or in its `ctx`."""
    literal = _object(body, returned)
    context = part_of(literal, "ctx")
    part = part_of(literal if context is None else _object(body, context.value), name)
    return body.value(part.value) if part is not None else None


def _object(body: Body, node: n.Expression) -> n.Object | None:
    value = body.value(node)
    return value.node if isinstance(value, Computed) and isinstance(value.node, n.Object) else None


def member(body: Body, instance: Instance, name: str) -> Value | None:
    """What `this.name` is: a part of the context that the object keeps or gives, or a method."""
    kept = dict(instance.entries).get(name)
    if kept is not None:
        return kept
    made_of = body.project.resolver.name(instance.module, instance.name)
    if not isinstance(made_of, Definition):
        return None
    if isinstance(made_of.node, n.Object):
        found = body.project.resolver.member(made_of, name)
        return found if isinstance(found, Definition) else None
    got = body.project.resolver.getter(made_of, name)
    return _of_this(body, instance, got) if got is not None else _member(made_of, name)


def _of_this(body: Body, instance: Instance, node: n.Expression) -> Value | None:
    """What a getter gives of the object: `get db() { return this.ctx.db; }`."""
    match node:
        case n.Name(name="this"):
            return instance
        case n.Member(object=inner, property=name):
            whole = _of_this(body, instance, inner)
            return body.member(whole, name) if whole is not None else None
    return None


def called_on(caller: Body, call: n.Call) -> Instance | None:
    """The object whose method a call runs."""
    if not isinstance(call.callee, n.Member):
        return None
    value = caller.value(call.callee.object)
    if isinstance(value, Instance):
        return value
    if isinstance(value, Definition):
        return _shared(value)
    if (known := _object_of(value)) is not None:
        return known
    made = _class_on_the_spot(caller, call.callee.object)
    node = call.callee.object
    return _instance(made, caller, node) if made is not None and isinstance(node, n.Call) else None


def field(step: Step, name: str) -> _Kept | None:
    """What an object that a step makes keeps under a name: `tasks` of `new Services(ctx)`."""
    known = _object_of(Result(step))
    return dict(known.entries).get(name) if known is not None else None


def _object_of(value: Value | None) -> Instance | None:
    """The object of a class of the project that a value is."""
    making = _making(value.step) if isinstance(value, Result) and not value.path else None
    made = _made(making) if making is not None else None
    if making is None or made is None or not isinstance(making.node, n.Call):
        return None
    return _instance(made, making.body, making.node)


def _instance(made: Definition, where: Body, call: n.Call) -> Instance:
    values = [where.value(argument) for argument in call.arguments]
    passed = [_object_of(value) or value for value in values]
    return Instance(made.module, made.name, tuple(dict(_fields(made, passed)).items()))


def method_on_the_spot(caller: Body, call: n.Call) -> Definition | None:
    """The method in `new Repository(ctx).all()`, which is asked about before the object is made."""
    if not isinstance(call.callee, n.Member) or caller.result(call.callee.object) is not None:
        return None
    made = _class_on_the_spot(caller, call.callee.object)
    return _member(made, call.callee.property) if made is not None else None


def _class_on_the_spot(caller: Body, node: n.Expression) -> Definition | None:
    """The class that an object is made of."""
    made = caller.value(node.callee) if isinstance(node, n.Call) and node.new else None
    return made if isinstance(made, Definition) and isinstance(made.node, n.Class) else None


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


def _making(step: Step, depth: int = _HELPERS) -> Step | None:
    """The step that makes the object which a step gives: itself, or one of the helper that it calls."""
    if _made(step) is not None:
        return step
    callee = step.callee if isinstance(step, HelperCall) else None
    returned = callee.returns() if callee is not None and depth else ()
    if callee is None or len(returned) != 1 or _NEW in callee.giving:
        return None
    callee.giving.add(_NEW)  # helpers may give what they give each other
    try:
        value = callee.value(returned[0])
    finally:
        callee.giving.discard(_NEW)
    return _making(value.step, depth - 1) if isinstance(value, Result) and not value.path else None


def _made(step: Step) -> Definition | None:
    """The class at the top level of a module that a step makes an object of."""
    if not isinstance(step, OtherCall) or not isinstance(step.node, n.Call) or not step.node.new:
        return None
    made = step.value
    return made if isinstance(made, Definition) and isinstance(made.node, n.Class) else None


def _member(of_class: Definition, name: str) -> Definition | None:
    return of_class.module.project.resolver.method(of_class, name)


def _fields(made: Value, passed: Sequence[Value | None], depth: int = 0) -> Iterator[tuple[str, _Kept]]:
    """The fields that a class and its constructor fill of what this is given, behind those of its parent."""
    if not isinstance(made, Definition) or not isinstance(made.node, n.Class) or depth >= _PARENTS:
        return
    written = next((part.value for part in made.node.members if part.key == "constructor"), None)
    constructor = written if isinstance(written, n.Function) else None
    given: dict[str, _Kept] = {}
    for parameter, value in zip(constructor.parameters if constructor else (), passed, strict=False):
        kept = value if _is_kept(made, value) else as_context(parameter)
        if isinstance(parameter.pattern, n.Name) and isinstance(kept, _KEPT):
            given[parameter.pattern.name] = kept
    here = _Filling(made.module, given, depth)
    body = tuple(walk_all(constructor.body)) if constructor else ()
    if made.node.parent is not None:
        parent = made.module.project.resolver.evaluate(made.module, made.node.parent)
        for handed in here.handed_on(body, passed):
            yield from _fields(parent, handed, depth + 1)
    yield from given.items()  # `constructor(private ctx: QueryCtx)`
    for node in (*made.node.members, *body):
        match node:
            case n.Assign(target=n.Member(object=n.Name(name="this"), property=name), value=assigned):
                part = here.part(assigned)
            case n.Property(key=str(name), value=n.Call(new=True) as assigned):
                part = here.part(assigned)
            case _:
                continue
        if part is not None:
            here.own[name] = part
            yield name, part


class _Filling(NamedTuple):
    """A constructor at work: what it has by name, and what it has put into the object so far."""

    module: Module
    own: dict[str, _Kept]
    depth: int

    def part(self, node: n.Expression) -> _Kept | None:
        """What it puts into a field, as far as that is kept."""
        match node:
            case n.Name(name=name) | n.Member(object=n.Name(name="this"), property=name):
                return self.own.get(name)
            case n.Member(object=inner, property=name):
                whole = self.part(inner)
                return type(whole)((*whole.path, name)) if isinstance(whole, Context | Argument) else None
            case n.Call(new=True, callee=callee, arguments=arguments) if self.depth < _INSIDE:
                made = self.module.project.resolver.evaluate(self.module, callee)
                if isinstance(made, Definition) and isinstance(made.node, n.Class):
                    passed = [self.handed(each) for each in arguments]
                    entries = tuple(dict(_fields(made, passed, self.depth + 1)).items())
                    return Instance(made.module, made.name, entries)
        return None

    def handed_on(
        self, body: Sequence[n.Node], passed: Sequence[Value | None]
    ) -> Iterator[Sequence[Value | None]]:
        """What `super` is called with; all, where no constructor is written."""
        if not body:
            yield passed
        for node in body:
            match node:
                case n.Call(callee=n.Name(name="super"), arguments=arguments):
                    yield [self.handed(each) for each in arguments]

    def handed(self, node: n.Expression) -> _Kept | None:
        """What it gives another constructor."""
        return self.part(node) or (Literal(node.value) if isinstance(node, n.String) else None)


def _is_kept(of_class: Definition, value: Value | None) -> bool:
    """Whether it is the context or a part of it, the request, the name of a table, or another object."""
    if isinstance(value, Literal):
        return value.value in of_class.module.project.tables
    return isinstance(value, Context | Instance) or value == _REQUEST
