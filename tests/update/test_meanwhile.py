"""What somebody else does between the plan of an update and its writing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates

from scaffold.core.errors import ToolFailedError
from scaffold.lifecycle.update import apply, index
from scaffold.lifecycle.update.project import check_ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from support.updates import Scene

FIRST = {".gitignore": "*.local\n", "a.txt": "one\ntwo\n", "secret.local": "1\n2\n3\n", "old.local": "old\n"}
SECOND: updates.Files = {"a.txt": "one\nTWO\n", "secret.local": "1\n2\nIII\n", "old.local": None}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return updates.scene(tmp_path, FIRST, SECOND)


@pytest.fixture
def meanwhile(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], cli.Result]:
    """Update, and do something when the plan is made and nothing is written yet."""

    def update(work: Callable[[], object]) -> cli.Result:
        original = apply.apply
        monkeypatch.setattr(apply, "apply", lambda *args: (work(), original(*args))[1])
        return scene.update()

    return update


@pytest.mark.parametrize("path", ["secret.local", "old.local"])
def test_a_file_that_git_ignores_is_edited(
    path: str, scene: Scene, meanwhile: Callable[[Callable[[], object]], cli.Result]
) -> None:
    """No commit holds such a file: what is written over is lost."""
    result = meanwhile(lambda: tree.write(scene.project, {path: "mine\n"}))

    assert (result.code, result.err) == (
        2,
        f"error: {path} was changed by somebody else; nothing was written\ntry: run it again\n",
    )
    assert scene.read() == FIRST | {path: "mine\n"}
    assert scene.update().code == 0
    assert scene.read()[path] == "mine\n"


UNCOMMITTED = (
    "error: the update would change files that are not committed; nothing was changed\n  │ a.txt\n"
    "try: commit them or stash them (git stash --include-untracked), or take the update as a branch: "
    "convex-scaffold update --branch template-update\n"
)


def test_a_file_is_edited_after_the_last_look_at_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is the last to look, and what it refuses is not taken back: nothing was written."""

    def looked_at(*arguments: Any) -> None:
        check_ready(*arguments)
        tree.write(scene.project, {"a.txt": "mine\n"})

    monkeypatch.setattr(apply, "check_ready", looked_at)
    result = scene.update()

    assert (result.code, result.err) == (2, UNCOMMITTED)
    assert scene.read() == FIRST | {"a.txt": "mine\n"}
    assert scene.status() == "M a.txt"


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_an_edit_that_git_was_told_not_to_see(flag: str, scene: Scene) -> None:
    tree.git(scene.project, "update-index", flag, "a.txt")
    tree.write(scene.project, {"a.txt": "mine\n"})

    result = scene.update()

    assert (result.code, result.err) == (2, UNCOMMITTED)
    assert scene.read() == FIRST | {"a.txt": "mine\n"}
    assert cli.run("update", scene.project, "--abort").code == 2


def test_going_back_leaves_files_alone_that_are_as_before(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in a folder that may not be written to, for instance, which is why it was not written."""
    real = index.change

    def change(repository: Any, *arguments: Any, **options: Any) -> None:
        if "read-tree" in arguments:
            raise ToolFailedError("git", "git read-tree", "permission denied")
        real(repository, *arguments, **options)

    monkeypatch.setattr(index, "change", change)
    before = (scene.project / "a.txt").stat().st_mtime_ns
    result = scene.update()

    assert result.code == 5
    assert "git read-tree" in result.err
    assert (scene.project / "a.txt").stat().st_mtime_ns == before
    assert scene.status() == ""
    assert scene.read() == FIRST


def test_going_back_makes_room_before_it_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full may be why an update is taken back."""
    made = updates.scene(tmp_path, FIRST, SECOND | {"new.txt": "new\n"})
    assert made.update().code == 0
    real, seen = index.change, []

    def change(*arguments: Any, **options: Any) -> None:
        seen.append(sorted(made.read()))
        real(*arguments, **options)

    monkeypatch.setattr(index, "change", change)
    assert cli.run("update", made.project, "--abort").code == 0

    assert "new.txt" not in seen[0]
    assert made.read() == FIRST


def test_somebody_commits(scene: Scene, meanwhile: Callable[[Callable[[], object]], cli.Result]) -> None:
    result = meanwhile(lambda: scene.edit({"a.txt": "uno\ntwo\n", "b.txt": "b\n"}))

    assert (result.code, result.err) == (
        2,
        "error: there is a new commit since the update was worked out; nothing was changed\n"
        "try: run it again\n",
    )
    assert scene.status() == ""
    assert scene.read() == FIRST | {"a.txt": "uno\ntwo\n", "b.txt": "b\n"}


def test_another_git_takes_the_index(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """After we have looked, and for long: nothing is written, and nothing is left to be aborted."""
    lock = locked_once_looked_at(scene, monkeypatch)
    monkeypatch.setattr("scaffold.lifecycle.update.index._GRACE", 0.1)

    result = scene.update()

    assert (result.code, result.err) == (
        2,
        f"error: another git is at work ({lock} exists); nothing was changed\n"
        f"try: wait for the other git; if there is none: rm {lock}\n",
    )
    assert lock.exists()
    lock.unlink()
    assert (scene.status(), scene.read()) == ("", FIRST)
    monkeypatch.undo()
    assert scene.update().code == 0


@pytest.mark.parametrize("when", ["before we look", "after that"])
def test_another_git_takes_the_index_for_a_moment(
    when: str, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As editors do all the time, to show what has changed."""
    lock = scene.project / ".git" / "index.lock"
    if when == "after that":
        locked_once_looked_at(scene, monkeypatch)
    else:
        lock.touch()
    monkeypatch.setattr("scaffold.lifecycle.update.index.time.sleep", lambda _: lock.unlink())

    assert scene.update().code == 0
    assert scene.read()["a.txt"] == "one\nTWO\n"


def test_who_reads_the_plan_goes_away(scene: Scene) -> None:
    """As `| head -1` does: the update is made all the same, and not half-way called done."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "scaffold", "update", str(scene.project), "--defaults"]

    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, "")
    assert scene.version == "v2.0.0"


def test_what_a_killed_run_of_another_command_began_is_undone_first(scene: Scene) -> None:
    """Else its owner would be told to commit it, half as it is."""
    program = (
        "import os, sys; from pathlib import Path; from scaffold.core import files, transaction\n"
        "real = files.replace\n"
        "def dying(path, *rest, **more): real(path, *rest, **more); path.name == 'a.txt' and os._exit(9)\n"
        "files.replace = dying\n"
        "transaction.commit(Path(sys.argv[1]), {'a.txt': b'one\\ntwo\\n'}, {'a.txt': b'half'})\n"
    )
    subprocess.run([sys.executable, "-c", program, str(scene.project)], check=False)
    assert scene.read()["a.txt"] == "half"

    result = scene.update()

    assert (result.code, result.err) == (0, "note: an earlier run was interrupted; undone: a.txt\n")
    assert scene.read()["a.txt"] == "one\nTWO\n"


def locked_once_looked_at(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lock that another git takes between the last look at the project and the first write."""
    lock = scene.project / ".git" / "index.lock"

    def check(*arguments: Any) -> None:
        check_ready(*arguments)
        lock.touch()

    monkeypatch.setattr("scaffold.lifecycle.update.apply.check_ready", check)
    return lock
