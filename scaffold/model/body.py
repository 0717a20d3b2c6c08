"""The body of a function, read: its steps, and what its expressions stand for."""

# ruff: noqa: SLF001 - the table at the end dispatches to the own methods of the class
from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import msgspec

from scaffold.model import instances, names
from scaffold.model.given_back import gathered, given_back, item_at
from scaffold.model.mixing import mixed
from scaffold.model.origins import DEPTH, origins_of
from scaffold.model.resolving import MAKER
from scaffold.model.scopes import Binding, Scopes
from scaffold.model.steps import ClosureFrame, HelperCall, Return
from scaffold.model.values import (
    UNSET,
    Argument,
    Bundle,
    Closure,
    Computed,
    Context,
    Definition,
    External,
    Global,
    Instance,
    Literal,
    Mixed,
    Namespace,
    Parameter,
    Reference,
    Result,
    Unknown,
    absent,
)
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.steps import Step
    from scaffold.model.validators import Validator
    from scaffold.model.values import Value

_CIRCLES = 500  # ways back to what is being asked, in the answer to one question
_RESOLVED = (External, Definition, Namespace, Global, Reference)  # what modules are made of
_ELEMENT = "*"
_ITEMS = 8  # of an array, looked at one by one; more of them are data
_NOTHING = (Literal(None), UNSET)
_FUNCTION = 2  # steps that an address of a function has at least: its module, its name
_CHOOSING = {"??", "||", "&&"}


class Written(msgspec.Struct, frozen=True, eq=False):
    """A function where it is written, and the name that its callers know it by."""

    module: Module
    function: n.Function
    name: str


