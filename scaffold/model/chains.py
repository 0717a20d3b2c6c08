"""Database queries read along their chain: `db.query(…).withIndex(…).filter(…).order(…).take(…)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from typing import Literal as Choice

import msgspec
from msgspec.structs import replace

from scaffold.model.names import method_of
from scaffold.model.steps import Comparison, Read
from scaffold.model.values import Context, Literal, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.model.values import Value

TERMINALS = {"collect", "first", "unique", "take", "paginate", "count"}
_ROOTS = {"query", "table"}
_STEPS = {"withIndex", "withSearchIndex", "filter", "order", "fullTableScan"}
LINKS = _ROOTS | _STEPS
"""The methods that an unfinished chain can end with."""
_OPERATORS = {"eq", "gt", "gte", "lt", "lte", "search"}
_DB = ("db",)
_SYSTEM = ("db", "system")
_MANY = 8  # ways, which each are a read of their own
_LONGEST = 50  # calls, and variables given anew: what a machine wrote costs the square of what is looked at


class Chain(msgspec.Struct, frozen=True, eq=False):
    """A query that is not finished yet."""

    root: n.Node
    table: str | Unknown
    system: bool = False
    index: str | Unknown | None = None
    index_node: n.Expression | None = None
    index_kind: Choice["db", "search"] = "db"
    range: tuple[Comparison, ...] | Unknown = ()
    filters: tuple[n.Call, ...] = ()
    order: str | Unknown | None = None
    conditional: bool = False
    calls: tuple[n.Call, ...] = ()
    begun: bool = False
    """A helper begins it; `root` is the call of the helper."""
    ways: tuple[Chain, ...] = ()
    """The queries that it can be, each by itself, where they differ in more than filters and order."""

    @property
    def other_indexes(self) -> tuple[n.Call, ...]:
        """The calls of `withIndex` on the ways that are not told."""
        calls = self.calls if self.conditional else ()
        named = (call for call in calls if call.arguments and call.arguments[0] is not self.index_node)
        return tuple(call for call in named if method_of(call) == "withIndex")

    def read(
        self,
        common: dict[str, Any],
        table: str | Unknown,
        terminal: str,
        bound: n.Expression | None,
        way: int | None,
    ) -> Read:
        """The read that the chain is once a terminal ends it; `common` is what all steps have.

        `way` is its number, where it is one of the ways of another chain.
        """
        return Read(
            **common,
            table=table,
            index=self.index,
            index_node=self.index_node,
            index_kind=self.index_kind,
            range=self.range,
            filters=self.filters,
            order=self.order,
            terminal=terminal,
            bound=bound,
            system=self.system,
            root=self.root,
            conditional=self.conditional,
            other_indexes=self.other_indexes,
            way=way,
        )


class ChainReader:
    """Recognizes chains; `value` evaluates an expression, `sources` gives what a variable was given.

    `made` gives the chain that the call of a helper begins, `given` the one that stands for a parameter;
    `alive` leaves of what a variable was given before a place what it can still have there.
    """

    def __init__(
        self,
        value: Callable[[n.Expression], Value],
        sources: Callable[[n.Name], tuple[n.Expression, ...]],
        made: Callable[[n.Call], Chain | None],
        given: Callable[[n.Name], Chain | None] = lambda _: None,
        alive: Callable[[list[n.Expression]], list[n.Expression]] = lambda earlier: earlier,
    ) -> None:
        self._value = value
        self._sources = sources
        self._made = made
        self._given = given
        self._alive = alive
        self._known: dict[int, Chain | None] = {}

    def read(self, node: n.Expression) -> Chain | None:
        """The chain that an expression is, or None."""
        match node:
            case n.Call(callee=n.Member(object=inner, property=method)):
                return self._call(node, inner, method)
            case n.Call():
                return self._made(node)
            case n.Name():
                return self._variable(node)
            case n.Conditional(then=then, other=other):
                return self._either(then, other)
            case n.Assign(value=value):
                return self.read(value)
        return None

    def _call(self, node: n.Call, inner: n.Expression, method: str) -> Chain | None:
        if method in _ROOTS:
            return self._root(node, method)
        if method not in _STEPS:
            return self._made(node)
        chain = self.read(inner)
        if chain is None:
            return self._made(node)  # a helper may have any name
        return chain if len(chain.calls) >= _LONGEST else self._longer(chain, node, method)

    def _longer(self, chain: Chain, node: n.Call, method: str) -> Chain:
        """A chain with one call more, and so each of its ways."""
        ways = tuple(self._longer(way, node, method) for way in chain.ways)
        return replace(self._step(chain, node, method), calls=(*chain.calls, node), ways=ways)

    def _step(self, chain: Chain, node: n.Call, method: str) -> Chain:
        match method:
            case "withIndex":
                return self._with_index(chain, node)
            case "withSearchIndex":
                return replace(self._with_index(chain, node), index_kind="search")
            case "filter":
                return replace(chain, filters=(*chain.filters, node))
            case "order":
                return replace(chain, order=self._text(node, 0, "the order is computed"))
        return chain

    def _root(self, node: n.Call, method: str) -> Chain | None:
        match self._value(node.callee):
            case Context((*before, name)) if name == method:
                path = tuple(before)
            case _:
                return self._made(node)
        if method == "table":  # an entity layer: what its chain does is its own affair
            unknown = Unknown("the table is read through an entity layer")
            return Chain(node, unknown, index=unknown, range=unknown) if path == () else None
        if path not in {_DB, _SYSTEM}:
            return None
        return Chain(node, self._text(node, 0, "the table's name is computed"), path == _SYSTEM)

    def _variable(self, node: n.Name) -> Chain | None:
        """What was given before the place; each place is read once, or `q = q.filter(…)` doubles the work."""
        if node.start not in self._known:
            earlier = self._alive([source for source in self._sources(node) if source.end <= node.start])
            told = earlier if len(earlier) < _LONGEST else [earlier[0], *earlier[1 - _LONGEST :]]
            chains = [chain for source in told if (chain := self.read(source))]
            self._known[node.start] = _merged(chains) if earlier else self._given(node)
        return self._known[node.start]

    def _either(self, then: n.Expression, other: n.Expression) -> Chain | None:
        chains = [chain for part in (then, other) if (chain := self.read(part))]
        merged = _merged(chains)
        if merged is None:
            return None
        same = len(chains) > 1 and all(_reads_alike(chain, merged) for chain in chains)
        return replace(merged, conditional=merged.conditional or not same)

    def _with_index(self, chain: Chain, node: n.Call) -> Chain:
        name = self._text(node, 0, "the index's name is computed")
        callback = node.arguments[1] if len(node.arguments) > 1 else None
        return replace(
            chain,
            index=name,
            index_node=node.arguments[0] if node.arguments else None,
            range=self._range(callback),
        )

    def _range(self, callback: n.Expression | None) -> tuple[Comparison, ...] | Unknown:
        if callback is None:
            return ()
        unknown = Unknown("the range is computed")
        match callback:
            case n.Function(
                parameters=(n.Parameter(pattern=n.Name(name=builder)),),
                body=(n.Return(value=n.Name(name=given)),),
            ) if given == builder:
                return ()  # (q) => q narrows nothing
            case n.Function(body=(*before, n.Return(value=value))) if value is not None:
                parts = _constants(before)
                compared = self._comparisons(value, parts) if parts is not None else None
                return compared or unknown
        return unknown

    def _comparisons(
        self, node: n.Expression, parts: dict[str, n.Expression]
    ) -> tuple[Comparison, ...] | None:
        """What a range compares; `parts` are the constants that it is built from, by name."""
        match node:
            case n.Name(name=name) if name in parts:
                earlier = {known: part for known, part in parts.items() if known != name}
                return self._comparisons(parts[name], earlier)
            case n.Name():
                return ()
            case n.Call(callee=n.Member(object=inner, property=operator)) if operator in _OPERATORS:
                before = self._comparisons(inner, parts)
                if before is None:
                    return None
                field = self._text(node, 0, "the field is computed")
                return (
                    *before,
                    Comparison(operator, field, node.arguments[1] if len(node.arguments) > 1 else None),
                )
        return None

    def _text(self, node: n.Call, position: int, reason: str) -> str | Unknown:
        if len(node.arguments) <= position:
            return Unknown(reason)
        value = self._value(node.arguments[position])
        if isinstance(value, Literal) and isinstance(value.value, str):
            return value.value
        return Unknown(reason)


def _constants(statements: list[n.Statement]) -> dict[str, n.Expression] | None:
    """What `const mine = q.eq("owner", me);` and the like name; None where other statements stand between."""
    found: dict[str, n.Expression] = {}
    for statement in statements:
        match statement:
            case n.Declare(kind="const", target=n.Name(name=name), value=value) if value is not None:
                found[name] = value
            case _:
                return None
    return found


def begun(chain: Chain, call: n.Call, table: str | Unknown) -> Chain:
    """What a helper's chain is to its caller. How it was narrowed is said where the helper stands."""
    is_plain = chain.index is None and not chain.filters and not chain.conditional
    unknown = None if is_plain else Unknown("a helper narrows the query")
    return Chain(
        call,
        table,
        chain.system,
        index=unknown,
        index_kind=chain.index_kind,
        range=unknown or (),
        order=chain.order,
        begun=True,
    )


