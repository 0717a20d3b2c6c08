"""Several files as one: all or none, whatever happens in between."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import tree

from scaffold.core.errors import CannotWriteError, ChangedMeanwhileError
from scaffold.lifecycle import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BEFORE = {"a.txt": "a", "deep/b.txt": "b", "mine.txt": "mine"}
FILES = {"a.txt": b"A", "deep/b.txt": b"B", "new/c.txt": b"C"}
AFTER = {"a.txt": "A", "deep/b.txt": "B", "mine.txt": "mine", "new/c.txt": "C"}


def test_writes_all_and_leaves_nothing_else(tmp_path: Path) -> None:
    tree.write(tmp_path, BEFORE)
    (tmp_path / "a.txt").chmod(0o755)
    todo = changes.changes(tmp_path, FILES | {"mine.txt": b"mine"})

    assert [(change.kind, change.path) for change in todo] == [
        ("changed", "a.txt"),
        ("changed", "deep/b.txt"),
        ("new", "new/c.txt"),
    ]
    changes.apply(tmp_path, todo)
    assert tree.read(tmp_path) == AFTER
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o755


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    tree.write(tmp_path, {"real.txt": "a"})
    (tmp_path / "a.txt").symlink_to("real.txt")

    changes.apply(tmp_path, changes.changes(tmp_path, {"a.txt": b"A"}))

    assert (tmp_path / "a.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "A"


def test_what_cannot_be_written_leaves_everything_as_it_was(tmp_path: Path) -> None:
    tree.write(tmp_path, BEFORE | {"new": "a file where a folder should be"})
    before = tree.read(tmp_path)
    todo = changes.changes(tmp_path, FILES)

    with pytest.raises(CannotWriteError):
        changes.apply(tmp_path, todo)
    assert tree.read(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tree.write(tmp_path, BEFORE)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(CannotWriteError):
            changes.apply(tmp_path, changes.changes(tmp_path, FILES))
        assert tree.read(tmp_path) == BEFORE
    finally:
        tmp_path.chmod(0o755)


def test_a_file_edited_since_stops_it(tmp_path: Path) -> None:
    tree.write(tmp_path, BEFORE)
    todo = changes.changes(tmp_path, FILES)
    tree.write(tmp_path, {"new/c.txt": "somebody was faster"})

    with pytest.raises(ChangedMeanwhileError):
        changes.apply(tmp_path, todo)
    assert tree.read(tmp_path) == BEFORE | {"new/c.txt": "somebody was faster"}


def undo_interrupted(root: Path) -> list[str]:
    with changes.alone(root) as undone:
        return undone


KILLED = 9
CHANGING = ("mkdir", "rename", "replace", "unlink", "chmod")


def killed_when_all_is_written(project: Path) -> None:
    """Write `FILES` in a child that dies before it removes its journal."""
    names = ("unlink",)
    assert killed_at(0, lambda: changes.apply(project, changes.changes(project, FILES)), names)
    assert tree.read(project, skip=(".convex-scaffold-undo",)) == AFTER


def killed_at(number: int, work: Callable[[], object], names: Sequence[str] = CHANGING) -> bool:
    """Run in a child that dies before its `number`th change to the disk; whether it died."""
    child = os.fork()
    if child == 0:
        left = [number]

        def dying(original: Any) -> Any:
            def call(*arguments: Any, **options: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    os._exit(KILLED)
                return original(*arguments, **options)

            return call

        for name in names:
            setattr(Path, name, dying(getattr(Path, name)))
        for name in ("unlink", "rmdir"):
            setattr(os, name, dying(getattr(os, name)))
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child must not go on as a second pytest
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, KILLED}
    return code == KILLED


def test_killed_at_every_step_it_is_before_or_after_once_the_next_run_has_looked(tmp_path: Path) -> None:
    outcomes = []
    for number in range(100):
        project = tmp_path / "project"
        tree.write(project, BEFORE)
        todo = changes.changes(project, FILES)
        died = killed_at(number, lambda project=project, todo=todo: changes.apply(project, todo))  # type: ignore[misc]
        undo_interrupted(project)
        files = tree.read(project)
        assert files in (BEFORE, AFTER), number
        assert (project / "new").exists() is (files == AFTER)
        outcomes.append(files == AFTER)
        shutil.rmtree(project)
        if not died:
            break

    assert outcomes == sorted(outcomes)  # what has happened is not undone
    assert outcomes[0] is False
    assert len(outcomes) > 12


def test_an_undoing_that_is_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    for number in range(100):
        project = tmp_path / "project"
        tree.write(project, BEFORE)
        killed_when_all_is_written(project)
        died = killed_at(number, lambda project=project: undo_interrupted(project))  # type: ignore[misc]
        undo_interrupted(project)
        assert tree.read(project) == BEFORE
        shutil.rmtree(project)
        if not died:
            return
    pytest.fail("it never ended")


def test_edits_made_after_a_kill_are_not_overwritten(tmp_path: Path) -> None:
    tree.write(tmp_path, BEFORE)
    killed_when_all_is_written(tmp_path)
    tree.write(tmp_path, {"a.txt": "edited", "new/mine.txt": "mine"})

    assert undo_interrupted(tmp_path) == ["deep/b.txt", "new/c.txt"]
    assert tree.read(tmp_path) == BEFORE | {"a.txt": "edited", "new/mine.txt": "mine"}
