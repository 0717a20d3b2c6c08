"""Messages to devices, which may have a name there."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.steps import OtherCall
from scaffold.model.values import Result
from scaffold.rules._nodes import followed
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.steps import External
    from scaffold.model.values import Value

_PUSHES = regex(
    r"exp\.host|fcm\.googleapis|onesignal|web-?push|firebase-admin|expo-server-sdk", re.IGNORECASE
)
_NAMES = regex(r"tag|(?:apns-)?collapse[-_]?(?:key|id)", re.IGNORECASE)


def is_replaced(call: External, arguments: tuple[n.Expression, ...], where: str) -> bool:
    """Whether a message to a device has a name there, so that a second one takes the place of the first.

    `where` is the address, or the package, that it is sent by.
    """
    if not _PUSHES.search(where):
        return False
    packed = chain.from_iterable(_packed(call.body.value(each)) for each in arguments)
    sent = followed(call.body, *arguments, *packed)
    return any(isinstance(each, n.Property) and each.key and _NAMES.fullmatch(each.key) for each in sent)


def _packed(value: Value) -> tuple[n.Expression, ...]:
    """What is made a text of: `JSON.stringify({ … })`."""
    match value:
        case Result(step=OtherCall(name="stringify", arguments=arguments)):
            return arguments
    return ()
