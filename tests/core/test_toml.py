from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.core import toml
from scaffold.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = r'''# a comment with [brackets] = "and quotes"
title = "a # is no comment"   # but this is
"quoted key".'lite ral'.bare = 1
a . b  .  c = 1979-05-27 07:32:00
"tab\tkey" = 1

[server]
ports = [ 8000, # one
  8001,
  [ "x", { y = 1 } ],
]
inline = { first = { deep = true }, "sec ond" = [1, 2] }
empty = {}
none = []

[[paths]]
glob = "a/**"
[paths.more]
level = 1

[[paths]]
glob = """
[not.a.table]
x = 1 """""
[[paths.rules]]
code = 'C:\x'
[[paths.rules]]
code = \
'''.replace("code = \\\n", "code = '''\n]]'''\n")


def test_every_value_has_its_line() -> None:
    document = toml.parse(EVERYTHING, "x.toml")

    assert {".".join(map(str, path)): line for path, line in document.lines.items()} == {
        "title": 2,
        "quoted key": 3,
        "quoted key.lite ral": 3,
        "quoted key.lite ral.bare": 3,
        "a": 4,
        "a.b": 4,
        "a.b.c": 4,
        "tab\tkey": 5,
        "server": 7,
        "server.ports": 8,
        "server.ports.0": 8,
        "server.ports.1": 9,
        "server.ports.2": 10,
        "server.ports.2.0": 10,
        "server.ports.2.1": 10,
        "server.ports.2.1.y": 10,
        "server.inline": 12,
        "server.inline.first": 12,
        "server.inline.first.deep": 12,
        "server.inline.sec ond": 12,
        "server.inline.sec ond.0": 12,
        "server.inline.sec ond.1": 12,
        "server.empty": 13,
        "server.none": 14,
        "paths": 16,
        "paths.0": 16,
        "paths.0.glob": 17,
        "paths.0.more": 18,
        "paths.0.more.level": 19,
        "paths.1": 21,
        "paths.1.glob": 22,
        "paths.1.rules": 25,
        "paths.1.rules.0": 25,
        "paths.1.rules.0.code": 26,
        "paths.1.rules.1": 27,
        "paths.1.rules.1.code": 28,
    }


def test_lines_are_known_with_windows_line_ends_too() -> None:
    assert toml.parse("a = 1\r\n\r\n[b]\r\nc = [\r\n  1]\r\n", "x").lines == {
        ("a",): 1,
        ("b",): 3,
        ("b", "c"): 4,
        ("b", "c", 0): 5,
    }


def test_a_value_without_a_line_has_that_of_what_holds_it() -> None:
    document = toml.parse("\n[a]\nb = 1", "x.toml")

    assert document.place(("a", "missing", 3)) == "x.toml:2"
    assert document.place(("missing",)) == "x.toml:1"


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers(-9, 9) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=12,
)


def _write(value: Any) -> str:
    """TOML of a value, with white space and comments wherever arrays allow them."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[ # ]\n" + " # , }\n ,\n".join(_write(each) for each in value) + "\n]"
        case dict():
            return "{" + ", ".join(f"{_write(key)} = {_write(each)}" for key, each in value.items()) + "}"
        case _:
            return str(value)


def _paths(value: Any, path: toml.KeyPath = ()) -> set[toml.KeyPath]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path, *(found for step, each in steps for found in _paths(each, (*path, step)))} - {()}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws slowly
@given(st.dictionaries(_WORDS, _VALUES, max_size=4))
def test_no_value_is_missed_and_none_invented(data: dict[str, Any]) -> None:
    text = "".join(f"{_write(key)} = {_write(value)}\n" for key, value in data.items())

    document = toml.parse(text, "x.toml")

    assert document.data == data
    assert set(document.lines) == _paths(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb =", "x.toml:2: is no TOML: invalid value"),
        ("a = 1\na = 2", "x.toml:2: is no TOML: cannot overwrite a value"),
        ("a = [1,\n\n2", "x.toml:3: is no TOML: unclosed array"),
        ("a = " + "[" * 100_000, "x.toml: is nested too deeply"),
        ("a = " + "9" * 5000, "x.toml: holds a number of too many digits"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        toml.parse(text, "x.toml")

    assert caught.value.message == message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'a = "\xe9"')
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbfa = 1")

    assert toml.read(tmp_path / "bom.toml").data == {"a": 1}
    for name, message in {
        "latin.toml": "team: is no UTF-8 text",
        "absent.toml": "team: cannot be read: No such file or directory",
        ".": "team: cannot be read: Is a directory",
    }.items():
        with pytest.raises(ConfigurationError) as caught:
            toml.read(tmp_path / name, "team")
        assert caught.value.message == message
