"""Whom what a function gives away may be meant for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.steps import DbUse, External, Get, Read, Run, Storage
from scaffold.model.validators import Validator
from scaffold.rules.access._given import given_by
from scaffold.rules.access._meant import brings_nothing, is_published, only_gets
from scaffold.rules.access._private import is_kept, is_private, is_talk

if TYPE_CHECKING:
    from collections.abc import Collection

    from scaffold.model.function import Function, Reached
    from scaffold.rules.access._given import Given

_BETWEEN = regex(
    r"user|member|client|customer|conversation|thread|chat|dialog|ticket|patient|recipient|receiver|sender|author"
    r"|participant|email|phone|buyer|seller|owner|tenant|driver|employee|student|doctor|agent|session",
    re.IGNORECASE,
)


_ASKS = regex(r"^(?:get|list|find|fetch|search|load|show)(?=Public(?:[A-Z]|$))")


class Audience:
    """What of a function's steps may be meant for everybody."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._says = is_published(function)
        self._declared = _given_out(function)
        self._given: Given | None = None

    def may_have(self, reached: Reached) -> bool:
        """Whether it looks up one document, or what is not known to be private, or is said to be public."""
        step = reached.step
        match step:
            case Run(method="runQuery") | Storage(operation="getUrl") | Get() | DbUse():
                return True
            case Run(method="runAction"):
                return self._says and _ASKS.match(self._function.name) is not None
            case External():
                return (self._says and only_gets(step)) or brings_nothing(self._function, step)
            case Read(table=str(name)):
                return (
                    self._says or step.terminal in {"first", "unique"} or not self._is_private(name, reached)
                )
            case Read():
                return True
        return False

    def _is_private(self, name: str, reached: Reached) -> bool:
        """Whether what is given of the documents of a table is surely not for everybody."""
        step = reached.step
        if not isinstance(step, Read):
            return False
        given = self._given_of(step)
        if is_talk(name) and not _is_between_some(reached):
            return False
        table = step.body.project.tables.get(name)
        fields = given if given is not None else table.document.fields if table else ()
        return is_kept(name, given) or is_private(name, fields)

    def _given_of(self, step: Read) -> Collection[str] | None:
        if self._given is None:
            self._given = given_by(self._function)
        given = self._given.of(step)
        return self._declared if given is None else given


def _is_between_some(reached: Reached) -> bool:
    """Whether only somebody's talk is read: of one conversation, client or person."""
    comparisons = reached.step.comparisons if isinstance(reached.step, Read) else ()
    return any(isinstance(each.field, str) and _BETWEEN.search(each.field) for each in comparisons)


def _given_out(function: Function) -> frozenset[str] | None:
    """The names of all fields that it returns, where its validator tells them."""
    if not isinstance(function.returns, Validator):
        return None
    parts = list(function.returns.walk())
    if any(part.kind in {"any", "unknown", "record"} or not part.complete for part in parts):
        return None
    return frozenset(name for part in parts for name in part.fields)
