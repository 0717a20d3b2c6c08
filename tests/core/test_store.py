from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from scaffold.core.store import Store

if TYPE_CHECKING:
    from pathlib import Path

_WEEK = 7 * 24 * 60 * 60
LARGE = b"x" * 1000


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


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    for _ in range(2):
        store = Store(tmp_path, "facts", "project")
        store.get(b"key")
        store.put(b"key", b"value")
        store.save()

    assert list(tmp_path.iterdir()) == []


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


def _run(folder: Path, *, uses: bytes = b"", adds: dict[bytes, bytes] | None = None) -> set[Path]:
    """A run that uses some keys of one byte, and adds others; the files that there are after it."""
    store = Store(folder, "facts-1.0", "/a")
    for key in [*map(bytes, zip(uses, strict=True)), *(adds or {})]:
        store.get(key)
    for key, value in (adds or {}).items():
        store.put(key, value)
    store.save()
    return set(folder.iterdir())


def _kept(folder: Path, keys: bytes) -> dict[bytes, bytes]:
    store = Store(folder, "facts-1.0", "/a")
    found = {key: store.get(key) for key in map(bytes, zip(keys, strict=True))}
    return {key: bytes(value) for key, value in found.items() if value is not None}


def test_what_a_small_change_adds_is_kept_beside_what_is_large(tmp_path: Path) -> None:
    (old,) = _run(tmp_path, adds={b"a": LARGE})
    before = old.read_bytes()

    _run(tmp_path, uses=b"a", adds={b"b": b"1"})
    assert _kept(tmp_path, b"abc") == {b"a": LARGE, b"b": b"1"}
    files = _run(tmp_path, uses=b"a", adds={b"c": b"2"})

    assert len(files) == 2
    assert old.read_bytes() == before
    assert _kept(tmp_path, b"abc") == {b"a": LARGE, b"c": b"2"}  # nobody used the second any more

    assert _run(tmp_path, uses=b"c", adds={b"d": LARGE}) == {old}
    assert _kept(tmp_path, b"abcd") == {b"c": b"2", b"d": LARGE}


@pytest.mark.parametrize("which", ["", ".new"])
def test_whatever_is_left_of_a_file_is_right_or_nothing(tmp_path: Path, which: str) -> None:
    (old,) = _run(tmp_path, adds={b"a": LARGE})
    _run(tmp_path, uses=b"a", adds={b"b": b"1"})
    whole = _kept(tmp_path, b"ab")
    path = old.with_name(old.name + which)
    content = path.read_bytes()

    for damaged in [*(content[:size] for size in range(len(content))), b"[]", content + b"x", content[::-1]]:
        path.write_bytes(damaged)
        assert _kept(tmp_path, b"ab").items() <= whole.items()
        _run(tmp_path, uses=b"a", adds={b"b": b"1"})
        assert _kept(tmp_path, b"b") == {b"b": b"1"}
        path.write_bytes(content)
