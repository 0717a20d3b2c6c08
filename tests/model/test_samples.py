from __future__ import annotations

import pytest

from scaffold.model import samples
from scaffold.source.syntax import children, parse

PLAIN = {
    "v.string()": '"text"',
    "v.number()": "1",
    "v.int64()": "1n",
    "v.commitTs()": "1n",
    "v.boolean()": "true",
    "v.null()": "null",
    "v.bytes()": "new ArrayBuffer(1)",
    "v.array(v.string())": "[]",
    "v.union(v.literal('on'), v.null())": "'on'",
    "v.object({ at: v.commitTs(), not: v.optional(v.any()) })": "{ at: 1n }",
    "v.optional(v.string())": None,
    'v.id("users")': "userId",
}


@pytest.mark.parametrize("text", PLAIN)
def test_a_value_that_fits(text: str) -> None:
    (statement,) = children(parse(text.encode()))
    (node,) = children(statement)

    assert samples.sample(node, {}, {"users": "userId"}.get) == PLAIN[text]


@pytest.mark.parametrize("text", ['v.id("notes")', "literals('a')", "v.unheardOf()"])
def test_none_can_be_made_up(text: str) -> None:
    (statement,) = children(parse(text.encode()))
    (node,) = children(statement)

    with pytest.raises(samples.NoSampleError):
        samples.sample(node, {}, lambda _table: None)
