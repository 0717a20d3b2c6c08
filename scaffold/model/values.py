"""What an expression can turn out to be, as far as reading tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.steps import Step
    from scaffold.source import nodes as n


_ABSENT = "there is no property"


class Unknown(msgspec.Struct, frozen=True):
    """Nobody can tell without running the code, and why. Rules stay silent on it."""

    reason: str

    @property
    def is_absent(self) -> bool:
        """Whether it stands for a property that an object, as it is written out, does not have."""
        return self.reason.startswith(_ABSENT)


def absent(name: str) -> Unknown:
    """What stands for a property that an object does not have."""
    return Unknown(f"{_ABSENT} {name}")


class Context(msgspec.Struct, frozen=True):
    """The function's context, or what hangs on it: `ctx.db` is path ("db",), `ctx.auth` ("auth",)."""

    path: tuple[str, ...] = ()


class Argument(msgspec.Struct, frozen=True):
    """What the caller of the registered function gave: `args.userId` is path ("userId",)."""

    path: tuple[str, ...] = ()


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a helper, by position, and the way into it."""

    index: int
    path: tuple[str, ...] = ()


class Bundle(msgspec.Struct, frozen=True):
    """A parameter that is an object, some of whose properties are parts of the context, or the request.

    Names of tables are kept too, where the function takes them for such.
    """

    index: int
    entries: tuple[tuple[str, Context | Argument | Literal], ...]


class Instance(msgspec.Struct, frozen=True):
    """`this` in a method of a class of the project.

    The entries are the fields that are parts of the context, the request, the name of a table, or another
    object of that kind.
    """

    module: Module
    name: str
    entries: tuple[tuple[str, Context | Argument | Literal | Instance], ...]


class Result(msgspec.Struct, frozen=True, eq=False):
    """What a step gave (awaited or not), and the way into it: `identity.subject` is path ("subject",)."""

    step: Step
    path: tuple[str, ...] = ()


class Literal(msgspec.Struct, frozen=True):
    """A string, number, boolean or null. A bigint is an int."""

    value: str | float | int | bool | None


Known: TypeAlias = "tuple[tuple[str, Value], ...]"


class Definition(msgspec.Struct, frozen=True, eq=False):
    """An expression, function or class at the top level of a module of the project.

    `knows` is what something that a function made has of that one, by name: parts of the context, constants,
    other functions.
    """

    module: Module
    node: n.Expression | n.Class
    name: str = ""
    knows: Known = ()


class Surrounding(msgspec.Struct, frozen=True):
    """What a function knows of the one around it, see `Definition.knows`."""

    entries: Known


class Closure(msgspec.Struct, frozen=True, eq=False):
    """A function inside of a function."""

    node: n.Function


class Namespace(msgspec.Struct, frozen=True, eq=False):
    """`import * as name`: all that a module of the project exports."""

    module: Module


class External(msgspec.Struct, frozen=True):
    """A name from a package: specifier `stripe`, path ("default",).

    "()" in the path stands for a call: `new Resend(key).emails.send` is ("Resend", "()", "emails", "send").
    """

    specifier: str
    path: tuple[str, ...] = ()


class Global(msgspec.Struct, frozen=True):
    """A name of the runtime: ("Date", "now"), ("fetch",), ("process", "env", "KEY")."""

    path: tuple[str, ...]


class Reference(msgspec.Struct, frozen=True):
    """A function by its address: root `api`, `internal` or `components`, and the path behind it."""

    root: str
    path: tuple[str, ...]


class Mixed(msgspec.Struct, frozen=True, eq=False):
    """One of several, by a condition or by assignment."""

    values: tuple[Value, ...]


class Computed(msgspec.Struct, frozen=True, eq=False):
    """Made from other values; `Body.origins` tells from which."""

    node: n.Expression


# What `let x;` holds until something is assigned to it.
UNSET = Unknown("it is declared without a value")

Value: TypeAlias = (
    Unknown
    | Context
    | Argument
    | Parameter
    | Bundle
    | Instance
    | Surrounding
    | Result
    | Literal
    | Definition
    | Closure
    | Namespace
    | External
    | Global
    | Reference
    | Mixed
    | Computed
)
