from __future__ import annotations

import os
from typing import TYPE_CHECKING

from support import tree

from scaffold.check import watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Sleeper:
    """Does something to the files at each pause, instead of waiting."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.steps:
            self.steps.pop(0)()


def nothing() -> None:
    pass


def test_changes_are_told_when_they_settle(tmp_path: Path) -> None:
    tree.write(tmp_path, {"convex/a.ts": "1", "convex/b.ts": "1", "node_modules/x.ts": "1", "notes.md": "1"})

    def save(name: str, text: str) -> Callable[[], object]:
        return lambda: tree.write(tmp_path, {name: text})

    sleeper = Sleeper(
        nothing,
        save("node_modules/x.ts", "22"),
        save("notes.md", "22"),
        save("convex/a.ts", "22"),  # seen at this look
        save("convex/c.ts", "new"),  # while it settles
        nothing,
        (tmp_path / "convex/b.ts").unlink,
        nothing,
        save("scaffold.toml", ""),
    )
    told = watch.changes(tmp_path, sleeper)
    assert next(told) == ["convex/a.ts", "convex/c.ts"]
    assert sleeper.slept == [0.4, 0.4, 0.4, 0.4, 0.1, 0.1]
    assert next(told) == ["convex/b.ts"]
    assert next(told) == ["scaffold.toml"]


def test_a_file_of_the_same_length_counts_and_one_put_back_does_not(tmp_path: Path) -> None:
    tree.write(tmp_path, {"a.ts": "1"})
    before = (tmp_path / "a.ts").stat()

    def put_back() -> None:
        tree.write(tmp_path, {"a.ts": "1"})
        os.utime(tmp_path / "a.ts", ns=(before.st_atime_ns, before.st_mtime_ns))

    def touch() -> None:
        os.utime(tmp_path / "a.ts", ns=(before.st_atime_ns, before.st_mtime_ns + 1))

    sleeper = Sleeper(lambda: tree.write(tmp_path, {"a.ts": "22"}), put_back, nothing, touch)
    assert next(watch.changes(tmp_path, sleeper)) == ["a.ts"]
    assert not sleeper.steps
