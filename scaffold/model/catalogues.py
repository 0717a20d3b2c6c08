"""Tables that hold a list of the project's own, such as plans and levels: they do not grow with its use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.schema import Table

# What is made up to try something, or to show it: such tables are filled with other things later.
_SAMPLES = regex(
    r"demo|sample|example|test(?!imonial)|mock|fake|dummy|fixture|(?-i:^dev(?=[A-Z_]))", re.IGNORECASE
)
# Fields that tell whose a document is, or whom one reaches by it.
_SOMEBODY = regex(
    r"e_?mail|phone|(?:^|[a-z_])(?:user|owner|author|creator|member|customer|client|clerk|org(?:ani[sz]ation)?|tenant"
    r"|team|workspace|account|session|player|patient|student|recipient|sender|subject|token)_?(?:ids?|identifier)$",
    re.IGNORECASE,
)
# A day or a moment, by which documents follow each other; when one was changed last is beside that.
_MOMENT = regex(
    r"(?<!pdated)(?:(?-i:At)|_at)$|(?<!up)date(?!d)|timestamp|(?<![a-z])(?:day|month|year)(?![a-z])",
    re.IGNORECASE,
)
# What puts a list in place, or changes an entry of it.
_KEEPS = regex(
    r"^_*(?:upsert|set|update|save|edit|ensure|init|reset|populate|bootstrap|migrate|sync|restore|replace"
    r"|configure)|[sS]eed|[dD]efaults?(?![a-z])"
)
# What there is more of every day; a list of the project's own is not called that.
_GROWING = regex(
    r"(?:message|post|comment|note|event|log|order|task|todo|record|entry|entrie|ticket|report|request|notification"
    r"|transaction|payment|invoice|booking|visit|submission|response|answer|vote|review|file|upload|job|run|alert"
    r"|activity|activitie|history|historie|audit|item|product|user|customer|member|document|page|lead)s?$",
    re.IGNORECASE,
)
_FILLED = 8  # tables that code inserts into, where the rest may be filled by hand
_ID = regex(r"(?:_id|(?<=[a-z])Id)s?$")
_WORDS = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Inserted(msgspec.Struct, frozen=True):
    """The tables that code inserts into, those of a list in the code, and whether any goes untold."""

    tables: frozenset[str]
    listed: frozenset[str]
    untold: bool


def inserted(modules: Iterable[Module]) -> Inserted:
    """What the files of a project insert, tests left aside."""
    found = [insert for module in modules if not module.test for insert in module.facts.inserts]
    listed = {insert.table for insert in found if insert.listed and not _SAMPLES.search(insert.within)}
    grown = {insert.table for insert in found if not insert.listed and not _KEEPS.search(insert.within)}
    return Inserted(
        tables=frozenset(insert.table for insert in found if insert.table),
        listed=frozenset(listed - grown),
        untold=any(not insert.table for insert in found),
    )


def is_catalogue(project: Project, table: Table) -> bool:
    """Whether the rows of a table are kept by whoever makes the project, so that there are only so many.

    They stand as a list in the code, which is but put in place or edited; or no code adds any, though it
    does so to most tables, and they follow no calendar; or they are settings. They are nobody's in any case,
    and the name of the table is not one of what there is more of every day.
    """
    if table.package or project.component:
        return False
    kept = _is_of_settings(table) or (
        not _GROWING.search(table.name)
        and (table.name in project.inserted.listed or _is_by_hand(project, table))
    )
    return kept and not _is_of_somebody(project, table)


def _is_by_hand(project: Project, table: Table) -> bool:
    """Whether no code adds to a table, though it does to others, and its documents follow no calendar."""
    known = project.inserted
    unfilled = _is_whole(project, known) and table.name not in known.tables
    return unfilled and not any(map(_MOMENT.search, _fields(table)))


def _is_whole(project: Project, known: Inserted) -> bool:
    """Whether so much code is there that what adds to a table would be among it."""
    filled = len(known.tables & project.tables.keys())
    return not known.untold and filled >= _FILLED and filled * 2 > len(project.tables)


def _is_of_settings(table: Table) -> bool:
    """Whether its documents are values by their keys, and none of them for a while only, as in a cache."""
    fields = set(table.document.fields)
    return fields >= {"key", "value"} and fields.isdisjoint({"expiresAt", "expires_at", "ttl", "expires"})


def _fields(table: Table) -> set[str]:
    return {name for part in table.document.walk() for name in part.fields}


def _is_of_somebody(project: Project, table: Table) -> bool:
    """Whether a document belongs to another one or to a person, or is searched, as far as can be told."""
    document = table.document
    if not document.fields or not document.complete or any(each.kind != "db" for each in table.indexes):
        return True
    if any(part.kind == "id" and part.table not in {"_storage", table.name} for part in document.walk()):
        return True
    others = {name.lower().rstrip("s") for name in project.tables if name != table.name}
    return any(_SOMEBODY.search(name) or _last(name) in others for name in _fields(table))


def _last(field: str) -> str:
    """What an id is of, by the last word of its name: `linkedCampaignId`."""
    without = _ID.sub("", field)
    words = _WORDS.findall(without) if without != field else ()
    return words[-1].lower().rstrip("s") if words else ""
