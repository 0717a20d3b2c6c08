"""What can be added, and what it may be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scaffold.core.errors import InvalidPieceNameError, MissingPieceError
from scaffold.core.text import listing

Kind = Literal["query", "mutation", "action", "http", "cron", "table", "domain"]
Access = Literal["authed", "admin", "internal", "open"]

ACCESS: dict[Kind, tuple[Access, ...]] = {
    "query": ("authed", "admin", "internal", "open"),
    "mutation": ("authed", "admin", "internal"),
    "action": ("authed", "admin", "internal"),
    "http": ("authed", "open"),
    "cron": ("internal",),
    "table": ("authed",),
    "domain": ("authed",),
}
"""Who may call what is added; the first is the default."""

_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_ROUTE = re.compile(r"(/[A-Za-z0-9._~-]+)+")

# Longer ones would not leave room for the longest line that the snippets make of them.
_LONGEST_FUNCTION = 32
_LONGEST_FOLDER = 24
_LONGEST_REASON = 80

_RESERVED = frozenset(
    """await break case catch class const continue debugger default delete do else enum export extends false
    finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof var void while with yield
    arguments async eval undefined api internal model upstream v""".split()
)
_NO_DOMAINS = frozenset({"lib", "http", "crons", "schema"})

_EXAMPLES: dict[Kind, str] = {
    "query": "convex-scaffold add query billing/listInvoices",
    "mutation": "convex-scaffold add mutation billing/archiveInvoice",
    "action": "convex-scaffold add action billing/askRates",
    "http": "convex-scaffold add http billing/exportInvoices",
    "cron": "convex-scaffold add cron billing/remindDebtors",
    "table": "convex-scaffold add table billing/invoices",
    "domain": "convex-scaffold add domain billing",
}


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing to add. `name` is that of the function or table; `reason` says why it is open to anyone."""

    kind: Kind
    domain: str
    name: str
    access: Access
    table: str | None = None
    reason: str = ""
    route: str = ""

    @property
    def file(self) -> str:
        """The file of the domain that the function belongs into, without its ending."""
        return self.access if self.access in {"admin", "internal"} else "public"

    @property
    def entry(self) -> str:
        """The file of the domain that its owner will want to open first."""
        by_kind = {
            "table": "tables.ts",
            "domain": "tables.ts",
            "http": "http.ts",
            "cron": "model.ts",
            "action": "upstream.ts",
        }
        return by_kind.get(self.kind, f"{self.file}.ts")

    @property
    def makes_table(self) -> bool:
        """Whether it brings a table of its own."""
        return self.kind in {"table", "domain"}

    @property
    def uses_table(self) -> bool:
        """Whether it works on the rows of a table that is there."""
        return self.kind in {"query", "mutation", "cron"} or (self.kind == "http" and self.access == "authed")

    @property
    def is_for_owner(self) -> bool:
        """Whether it works on the rows of one owner."""
        is_internal_query = self.kind == "query" and self.access == "internal"
        return self.uses_table and (self.access == "authed" or is_internal_query)

    @property
    def reads_by_owner(self) -> bool:
        """Whether it needs an index on the owner."""
        return self.is_for_owner and self.kind in {"query", "http"}


def parse(  # noqa: PLR0913 - one for each option
    kind: Kind,
    text: str,
    *,
    access: Access | None = None,
    table: str | None = None,
    reason: str = "",
    route: str = "",
) -> Piece:
    """Check what was typed: `domain/name`, or for a domain its name alone.

    Raises:
        InvalidPieceNameError: it is no such name, or one that is reserved.
        MissingPieceError: this kind of thing cannot be open to those callers.
    """
    example = _EXAMPLES[kind]
    if kind == "domain":
        domain, name = text, table or text
    else:
        domain, separator, name = text.partition("/")
        if not separator:
            raise InvalidPieceNameError(text, "write DOMAIN/NAME", example)
    _check(domain, _LONGEST_FOLDER, example)
    _check(name, _LONGEST_FOLDER if kind in {"domain", "table"} else _LONGEST_FUNCTION, example)
    if domain in _NO_DOMAINS:
        raise InvalidPieceNameError(domain, "is a name the project uses for something else", example)
    chosen = access or ACCESS[kind][0]
    if chosen not in ACCESS[kind]:
        raise MissingPieceError(
            f"add {kind} makes none with the access {chosen!r}", f"it makes: {listing(ACCESS[kind])}"
        )
    if chosen == "open" and (
        not reason.strip() or len(reason) > _LONGEST_REASON or re.search(r'["\\\n]', reason)
    ):
        raise InvalidPieceNameError(
            reason,
            f"say in at most {_LONGEST_REASON} plain characters why",
            f'{example} --open "Shown on the login page."',
        )
    route = route or f"/{_path(domain)}/{_path(name)}"
    if kind == "http" and not _ROUTE.fullmatch(route):
        raise InvalidPieceNameError(route, "is no exact path", f"{example} --path /billing/invoices")
    return Piece(kind=kind, domain=domain, name=name, access=chosen, table=table, reason=reason, route=route)


def words(name: str) -> list[str]:
    """The words of a name in camel case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def singular(name: str) -> str:
    """One of what a table is named after, as near as its spelling tells."""
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending) + replacement
    if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 2:  # noqa: PLR2004
        return name[:-1]
    return name


def capitalised(name: str) -> str:
    """With a capital first letter."""
    return name[:1].upper() + name[1:]


def _path(name: str) -> str:
    return "-".join(words(name))


def _check(name: str, longest: int, example: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidPieceNameError(name, "write a name in camelCase: letters and digits", example)
    if name in _RESERVED:
        raise InvalidPieceNameError(name, "TypeScript or the project reserves that word", example)
    if len(name) > longest:
        raise InvalidPieceNameError(name, f"has {len(name)} characters, and {longest} is the most", example)
