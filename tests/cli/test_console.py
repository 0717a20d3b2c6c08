from __future__ import annotations

import os
import sys

import pytest

from scaffold.cli import console


class _Stream:
    """A stream that is a terminal of so many columns, or none at all."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number


@pytest.fixture
def terminals(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """The columns of terminals by their number; what is not in it is a pipe."""
    columns: dict[int, int] = {}

    def size(number: int) -> os.terminal_size:
        if number not in columns:
            raise OSError(25, "Inappropriate ioctl for device")
        return os.terminal_size((columns[number], 24))

    monkeypatch.setattr(os, "get_terminal_size", size)
    for number, name in enumerate(("__stdin__", "__stdout__", "__stderr__")):
        monkeypatch.setattr(sys, name, _Stream(number))
    monkeypatch.delenv("COLUMNS")
    return columns


@pytest.mark.parametrize(
    ("variable", "shown", "widths"),
    [
        (None, {}, (100, 100)),
        (None, {1: 90, 2: 80}, (90, 100)),
        (None, {0: 70, 2: 80}, (80, 100)),  # `| less`, `> file`
        (None, {0: 70}, (70, 100)),
        (None, {1: 300}, (120, 100)),
        (None, {1: 0, 2: 80}, (80, 100)),  # a terminal that does not know
        ("150", {1: 90}, (150, 150)),
        ("0", {1: 90}, (90, 100)),
        ("wide", {}, (100, 100)),
        ("-5", {}, (100, 100)),
    ],
)
def test_width(
    terminals: dict[int, int],
    monkeypatch: pytest.MonkeyPatch,
    variable: str | None,
    shown: dict[int, int],
    widths: tuple[int, int],
) -> None:
    terminals.update(shown)
    if variable is not None:
        monkeypatch.setenv("COLUMNS", variable)

    assert (console.width(), console.width_of_file()) == widths


def test_streams_that_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    for name in ("__stdin__", "__stdout__", "__stderr__"):
        monkeypatch.setattr(sys, name, None)

    assert console.width() == 100
