"""Temporary folders: gone in the end, however the run ends, and never taken from one that lives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import tree

from scaffold.core import temporary

_HOLDER = (
    "import sys; from pathlib import Path; from scaffold.core import temporary\n"
    "with temporary.folder(Path(sys.argv[1]), prefix='.held.') as folder:\n"
    "    (folder / 'deep').mkdir(); print(folder, flush=True); sys.stdin.read()"
)


def test_it_is_gone_in_the_end(tmp_path: Path) -> None:
    def fail() -> None:
        with temporary.folder(tmp_path) as folder:
            (folder / "file").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert tree.names(tmp_path) == []


def test_what_a_killed_run_left_is_removed_and_what_a_run_needs_is_not(tmp_path: Path) -> None:
    """Nor what others named alike: a folder of an earlier version, a link, a file."""
    others = {"convex-scaffold-x/file": "x", "convex-scaffold-run-file": "x", "kept/file": "x"}
    tree.write(tmp_path, others)
    (tmp_path / "convex-scaffold-run-link").symlink_to("kept")
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        held = Path(other.stdout.readline().strip())
        with temporary.folder(tmp_path) as folder:
            assert folder.is_dir()
            assert held.is_dir()
        other.kill()
    assert held.is_dir()

    with temporary.folder(tmp_path):
        assert not held.exists()
    assert tree.names(tmp_path) == [
        "convex-scaffold-run-file",
        "convex-scaffold-run-link",
        "convex-scaffold-x",
        "kept",
    ]
    assert tree.read(tmp_path) == others


@pytest.mark.parametrize("is_open", [False, True], ids=["before it was opened", "before it was locked"])
def test_a_folder_that_was_removed_at_once_is_made_again(
    *, is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run may look for abandoned ones in between."""
    real = os.open
    made: list[Path] = []

    def removing(path: Path, flags: int, **more: int) -> int:
        made.append(path)
        if len(made) == 1 and not is_open:
            path.rmdir()
        descriptor = real(path, flags, **more)
        if len(made) == 1 and is_open:
            path.rmdir()
        return descriptor

    monkeypatch.setattr(temporary.os, "open", removing)  # type: ignore[attr-defined]
    with temporary.folder(tmp_path) as folder:
        assert folder.is_dir()
        assert made == [made[0], folder]
        monkeypatch.undo()
