"""Whether the address of a request, or what the code around it is called, tells what the request does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.rules._nodes import written
from scaffold.rules.scheduling._addresses import (
    ACTS,
    ASKS,
    COLLECTION,
    DOES,
    DOES_BY_NAME,
    HANDING_ON,
    HOOKING,
    HOW,
    WORDED,
)
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.steps import External, HelperCall


def tells(call: External, url: n.Expression, address: str, name: str) -> bool:
    """Whether an address says that something is made, sent or paid.

    Names tell of a whole flow, and this may be the part of it that converts, uploads or signs in: they say
    what is done to a collection, or at an address without words.
    """
    if HOOKING.match(name):
        return False
    if DOES.search(address):
        return True
    if ASKS.match(name) and not ACTS.search(name):
        return False
    ends = COLLECTION.findall(address)
    of_many = any(not end.endswith("/") for end in ends) or (bool(ends) and _is_whole(call, url))
    return (of_many or not WORDED.search(address)) and DOES_BY_NAME.search(name) is not None


def _is_whole(call: External, url: n.Expression) -> bool:
    """Whether an address ends with a slash that nothing follows: `/users/`, not `/users/${id}/block`."""
    match written(url, call.body):
        case n.String(value=text) | n.Template(parts=(*_, n.String(value=text))):
            return text.endswith("/")
    return False


def name_around(call: External, via: tuple[HelperCall, ...]) -> str:
    """What the code around a request is called: the name next to it that says more than how it is made."""
    for body in (call.body, *(step.body for step in reversed(via))):
        name = HOW.sub("", body.name)
        if name and (DOES_BY_NAME.search(name) or not HANDING_ON.search(name)):
            return name
    return ""
