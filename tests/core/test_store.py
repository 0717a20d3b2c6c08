from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from scaffold.core.store import Store

if TYPE_CHECKING:
    from pathlib import Path

_WEEK = 7 * 24 * 60 * 60


def _keep(folder: Path, kind: str, name: str) -> Path:
    """What a run does that has something to keep; the file that it is kept in."""
    before = set(folder.iterdir()) if folder.exists() else set()
    store = Store(folder, kind, name)
    store.get(b"key")
    store.put(b"key", b"value")
    store.save()
    (path,) = {*folder.iterdir()} - before
    return path


def _let_pass(path: Path, seconds: float) -> Path:
    stamp = time.time() - seconds
    os.utime(path, (stamp, stamp))
    return path


def test_what_is_not_used_for_long_goes_when_something_new_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    old = _let_pass(_keep(folder, "parts-1.0-abc", "/a"), 5 * _WEEK)
    killed = folder / "parts-1.0-abc-0123.77"
    killed.write_bytes(b"half")
    _let_pass(killed, 5 * _WEEK)
    younger = _let_pass(_keep(folder, "parts-1.0-abc", "/b"), 3 * _WEEK)
    others = [_let_pass(_keep(folder, kind, "/a"), 5 * _WEEK) for kind in ("facts-1.0", "partsof-1.0")]

    assert not old.exists()  # it went when `younger` was begun

    new = _keep(folder, "parts-2.0-def", "/a")

    assert set(folder.iterdir()) == {younger, *others, new}


def test_what_is_only_read_is_used(tmp_path: Path) -> None:
    path = _let_pass(_keep(tmp_path, "facts-1.0", "/a"), 5 * _WEEK)

    store = Store(tmp_path, "facts-1.0", "/a")
    assert store.get(b"key") == b"value"
    store.save()

    _keep(tmp_path, "facts-1.0", "/b")
    assert path.exists()


def test_writing_again_removes_nothing(tmp_path: Path) -> None:
    """Only who begins a new file looks around: all others are as fast as they were."""
    path = _keep(tmp_path, "facts-1.0", "/a")
    old = _let_pass(_keep(tmp_path, "facts-1.0", "/b"), 5 * _WEEK)

    store = Store(tmp_path, "facts-1.0", "/a")
    store.get(b"more")
    store.put(b"more", b"value")
    store.save()

    assert old.exists()
    assert path.exists()