class Body:
    """A function's body under given parameters."""

    def __init__(self, project: Project, written: Written) -> None:
        self.project = project
        self.module = written.module
        self.function = written.function
        self.name = written.name
        self.steps: tuple[Step, ...] = ()
        self.top = False  # the top level of a module, which runs when it is loaded
        self.varies = False  # it is made by a function that makes others like it, of other tables perhaps
        self.told: tuple[tuple[str, str], ...] = ()  # its variables that a caller names a table by
        self.inputs: tuple[Body, ...] = ()  # what puts more on the context of a handler
        self.read_arguments: Callable[[], Validator | None] = lambda: None
        self.scopes = Scopes()
        self._results: dict[tuple[int, int], Step] = {}
        self._values: dict[int, Value] = {}
        self._properties: dict[tuple[int, str], Value] = {}
        self._origins: dict[tuple[int, int], tuple[Value, ...]] = {}
        self._whole: dict[Binding, Value] = {}
        self._met: dict[int, Value] = {}
        self._asked: set[int] = set()
        self.giving: set[str] = set()  # the parts that are asked for of what it gives back
        self._circles = 0
        self._pending = 0
        self.complete = False  # all of it was walked

    def __repr__(self) -> str:
        return f"<Body {self.module.path}:{self.name}>"

    @cached_property
    def arguments(self) -> Validator | None:
        """The validator of the registered function's arguments, where this is its handler."""
        return self.read_arguments()

    def value(self, node: n.Expression | None, depth: int = 0) -> Value:
        """What an expression stands for, variables and destructuring followed."""
        if node is None:
            return Literal(None)
        if depth > DEPTH:
            self._circles += 1
            return Unknown("too deep to follow")
        read = _VALUES.get(type(node))
        return read(self, node, depth) if read is not None else Computed(node)

    def origins(self, node: n.Expression | None) -> tuple[Value, ...]:
        """What an expression is made of, each once: arguments, results of steps, literals, globals.

        Operators, templates, objects and calls are looked through. A helper's result counts as a `Result`
        of its `HelperCall`, and brings the origins of what the helper was given.
        """
        if node is None:
            return ()
        known = self._origins.get((node.start, node.end))
        if known is not None:
            return known
        result = origins_of(self, node)
        if self.complete:
            self._origins[node.start, node.end] = result
        return result

    def returns(self) -> tuple[n.Expression, ...]:
        """What the body itself returns, one a `return`; nothing while it is walked."""
        return self._returned if self.complete else ()

    @cached_property
    def _returned(self) -> tuple[n.Expression, ...]:
        returns = (step for step in self.steps if isinstance(step, Return))
        return tuple(
            step.value
            for step in returns
            if step.value is not None and not any(isinstance(frame, ClosureFrame) for frame in step.frames)
        )

    @cached_property
    def calls(self) -> tuple[HelperCall, ...]:
        """The calls of helpers among its steps."""
        return tuple(step for step in self.steps if isinstance(step, HelperCall))

    def result(self, node: n.Node) -> Step | None:
        """The step that a call is, if it is one."""
        return self._results.get((node.start, node.end))

    def note(self, node: n.Node, step: Step) -> None:
        """Remember that a call is a step. The first one stays."""
        self._results.setdefault((node.start, node.end), step)

    def sources(self, node: n.Name) -> tuple[n.Expression, ...]:
        """The expressions that a variable was given as a whole."""
        binding = self.scopes.find(node.name, node.start)
        if binding is None:
            return ()
        return tuple(source for source, path in binding.sources if isinstance(source, n.Node) and not path)

    def member(self, value: Value, name: str) -> Value:  # noqa: C901, PLR0912 - one case a type of value
        """What `value.name` is."""
        if isinstance(value, _RESOLVED):
            return self.project.resolver.member(value, name)
        match value:
            case Context(()) if self.inputs and (made := instances.offered(self.inputs, name)) is not None:
                return made
            case Context(path):
                return Context((*path, name))
            case Argument(path):
                return Argument((*path, name))
            case Parameter(index, path):
                return Parameter(index, (*path, name))
            case Bundle(index, entries):
                return dict(entries).get(name) or Parameter(index, (name,))
            case Instance():
                kept = instances.member(self, value, name)
                return kept if kept is not None else Unknown(f"the field {name} of an object")
            case Result(step, ()) if (item := gathered(step, name)) is not None:
                return step.body.value(item)
            case Result(step, ()) if (method := instances.method(step, name)) is not None:
                return method
            case Result(step, ()) if (kept := instances.field(step, name)) is not None:
                return kept
            case Result(HelperCall() as step, ()) if (kept := given_back(step, name)) is not None:
                return kept
            case Result(step, path):
                return Result(step, (*path, name))
            case Mixed(values):
                # Nothing has no properties: where one is read, it is of what else the value can be.
                there = [part for part in values if part not in _NOTHING] or values
                return mixed(*(self.member(part, name) for part in there))
            case Computed(n.Object() as literal):
                return self._property(literal, name)
            case Computed(n.Array() as array) if (item := item_at(array.items, name)) is not None:
                return self.value(item)
            case Computed(n.Array(items=items) as array) if name == _ELEMENT and 0 < len(items) <= _ITEMS:
                return self._property(array, name)
            case Computed() | Literal():
                return value if isinstance(value, Computed) else Unknown(f"property {name} of a literal")
        return Unknown(f"property {name} of what cannot be read")

    def _property(self, literal: n.Object | n.Array, name: str) -> Value:
        """A property of an object, or the elements of an array.

        In `user = { ...user, name }` the way back to itself adds nothing.
        What was found on the way is kept until the answer is there: objects that many branches make of each
        other would else be gone through in every order.
        """
        key = (literal.start, name)
        known = self._properties.get(key)
        if known is not None:
            self._circles += 1
            return known
        is_first = not self._properties
        self._properties[key] = Mixed(())
        self._pending += 1
        try:
            found = self._properties[key] = self._written(literal, name)
        finally:
            self._pending -= 1
            if is_first:
                self._properties.clear()
        return found

    def _written(self, literal: n.Object | n.Array, name: str) -> Value:
        if isinstance(literal, n.Array):
            return mixed(*(self._item(item) for item in literal.items))
        over: list[Value] = []
        for part in reversed(literal.properties):
            if part.key == name:
                return mixed(*over, self.value(part.value))
            if part.kind == "spread" and (sent := self._sent(part.value, name)) is not None:
                over.append(sent)
        for part in reversed(literal.properties):
            if part.kind == "spread":
                return self.member(self.value(part.value), name)
        return absent(name)

    def _sent(self, node: n.Expression, name: str) -> Argument | None:
        """What the caller may put over a property: `n` of `{ n: 20, ...args.options }`."""
        value = self.member(self.value(node), name)
        if not isinstance(value, Argument) or self.arguments is None:
            return None
        return value if self.arguments.at(value.path) is not None else None

    def _item(self, item: n.Expression) -> Value:
        if isinstance(item, n.Spread):
            return self.member(self.value(item.value), _ELEMENT)
        return self.value(item)

    def _name(self, node: n.Name, depth: int) -> Value:
        known = self._values.get(node.start)
        if known is not None:
            return known
        binding = self.scopes.find(node.name, node.start)
        if binding is None:
            value = self._of_module(node.name, depth)
        else:
            value = self._of_variable(node, binding, depth)
        # While the body is walked a variable can still be given more; inside of another name's value this
        # one may lack what that one would bring.
        if self.complete and not self._pending:
            self._values[node.start] = value
        return value

    def _of_variable(self, node: n.Name, binding: Binding, depth: int) -> Value:
        """What a variable stands for where a name means it.

        Variables that are made of each other would be gone through once for every way between them. So what
        led back to nothing that is being asked is kept: it is the same wherever it is asked again. What did
        is gone through again, from elsewhere it may bring more, until that has been done often enough.
        """
        known = self._whole.get(binding)
        if known is not None:
            return known
        if node.start in self._asked or (self._circles > _CIRCLES and node.start in self._met):
            self._circles += 1
            return self._met[node.start]
        circles = self._circles
        self._met[node.start] = Unknown(f"{node.name} is defined by itself")
        self._asked.add(node.start)
        self._pending += 1
        value = self._met[node.start] = self._bound(binding, depth)
        self._pending -= 1
        self._asked.remove(node.start)
        if self._circles == circles:
            self._whole[binding] = value
        if not self._pending:
            self._forget()
        return value

    def _forget(self) -> None:
        """Drop what helped to answer one question; before all is walked, a variable can be given more."""
        self._circles = 0
        self._met.clear()
        if not self.complete:
            self._whole.clear()

    def _of_module(self, name: str, depth: int) -> Value:
        """What a name means at the top of the module, with what this body assigns to it."""
        value = self.project.resolver.name(self.module, name)
        given = self.scopes.outer(name) if depth < DEPTH else ()
        return mixed(value, *(self.value(each, depth + 1) for each in given)) if given else value

    def _bound(self, binding: Binding, depth: int) -> Value:
        """What a variable stands for."""
        if len(binding.sources) == 1:
            return self.source(*binding.sources[0], depth)
        return mixed(*(self.source(source, path, depth) for source, path in binding.sources))

    def _member(self, node: n.Member, depth: int) -> Value:
        return self.member(self.value(node.object, depth + 1), node.property)

    def _subscript(self, node: n.Subscript, depth: int) -> Value:
        value = self.value(node.object, depth + 1)
        listed = self._listed(value, depth + 1)
        return mixed(*listed) if listed else self.member(value, _ELEMENT)

    def _listed(self, value: Value, depth: int) -> list[Reference]:
        """The addresses that an object lists by key, as in `JOBS[kind]`; none if it lists anything else."""
        found: list[Reference] = []
        match value:
            case Definition(module, n.Object(properties=parts)):
                read = partial(self.project.resolver.evaluate, module)
            case Computed(n.Object(properties=parts)):
                read = partial(self.value, depth=depth)
            case _:
                return found
        for part in parts:
            address = read(part.value) if part.key is not None else None
            if not isinstance(address, Reference) or len(address.path) < _FUNCTION:
                return []
            found.append(address)
        return found

    def _inner(self, node: n.Await, depth: int) -> Value:
        return self.value(node.value, depth + 1)

    def _constant(self, node: n.Constant, depth: int) -> Value:  # noqa: ARG002 - one signature for all
        return Literal(None if node.value == "undefined" else node.value)

    def _text(self, node: n.String | n.Number, depth: int) -> Value:  # noqa: ARG002
        return Literal(node.value)

    def _function(self, node: n.Function, depth: int) -> Value:  # noqa: ARG002
        return Closure(node)

    def _conditional(self, node: n.Conditional, depth: int) -> Value:
        return mixed(self.value(node.then, depth + 1), self.value(node.other, depth + 1))

    def _binary(self, node: n.Binary, depth: int) -> Value:
        if node.operator not in _CHOOSING:
            return Computed(node)
        return mixed(self.value(node.left, depth + 1), self.value(node.right, depth + 1))

    def _assign(self, node: n.Assign, depth: int) -> Value:
        if node.operator in {"??=", "||="}:
            return mixed(self.value(node.target, depth + 1), self.value(node.value, depth + 1))
        return self.value(node.value, depth + 1) if node.operator == "=" else Computed(node)

    def source(self, source: n.Expression | Value, path: tuple[str, ...], depth: int = 0) -> Value:
        """What a part of something that a variable is given stands for."""
        value: Value
        value = self.value(source, depth + 1) if isinstance(source, n.Node) else source
        for name in path:
            value = self.member(value, name)
        return value

    def _call(self, node: n.Call, depth: int) -> Value:
        match node:
            case n.Call(callee=n.Name(name="import" | "require"), arguments=(n.String(), *_)):
                return self.project.resolver.evaluate(self.module, node)
        if (path := names.named_by(node)) and self.value(node.callee, depth + 1) == MAKER:
            return Reference("any", path)
        step = self.result(node)
        if step is not None:
            return Result(step)
        callee = self.value(node.callee, depth + 1)
        match callee:
            case External(specifier, path):
                return External(specifier, (*path, "()"))
            case Context(path) if path:
                return Context((*path, "()"))
        return Computed(node)


_VALUES: dict[type, Callable[[Body, Any, int], Value]] = {
    n.Name: Body._name,
    n.Member: Body._member,
    n.Subscript: Body._subscript,
    n.Await: Body._inner,
    n.String: Body._text,
    n.Number: Body._text,
    n.Constant: Body._constant,
    n.Function: Body._function,
    n.Conditional: Body._conditional,
    n.Binary: Body._binary,
    n.Assign: Body._assign,
    n.Call: Body._call,
}
