"""Arguments that are called like a person, and the fields they end up in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.rules._nodes import left_out, walk
from scaffold.rules._ways import origins
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Read, Write
    from scaffold.model.validators import Validator

# Spelled without `_` and in lower case.
CALLERS = set(
    """
    userid currentuserid currentuser callerid viewerid myid myuserid requesterid requestinguserid actorid uid
    authuserid authid clerkid clerkuserid workosid auth0id externaluserid tokenidentifier byuserid
    adminuserid adminclerkid actinguserid actoruserid calleruserid callinguserid currentmemberid initiatorid
    loggedinuserid requesteruserid selfid sessionuserid signedinuserid vieweruserid
    """.split()
)
AUTHORS = set(
    """
    authorid ownerid creatorid createdby createdbyid senderid fromuserid sentby postedby uploadedby updatedby
    deletedby submittedby uploaderid adminid addedby approvedby archivedby assignedby cancelledby canceledby
    changedby closedby completedby decidedby editedby enteredby executedby grantedby handledby initiatedby
    invitedby issuedby lasteditedby loggedby markedby modifiedby performedby processedby publishedby
    recordedby registeredby rejectedby removedby requestedby resolvedby reviewedby revokedby transferredby
    triggeredby verifiedby voidedby
    """.split()
)
MAILS = {"email", "useremail", "myemail", "calleremail"}
ROLES = {"role", "userrole", "isadmin", "admin", "permissions", "isowner", "ismoderator", "plan"}
FIELDS = AUTHORS | CALLERS | {"user", "owner", "author", "creator", "sender", "actor"}


_PROVIDER = regex(
    r"^(?:api_?(?:token|key|secret)|auth_?token|account_?sid|from_?(?:number|phone))$", re.IGNORECASE
)


class Spoof(msgspec.Struct, frozen=True):
    """An argument that is taken for the caller, and where."""

    argument: str
    deed: str
    reached: Reached
    doubtful: bool = False
    """It only chooses whose documents are read, and they may be for everybody."""

    @property
    def place(self) -> Place:
        """The step, or the handler's call that leads to it."""
        return self.reached.levels[0].place


def declared(function: Function, argument: str) -> Validator | None:
    """The validator of an argument, or of a part of one, as `argument_of` spells it."""
    return function.argument(tuple(argument.split(".")))


def is_number(function: Function, argument: str) -> bool:
    """Whether an argument is a number: the id of another system's user, as Telegram has them."""
    validator = declared(function, argument)
    return validator is not None and validator.kind in {"number", "float64", "int64", "bigint"}


def is_of_provider(function: Function, argument: str) -> bool:
    """Whether it is the name that a provider of messages sends under, given with the keys to it."""
    return folded(argument) == "senderid" and any(map(_PROVIDER.search, function.arguments))


def names_somebody(arguments: Validator) -> bool:
    """Whether any argument is called like a person or a role."""
    names = {folded(name) for each in arguments.walk() for name in each.fields}
    return not names.isdisjoint(CALLERS | AUTHORS | MAILS | ROLES)


def written_fields(
    function: Function, reached: Reached, write: Write
) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The fields of the written document, and what they are made of."""
    value = write.body.value(write.document) if write.document is not None else None
    if isinstance(value, vs.Argument):
        yield from _given_on(function, write.body, write.document, value)
        return
    node = value.node if isinstance(value, vs.Computed) else write.document
    yield from properties_of(function, reached, write.body, node)


def properties_of(
    function: Function, reached: Reached, body: Body, node: n.Expression | None
) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The properties of an object, and what they are made of."""
    for part in node.properties if isinstance(node, n.Object) else ():
        if part.kind == "spread":
            spread = body.value(part.value)
            if isinstance(spread, vs.Argument):
                yield from _given_on(function, body, part.value, spread)
        elif part.key is not None:
            yield part.key, origins(part.value, body, reached.via)


def _given_on(
    function: Function, body: Body, node: n.Expression | None, whole: vs.Argument
) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The fields of an argument, without those that a rest leaves out: `const { by, ...changes } = args`."""
    without = left_out(node, body)
    yield from ((field, values) for field, values in fields_of(function, whole) if field not in without)


def fields_of(function: Function, whole: vs.Argument) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The fields of an argument that is stored as it is."""
    validator = function.argument(whole.path)
    for field in validator.fields if validator is not None else ():
        yield field, (vs.Argument((*whole.path, field)),)


def equalities(read: Read) -> Iterator[tuple[str, n.Expression]]:
    """The fields that a read demands a value of, by its index or by a filter, and the values."""
    for comparison in read.comparisons:
        if isinstance(comparison.field, str) and comparison.value is not None and comparison.operator == "eq":
            yield comparison.field, comparison.value
    for node in (node for call in read.filters for node in walk(call)):
        match node:
            case n.Call(
                callee=n.Member(property="eq"),
                arguments=(
                    n.Call(callee=n.Member(property="field"), arguments=(n.String(value=field),)),
                    value,
                ),
            ):
                yield field, value
            case _:
                pass


def is_demanded(function: Function, argument: str) -> bool:
    """Whether an argument has to be given: one that may be left out is a filter."""
    path = tuple(argument.split("."))
    ways = [function.argument(path[: depth + 1]) for depth in range(len(path))]
    return all(each is not None and not each.optional for each in ways)


def argument_of(found: Collection[vs.Value], names: Collection[str]) -> str | None:
    """The argument of one of these names among what an expression is made of."""
    paths = (each.path for each in found if isinstance(each, vs.Argument) and each.path)
    return next((".".join(path) for path in sorted(paths) if folded(path[-1]) in names), None)


def folded(name: str) -> str:
    """A name without `_` and in lower case, as the sets above have them."""
    return name.replace("_", "").lower()
