"""package.json merged by its keys: each case is the old text, ours and theirs, and what comes out."""

from __future__ import annotations

import json

import pytest

from scaffold.lifecycle import package_json


def text(value: object, indent: str = "  ") -> bytes:
    return (json.dumps(value, indent=indent) + "\n").encode()


def deps(**versions: str) -> dict[str, object]:
    return {"name": "shop", "dependencies": versions}


CASES = {
    "neighbours": (deps(a="1", b="1"), deps(a="2", b="1"), deps(a="1", b="2"), deps(a="2", b="2")),
    "both the same": (deps(a="1"), deps(a="2"), deps(a="2"), deps(a="2")),
    "both add, in order": (deps(b="1"), deps(b="1", c="1"), deps(a="1", b="1"), deps(a="1", b="1", c="1")),
    "they remove, we add": (deps(a="1"), deps(a="1", b="1"), deps(), deps(b="1")),
    "we remove, they add": (deps(a="1"), deps(), deps(a="1", b="1"), deps(b="1")),
    "our order stays": (
        {"x": 1, "a": {"k": [1]}},
        {"x": 2, "a": {"k": [1]}, "own": None},
        {"new": 1, "x": 1, "a": {"k": [2]}},
        {"x": 2, "a": {"k": [2]}, "own": None, "new": 1},
    ),
    "the same key": (deps(a="1"), deps(a="2"), deps(a="3"), None),
    "removed and changed": (deps(a="1"), deps(), deps(a="2"), None),
    "an array both changed": ({"files": ["a"]}, {"files": ["a", "b"]}, {"files": ["a", "c"]}, None),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("indent", ["  ", "\t"])
def test_merged_by_key(name: str, indent: str) -> None:
    old, ours, theirs, expected = CASES[name]

    merged = package_json.merge(text(old), text(ours, indent), text(theirs))

    assert merged == (None if expected is None else text(expected, indent))


@pytest.mark.parametrize("ours", [b'{"name":"by hand"}\n', b"[]\n", b"{", b"\xff"])
def test_what_cannot_be_written_back_as_it_was_is_left_to_git(ours: bytes) -> None:
    assert package_json.merge(text({"name": "x"}), ours, text({"name": "y"})) is None


def test_line_ends_are_kept() -> None:
    ours = text(deps(a="1")).replace(b"\n", b"\r\n")

    assert package_json.merge(text(deps(a="1")), ours, text(deps(a="2"))) == ours.replace(b'"1"', b'"2"')
