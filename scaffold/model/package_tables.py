"""The tables that packages publish for schemas to spread: their names, fields and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.schema import Index, Table
from scaffold.model.validators import Validator
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.model.module import Module
    from scaffold.model.values import External

    Version = Callable[[str], str | None]


class _Published(NamedTuple):
    """What a package publishes under a name, from one version on, and until before another.

    Of each table its fields (`name:kind`, a string where no kind is said, `@table` an id, `?` behind what may
    be missing), and its indexes (`name`, or `name=field,field`).
    """

    package: str
    since: tuple[int, ...]
    until: tuple[int, ...]
    tables: Mapping[str, tuple[str, str]]


_AUTH = _Published(
    "@convex-dev/auth",
    (0, 0, 75),
    (0, 1),
    {
        "users": (
            "name? image? email? emailVerificationTime:number? phone? phoneVerificationTime:number?"
            " isAnonymous:boolean?",
            "email phone",
        ),
        "authSessions": ("userId:@users expirationTime:number", "userId"),
        "authAccounts": (
            "userId:@users provider providerAccountId secret? emailVerified? phoneVerified?",
            "userIdAndProvider=userId,provider providerAndAccountId=provider,providerAccountId",
        ),
        "authRefreshTokens": (
            "sessionId:@authSessions expirationTime:number firstUsedTime:number?"
            " parentRefreshTokenId:@authRefreshTokens?",
            "sessionId sessionIdAndParentRefreshTokenId=sessionId,parentRefreshTokenId",
        ),
        "authVerificationCodes": (
            "accountId:@authAccounts provider code expirationTime:number verifier? emailVerified?"
            " phoneVerified?",
            "accountId code",
        ),
        "authVerifiers": ("sessionId:@authSessions? signature?", "signature"),
        "authRateLimits": ("identifier lastAttemptTime:number attemptsLeft:number", "identifier"),
    },
)
_RATE_LIMITS = _Published(
    "convex-helpers",
    (0, 1, 50),
    (0, 2),
    {"rateLimits": ("name key? value:number ts:number", "name=name,key")},
)
_PUBLISHED: Mapping[tuple[str, tuple[str, ...]], _Published] = {
    ("@convex-dev/auth/server", ("authTables",)): _AUTH,
    ("convex-helpers/server/rateLimit", ("rateLimitTables",)): _RATE_LIMITS,
}


def tables(value: External, module: Module, spread: n.Expression, version: Version) -> dict[str, Table]:
    """The tables that a package brings where they are spread into a schema; none if it is not known.

    They are whole where the version that the project asks for is one of which everything is known.
    """
    published = _PUBLISHED.get((value.specifier, value.path))
    if published is None:
        return {}
    whole = published.since <= _numbers(version(published.package)) < published.until
    return {name: _table(name, module, spread, published, whole=whole) for name in published.tables}


def _numbers(version: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (version or "").split("-")[0].split(".") if part.isdigit())


def _table(name: str, module: Module, spread: n.Expression, published: _Published, *, whole: bool) -> Table:
    fields, indexes = published.tables[name]
    document = Validator(kind="object", fields=dict(map(_field, fields.split())), complete=whole)
    table = Table(
        name=name,
        module=module,
        node=spread,
        read_document=lambda: document,
        complete=whole,
        package=published.package,
    )
    table.indexes = list(_indexes(table, indexes))
    return table


def _field(text: str) -> tuple[str, Validator]:
    optional = text.endswith("?")
    name, _, kind = text.removesuffix("?").partition(":")
    if kind.startswith("@"):
        return name, Validator(kind="id", table=kind[1:], optional=optional)
    return name, Validator(kind=kind or "string", optional=optional)


def _indexes(table: Table, indexes: str) -> Iterator[Index]:
    spread = table.node
    call = n.Call(spread.start, spread.end, n.Name(spread.start, spread.end, ""), (), at=spread.start)
    for text in indexes.split():
        name, _, fields = text.partition("=")
        yield Index(
            table=table,
            module=table.module,
            name=name,
            kind="db",
            fields=tuple((fields or name).split(",")),
            node=call,
        )