def continued(chain: Chain, made: list[Chain], call: n.Call) -> Chain:
    """What a helper makes of the query that it is given; its filters stand where it is called."""
    narrows = not all(_narrows_alike(chain, each) for each in made)
    filters = any(each.filters != chain.filters for each in made)
    return _handed_back(chain, made[-1], call, narrows=narrows, filters=filters)


def _handed_back(chain: Chain, last: Chain, call: n.Call, *, narrows: bool, filters: bool) -> Chain:
    unknown = Unknown("a helper narrows the query")
    return replace(
        chain,
        index=unknown if narrows else chain.index,
        index_kind=last.index_kind if narrows else chain.index_kind,
        range=unknown if narrows else chain.range,
        filters=(*chain.filters, call) if filters else chain.filters,
        order=last.order,
        conditional=chain.conditional or last.conditional,
        calls=(*chain.calls, call),
        ways=tuple(_handed_back(way, last, call, narrows=narrows, filters=filters) for way in chain.ways),
    )


def _reads_alike(one: Chain, other: Chain) -> bool:
    """Whether two ways read the same documents, in another order perhaps."""
    return _narrows_alike(one, other) and one.filters == other.filters


def _narrows_alike(one: Chain, other: Chain) -> bool:
    """The same, whatever is filtered out of what is read."""
    if one.root is other.root:
        return one.index == other.index and (one.range is other.range or one.index_node is other.index_node)
    return _goes_over_same(one, other)


def _goes_over_same(one: Chain, other: Chain) -> bool:
    """Whether two queries go over all of one table, or of one index."""
    return (
        isinstance(one.table, str)
        and (one.table, one.system, one.index, one.index_kind)
        == (other.table, other.system, other.index, other.index_kind)
        and one.range == other.range == ()
    )


def _merged(chains: list[Chain]) -> Chain | None:
    """One chain for several ways: the longest, marked as conditional when they differ in root or index."""
    if not chains:
        return None
    best = max(chains, key=lambda chain: len(chain.calls))
    if len(chains) == 1:
        return best
    differ = not all(_narrows_alike(chain, best) for chain in chains)
    calls = {id(call): call for chain in (best, *chains) for call in chain.calls}
    ways = _ways((best, *chains)) if differ else best.ways
    return replace(best, conditional=best.conditional or differ, calls=tuple(calls.values()), ways=ways)


def _ways(chains: Iterable[Chain]) -> tuple[Chain, ...]:
    """The queries that these can be, of those that differ in filters alone the first; none if many."""
    found: list[Chain] = []
    for chain in chains:
        for way in chain.ways or (chain,):
            if not any(_narrows_alike(way, each) for each in found):
                found.append(way)
    return tuple(found) if len(found) <= _MANY else ()
