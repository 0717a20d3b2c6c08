"""What an expression can turn out to be, as far as reading tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.steps import Step
    from scaffold.source import nodes as n


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell without running the code, and why. Rules stay silent on it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """The function's context, or what hangs on it: `ctx.db` is path ("db",), `ctx.auth` ("auth",)."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """What the caller of the registered function gave: `args.userId` is path ("userId",)."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a helper, by position, and the way into it."""

    index: int
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A helper's parameter that is an object, some of whose properties are parts of the context."""

    index: int
    entries: tuple[tuple[str, Context], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a step gave (awaited or not), and the way into it: `identity.subject` is path ("subject",)."""

    step: Step
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, boolean or null."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """An expression, function or class at the top level of a module of the project."""

    module: Module
    node: n.Expression | n.Class
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function inside of a function."""

    node: n.Function


@dataclass(frozen=True, slots=True, eq=False)
class Namespace:
    """`import * as name`: all that a module of the project exports."""

    module: Module


@dataclass(frozen=True, slots=True)
class External:
    """A name from a package: specifier `stripe`, path ("default",).

    "()" in the path stands for a call: `new Resend(key).emails.send` is ("Resend", "()", "emails", "send").
    """

    specifier: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Global:
    """A name of the runtime: ("Date", "now"), ("fetch",), ("process", "env", "KEY")."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A function by its address: root `api`, `internal` or `components`, and the path behind it."""

    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """One of several, by a condition or by assignment."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Made from other values; `Body.origins` tells from which."""

    node: n.Expression


Value: TypeAlias = (
    Unknown
    | Context
    | Argument
    | Parameter
    | Bundle
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
# What a value is made of, at its beginning.
Origin: TypeAlias = Context | Argument | Parameter | Result | Literal | External | Global | Unknown
