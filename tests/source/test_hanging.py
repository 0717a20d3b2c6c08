"""`!` behind an operand: what follows is about the operand, whatever operators stand before it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from scaffold.source.scan import scan

_PLACES = {"start", "end", "at"}

# What is written, and the same without `!`, with the parentheses that the language means.
CASES = [
    ("a !== user!._id", "a !== (user._id)"),
    ("!user!.isAdmin", "!(user.isAdmin)"),
    ("typeof x!.y === z", "(typeof (x.y)) === z"),
    ("a && b!.c === d", "a && (b.c === d)"),
    ("a && b! === d", "a && (b === d)"),
    ("a && b!.c && d!.e", "(a && b.c) && d.e"),
    ("a && b!.c === d!.e && f", "(a && (b.c === d.e)) && f"),
    ("a && b!.c > 1 + 2 || d!.e", "(a && (b.c > (1 + 2))) || d.e"),
    ("x && !y!.z && w", "(x && !(y.z)) && w"),
    ("a || !b!.c", "a || (!(b.c))"),
    ("a + b * c!.d", "a + (b * (c.d))"),
    ("a ?? b!.c(1)(2)", "a ?? (b.c(1)(2))"),
    ("a === b![0].x", "a === (b[0].x)"),
    ("a === b!['k']", "a === (b.k)"),
    ("a === b! ? c : d", "(a === b) ? c : d"),
    ("a !== (b || c)!.d", "a !== ((b || c).d)"),
    ("(a === b!).c", "(a === b).c"),
    ("!(a && b!).c", "!((a && b).c)"),
    ("new A()!.b && c!.d", "(new A().b) && (c.d)"),
    ("a && (await f(x)!.y)", "a && (await (f(x).y))"),
    ("a! && b!.c!.d === e", "a && ((b.c.d) === e)"),
]


def _shape(value: Any) -> Any:
    """A node without its places."""
    if isinstance(value, msgspec.Struct):
        names = [name for name in value.__struct_fields__ if name not in _PLACES]
        return type(value).__name__, {name: _shape(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return tuple(map(_shape, value))
    return value


@pytest.mark.parametrize(("written", "meant"), CASES)
def test_what_follows_belongs_to_the_last_operand(written: str, meant: str) -> None:
    (one,), (other,) = (scan(f"z = {text}".encode()).body for text in (written, meant))

    assert _shape(one) == _shape(other)


def test_operations_keep_their_places() -> None:
    source = b"ok = a && b!.c === d"
    (statement,) = scan(source).body
    whole: Any = getattr(statement, "value").value  # noqa: B009 - its type is one of many

    found = [source[node.start : node.end] for node in (whole, whole.left, whole.right, whole.right.left)]
    assert found == [b"a && b!.c === d", b"a", b"b!.c === d", b"b!.c"]
