"""Values that fit a validator, as Hypothesis strategies, and values that do not.

A validator is what `exportArgs` of Convex gives, and `Control.functions`: `{"type": "array", "value": …}`.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from convex.values import ConvexInt64
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

Shape: TypeAlias = Mapping[str, Any]
Ids: TypeAlias = "Callable[[str], SearchStrategy[str]]"

_INT64 = 2**63
_LONGEST = 4  # elements of a made-up list, entries of a record
_PAGE = 20  # documents, at most, that a made-up page asks for
# What nobody thinks of; the rest is left to Hypothesis.
_ODD_TEXT = ("", " ", "\x00", "constructor", "__proto__", "é" * 40, "🏳️‍🌈", "1e999", "<b>", "x" * 300)
_ODD_NUMBERS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1e308,
    5e-324,
    2.0**53,
    float("nan"),
    float("inf"),
    float("-inf"),
)
_KEYS = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0189", min_size=1, max_size=8)
# One value of each kind, to be given where it does not fit.
_SPECIMENS: tuple[Any, ...] = (None, True, 1.5, "text", b"bytes", ConvexInt64(7), [], {})


@dataclass(frozen=True)
class Hints:
    """What made-up values may take from the project's sources.

    `words` are texts that stand in them, `known` what fields of a name are given. With `plausible` there is
    little else, for calls that should succeed.
    """

    words: Sequence[str] = ()
    known: Mapping[str, Sequence[str | float]] = field(default_factory=dict)
    plausible: bool = False

    def of(self, name: str, kind: type) -> list[Any]:
        """What a field of this name is given."""
        return [value for value in self.known.get(name, ()) if isinstance(value, kind)]


def values(shape: Shape, ids: Ids, hints: Hints, name: str = "") -> SearchStrategy[Any]:
    """Values that fit, for a field of this name. `ids` gives those of a table."""
    kind = shape["type"]
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind == "string":
        return _texts(hints, name)
    if kind == "number":
        return _numbers(hints, name)
    if kind == "id":
        return ids(shape["tableName"])
    if kind == "literal":
        return st.just(literal(shape))
    if kind == "array":
        least, most = (1, 2) if hints.plausible else (0, _LONGEST)
        return st.lists(values(shape["value"], ids, hints, name), min_size=least, max_size=most)
    if kind == "union":
        return st.one_of([values(member, ids, hints, name) for member in shape["value"]])
    if kind == "record":
        return _records(shape, ids, hints)
    if kind == "object":
        return _pages() if _is_page(shape) else _objects(shape, ids, hints)
    return _anything()


def example(shape: Shape, id_of: Callable[[str], str]) -> Any:
    """The plainest value that fits: optional fields are left out, the first of a union is taken."""
    match shape["type"]:
        case "id":
            return id_of(shape["tableName"])
        case "literal":
            return literal(shape)
        case "union":
            members = sorted(shape["value"], key=lambda member: member["type"] == "null")
            return example(members[0], id_of) if members else None
        case "object" if _is_page(shape):
            return {"numItems": 10.0, "cursor": None}
        case "object":
            fields = {name: field for name, field in shape["value"].items() if not field["optional"]}
            return {name: example(field["fieldType"], id_of) for name, field in fields.items()}
        case kind:
            plain: dict[str, Any] = {"number": 1.0, "string": "text", "boolean": False, "bytes": b""}
            plain |= {"bigint": ConvexInt64(1), "commitTs": ConvexInt64(1), "array": [], "record": {}}
            return plain.get(kind)


def fits(shape: Shape, value: Any) -> bool:
    """Whether a value is of this shape. Ids are only told to be text."""
    match shape["type"]:
        case "any":
            return True
        case "literal":
            return type(value) is type(literal(shape)) and value == literal(shape)
        case "union":
            return any(fits(member, value) for member in shape["value"])
        case "array":
            return isinstance(value, list) and all(fits(shape["value"], item) for item in value)
        case "record":
            inner = shape["values"]["fieldType"]
            return isinstance(value, dict) and all(fits(inner, item) for item in value.values())
        case "object":
            return isinstance(value, dict) and _fits_fields(shape, value)
        case kind:
            return bool(isinstance(value, _TYPES.get(kind, object)))


def misfits(shape: Shape, fitting: Any) -> Iterator[tuple[str, Any]]:
    """Values that are wrong in one place, made of one that fits; each with what is wrong."""
    if shape["type"] == "object" and isinstance(fitting, dict):
        yield from _misfit_objects(shape, fitting)
    for specimen in _SPECIMENS:
        if not fits(shape, specimen):
            yield f"{describe(shape)} is {specimen!r}", specimen


def describe(shape: Shape) -> str:
    """A validator's kind in a word or two."""
    match shape["type"]:
        case "id":
            return f"id of {shape['tableName']}"
        case "literal":
            return repr(literal(shape))
        case kind:
            return str(kind)


