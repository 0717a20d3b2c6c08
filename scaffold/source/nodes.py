"""The shape of a module after parsing: small, typed, picklable, without types and punctuation.

Offsets are bytes of the UTF-8 text. Parentheses, `as T`, `satisfies T`, `!` and type arguments are gone: what
stands here is what runs. Patterns (`{ a, b = 1 }` on the left of `=` or as a parameter) are expressions
too: `Object`, `Array`, `Name`, and `Assign` for a default.
"""

from __future__ import annotations

from typing import TypeAlias, Union

import msgspec


class Node(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True):
    """A stretch of the file."""

    start: int
    end: int


# --- expressions -----------------------------------------------------------------------------------------


class Name(Node, frozen=True, gc=False, array_like=True, tag=1):
    """An identifier; also `this` and `super`."""

    name: str


class Member(Node, frozen=True, gc=False, array_like=True, tag=2):
    """`object.property`; `?.` too."""

    object: Expression
    property: str


class Subscript(Node, frozen=True, gc=False, array_like=True, tag=3):
    """`object[index]`."""

    object: Expression
    index: Expression


class Call(Node, frozen=True, gc=False, array_like=True, tag=4):
    """`callee(…)`, or `new callee(…)`. `at` is where the last name of the callee starts."""

    callee: Expression
    arguments: tuple[Expression, ...]
    new: bool = False
    at: int = 0


class String(Node, frozen=True, gc=False, array_like=True, tag=5):
    """A string, or a template without substitutions."""

    value: str


class Number(Node, frozen=True, gc=False, array_like=True, tag=6):
    """A number; a bigint is an int, and rounded where it has more than 64 bits."""

    value: float | int


class Constant(Node, frozen=True, gc=False, array_like=True, tag=7):
    """`true`, `false`, `null` (None) or `undefined` (the text)."""

    value: bool | str | None


class Template(Node, frozen=True, gc=False, array_like=True, tag=8):
    """A template literal; its strings and its substitutions in order. Tagged if `tag_` is there."""

    parts: tuple[Expression, ...]
    tag_: Expression | None = None


class Property(Node, frozen=True, gc=False, array_like=True, tag=9):
    """A part of an object: `key: value`, `key`, `key() {}`, `[computed]: value` or `...value`."""

    key: str | None
    value: Expression
    kind: str = "property"  # property, shorthand, method, getter, computed, spread


class Computed(Property, frozen=True, gc=False, array_like=True, tag=22):
    """`[name]: value`, whose key is None: what the name stands for may be told by following it."""

    name: Expression | None = None


class Object(Node, frozen=True, gc=False, array_like=True, tag=10):
    """An object literal, or a pattern."""

    properties: tuple[Property | Computed, ...]


class Array(Node, frozen=True, gc=False, array_like=True, tag=11):
    """An array literal, or a pattern; holes are left out."""

    items: tuple[Expression, ...]


class Parameter(Node, frozen=True, gc=False, array_like=True, tag=12):
    """A parameter: its pattern, and the text of its type."""

    pattern: Expression
    annotation: str = ""
    rest: bool = False


class Function(Node, frozen=True, gc=False, array_like=True, tag=13):
    """A function of any kind. An arrow's expression body is a `Return` with `implicit` set."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    is_async: bool = False
    is_arrow: bool = False


class Await(Node, frozen=True, gc=False, array_like=True, tag=14):
    """`await value`."""

    value: Expression


class Unary(Node, frozen=True, gc=False, array_like=True, tag=15):
    """`!x`, `-x`, `typeof x`, `void x`, `delete x`, `x++`, `yield x`."""

    operator: str
    value: Expression


class Binary(Node, frozen=True, gc=False, array_like=True, tag=16):
    """`left operator right`, logical operators too."""

    operator: str
    left: Expression
    right: Expression


class Conditional(Node, frozen=True, gc=False, array_like=True, tag=17):
    """`test ? then : other`."""

    test: Expression
    then: Expression
    other: Expression


class Assign(Node, frozen=True, gc=False, array_like=True, tag=18):
    """`target = value`, `target += value`; in a pattern, a default."""

    operator: str
    target: Expression
    value: Expression


class Spread(Node, frozen=True, gc=False, array_like=True, tag=19):
    """`...value` in an array, a call or a pattern."""

    value: Expression


class Element(Node, frozen=True, gc=False, array_like=True, tag=20):
    """A JSX element: its name, its attributes (as properties), its children."""

    name: str
    attributes: tuple[Property, ...]
    children: tuple[Expression, ...]


class Other(Node, frozen=True, gc=False, array_like=True, tag=21):
    """Anything else, with the expressions inside; `kind` is the parser's name for it."""

    kind: str
    parts: tuple[Expression, ...] = ()


