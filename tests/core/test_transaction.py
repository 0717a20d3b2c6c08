"""Several files as one step: failures, kills, edits and other runs at any moment."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import tree

from scaffold.core import files, transaction
from scaffold.core.errors import BusyError, CannotWriteError, ChangedMeanwhileError

if TYPE_CHECKING:
    from pathlib import Path

OLD = {f"{number}.ts": b"old %d\n" % number for number in range(5)}
NEW = {path: content.replace(b"old", b"new") for path, content in OLD.items()}


def contents(root: Path) -> dict[str, bytes]:
    return {path: text.encode() for path, text in tree.read(root).items()}


def test_all_files_change(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    transaction.commit(tmp_path, OLD, NEW)
    assert contents(tmp_path) == NEW


@pytest.mark.parametrize("count", [1, 5])
def test_a_file_edited_meanwhile_stops_it(tmp_path: Path, count: int) -> None:
    edited = OLD | {"0.ts": b"edited\n"}
    tree.write(tmp_path, edited)
    with pytest.raises(ChangedMeanwhileError):
        transaction.commit(tmp_path, OLD, dict(list(NEW.items())[:count]))
    assert contents(tmp_path) == edited


@pytest.mark.parametrize("step", range(12))
def test_a_failure_at_any_write_undoes_all(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(tmp_path, OLD)
    real, calls = files.replace, iter(range(99))

    def failing(path: Path, content: str | bytes, **options: Path) -> None:
        if next(calls) >= step:  # and so does whatever would be written to undo it
            raise CannotWriteError(path, "no space left")
        real(path, content, **options)

    monkeypatch.setattr(files, "replace", failing)
    with pytest.raises(CannotWriteError):
        transaction.commit(tmp_path, OLD, NEW)
    assert contents(tmp_path) == OLD


_KILLED = """\
import json, os, signal, sys
from pathlib import Path
from scaffold.core import files, transaction
root, step, after = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "after"
old, new = ({k: v.encode() for k, v in each.items()} for each in json.loads(sys.argv[4]))
real, calls = files.replace, iter(range(99))
def killing(path, content, **options):
    now = next(calls) == step
    if after or not now:
        real(path, content, **options)
    if now:
        os.kill(os.getpid(), signal.SIGKILL)
files.replace = killing
transaction.commit(root, old, new)
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [0, 1, 5, 6, 7, 9, 11])
def test_a_kill_at_any_write_can_be_undone(tmp_path: Path, step: int, when: str) -> None:
    tree.write(tmp_path, OLD)
    both = json.dumps([{path: text.decode() for path, text in each.items()} for each in (OLD, NEW)])
    process = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), str(step), when, both],
        check=False,
        capture_output=True,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    restored = transaction.undo(tmp_path)
    assert contents(tmp_path) == OLD
    assert len(restored) == max(0, step - 7 + (when == "after"))


_KILLED_IN_A_FILE = """\
import os, signal, sys
from pathlib import Path
from scaffold.core import files, transaction
real, left = os.fdopen, iter(range(int(sys.argv[2])))
def killing(handle, mode):
    if next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(handle, mode)
os.fdopen = killing
transaction.commit(Path(sys.argv[1]), {"0.ts": b"old 0\\n"}, {"0.ts": b"new 0\\n"})
"""


@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_a_kill_in_the_middle_of_a_file_leaves_no_litter(tmp_path: Path, written: int) -> None:
    tree.write(tmp_path, OLD)
    command = [sys.executable, "-c", _KILLED_IN_A_FILE, str(tmp_path), str(written)]
    process = subprocess.run(command, check=False, capture_output=True)
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert transaction.undo(tmp_path) == []
    assert contents(tmp_path) == OLD


def test_ctrl_c_while_the_journal_is_cleared_away_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(tmp_path, OLD)
    interrupts = [KeyboardInterrupt]
    unlink = os.unlink

    def interrupted(*arguments: object, **options: object) -> None:
        if interrupts and "dir_fd" in options:  # as `rmtree` calls it
            raise interrupts.pop()
        unlink(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "unlink", interrupted)
    with pytest.raises(KeyboardInterrupt):
        transaction.commit(tmp_path, OLD, NEW)

    assert not interrupts
    assert contents(tmp_path) == NEW
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NEW)


