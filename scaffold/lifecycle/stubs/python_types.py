"""Validators as Python types: `TypedDict`s and `Literal`s, named as the project names them where it does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from scaffold.lifecycle.stubs import python_text as text
from scaffold.lifecycle.stubs.api_file import IMPORTED
from scaffold.lifecycle.stubs.python_text import Atom, Expression, Subscript, Union
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.model.validators import Validator

ANY = Atom("Any")
NONE = Atom("None")
_PLAIN = {
    "string": Atom("str"),
    "number": Atom("float"),
    "boolean": Atom("bool"),
    "bytes": Atom("bytes"),
    "int64": Atom("ConvexInt64"),
    "commitTs": Atom("ConvexInt64"),
    "null": NONE,
    "any": ANY,
}
_PAGE = frozenset({"page", "continueCursor", "isDone", "splitCursor", "pageStatus"})
_SHORT = 60  # characters; a union that is longer is easier to read under a name of its own

Shape: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Field:
    """One key of a `TypedDict`. `reasons` say why something in its type is Any."""

    name: str
    type: Expression
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """A type that the module declares: a `TypedDict` of `fields`, or an alias of `type`."""

    name: str
    told: str
    fields: tuple[Field, ...] | None = None
    type: Expression = ANY
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """A type, and why what is Any in it is."""

    type: Expression
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """What a type is called where the project has no name for it, and the words for what it belongs to."""

    name: str
    told: str

    def part(self, name: str) -> Place:
        """A part of it."""
        return Place(text.pascal(self.name, name), self.told)


@dataclass
class Types:
    """The types of one module, in an order in which each knows those before it."""

    declarations: list[Declaration] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """Table -> the type of its ids."""

    def __post_init__(self) -> None:
        self._taken: dict[str, Shape | None] = dict.fromkeys(
            name for names in IMPORTED.values() for name in names
        )

    @property
    def names(self) -> frozenset[str]:
        """All names that mean something in the module so far."""
        return frozenset(self._taken)

    def claim(self, name: str) -> str:
        """A name that nothing else has, near the one that is wanted."""
        found = text.free(name, self._taken.__contains__)
        self._taken[found] = None
        return found

    def name_ids(self, tables: Iterable[str]) -> None:
        """Give the ids of each table a type."""
        self.ids |= {table: self.claim(text.pascal(table, "Id")) for table in sorted(set(tables))}

    def read(self, validator: Validator | Unknown, place: Place) -> Read:
        """The type of a value."""
        if isinstance(validator, Unknown):
            return Read(ANY, (validator.reason,))
        if validator.kind in _PLAIN:
            return Read(_PLAIN[validator.kind])
        match validator.kind:
            case "literal":
                return Read(_literal(validator))
            case "id":
                table = validator.table
                return Read(Atom(self.ids[table]) if table else Atom("str"))
            case "array" if validator.element is not None:
                item = self.read(validator.element, place.part("Item"))
                return Read(Subscript("list", (item.type,)), item.reasons)
            case "record" if validator.keys is not None and validator.element is not None:
                keys = self.read(validator.keys, place.part("Key"))
                values = self.read(validator.element, place.part("Value"))
                return Read(Subscript("dict", (keys.type, values.type)), keys.reasons + values.reasons)
            case "union" if validator.complete:
                return self._union(validator, place)
            case "object" if validator.complete:
                return self._object(validator, place)
            case "zod":
                return Read(ANY, ("it is a zod schema",))
        return Read(ANY, (validator.reason or "not all of it can be read",))

    def typed_dict(self, validator: Validator, place: Place) -> str:
        """Declare the `TypedDict` of an object under a name that was claimed for it."""
        fields = tuple(self._field(key, part, place) for key, part in validator.fields.items())
        self.declarations.append(Declaration(place.name, place.told, fields=fields))
        return place.name

    def alias(self, name: str, told: str, read: Read) -> Atom:
        """Declare a type under a name that was claimed for it."""
        self.declarations.append(Declaration(name, told, type=read.type, reasons=read.reasons))
        return Atom(name)

    def _field(self, name: str, validator: Validator, place: Place) -> Field:
        read = self.read(validator, place.part(name))
        written = Subscript("NotRequired", (read.type,)) if validator.optional else read.type
        return Field(name, written, read.reasons)

    def _object(self, validator: Validator, place: Place) -> Read:
        if validator.reason == "paginationOptsValidator":
            return Read(Atom("PaginationOptions"))
        if _is_page(validator):
            element = validator.fields["page"].element
            item = self.read(element, place.part("Item")) if element is not None else Read(ANY)
            return Read(Subscript("PaginationResult", (item.type,)), item.reasons)
        name, is_new, told = self._name(validator, place)
        if is_new:
            self.typed_dict(validator, Place(name, told))
        return Read(Atom(name))

    def _union(self, validator: Validator, place: Place) -> Read:
        constant = _constant(validator)
        name, is_new, told = self._name(validator, place) if constant else (place.name, True, place.told)
        if not is_new:
            return Read(Atom(name))
        inner = Place(name, told)
        is_one = not constant and sum(member.kind == "object" for member in validator.members) == 1
        parts = [
            self.read(member, inner if is_one else inner.part(_member_name(member, at, validator.members)))
            for at, member in enumerate(validator.members, 1)
        ]
        read = Read(_one_of([part.type for part in parts]), tuple(r for part in parts for r in part.reasons))
        if not constant and len(text.flat(read.type)) <= _SHORT:
            return read
        return Read(self.alias(name if constant else self.claim(name), told, read))

    def _name(self, validator: Validator, place: Place) -> tuple[str, bool, str]:
        """The name of a type, whether it is still to be declared, and what to say of it."""
        shape = _shape(validator)
        constant = _constant(validator)
        wanted, told = place.name, place.told
        if constant is not None:
            module, name = constant
            told = f"`{name}` in the code"
            for wanted in (text.pascal(name), text.pascal(module, name)):
                if self._taken.get(wanted, ()) in {shape, ()}:
                    break
        known = self._taken.get(wanted)
        if known is not None and known == shape and constant is not None:
            return wanted, False, told
        found = text.free(wanted, self._taken.__contains__)
        self._taken[found] = shape
        return found, True, told


def tables_of(validators: Iterable[Validator | Unknown | None]) -> set[str]:
    """The tables whose ids these validators take."""
    return {
        part.table
        for validator in validators
        if validator is not None and not isinstance(validator, Unknown)
        for part in validator.walk()
        if part.kind == "id" and part.table
    }


def _literal(validator: Validator) -> Expression:
    value = validator.value
    if value is None:
        return NONE
    if isinstance(value, str):
        return Subscript("Literal", (Atom(text.quoted(value)),))
    if isinstance(value, bool):
        return Subscript("Literal", (Atom(str(value)),))
    if isinstance(value, int):
        return Atom("ConvexInt64")
    # Python has no literals of floats; 2 is equal to the 2.0 that comes over the wire.
    return Subscript("Literal", (Atom(str(int(value))),)) if value == int(value) else Atom("float")


def _one_of(types: Iterable[Expression]) -> Expression:
    """A union, flat: the literals as one, each type once, None at the end."""
    members: dict[Expression, None] = {}
    for each in types:
        members |= dict.fromkeys(each.members if isinstance(each, Union) else [each])
    if not members:
        return Atom("Never")
    if ANY in members:
        return ANY
    literals = {
        value: None
        for each in members
        if isinstance(each, Subscript) and each.name == "Literal"
        for value in each.arguments
    }
    others = [each for each in members if not (isinstance(each, Subscript) and each.name == "Literal")]
    ordered: list[Expression] = [Subscript("Literal", tuple(literals))] if literals else []
    ordered += [each for each in others if each != NONE]
    ordered += [NONE] if NONE in members else []
    return ordered[0] if len(ordered) == 1 else Union(tuple(ordered))


def _member_name(member: Validator, at: int, members: tuple[Validator, ...]) -> str:
    """A word for one member of a union: the literal that tells it from the others, or its number."""
    for name, part in member.fields.items():
        if part.kind != "literal":
            continue
        values = Counter(
            str(other.fields[name].value) if name in other.fields else None
            for other in members
            if other.kind == "object"
        )
        if max(values.values()) == 1:
            return str(part.value)
    return str(at)


def _constant(validator: Validator) -> tuple[str, str] | None:
    """The module and the name under which the project has this validator at the top of a file."""
    module, node = validator.module, validator.node
    if module is None or node is None:
        return None
    for name, value in module.top.items():
        if (value.start, value.end) == (node.start, node.end) and name != "default":
            return module.name, name
    return None


def _is_page(validator: Validator) -> bool:
    """Whether it is `paginationResultValidator(…)`."""
    fields = validator.fields
    return (
        set(fields) == _PAGE and fields["page"].kind == "array" and fields["continueCursor"].kind == "string"
    )


def _shape(validator: Validator) -> Shape:
    """What makes two validators the same."""
    parts = (*validator.members, validator.element, validator.keys)
    return (
        *(validator.kind, validator.value, validator.table, validator.complete, validator.reason),
        tuple((name, part.optional, _shape(part)) for name, part in validator.fields.items()),
        tuple(_shape(part) for part in parts if part is not None),
    )