# --- statements ------------------------------------------------------------------------------------------


class Declare(Node, frozen=True, gc=False, array_like=True, tag=30):
    """One declarator of `const`, `let` or `var`."""

    kind: str
    target: Expression
    value: Expression | None = None
    exported: bool = False


class Define(Node, frozen=True, gc=False, array_like=True, tag=31):
    """A function declaration."""

    function: Function
    exported: bool = False
    default: bool = False


class Class(Node, frozen=True, gc=False, array_like=True, tag=32):
    """A class, its methods and fields as properties."""

    name: str
    members: tuple[Property, ...]
    parent: Expression | None = None
    exported: bool = False


class Do(Node, frozen=True, gc=False, array_like=True, tag=33):
    """An expression as a statement."""

    value: Expression


class Return(Node, frozen=True, gc=False, array_like=True, tag=34):
    """`return value`, or the expression body of an arrow (`implicit`)."""

    value: Expression | None = None
    implicit: bool = False


class Throw(Node, frozen=True, gc=False, array_like=True, tag=35):
    """`throw value`."""

    value: Expression


class If(Node, frozen=True, gc=False, array_like=True, tag=36):
    """`if (test) then else other`."""

    test: Expression
    then: tuple[Statement, ...]
    other: tuple[Statement, ...] = ()


class Loop(Node, frozen=True, gc=False, array_like=True, tag=37):
    """Any loop. `kind` is for, of, in, while or do; `head` the condition, or what goes into `target`."""

    kind: str
    target: Expression | None
    head: Expression | None
    body: tuple[Statement, ...]
    before: tuple[Statement, ...] = ()
    step: Expression | None = None
    awaits: bool = False


class Try(Node, frozen=True, gc=False, array_like=True, tag=38):
    """`try body catch (parameter) handler finally last`; `catches` tells an empty handler from none."""

    body: tuple[Statement, ...]
    catches: bool
    parameter: Expression | None
    handler: tuple[Statement, ...]
    last: tuple[Statement, ...]


class Case(Node, frozen=True, gc=False, array_like=True, tag=39):
    """One `case test:` (None for `default:`)."""

    test: Expression | None
    body: tuple[Statement, ...]


class Switch(Node, frozen=True, gc=False, array_like=True, tag=40):
    """`switch (subject) { … }`."""

    subject: Expression
    cases: tuple[Case, ...]


class Block(Node, frozen=True, gc=False, array_like=True, tag=41):
    """A block of its own, a label's statement too."""

    body: tuple[Statement, ...]


class Leave(Node, frozen=True, gc=False, array_like=True, tag=42):
    """`break` or `continue`."""

    kind: str


# --- modules ---------------------------------------------------------------------------------------------


class Import(Node, frozen=True, gc=False, array_like=True, tag=50):
    """An import declaration. `names` are (imported, local); the imported name may be `default` or `*`."""

    specifier: str
    names: tuple[tuple[str, str], ...]
    type_only: bool = False


class ExportNames(Node, frozen=True, gc=False, array_like=True, tag=51):
    """`export { local as exported }`, or the same `from` a module; `*` alone stands for everything."""

    names: tuple[tuple[str, str], ...]
    specifier: str | None = None
    type_only: bool = False


class ExportDefault(Node, frozen=True, gc=False, array_like=True, tag=52):
    """`export default value`."""

    value: Expression


Expression: TypeAlias = Union[
    "Name",
    "Member",
    "Subscript",
    "Call",
    "String",
    "Number",
    "Constant",
    "Template",
    "Object",
    "Array",
    "Function",
    "Await",
    "Unary",
    "Binary",
    "Conditional",
    "Assign",
    "Spread",
    "Element",
    "Other",
]
Statement: TypeAlias = Union[
    "Declare",
    "Define",
    "Class",
    "Do",
    "Return",
    "Throw",
    "If",
    "Loop",
    "Try",
    "Switch",
    "Block",
    "Leave",
    "Import",
    "ExportNames",
    "ExportDefault",
]


class Comment(Node, frozen=True, gc=False, array_like=True, tag=60):
    """A comment that speaks to a tool (`scaffold-ignore…`, `eslint-…`), with its delimiters."""

    text: str


class Reference(Node, frozen=True, gc=False, array_like=True, tag=61):
    """A mention of a function: `api.messages.list` is root `api` (its local name) and that path."""

    root: str
    path: tuple[str, ...]


class Code(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What runs in a file."""

    body: tuple[Statement, ...] = ()