def test_undo_leaves_what_was_edited_since(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    both = json.dumps([{path: text.decode() for path, text in each.items()} for each in (OLD, NEW)])
    command = [sys.executable, "-c", _KILLED, str(tmp_path), "9", "after", both]
    subprocess.run(command, check=False, capture_output=True)
    (tmp_path / "0.ts").write_bytes(b"edited\n")
    assert transaction.undo(tmp_path) == ["1.ts", "2.ts"]
    assert contents(tmp_path) == OLD | {"0.ts": b"edited\n"}


def test_files_that_are_new(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    transaction.commit(tmp_path, {"deep/er/a.ts": None, "b.ts": None}, {"deep/er/a.ts": b"a", "b.ts": b""})
    assert contents(tmp_path) == OLD | {"deep/er/a.ts": b"a", "b.ts": b""}


def test_a_file_where_none_was_stops_it(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    with pytest.raises(ChangedMeanwhileError):
        transaction.commit(tmp_path, {"new.ts": None, "0.ts": None}, {"new.ts": b"n", "0.ts": b"n"})
    assert contents(tmp_path) == OLD


def test_a_failure_takes_new_files_and_folders_away(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD | {"kept/x.ts": b"x"})
    before = {"kept/new/a.ts": None, "deep/er/b.ts": None, "0.ts/c.ts": None}
    with pytest.raises(CannotWriteError):
        transaction.commit(tmp_path, before, dict.fromkeys(before, b"n"))
    assert contents(tmp_path) == OLD | {"kept/x.ts": b"x"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [*sorted(OLD), "kept"]
    assert not (tmp_path / "kept/new").exists()


def test_what_cannot_be_begun_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path, *_: object, **__: object) -> None:
        raise CannotWriteError(path, "Read-only file system")

    monkeypatch.setattr(files, "replace", failing)
    with pytest.raises(CannotWriteError) as caught:
        transaction.commit(tmp_path, {"0.ts": None}, {"0.ts": b"n"})
    assert caught.value.message == f"cannot write {tmp_path}: Read-only file system; nothing was changed"


def test_nothing_to_undo(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    assert transaction.undo(tmp_path) == []
    assert contents(tmp_path) == OLD


def test_files_that_go(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    transaction.commit(tmp_path, {"0.ts": OLD["0.ts"], "none.ts": None}, {"0.ts": None, "none.ts": None})
    assert contents(tmp_path) == {path: text for path, text in OLD.items() if path != "0.ts"}


def test_a_failure_brings_back_what_went(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    (tmp_path / "0.ts").chmod(0o600)
    with pytest.raises(CannotWriteError):
        transaction.commit(
            tmp_path, {"0.ts": OLD["0.ts"], "1.ts/x.ts": None}, {"0.ts": None, "1.ts/x.ts": b"x"}
        )
    assert contents(tmp_path) == OLD
    assert (tmp_path / "0.ts").stat().st_mode & 0o777 == 0o600


def test_git_does_not_take_the_journal_for_work(tmp_path: Path) -> None:
    tree.repository(tmp_path, OLD)
    both = json.dumps([{path: text.decode() for path, text in each.items()} for each in (OLD, NEW)])
    command = [sys.executable, "-c", _KILLED, str(tmp_path), "7", "before", both]
    subprocess.run(command, check=False, capture_output=True)
    assert tree.git(tmp_path, "status", "--porcelain") == ""
    assert transaction.undo(tmp_path) == []


def is_locked(folder: Path) -> bool:
    """Whether somebody else could not take the lock of a folder now."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def test_who_has_the_lock_may_take_it_again(tmp_path: Path) -> None:
    with transaction.locked(tmp_path):
        with transaction.locked(tmp_path / "."):
            assert is_locked(tmp_path)
        assert is_locked(tmp_path)  # it is given back by the one who took it first
    assert not is_locked(tmp_path)


def test_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run is waited for, and not for ever."""
    monkeypatch.setattr("scaffold.core.locks._WAIT", 0.1)
    holder = (
        "import sys, time; from pathlib import Path; from scaffold.core import transaction\n"
        "with transaction.locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", holder, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError), transaction.locked(tmp_path):
            pass
        os.kill(other.pid, signal.SIGKILL)
    monkeypatch.setattr("scaffold.core.locks._WAIT", 60.0)
    with transaction.locked(tmp_path):  # it goes with its holder
        pass


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    tree.write(tmp_path, OLD)
    (tmp_path / "0.ts").chmod(0o600)
    (tmp_path / "link.ts").symlink_to("1.ts")
    old, new = OLD | {"link.ts": OLD["1.ts"]}, {"0.ts": b"new 0\n", "link.ts": b"new 1\n"}
    transaction.commit(tmp_path, old, new)
    assert (tmp_path / "0.ts").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "link.ts").is_symlink()
    assert contents(tmp_path) == OLD | {"0.ts": b"new 0\n", "1.ts": b"new 1\n", "link.ts": b"new 1\n"}
