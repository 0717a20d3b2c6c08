from __future__ import annotations

import pytest

from scaffold.core import spec, toml
from scaffold.core.errors import ConfigurationError
from scaffold.core.spec import Anything, Flag, Integer, Key, ListOf, MapOf, Table, Text

COLOURS = Text(choices=("red", "green", "blue"))
SPEC = Table(
    keys=(
        Key(name="colour", shape=COLOURS, doc="The colour.", default="red"),
        Key(name="names", shape=ListOf(item=Text(), or_one=True), doc="The names.", adds=True),
        Key(name="codes", shape=MapOf(value=COLOURS, pattern=r"[A-Z]\d+", what="a code"), doc="By code."),
        Key(
            name="paths",
            shape=ListOf(
                item=Table(
                    keys=(
                        Key(name="glob", shape=Text(), doc="which files", required=True),
                        Key(name="limit", shape=Integer(minimum=1), doc="how many"),
                        Key(name="hard", shape=Flag(), doc="whether it is hard"),
                    )
                )
            ),
            doc="By path.",
        ),
        Key(name="rest", shape=Anything(), doc="Whatever."),
    )
)

GOOD = """\
colour = "blue"
names = "one"
codes = { A1 = "red" }
rest = { x = [1] }
[[paths]]
glob = "a"
limit = 3
hard = true
"""

BAD = """\
color = "red"
names = [1, "two"]
colour = "gren"
codes = { A1 = "pink", b = "red" }
[[paths]]
glob = "a"
limit = 0
[[paths]]
hard = "yes"
lim = 3
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        spec.read(toml.parse(text, "x.toml"), SPEC)
    return [caught.value.message, caught.value.hint, *caught.value.detail.splitlines()]


def test_reads_what_is_given_and_nothing_else() -> None:
    assert spec.read(toml.parse(GOOD, "x.toml"), SPEC) == {
        "colour": "blue",
        "names": ["one"],
        "codes": {"A1": "red"},
        "rest": {"x": [1]},
        "paths": [{"glob": "a", "limit": 3, "hard": True}],
    }
    assert spec.read(toml.parse("", "x.toml"), SPEC) == {}


def test_names_all_that_is_wrong_with_lines_and_ways_out() -> None:
    assert problems(BAD) == [
        "x.toml:1: unknown key 'color'",
        "did you mean colour?",
        "and 8 more errors:",
        "x.toml:2: names[1] is 1; give it text",
        "x.toml:3: colour is 'gren'; did you mean 'green'?",
        "x.toml:4: 'b' in codes is not a code; give a code",
        "x.toml:4: codes.A1 is 'pink'; choose red, green or blue",
        "x.toml:7: paths[1].limit is 0; give it a whole number, 1 or greater",
        "x.toml:8: paths[2] has no glob; add glob: which files",
        "x.toml:9: paths[2].hard is 'yes'; give it true or false",
        "x.toml:10: unknown key 'lim' in paths[2]; did you mean limit?",
    ]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("names = 3", "x.toml:1: names is 3", "give it an array: [ … ]"),
        ("names = { a = 1 }", "x.toml:1: names is a table", "give it an array: [ … ]"),
        ("codes = true", "x.toml:1: codes is true", "make it a table: [codes]"),
        ("colour = 1", "x.toml:1: colour is 1", "choose red, green or blue"),
        ("colour = ['red']", "x.toml:1: colour is an array", "choose red, green or blue"),
        ("colour = 1979-05-27", "x.toml:1: colour is 1979-05-27", "choose red, green or blue"),
        ("paths = [{ glob = 'a', limit = true }]", "x.toml:1: paths[1].limit is true", None),
        (
            "zzz = 1",
            "x.toml:1: unknown key 'zzz'",
            "its keys are colour, names, codes, paths and rest",
        ),
    ],
)
def test_one_wrong_value(text: str, message: str, hint: str | None) -> None:
    assert problems(text) == [message, hint or "give it a whole number, 1 or greater"]


def test_the_schema_says_the_same() -> None:
    colours = {"type": "string", "enum": ["red", "green", "blue"]}
    assert spec.json_schema(SPEC, title="x.toml") == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "x.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "colour": {"description": "The colour.", **colours, "default": "red"},
            "names": {
                "description": "The names.",
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            },
            "codes": {
                "description": "By code.",
                "type": "object",
                "patternProperties": {r"^(?:[A-Z]\d+)$": colours},
                "additionalProperties": False,
            },
            "paths": {
                "description": "By path.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "glob": {"description": "which files", "type": "string"},
                        "limit": {"description": "how many", "type": "integer", "minimum": 1},
                        "hard": {"description": "whether it is hard", "type": "boolean"},
                    },
                    "additionalProperties": False,
                    "required": ["glob"],
                },
            },
            "rest": {"description": "Whatever."},
        },
    }