def tables(shape: Shape) -> frozenset[str]:
    """The tables whose ids a value of this shape can hold."""
    match shape["type"]:
        case "id":
            return frozenset({shape["tableName"]})
        case "array":
            return tables(shape["value"])
        case "union":
            return frozenset().union(*map(tables, shape["value"]))
        case "record":
            return tables(shape["keys"]) | tables(shape["values"]["fieldType"])
        case "object":
            return frozenset().union(*(tables(field["fieldType"]) for field in shape["value"].values()))
        case _:
            return frozenset()


def literal(shape: Shape) -> Any:
    """The value of a literal; a 64-bit integer comes encoded."""
    value = shape["value"]
    if isinstance(value, Mapping):
        return ConvexInt64(struct.unpack("<q", base64.b64decode(value["$integer"]))[0])
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _fits_fields(shape: Shape, value: dict[str, Any]) -> bool:
    fields = shape["value"]
    if any(name not in fields for name in value):
        return False
    return all(
        fits(field["fieldType"], value[name]) if name in value else field["optional"]
        for name, field in fields.items()
    )


def _misfit_objects(shape: Shape, fitting: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "a field that nobody knows", {**fitting, "unknownField": 1.0}
    for name, part in shape["value"].items():
        if name in fitting and not part["optional"]:
            yield f"no {name}", {key: value for key, value in fitting.items() if key != name}
        for what, wrong in misfits(part["fieldType"], fitting.get(name)):
            yield f"{name}: {what}", {**fitting, name: wrong}


def _texts(hints: Hints, name: str) -> SearchStrategy[str]:
    known = hints.of(name, str)
    if hints.plausible and known:
        return st.sampled_from(known)
    found = [st.sampled_from(some) for some in (known, hints.words) if some]
    if hints.plausible:
        return st.one_of(st.just("text"), *found)
    return st.one_of(*found, st.text(max_size=30), st.sampled_from(_ODD_TEXT))


def _numbers(hints: Hints, name: str) -> SearchStrategy[float]:
    known = hints.of(name, float)
    if hints.plausible:
        return st.sampled_from(known) if known else st.integers(1, 5).map(float)
    return st.sampled_from(known) | _ANY_NUMBER if known else _ANY_NUMBER


def _objects(shape: Shape, ids: Ids, hints: Hints) -> SearchStrategy[dict[str, Any]]:
    fields = {
        name: (values(part["fieldType"], ids, hints, name), part["optional"])
        for name, part in shape["value"].items()
    }
    return st.fixed_dictionaries(
        {name: strategy for name, (strategy, is_optional) in fields.items() if not is_optional},
        optional={name: strategy for name, (strategy, is_optional) in fields.items() if is_optional},
    )


def _records(shape: Shape, ids: Ids, hints: Hints) -> SearchStrategy[dict[str, Any]]:
    keys = shape["keys"]
    named = _KEYS if keys["type"] in {"string", "any"} else values(keys, ids, hints)
    return st.dictionaries(named, values(shape["values"]["fieldType"], ids, hints), max_size=_LONGEST)


def _is_page(shape: Shape) -> bool:
    """Whether these are the options of a paginated query: cursors cannot be made up."""
    return "numItems" in shape["value"] and "cursor" in shape["value"]


def _pages() -> SearchStrategy[dict[str, Any]]:
    sizes = st.integers(1, _PAGE).map(float)
    return st.fixed_dictionaries({"numItems": sizes, "cursor": st.none()})


def _anything() -> SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | _ANY_NUMBER | st.text(max_size=10)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_KEYS, inner, max_size=2),
        max_leaves=4,
    )


_ANY_NUMBER = st.integers(-3, 10).map(float) | st.floats() | st.sampled_from(_ODD_NUMBERS)
_ANY_WHOLE = (st.integers(-3, 10) | st.integers(-_INT64, _INT64 - 1)).map(ConvexInt64)
_SIMPLE: dict[str, SearchStrategy[Any]] = {
    "null": st.none(),
    "bigint": _ANY_WHOLE,
    "commitTs": _ANY_WHOLE,
    "boolean": st.booleans(),
    "bytes": st.binary(max_size=20),
}
_TYPES: dict[str, type] = {
    "null": type(None),
    "number": float,
    "bigint": ConvexInt64,
    "commitTs": ConvexInt64,
    "boolean": bool,
    "bytes": bytes,
    "string": str,
    "id": str,
}
