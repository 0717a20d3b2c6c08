"""What a piece consists of: which snippets, and what their `$names` stand for in this project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import MissingPieceError, NameTakenError
from scaffold.lifecycle.adding.pieces import capitalised, singular, words
from scaffold.model import domains, samples
from scaffold.source.merging import declared_names
from scaffold.source.syntax import children, line_of, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.lifecycle.adding.pieces import Piece
    from scaffold.model.domains import Domain, Table
    from scaffold.model.layout import Layout

BY_HAND = 'write it by hand: the README says how, under "Add a function"'

_NEW_ROW = "ownerId,\nrequestId: `request-${i}`,\ntitle: `Title ${i}`,"


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Folders of snippets, in the order in which they are merged, and the values of their names."""

    folders: tuple[str, ...]
    names: Mapping[str, str]


def contents(layout: Layout, piece: Piece) -> Contents:
    """The snippets and names of a piece in this project.

    Raises:
        MissingPieceError: the domain, the table or a field of it is not there.
        NameTakenError: the table is, in this domain or another.
    """
    domain = domains.read_domain(layout.functions, piece.domain)
    names = _names(piece, domain)
    folders: list[str] = []
    if piece.makes_table:
        _refuse_taken_table(layout, piece.name)
        names |= _names_of_table(piece.name) | {"sample": _NEW_ROW}
    elif piece.uses_table:
        table = _table(domain, piece.table)
        names |= _names_of_table(table.name) | _names_of_index(piece, domain, table)
        if piece.reads_by_owner and table.index_on("ownerId") is None:
            folders.append("query/index")
    if "table" in names and not _has_fixtures(layout, piece, names):
        folders.append("fixtures")
        if not piece.makes_table:
            names["sample"] = _sample(domain, domain.tables[names["table"]])
    return Contents(folders=(*folders, *_folders(piece)), names=names)


def _names(piece: Piece, domain: Domain) -> dict[str, str]:
    return {
        "domain": piece.domain,
        "tables": domain.variable or f"{singular(piece.domain)}Tables",
        "name": piece.name,
        "Name": capitalised(piece.name),
        "NAME": "_".join(words(piece.name)).upper(),
        "words": " ".join(words(piece.name)),
        "path": "-".join(words(piece.name)),
        "route": piece.route,
        "ENV": "_".join([*words(piece.domain), "api", "url"]).upper(),
        "file": piece.file,
        **_names_of_access(piece),
    }


def _names_of_table(table: str) -> dict[str, str]:
    item = singular(table)
    return {
        "table": table,
        "item": item,
        "Item": capitalised(item),
        "ITEM": "_".join(words(item)).upper(),
        "Items": capitalised(table),
    }


def _names_of_access(piece: Piece) -> dict[str, str]:
    """What depends on who may call a function."""
    builder = f"{piece.access}{capitalised(piece.kind)}"
    person = {"admin": "admin", "authed": "member"}.get(piece.access)
    needed = {"backend", "expectRefusal", *([person] if person else [])}
    if piece.kind == "mutation":
        needed.add("member")
    audience = {
        "admin": "administrators",
        "internal": "only this backend, its dashboard and its command line",
    }
    who_may_ask = {"admin": "Administrators only."}
    everybody = "Every member may ask: what they get is the answer to an empty question."
    return {
        "builderName": builder,
        "builder": f'{builder}(\n  "{piece.reason}",\n)' if piece.access == "open" else builder,
        "audience": audience.get(piece.access, "clients"),
        "api": "internal" if piece.access == "internal" else "api",
        "setup": ", ".join(sorted(needed)),
        "caller": f"await {person}(t)" if person else "t",
        "ownerOfRow": "caller.userId" if person == "member" else '(await member(t, "owner")).userId',
        "refusal": "FORBIDDEN" if piece.access == "admin" else "INVALID_ARGUMENT",
        "whoMayAsk": who_may_ask.get(piece.access, everybody),
    }


def _names_of_index(piece: Piece, domain: Domain, table: Table) -> dict[str, str]:
    """The index that a function of one owner reads by, and the order it gives."""
    if piece.is_for_owner and "ownerId" not in table.fields:
        raise MissingPieceError(
            f"{domain.name}/tables.ts:{table.line}: table {table.name!r} has no field ownerId, "
            "so its rows are nobody's",
            "make it for administrators with --admin, or choose another table with --table",
        )
    index = table.index_on("ownerId")
    is_by_age = index is None or table.indexes[index] == ("ownerId",)
    return {
        "ownerIndex": index or "by_ownerId",
        "order": "newest first" if is_by_age else f"last of {index} first",
    }


def _table(domain: Domain, wanted: str | None) -> Table:
    """The table that is named, or the only one there is."""
    known = ", ".join(domain.tables) or "none"
    add = f"convex-scaffold add table {domain.name}/"
    if wanted is not None:
        if wanted not in domain.tables:
            raise MissingPieceError(
                f"{domain.name}/tables.ts has no table {wanted!r} (it has: {known})", f"{add}{wanted}"
            )
        return domain.tables[wanted]
    if len(domain.tables) == 1:
        return next(iter(domain.tables.values()))
    hint = f"say which, as in --table {next(iter(domain.tables))}" if domain.tables else f"{add}{domain.name}"
    raise MissingPieceError(f"which table? {domain.name}/tables.ts has: {known}", hint)


def _refuse_taken_table(layout: Layout, table: str) -> None:
    for name in domains.domain_names(layout.functions):
        found = domains.read_domain(layout.functions, name).tables.get(table)
        if found is not None:
            place = layout.show(layout.functions / name / "tables.ts")
            raise NameTakenError(table, f"{place}:{found.line}")


def _has_fixtures(layout: Layout, piece: Piece, names: Mapping[str, str]) -> bool:
    """Whether the domain's tests can make rows of the table already."""
    path = layout.functions / piece.domain / "test.fixtures.ts"
    if not path.is_file():
        return False
    declared = {name for node in children(parse(path.read_bytes())) for name in declared_names(node)}
    return {f"insert{names['Item']}", f"insertMany{names['Items']}"} <= declared


def _sample(domain: Domain, table: Table) -> str:
    """A row for tests, field by field."""
    rows = []
    for name, validator in table.fields.items():
        try:
            value = samples.sample(validator, domain.constants, {"users": "ownerId"}.get)
        except samples.NoSampleError as error:
            raise MissingPieceError(
                f"{domain.name}/tables.ts:{line_of(error.node)}: no value for {name} can be made up "
                f"for tests: {text_of(error.node)}",
                BY_HAND,
            ) from error
        if name == "requestId" and value == '"text"':
            value = "`request-${i}`"
        if value is not None:
            rows.append(f"{name}," if value == name else f"{name}: {value},")
    return "\n".join(rows)


def _folders(piece: Piece) -> Iterator[str]:
    access = piece.access
    match piece.kind:
        case "query":
            yield from ("query/view", "query/own" if piece.is_for_owner else "query/all", f"query/{access}")
        case "mutation":
            yield from ("mutation/field", "mutation/own" if piece.is_for_owner else "mutation/any")
            yield from {
                "authed": ("mutation/authed",),
                "admin": ("mutation/unowned", "mutation/admin"),
                "internal": ("mutation/unowned",),
            }[access]
            yield "mutation/test"
        case "action":
            yield from ("action", "action/cases") if access != "internal" else ("action",)
        case "http":
            yield from ("query/view",) if access == "authed" else ()
            yield from (f"http/{access}", "http/route")
        case "cron":
            yield "cron"
        case "table" | "domain":
            yield "table"
