from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

import scaffold
from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterator


def _in(value: Any) -> Iterator[re.Pattern[Any]]:
    """The patterns that a constant is or holds."""
    if type(value) is type(regex("")):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _in(each)
    elif isinstance(value, dict):
        yield from _in([*value.keys(), *value.values()])


def _all() -> Iterator[tuple[str, re.Pattern[Any]]]:
    packages = ("core", "source", "model", "rules", "check", "reporters")
    for package in packages:
        root = import_module(f"{scaffold.__name__}.{package}")
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            for name, value in vars(import_module(found.name)).items():
                for each in _in(value):
                    yield f"{found.name}.{name}", each


def test_every_pattern_compiles() -> None:
    found = dict(_all())

    assert len(found) > 100
    for name, each in found.items():
        try:
            re.compile(each.pattern, each.flags)
        except re.error as error:
            pytest.fail(f"{name}: {error}")


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    wrong = regex("(")

    with pytest.raises(re.error):
        wrong.match("")


def test_a_pattern_does_all_that_a_compiled_one_does() -> None:
    words = regex(r"\w+", re.ASCII)

    assert [match[0] for match in words.finditer("a bc é")] == ["a", "bc"]
    assert words.sub("x", "a bc") == "x x"
    assert (words.pattern, words.flags) == (r"\w+", re.compile(r"\w+", re.ASCII).flags)
