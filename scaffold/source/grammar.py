"""The parser's two grammars, and the numbers that each gives to its kinds of nodes and to their fields.

The parser makes a new text of every name that a node is asked for; numbers cost a third of that.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from tree_sitter import Language, Parser
from tree_sitter_typescript import language_tsx, language_typescript

if TYPE_CHECKING:
    from collections.abc import Mapping

_T = TypeVar("_T")
_ERROR = 0xFFFF  # what does not parse has the same number in all grammars


@dataclass(frozen=True, slots=True)
class Fields:
    """The numbers of the fields, for `child_by_field_id`; 0, which no node has, where there is none."""

    alias: int
    alternative: int
    argument: int
    arguments: int
    body: int
    condition: int
    consequence: int
    constructor: int
    declaration: int
    finalizer: int
    function: int
    handler: int
    increment: int
    index: int
    initializer: int
    key: int
    left: int
    name: int
    object: int
    open_tag: int
    operator: int
    parameter: int
    parameters: int
    pattern: int
    property: int
    right: int
    source: int
    type: int
    value: int


@dataclass(frozen=True, eq=False)
class Grammar:
    """One of the two. `kinds` are the names of kinds of nodes by `kind_id`."""

    parser: Parser
    fields: Fields
    kinds: Mapping[int, str]

    def by_number(self, by_name: Mapping[str, _T], default: _T) -> dict[int, _T]:
        """What is known by the names of kinds, by their numbers."""
        return {number: by_name.get(name, default) for number, name in self.kinds.items()}


@cache
def grammar(*, jsx: bool) -> Grammar:
    """The grammar with JSX, or the one with `<T>value`."""
    language = Language(language_tsx() if jsx else language_typescript())
    known = Fields(*(language.field_id_for_name(field.name) or 0 for field in fields(Fields)))
    numbers = [*range(language.node_kind_count), _ERROR]
    kinds = {number: language.node_kind_for_id(number) or "" for number in numbers}
    return Grammar(Parser(language), known, kinds)
