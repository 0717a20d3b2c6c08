"""Made-up values: all of them fit, and what is to be wrong is."""

from __future__ import annotations

from typing import Any

import pytest
from convex import ConvexInt64
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.testing import shapes
from scaffold.testing.shapes import Hints


def _object(**fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "value": {name: {"fieldType": shape, "optional": False} for name, shape in fields.items()},
    }


STRING = {"type": "string"}
NUMBER = {"type": "number"}
SHAPES: dict[str, dict[str, Any]] = {
    "null": {"type": "null"},
    "boolean": {"type": "boolean"},
    "number": NUMBER,
    "bigint": {"type": "bigint"},
    "commitTs": {"type": "commitTs"},
    "string": STRING,
    "bytes": {"type": "bytes"},
    "id": {"type": "id", "tableName": "users"},
    "text": {"type": "literal", "value": "on"},
    "two": {"type": "literal", "value": 2},
    "large": {"type": "literal", "value": {"$integer": "BwAAAAAAAAA="}},
    "list": {"type": "array", "value": NUMBER},
    "record": {"type": "record", "keys": STRING, "values": {"fieldType": NUMBER, "optional": False}},
    "union": {"type": "union", "value": [STRING, {"type": "null"}, _object(kind=NUMBER)]},
    "object": _object(name=STRING, tags={"type": "array", "value": STRING}),
    "optional": {"type": "object", "value": {"x": {"fieldType": NUMBER, "optional": True}}},
    "page": _object(numItems=NUMBER, cursor={"type": "union", "value": [STRING, {"type": "null"}]}),
    "nested": _object(inner=_object(deep={"type": "array", "value": _object(flag={"type": "boolean"})})),
}
IDS = ("1users", "2users")


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("plausible", [False, True])
def test_made_up_values_fit(name: str, *, plausible: bool) -> None:
    hints = Hints(["mug"], {"name": ["Ada", 3.0], "kind": [2.0]}, plausible)
    strategy = shapes.values(SHAPES[name], lambda _table: st.sampled_from(IDS), hints)

    @settings(max_examples=30, database=None, deadline=None)
    @given(strategy)
    def check(value: object) -> None:
        assert shapes.fits(SHAPES[name], value)

    check()


@pytest.mark.parametrize("name", SHAPES)
def test_the_plainest_value_fits_and_what_is_made_wrong_does_not(name: str) -> None:
    plain = shapes.example(SHAPES[name], lambda table: f"1{table}")

    assert shapes.fits(SHAPES[name], plain)
    wrong = list(shapes.misfits(SHAPES[name], plain))
    assert wrong
    assert [what for what, value in wrong if shapes.fits(SHAPES[name], value)] == []


def test_every_field_is_missing_once_and_of_another_type() -> None:
    shape = _object(name=STRING, size={"type": "bigint"})

    told = [what for what, _ in shapes.misfits(shape, {"name": "text", "size": ConvexInt64(1)})]

    assert told[0] == "a field that nobody knows"
    assert {"no name", "no size", "name: string is 1.5", "size: bigint is 'text'"} <= set(told)


def test_plausible_values_are_those_of_the_sources() -> None:
    hints = Hints(["mug", "poster"], {"sku": ["mug"], "quantity": [2.0, 3.0]}, plausible=True)
    shape = _object(sku=STRING, quantity=NUMBER)
    found: list[Any] = []

    @settings(max_examples=20, database=None, deadline=None)
    @given(shapes.values(shape, lambda _table: st.nothing(), hints))
    def check(value: object) -> None:
        found.append(value)

    check()
    assert {value["sku"] for value in found} == {"mug"}
    assert {value["quantity"] for value in found} <= {2.0, 3.0}


def test_the_tables_of_ids_are_found_wherever_they_are() -> None:
    rooms = {"type": "id", "tableName": "rooms"}
    shape = _object(
        one=SHAPES["id"],
        many={"type": "array", "value": {"type": "union", "value": [rooms, {"type": "null"}]}},
        by={"type": "record", "keys": {"type": "id", "tableName": "orders"}, "values": {"fieldType": NUMBER}},
    )
    assert shapes.tables(shape) == {"users", "rooms", "orders"}
