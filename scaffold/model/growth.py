"""What tells that a table grows with the use of a project: whose its documents are, when they come about."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.project import Project
    from scaffold.model.schema import Table
    from scaffold.model.validators import Validator


def _last_word(words: str) -> re.Pattern[str]:
    """What ends with one of these words, or with several of what it names."""
    return regex(rf"(?:{'|'.join(words.split())})(?:e?s)?$", re.IGNORECASE)


# What happens every day, even to one of many; by the last word of a table's name.
_HAPPENS = """
    message post comment note event (?<!b)(?<!cata)(?<!dia)(?<!change)(?<!change_)log order
    transaction payment invoice booking reservation
    appointment visit submission response vote like follow follower following view click reaction
    favou?rite review rating record entry entrie ticket request notification alert activity activitie
    history historie audit attempt sale expense purchase task todo feedback issue finding download
    (?<!dis)play game match job run result
"""
# What there is ever more of in a project that is used.
_IS_KEPT = """
    report file upload product document session enrol+ment subscription transfer conversation thread
    chat image photo video snapshot metric attendance application inquiry inquirie invite invitation
    shipment delivery deliverie cart score answer device deal listing article bookmark memory memorie
    token quote contract trip serial serial_?number recipe refund payout withdrawal dispute claim
    referral call meeting reminder scan charge error
"""
_BY_NAME = _last_word(_HAPPENS + _IS_KEPT)
_EVERY_DAY = _last_word(f"{_HAPPENS} user customer client lead contact company companie subscriber")
# People, of whom there are ever more, unless they are those who run the place.
_PEOPLE = regex(
    r"(?:user|customer|client|lead|contact|student|patient|subscriber|player|guest|attendee|participant|visitor"
    r"|applicant|candidate|donor|organi[sz]ation|tenant|workspace|compan(?:y|ie))s?$|^(?:people|persons)$",
    re.IGNORECASE,
)
# By what somebody is known who signs in.
_IDENTITY = regex(
    r"^(?:clerk|auth|auth0|workos|firebase|better_?auth|external_?user)_?(?:user)?_?u?id$|^token_?identifier$"
    r"|^(?:hashed_?)?password(?:_?hash)?$",
    re.IGNORECASE,
)
_ADDRESS = regex(
    r"(?:^|_|(?-i:(?<=[a-z])(?=[EP])))(?:e_?mail|phone)(?:_?(?:address|number))?$", re.IGNORECASE
)
# What documents have that are needed for a while.
_PASSING = regex(r"^(?:expires?|expiration|expiry|valid_?until)(?:_?(?:at|on|date|time))?$", re.IGNORECASE)
# Whose a document is.
_SOMEBODY = regex(
    r"(?:^|[a-z_])(?:user|owner|member|customer|client|clerk|org(?:ani[sz]ation)?|tenant|team|workspace|player|patient"
    r"|student|recipient|sender|profile|guest|visitor|session)_?(?:ids?|identifier)$",
    re.IGNORECASE,
)
# Who wrote a document down, or looks after it, which says nothing of how many there are.
_BESIDE = regex(
    r"By(?:Id|UserId|User)?$|_by(?:_id)?$|^(?:manager|creator|author|editor|assignee|assigned\w*|reviewer|approver"
    r"|lead|head|parent)(?:_?(?:user)?_?id)?$",
)
# When something happened; not from when to when it counts, nor when it was changed last.
_MOMENT = regex(r"[a-z](?:At|On|Date)$|_(?:at|on|date)$|timestamp$|^date$|^(?:day|month|year)(?:Key)?$")
_PERIOD = regex(
    r"^(?:(?:starts?|begins?|opens?|ends?|closes?)(?!ed)|due|expir|valid|effective|updated|modified|edited|changed|last"
    r"|next|publish|delet|archiv|activ|disabled|verified|until|from|to)|[a-z](?:Start|End|Due|Expiry)(?:Date|At|Time)$",
    re.IGNORECASE,
)
# When a document was written or brought in, as those of all tables say, not what it tells of.
_WRITTEN = regex(
    r"^(?:created|inserted|added|registered|joined|imported|uploaded|sync(?:hroni[sz])?ed|fetched|loaded|cached"
    r"|generated|computed|calculated|captured|crawled|scraped|indexed|approved|seeded|assigned|submitted)(?:_?(?:at|on|date|time))?$"
    r"|^date_?(?:added|created)$",
    re.IGNORECASE,
)
# Who runs a place, of whom there are only so many.
_STAFF = regex(
    r"admin|manager|staff|employee|cashier|waiter|chef|cook|kitchen|reception|editor|operator|moderator|accountant"
    r"|technician|supervisor|dispatcher|warehouse|support|read_?-?only|^hr$|^root$|^owner$",
    re.IGNORECASE,
)
_STAFF_TABLE = regex(r"^(?:[a-z]+_?)?(?:admin(?:istrator)?s?|moderators?|staff)$", re.IGNORECASE)
# What documents show rather than belong to.
_SHOWN = regex(r"(?:file|image|photo|picture|video|media|asset|upload|attachment|document)s?$", re.IGNORECASE)
_OF_MANY = regex(
    r"^(?:organi[sz]ation|tenant|workspace|team|compan(?:y|ie)|account|agenc(?:y|ie))s?$", re.IGNORECASE
)
_ID = regex(r"(?<=[a-z])(?:Id|_id)$")
_DEPTH = 4


def grows(project: Project, table: Table | None, name: str = "") -> bool:
    """Whether something tells that there are ever more documents in a table.

    It is called as what there is more of every day; its documents are people, or belong to somebody, or to
    a document of a table that grows; or they follow each other in time. Where a table cannot be read, its
    `name` alone can tell.
    """
    if table is None:
        return is_called_so(name) or _PEOPLE.search(name) is not None
    return table.package != "" or _grows(project, table, _DEPTH)


def is_called_so(name: str) -> bool:
    """Whether a table has the name of what there is more of every day."""
    return _BY_NAME.search(name) is not None


def grows_within(table: Table | None, name: str) -> bool:
    """Whether something tells that there are ever more documents even of one owner: it happens every day.

    Members, questions of a test and steps of a document belong to something too, and stay few.
    """
    return _EVERY_DAY.search(name) is not None or (table is not None and follows_time(table))


def follows_time(table: Table) -> bool:
    """Whether the documents of a table follow each other in time: each says when it came about.

    When a document was written down tells it only where they are read by that, all or those of one owner.
    """
    read_by = {field for index in table.indexes for field in _first_moment(index.fields or ())}
    return any(
        name in read_by or not (field.optional or _WRITTEN.search(name))
        if _is_moment(name)
        else _PASSING.search(name) and not field.optional
        for name, field in _fields(table)
    )


def _first_moment(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The field by which an index puts documents in order, all of them or those of one owner."""
    return fields[1:2] if fields and _ID.search(fields[0]) else fields[:1]


