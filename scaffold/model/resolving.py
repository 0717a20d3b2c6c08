"""Names followed through imports, re-exports and objects, to what they stand for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import making, names
from scaffold.model.options import part_of
from scaffold.model.values import Definition, External, Global, Literal, Namespace, Reference, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from scaffold.model.module import Module
    from scaffold.model.values import Known, Value

    Locate = Callable[[Module, str], Module | None]
    Link = tuple[Module, str, str]  # who re-exports, from where, and what

_GENERATED = regex(r"(?:^|/)_generated/(server|api|component)(?:\.[jt]s)?$")
_ADDRESSES = {"api", "internal", "components"}
_DEPTH = 40
_PARENTS = 5
_MISSING = "there is no"
_LOOKED_THROUGH = {"freeze", "seal"}
MAKER = External("convex/server", ("makeFunctionReference",))


class Resolver:
    """Evaluates expressions at the top level of modules. `locate` finds the module behind a specifier."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._exports: dict[str, dict[str, names.Export]] = {}
        self._stars: dict[str, list[str]] = {}
        self._names: dict[tuple[str, str], Value] = {}
        self._made: dict[tuple[str, int, int, str, int], Known] = {}
        self._found: dict[tuple[str, str], Value] = {}  # behind exports; what is Unknown may be known later

    def name(self, module: Module, local: str) -> Value:
        """What a name means at the top level of a module."""
        key = (module.path, local)
        known = self._names.get(key)
        if known is None:
            self._names[key] = Unknown(f"{local} is defined by itself")
            known = self._names[key] = self._name(module, local)
        return known

    def export(self, module: Module, name: str) -> Value:
        """What a module exports under a name, re-exports followed.

        No file is asked twice: those that take all from one another have very many ways between them.
        """
        if (module.path, name) in self._found:
            return self._found[module.path, name]
        seen = {(module.path, name)}
        unknown = Unknown(f"{module.path} exports no {name}")
        pending = self._leads(module, name)
        while pending:
            lead = pending.pop()
            found = self._behind(*lead) if isinstance(lead, tuple) else lead
            if isinstance(found, tuple):
                place = (found[0].path, found[1])
                if place not in seen:
                    seen.add(place)
                    pending += [self._found[place]] if place in self._found else self._leads(*found)
            elif isinstance(found, Unknown):
                unknown = found
            else:
                self._found[module.path, name] = found
                return found
        return unknown

    def made_by(
        self, module: Module, node: n.Expression, makers: Container[Value]
    ) -> tuple[Module, n.Call] | None:
        """The call of one of some functions that an expression stands for, and where it stands."""
        match self.evaluate(module, node):
            case Definition(where, n.Call() as call) if self.evaluate(where, call.callee) in makers:
                return where, call
        return None

    def written(self, module: Module, local: str, depth: int = 0) -> tuple[Module, n.Expression] | None:
        """What a name is declared as, and where, whatever it stands for; plain exports alone are followed."""
        node = module.top.get(local)
        if node is not None:
            return None if isinstance(node, n.Class) else (module, node)
        if local not in module.imports:
            return None
        return self._written_behind(module, *module.imports[local], depth)

    def exports_as(self, module: Module, name: str, depth: int = 0) -> tuple[Module, n.Expression] | None:
        """As `written`, of what a module exports under a name."""
        self._index(module)
        export = self._exports[module.path].get(name)
        if export is None or depth > _DEPTH:
            return None
        if export.specifier is None:
            return self.written(module, export.local, depth + 1)
        return self._written_behind(module, export.specifier, export.imported, depth)

    def _written_behind(
        self, module: Module, specifier: str, imported: str, depth: int
    ) -> tuple[Module, n.Expression] | None:
        other = self._locate(module, specifier)
        return self.exports_as(other, imported, depth + 1) if other is not None else None

    def _leads(self, module: Module, name: str) -> list[Value | Link]:
        """Where a module has what it exports under a name from, or may have; what is likeliest last."""
        self._index(module)
        export = self._exports[module.path].get(name)
        if export is None:
            return [(module, specifier, name) for specifier in reversed(self._stars[module.path])]
        if export.specifier is None:
            return [self.name(module, export.local)]
        return [(module, export.specifier, export.imported)]

    def exported(self, module: Module) -> dict[str, names.Export]:
        """All that a module exports by name; what `export *` brings is included."""
        self._index(module)
        found = dict(self._exports[module.path])
        seen = {module.path}  # what one brings, another after it brings no more
        for specifier in self._stars[module.path]:
            other = self._locate(module, specifier)
            if other is None or other is module:
                continue
            for name in sorted(self._star_names(other, seen)):
                star = n.Node(*self._star_place(module, specifier))
                found.setdefault(name, names.Export(name, star, "", specifier, name))
        return found

    def evaluate(self, module: Module, node: n.Expression, depth: int = 0) -> Value:
        """What an expression at the top level of a module stands for."""
        if depth > _DEPTH:
            return Unknown("too deep to follow")
        match node:
            case n.String() | n.Number():
                return Literal(node.value)
            case n.Constant():
                return Literal(None if node.value == "undefined" else node.value)
            case n.Name(name=name):
                return self.name(module, name)
            case n.Member(object=inner, property=name):
                return self.member(self.evaluate(module, inner, depth + 1), name, depth + 1)
            case n.Call(callee=callee):
                return self._call(module, node, callee, depth)
            case n.Subscript(object=inner, index=index):
                of, at = self.evaluate(module, inner, depth + 1), self.evaluate(module, index, depth + 1)
                return self._chosen(of, at, depth) or Definition(module, node)
            case n.Binary(operator="??" | "||", left=left):
                value = self.evaluate(module, left, depth + 1)
                return value if isinstance(value, External | Reference) else Definition(module, node)
        return Definition(module, node)

    def member(self, value: Value, name: str, depth: int = 0) -> Value:
        """What `value.name` stands for."""
        match value:
            case External("_generated/api" | "_generated/server", (root,)) if root in _ADDRESSES:
                return Reference(root, tuple(name.split("/")))
            case External("convex/server", ("anyApi",)):
                return Reference("any", tuple(name.split("/")))
            case External(specifier, path):
                return External(specifier, (*path, name))
            case Global(path):
                return Global((*path, name))
            case Reference(root, path):
                return Reference(root, (*path, *name.split("/")))
            case Namespace(module):
                return self.export(module, name)
            case Definition(module, n.Object() as literal):
                return self.property(module, literal, name, depth)
            case Definition(_, n.Class()):
                return self._static(value, name, depth)
            case Definition(module, n.Call(callee=callee)):
                return self._of_result(value, self.within(value, callee, depth + 1), name, depth)
        return Unknown(f"property {name} of what cannot be read")

    def _chosen(self, of: Value, at: Value, depth: int) -> Value | None:
        """What stands under a key of an object, or at a place of a list, that are written down."""
        match of, at:
            case Definition(module, n.Array() as listed), Literal(value=int() | float() as place):
                item = names.item_of(listed, place)
                return self.evaluate(module, item, depth + 1) if item is not None else None
            case Definition(_, n.Object()), Literal(value=str() as key):
                return self.member(of, key, depth + 1)
        return None

    def method(self, of_class: Value, name: str) -> Definition | None:
        """A method of a class, or of one that it extends."""
        found = self._function_of(of_class, name)
        return Definition(found[0], found[1].value, name) if found is not None else None

    def getter(self, of_class: Value, name: str) -> n.Expression | None:
        """What a getter of a class returns, if that is all that it does."""
        found = self._function_of(of_class, name)
        if found is None or found[1].kind != "getter" or not isinstance(found[1].value, n.Function):
            return None
        match found[1].value.body:
            case (n.Return(value=returned),):
                return returned
        return None

    def _function_of(self, of_class: Value, name: str) -> tuple[Module, n.Property] | None:
        """A method or getter of a class, or of one that it extends, and the module that it stands in."""
        for _ in range(_PARENTS):
            if not isinstance(of_class, Definition) or not isinstance(of_class.node, n.Class):
                break
            for part in of_class.node.members:
                if part.key == name and isinstance(part.value, n.Function):
                    return of_class.module, part
            if of_class.node.parent is None:
                break
            of_class = self.evaluate(of_class.module, of_class.node.parent)
        return None

    def _method(self, of_class: Value, name: str) -> Value:
        """What is called on a class, or on an object of it: `Signer.verify(…)`."""
        return self.method(of_class, name) or Unknown(f"the class has no method {name}")

    def _static(self, of_class: Definition, name: str, depth: int) -> Value:
        """What stands in a class itself: a method, or the value of a field: `Rooms.table`."""
        members = of_class.node.members if isinstance(of_class.node, n.Class) else ()
        part = next((part for part in members if part.key == name), None)
        if part is None or isinstance(part.value, n.Function):
            return self._method(of_class, name)
        return self.evaluate(of_class.module, part.value, depth + 1)

    def _of_result(self, result: Definition, callee: Value, name: str, depth: int) -> Value:
        """What a property of the result of a call at the top level is."""
        match callee:
            case External("convex/server", ("componentsGeneric",)):
                return Reference("components", (name,))
            case External(specifier, path):
                return External(specifier, (*path, "()", name))
            case Definition(module, n.Function() as function):
                return self._given(result, module, function, name, depth)
            case Definition(_, n.Class()):
                return self._method(callee, name)
        return Unknown(f"property {name} of what a call gives")

    def _given(
        self, result: Definition, module: Module, function: n.Function, name: str, depth: int
    ) -> Value:
        """A property of the object that a function gives, if its arguments do not decide it.

        A function, or what a call makes, is what it is whatever it knows of the arguments.
        """
        part = part_of(making.given_object(function), name)
        if part is None:
            return Unknown(f"property {name} of what a call gives")
        node = names.declared_in(function, part.value)
        if making.depends_on(function, node):
            if isinstance(node, n.Function | n.Call):
                return Definition(module, node, name, self._known(result, module, function))
            return Unknown(f"property {name} of what a call makes of its arguments")
        value = self.evaluate(module, node, depth + 1)
        return Definition(value.module, value.node, name) if isinstance(value, Definition) else value

    def made(self, call: Definition) -> Definition | None:
        """What a call of a function gives: another function, `const ofTeam = scoped("teams", "by_team")`.

        Or another call, which may register one: `export const list = listOf("tasks")`.
        """
        if not isinstance(call.node, n.Call) or call.node.new:
            return None
        match self.evaluate(call.module, call.node.callee):
            case Definition(module, n.Function() as maker) if not maker.is_async:
                made = making.given_object(maker)
                if isinstance(made, n.Function | n.Call):
                    return Definition(module, made, call.name, self._known(call, module, maker))
        return None

    def within(self, definition: Definition, node: n.Expression, depth: int = 0) -> Value:
        """What an expression in a definition stands for, which may know something of what made it."""
        match node:
            case n.Name(name=name) if definition.knows:
                known = dict(definition.knows).get(name)
                return known if known is not None else self.evaluate(definition.module, node, depth)
            case n.Member(object=inner, property=name) if definition.knows:
                return self.member(self.within(definition, inner, depth + 1), name, depth + 1)
        return self.evaluate(definition.module, node, depth)

    def _known(self, call: Definition, home: Module, maker: n.Function) -> Known:
        """What is known inside of a function that stands in the module `home`, by what a call gives it."""
        if not isinstance(call.node, n.Call):
            return ()
        key = (call.module.path, call.node.start, call.node.end, home.path, maker.start)
        if key not in self._made:
            self._made[key] = ()
            evaluate = partial(self.evaluate, call.module)
            self._made[key] = making.known(call.node, home, maker, evaluate, self.member)
        return self._made[key]

    def property(self, module: Module, literal: n.Object, name: str, depth: int = 0) -> Value:
        """What a property of an object literal stands for; spreads are followed."""
        hidden = False
        for part in reversed(literal.properties):
            key = self.key(module, part, depth) if part.kind == "computed" else part.key
            if key == name:
                return self.evaluate(module, part.value, depth + 1)
            if part.kind == "spread":
                value = self.member(self.evaluate(module, part.value, depth + 1), name, depth + 1)
                if not isinstance(value, Unknown):
                    return value
                hidden = hidden or not value.reason.startswith(_MISSING)
            hidden = hidden or (part.kind == "computed" and key is None)
        return Unknown(f"{name} may hide in a spread" if hidden else f"{_MISSING} property {name}")

    def key(self, module: Module, part: n.Property, depth: int = 0) -> str | None:
        """The key of a property, which may be the constant that it names: `[TABLES.USERS]: …`."""
        if isinstance(part, n.Computed) and part.name is not None:
            value = self.evaluate(module, part.name, depth + 1)
            return value.value if isinstance(value, Literal) and isinstance(value.value, str) else None
        return part.key

    def _name(self, module: Module, local: str) -> Value:
        node = module.top.get(local)
        if node is not None:
            if isinstance(node, n.Class):
                return Definition(module, node, local)
            value = self.evaluate(module, node)
            if isinstance(value, Definition) and not value.name:
                return Definition(value.module, value.node, local)
            return value
        if local in module.imports:
            specifier, imported = module.imports[local]
            return self._imported(module, specifier, imported)
        return Global((local,))

    def _imported(self, module: Module, specifier: str, imported: str) -> Value:
        found = self._behind(module, specifier, imported)
        return self.export(*found) if isinstance(found, tuple) else found

    def _behind(self, module: Module, specifier: str, imported: str) -> Value | tuple[Module, str]:
        """What an import gives, or the module of the project that it asks, and for which name."""
        generated = _GENERATED.search(specifier)
        if generated:
            path = () if imported == "*" else (imported,)
            return External(f"_generated/{generated[1]}", path)
        other = self._locate(module, specifier)
        if other is None:
            if specifier.startswith("."):
                return Unknown(f"{specifier} is not in view")
            return External(specifier, () if imported == "*" else (imported,))
        return Namespace(other) if imported == "*" else (other, imported)

    def _call(self, module: Module, node: n.Call, callee: n.Expression, depth: int) -> Value:
        match callee:
            case n.Member(object=n.Name(name="Object"), property=name) if (
                name in _LOOKED_THROUGH and node.arguments
            ):
                return self.evaluate(module, node.arguments[0], depth + 1)
            case n.Name(name="require" | "import") if node.arguments and isinstance(
                node.arguments[0], n.String
            ):
                return self._imported(module, node.arguments[0].value, "*")
        if (path := names.named_by(node)) and self.evaluate(module, callee, depth + 1) == MAKER:
            return Reference("any", path)
        return Definition(module, node)

    def _index(self, module: Module) -> None:
        if module.path in self._exports:
            return
        found: dict[str, names.Export] = {}
        stars: list[str] = []
        for export in names.exports(module.body):
            if export.name == "*" and export.specifier is not None:
                stars.append(export.specifier)
            else:
                found[export.name] = export
        self._exports[module.path], self._stars[module.path] = found, stars

    def _star_names(self, module: Module, seen: set[str]) -> set[str]:
        """What `export *` takes from a module, and from those it takes from, without those `seen` before."""
        found: set[str] = set()
        pending = [module]
        while pending:
            module = pending.pop()
            if module.path in seen:
                continue
            seen.add(module.path)
            self._index(module)
            found.update(name for name in self._exports[module.path] if name != "default")
            others = (self._locate(module, specifier) for specifier in self._stars[module.path])
            pending += [other for other in others if other is not None]
        return found

    def _star_place(self, module: Module, specifier: str) -> tuple[int, int]:
        for statement in module.body:
            if isinstance(statement, n.ExportNames) and statement.specifier == specifier:
                return statement.start, statement.end
        return 0, 0
