"""Expressions read as validators: `v.*`, helpers of convex-helpers, and the project's own constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from scaffold.core.patterns import regex
from scaffold.model import helper_validators, lists
from scaffold.model.names import given_back, without_default
from scaffold.model.validators import Validator
from scaffold.model.values import Definition, External, Literal, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.model.lists import Bound
    from scaffold.model.module import Module
    from scaffold.model.resolving import Resolver
    from scaffold.model.values import Value

    TableOf = Callable[[str], Validator | None]

_PLAIN = {
    "string": "string",
    "number": "number",
    "float64": "number",
    "int64": "int64",
    "bigint": "int64",
    "commitTs": "commitTs",
    "boolean": "boolean",
    "null": "null",
    "bytes": "bytes",
    "any": "any",
}
_ZOD = regex(r"^(zod|zod/.*|@hono/zod.*)$")
_DERIVING = {"pick", "omit", "extend", "partial", "optional"}
_DEPTH = 80  # calls, names and fields; Convex takes values of 16 levels, each of which may be some of them
_LARGEST = 20_000  # validators in one; a few that are each made of the last one twice are beyond counting


class ValidatorReader:
    """Reads the validators of a project; `table_of` gives the document of a table by its name."""

    def __init__(self, resolver: Resolver, table_of: TableOf) -> None:
        self.resolver = resolver
        self.table_of = table_of
        self._names: Bound = {}
        self._size = 0  # of what is being read

    def read(self, module: Module, node: n.Expression, depth: int = 0) -> Validator:
        """The validator that an expression is; kind `unknown` when it cannot be told."""
        self._size = self._size + 1 if depth else 0
        if depth > _DEPTH or self._size > _LARGEST:
            return self.unknown(module, node, "nested too deeply")
        match node:
            case n.Object():
                return self.fields(module, node, depth)
            case n.Call(callee=n.Member(object=inner, property=name)):
                return self._method(module, node, inner, name, depth)
            case n.Call(callee=callee):
                return self._call(module, node, self.resolver.evaluate(module, callee), depth)
            case n.Name(name=name) if name in self._names:
                bound, given, names = self._names[name]
                return self.within(names, bound, given, depth + 1)
            case n.Name() | n.Member() | n.Subscript():
                return self._named(module, node, depth)
            case n.Await(value=value):
                return self.read(module, value, depth + 1)
        return self.unknown(module, node, "it is computed")

    def fields(self, module: Module, literal: n.Object, depth: int = 0) -> Validator:
        """An object literal of validators."""
        found: dict[str, Validator] = {}
        complete = True
        for part in literal.properties:
            if part.kind == "spread":
                spread = self.spread(module, part.value, depth + 1)
                complete = complete and spread is not None and spread.complete
                found |= spread.fields if spread is not None else {}
            elif (name := self._key(module, part)) is None:
                complete = False
            else:
                found[name] = self.read(module, part.value, depth + 1)
        return Validator(kind="object", module=module, node=literal, fields=found, complete=complete)

    def _key(self, module: Module, part: n.Property) -> str | None:
        if isinstance(part, n.Computed):
            return self.text(module, part.name) if part.name is not None else None
        return part.key

    def spread(self, module: Module, node: n.Expression, depth: int) -> Validator | None:
        """The fields that `...node` brings, or None."""
        inner = node.object if isinstance(node, n.Member) and node.property == "fields" else node
        validator = self.read(module, inner, depth)
        return validator if validator.kind == "object" else None

    def _named(self, module: Module, node: n.Name | n.Member | n.Subscript, depth: int) -> Validator:
        value = self.resolver.evaluate(module, node)
        match value:
            case External("convex/server", ("paginationOptsValidator",)):
                return _pagination(module, node)
            case Definition(other, n.Call() | n.Object() as inner):
                return self.within({}, other, inner, depth + 1)
            case External(specifier, _) if _ZOD.match(specifier):
                return Validator(kind="zod", module=module, node=node)
        if isinstance(node, n.Member):
            return helper_validators.of_table(self, module, node, depth) or self._member(module, node, depth)
        written = self.resolver.written(module, node.name) if isinstance(node, n.Name) else None
        if written is not None and isinstance(written[1], n.Member):
            return self.within({}, *written, depth + 1)
        reason = value.reason if isinstance(value, Unknown) else "it is not written here"
        return self.unknown(module, node, reason)

    def _member(self, module: Module, node: n.Member, depth: int) -> Validator:
        """`schema.tables.users.validator`, `user.fields.name`, `user.fields`."""
        match node:
            case n.Member(
                object=n.Member(object=n.Member(property="tables"), property=table), property="validator"
            ):
                return self.table_of(table) or self.unknown(module, node, f"table {table} is not in view")
            case n.Member(object=inner, property="fields"):
                return self.read(module, inner, depth + 1)
            case n.Member(object=n.Member(object=inner, property="fields"), property=name):
                found = self.read(module, inner, depth + 1).fields.get(name)
                return found or self.unknown(module, node, f"field {name} is not in view")
        return self.unknown(module, node, "it is not written here")

    def text(self, module: Module, node: n.Expression) -> str | None:
        """A string, if it is one."""
        return lists.text(self.resolver, (module, node, self._names))

    def texts(self, module: Module, nodes: tuple[n.Expression, ...]) -> list[str] | None:
        """The strings of a list of names, or of one array of them; None if one is computed."""
        found: list[str | None] = []
        for node in nodes:
            inner = lists.items(self.resolver, (module, node, self._names))
            whole = inner if inner is not None else [(module, node, self._names)]
            found += [lists.text(self.resolver, each) for each in whole]
        return None if None in found else [each for each in found if each is not None]

    def _method(self, module: Module, node: n.Call, inner: n.Expression, name: str, depth: int) -> Validator:
        if name in _DERIVING and not isinstance(self.resolver.evaluate(module, inner), External):
            return self._derived(module, node, self.read(module, inner, depth + 1), name, depth)
        return self._call(module, node, self.resolver.evaluate(module, node.callee), depth)

    def _derived(self, module: Module, node: n.Call, base: Validator, name: str, depth: int) -> Validator:
        if name == "optional":
            return _optional(base)
        if base.kind != "object":
            return self.unknown(module, node, base.reason or f"{name} of what is no object")
        if name in {"pick", "omit"}:
            base = base.chosen(self.texts(module, node.arguments), keep=name == "pick")
        elif name == "partial":
            base = base.partial()
        elif node.arguments:
            extra = self.spread(module, node.arguments[0], depth + 1)
            base = base.joined(extra) if extra is not None else replace(base, complete=False)
        return replace(base, module=module, node=node)

    def _call(self, module: Module, node: n.Call, callee: Value, depth: int) -> Validator:
        match callee:
            case External("convex/values", ("v", kind)):
                return self._builtin(module, node, kind, depth)
            case External("convex/server", ("paginationResultValidator",)) if node.arguments:
                return _pagination_result(module, node, self.read(module, node.arguments[0], depth + 1))
            case External("convex-helpers/validators", ("typedV", "()", kind)) if kind != "doc":
                return self._builtin(module, node, kind, depth)
            case External("convex-helpers/validators", (*_, kind)) | External("convex-helpers", (kind,)):
                return helper_validators.called(self, module, node, kind, depth)
            case External(specifier, _) if _ZOD.match(specifier):
                return Validator(kind="zod", module=module, node=node)
            case External(_, ("zid",)):  # of convex-helpers, and of what builds on it
                return self._builtin(module, node, "id", depth)
            case Definition(other, n.Function() as maker):
                made = self._made(module, node, other, maker, depth)
                if made is not None:
                    return made
        return self.unknown(module, node, "it is made by a function")

    def _made(
        self, module: Module, node: n.Call, home: Module, maker: n.Function, depth: int
    ) -> Validator | None:
        """What a function of the project gives, if all that it does before is to name things, or to refuse.

        It may also give something else for a list of very few.
        """
        last = given_back(maker)
        if last is None:
            return None
        few = 0
        bound = self._bind(module, node, maker) | _defaults(home, node, maker)
        for statement in maker.body[:-1]:
            match statement:
                case n.Declare(kind="const", target=n.Name(name=name), value=value) if value is not None:
                    bound = bound | {name: (home, value, bound)}
                case n.If(then=(n.Throw(),), other=()):
                    pass
                case n.If(test=test, other=()) if (most := _most(test)) is not None:
                    few = max(few, most)
                case _:
                    return None
        made = self.within(bound, home, last, depth + 1)
        return None if made.kind == "unknown" or (few and len(made.members) <= few) else made

    def _bind(self, module: Module, node: n.Call, maker: n.Function) -> Bound:
        """What stands for the parameters of a one-line function of the project, where that is plain."""
        given: Bound = {}
        for place, (parameter, argument) in enumerate(zip(maker.parameters, node.arguments, strict=False)):
            if isinstance(argument, n.Spread) and not parameter.rest:
                break
            name = without_default(parameter.pattern)
            if parameter.rest:
                argument = n.Array(argument.start, argument.end, node.arguments[place:])  # noqa: PLW2901
            if isinstance(name, n.Name):
                given[name.name] = (module, argument, self._names)
        return given

    def within(self, names: Bound, module: Module, node: n.Expression, depth: int) -> Validator:
        """The validator of an expression in which `names` are bound, and no others."""
        before, self._names = self._names, names
        try:
            return self.read(module, node, depth)
        finally:
            self._names = before

    def _builtin(  # noqa: C901 - one case a validator
        self, module: Module, node: n.Call, kind: str, depth: int
    ) -> Validator:
        arguments = [argument for argument in node.arguments if not isinstance(argument, n.Spread)]
        first = arguments[0] if arguments else None
        match kind, first:
            case _ if kind in _PLAIN:
                return Validator(kind=_PLAIN[kind], module=module, node=node)
            case "id", _ if first is not None:
                return Validator(kind="id", module=module, node=node, table=self.text(module, first))
            case "literal", n.Unary(operator="-", value=n.Number(value=number)):
                return Validator(kind="literal", module=module, node=node, value=-number)
            case "literal", _ if first is not None:
                literal = self._value(module, first)
                if isinstance(literal, Literal):
                    return Validator(kind="literal", module=module, node=node, value=literal.value)
            case "optional", _ if first is not None:
                return _optional(self.read(module, first, depth + 1))
            case "array", _ if first is not None:
                return Validator(
                    kind="array", module=module, node=node, element=self.read(module, first, depth + 1)
                )
            case "record", _ if len(arguments) > 1 and first is not None:
                keys, values = (self.read(module, part, depth + 1) for part in arguments[:2])
                return Validator(kind="record", module=module, node=node, keys=keys, element=values)
            case "object", _ if first is not None:
                inner = self.spread(module, first, depth + 1)
                if inner is not None:
                    return Validator(
                        kind="object", module=module, node=node, fields=inner.fields, complete=inner.complete
                    )
            case "union", _:
                return self._union(module, node, depth)
            case "nullable", _ if first is not None:
                return self.nullable(module, node, first, depth)
        return self.unknown(module, node, f"v.{kind} cannot be read")

    def _union(self, module: Module, node: n.Call, depth: int) -> Validator:
        given, complete = self.arguments(module, node)
        members = tuple(self.within(names, other, each, depth + 1) for other, each, names in given)
        return Validator(kind="union", module=module, node=node, members=members, complete=complete)

    def arguments(self, module: Module, node: n.Call) -> tuple[list[lists.Item], bool]:
        """The arguments of a call, with what `...` brings; and whether these are all."""
        found: list[lists.Item] = []
        complete = True
        for argument in node.arguments:
            if isinstance(argument, n.Spread):
                inner = lists.items(self.resolver, (module, argument.value, self._names))
                complete = complete and inner is not None
                found += inner or ()
            else:
                found.append((module, argument, self._names))
        return found, complete

    def _value(self, module: Module, node: n.Expression) -> Value:
        return lists.value(self.resolver, (module, node, self._names))

    def nullable(self, module: Module, node: n.Call, inner: n.Expression, depth: int) -> Validator:
        """A validator, or null."""
        members = (self.read(module, inner, depth + 1), Validator(kind="null", module=module, node=node))
        return Validator(kind="union", module=module, node=node, members=members)

    def unknown(self, module: Module, node: n.Expression, reason: str) -> Validator:
        """What stands for a validator that cannot be told, and why."""
        return Validator(kind="unknown", module=module, node=node, reason=reason, complete=False)


def _pagination(module: Module, node: n.Node) -> Validator:
    """What `paginationOptsValidator` is (convex 1.48, `server/pagination.ts`)."""

    def plain(kind: str, *, optional: bool = False) -> Validator:
        return Validator(kind=kind, module=module, node=node, optional=optional)

    cursor = Validator(kind="union", module=module, node=node, members=(plain("string"), plain("null")))
    end = Validator(
        kind="union", module=module, node=node, optional=True, members=(plain("string"), plain("null"))
    )
    fields = {
        "numItems": plain("number"),
        "cursor": cursor,
        "endCursor": end,
        "id": plain("number", optional=True),
        "maximumRowsRead": plain("number", optional=True),
        "maximumBytesRead": plain("number", optional=True),
    }
    return Validator(kind="object", module=module, node=node, fields=fields, reason="paginationOptsValidator")


def _pagination_result(module: Module, node: n.Node, item: Validator) -> Validator:
    """What `paginationResultValidator(item)` is (convex 1.48, `server/pagination.ts`)."""

    def plain(kind: str, **more: Any) -> Validator:
        return Validator(kind=kind, module=module, node=node, **more)

    split = plain("union", optional=True, members=(plain("string"), plain("null")))
    statuses = ("SplitRecommended", "SplitRequired")
    literals = tuple(plain("literal", value=status) for status in statuses)
    fields = {
        "page": plain("array", element=item),
        "continueCursor": plain("string"),
        "isDone": plain("boolean"),
        "splitCursor": split,
        "pageStatus": plain("union", optional=True, members=(*literals, plain("null"))),
    }
    return plain("object", fields=fields)


def _defaults(module: Module, node: n.Call, maker: n.Function) -> Bound:
    """What stands for the parameters that a call of a function leaves out."""
    if any(isinstance(argument, n.Spread) for argument in node.arguments):
        return {}
    return {
        parameter.pattern.target.name: (module, parameter.pattern.value, {})
        for parameter in maker.parameters[len(node.arguments) :]
        if isinstance(parameter.pattern, n.Assign) and isinstance(parameter.pattern.target, n.Name)
    }


def _most(test: n.Expression) -> int | None:
    """How long a list is at most for which a test holds: `values.length === 1`."""
    match test:
        case n.Binary(
            operator="===" | "==" | "<" | "<=" as operator,
            left=n.Member(property="length"),
            right=n.Number(value=value),
        ):
            return int(value) - (operator == "<")
    return None


def _optional(validator: Validator) -> Validator:
    return replace(validator, optional=True)