def _is_moment(name: str) -> bool:
    return _MOMENT.search(name) is not None and _PERIOD.search(name) is None


@lru_cache(maxsize=1024)  # each read asks, and tables of one another in turn
def _grows(project: Project, table: Table, depth: int) -> bool:
    if _is_of_staff(project, table):
        return False
    if is_called_so(table.name) or _is_of_people(table) or follows_time(table):
        return True
    if not table.document.fields and not table.document.members:
        return True  # what its documents hold is not in view
    if any(index.kind != "db" for index in table.indexes):
        return True  # what must be searched is too much to look through
    asked = _asked_by(table)
    return any(_belongs(project, name, field, name in asked, depth) for name, field in _fields(table))


def _asked_by(table: Table) -> set[str]:
    """The fields by which documents are looked for first."""
    return {index.fields[0] for index in table.indexes if index.kind == "db" and index.fields}


def _is_of_people(table: Table) -> bool:
    asked = _asked_by(table)
    return _PEOPLE.search(table.name) is not None or any(
        _IDENTITY.search(name) or (_ADDRESS.search(name) and name in asked) for name, _ in _fields(table)
    )


def _is_of_staff(project: Project, table: Table) -> bool:
    """Whether the documents of a table are the people who run the one place that a project is made for."""
    if _STAFF_TABLE.search(table.name) is not None:
        return not any(_OF_MANY.search(_ID.sub("", name)) for name, _ in _fields(table))
    role = table.document.fields.get("role")
    if role is None or not _is_of_people(table) or any(map(_OF_MANY.search, project.tables)):
        return False
    named = [str(each.value) for each in role.walk() if each.kind == "literal"]
    return all(map(_STAFF.search, named)) if named else "permissions" in table.document.fields


def _belongs(project: Project, name: str, field: Validator, asked: bool, depth: int) -> bool:  # noqa: FBT001
    """Whether a field tells whose a document is, of those of whom there are ever more.

    `asked` is whether documents are looked for by it.
    """
    if _BESIDE.search(name):
        return False
    if _SOMEBODY.search(name):
        return True
    of = _table_of(field) or _table_called(project, name, field)
    if of is None or of not in project.tables or not depth:
        return False
    told = asked or not field.optional or _OF_MANY.search(of) is not None
    return told and not _SHOWN.search(of) and _grows(project, project.tables[of], depth - 1)


def _table_of(field: Validator) -> str | None:
    if field.kind == "union":
        return next((member.table for member in field.members if member.kind == "id"), None)
    return field.table if field.kind == "id" else None


def _table_called(project: Project, name: str, field: Validator) -> str | None:
    """The table whose documents a text tells of by its name: `workspace`, `projectId`."""
    single = _ID.sub("", name)
    known = project.tables if field.kind == "string" else {}
    return next((each for each in (f"{single}s", single) if each in known), None)


def _fields(table: Table) -> Iterator[tuple[str, Validator]]:
    """The fields of its documents, of all kinds of them."""
    document = table.document
    for part in (document, *document.members):
        yield from part.fields.items()
