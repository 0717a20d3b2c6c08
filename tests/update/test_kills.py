"""An update that is killed: the project is as before, or as after, or `update --abort` makes it as before."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.updates import Scene

FIRST = {
    ".gitignore": "*.local\n",
    "a.txt": "one\ntwo\n",
    "b.txt": "b\n",
    "c.txt": "c\n" * 9,
    "clash.txt": "one\n",
    "dir/file": "in a folder\n",
    "file": "a file\n",
    "secret.local": "1\n2\n3\n",
    "old.local": "old\n",
}
SECOND: updates.Files = {
    "a.txt": "one\nTWO\n",
    "b.txt": None,
    "c.txt": None,
    "lib/c.txt": "c\n" * 9 + "d\n",
    "clash.txt": "1\n",
    "dir/file": None,
    "new/deep/e.txt": "e\n",
    "secret.local": "1\n2\nIII\n",
    "old.local": None,
    "new.local": "new\n",
}

NOT_COMMITTED = (
    "error: the update to v2.0.0 is not committed yet; nothing was changed\n"
    "try: commit it, or go back: convex-scaffold update --abort\n"
)

# Dies right before (even) or right after (odd) the nth thing that changes the project or its repository.
DRIVER = """
import os, sys
from pathlib import Path
from scaffold.core import files
from scaffold.core.git import process
from scaffold.cli.app import main

WRITES = {"index-pack", "update-index", "read-tree", "checkout-index", "update-ref", "commit-tree"}
left, project = int(sys.argv[1]), sys.argv[2]

def guarded(real, counts):
    def call(*args, **options):
        global left
        if not counts(*args, **options):
            return real(*args, **options)
        if left == 0:
            os._exit(99)
        result = real(*args, **options)
        if left == 1:
            os._exit(99)
        left -= 2
        return result
    return call

def git_writes(arguments, cwd, env, *_):
    return "GIT_DIR" not in (env or {}) and bool(WRITES & set(arguments))

def in_project(path, *_, **__):
    return str(path).startswith(project)

process._start = guarded(process._start, git_writes)
files.replace = guarded(files.replace, in_project)
Path.unlink = guarded(Path.unlink, in_project)
code = main(["update", project, *sys.argv[3:]])
print(left)
sys.exit(code)
"""


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = updates.scene(tmp_path, FIRST, SECOND)
    made.edit({"clash.txt": "uno\n", "secret.local": "I\n2\n3\n", "mine.txt": "mine\n"})
    made.edit({"untracked.txt": "u\n", "mine.txt": "dirty\n"}, commit=False)
    return made


def state(project: Path) -> tuple[dict[str, str], str, str]:
    """All of a project that its owner sees: files, index, folders."""
    folders = sorted(
        path.relative_to(project).as_posix()
        for path in project.rglob("*")
        if path.is_dir() and ".git" not in path.relative_to(project).parts
    )
    return tree.read(project), tree.git(project, "ls-files", "--stage"), " ".join(folders)


def run_until(number: int, project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", DRIVER, str(number), str(project), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("options", [("--defaults",), ("--abort",)], ids=["apply", "abort"])
def test_killed_at_every_write(options: tuple[str, ...], scene: Scene, tmp_path: Path) -> None:
    """Each write of the whole sequence, before it and after it; the same for taking an update back."""
    before = state(scene.project)
    start = tmp_path / "start"
    if options == ("--abort",):
        assert scene.update().code == 4
    shutil.copytree(scene.project, start, symlinks=True)
    scene.update() if options == ("--defaults",) else None
    after = state(scene.project)

    outcomes = []
    for number in range(80):
        shutil.rmtree(scene.project)
        shutil.copytree(start, scene.project, symlinks=True)
        done = run_until(number, scene.project, *options)
        if done.returncode != 99:
            break
        found = state(scene.project)
        outcomes.append("before" if found == before else "after" if found == after else "between")
        aborted = cli.run("update", scene.project, "--abort")
        if outcomes[-1] == "between":
            assert aborted.code == 0, f"killed at {number}: {aborted.err}"
        if aborted.code == 0:
            assert state(scene.project) == before, f"killed at {number}"
        else:
            assert "no update is under way" in aborted.err
            assert state(scene.project) == found
        assert cli.run("update", scene.project, "--defaults").code == 4
    else:
        pytest.fail("it never came to its end")
    assert done.returncode == (4 if options == ("--defaults",) else 0), done.stderr
    assert len(outcomes) > 12
    assert {"before", "between"} <= set(outcomes)


def test_killed_inside_of_git(scene: Scene) -> None:
    """A filter kills the whole process group while git writes the files, which leaves its lock behind."""
    before = state(scene.project)
    (scene.project / ".git" / "info" / "attributes").write_text("e.txt filter=kill\n")
    tree.git(scene.project, "config", "filter.kill.smudge", "kill -9 0; cat")
    command = [sys.executable, "-m", "scaffold", "update", str(scene.project), "--defaults"]

    done = subprocess.run(command, capture_output=True, start_new_session=True, check=False)
    tree.git(scene.project, "config", "--unset", "filter.kill.smudge")

    assert done.returncode == -signal.SIGKILL
    assert (scene.project / ".git" / "index.lock").exists()
    assert state(scene.project) != before
    assert cli.run("update", scene.project).err == (
        "error: the update to v2.0.0 was interrupted; nothing was changed\n"
        "try: convex-scaffold update --abort\n"
    )
    assert cli.run("update", scene.project, "--abort").code == 0
    assert state(scene.project) == before


def fail_to_write(scene: Scene, files: str) -> None:
    """Make git fail when it writes these files into the project."""
    (scene.project / ".git" / "info" / "attributes").write_text(f"{files} filter=fail\n")
    tree.git(scene.project, "config", "filter.fail.clean", "cat")
    tree.git(scene.project, "config", "filter.fail.smudge", "exit 1")
    tree.git(scene.project, "config", "filter.fail.required", "true")


def test_a_failure_in_the_middle_takes_everything_back(scene: Scene) -> None:
    before = state(scene.project)
    fail_to_write(scene, "e.txt")

    result = cli.run("update", scene.project, "--defaults")

    assert result.code == 5
    assert result.err.startswith("error: git failed: git read-tree")
    assert state(scene.project) == before
    assert not (scene.project / ".git" / "index.lock").exists()


def test_the_lock_of_another_git_is_left_alone(scene: Scene) -> None:
    """It appears while we look: nothing is done."""
    before = state(scene.project)
    lock = scene.project / ".git" / "index.lock"
    (scene.project / ".git" / "info" / "attributes").write_text("e.txt filter=lock\n")
    tree.git(scene.project, "config", "filter.lock.clean", f"touch '{lock}'; cat")
    tree.git(scene.project, "config", "filter.lock.smudge", "cat")

    result = cli.run("update", scene.project, "--defaults")

    assert result.code == 2
    assert "another git is at work" in result.err
    assert lock.exists()
    lock.unlink()
    assert state(scene.project) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["alone", "group"])
def test_an_end_in_the_middle_takes_everything_back(
    number: signal.Signals, send: Callable[[int, int], None], scene: Scene
) -> None:
    """Ctrl-C reaches git too, as does a supervisor that ends all; others end this process alone."""
    before = state(scene.project)
    first = held(scene, "e.txt")
    tree.git(scene.project, "config", "--unset", "filter.wait.smudge")

    send(first.pid, number)

    assert (first.communicate()[1], first.returncode) == ("\nerror: interrupted\n", 130)
    let_go(scene)  # the filter, which may have outlived its git and holds the lock as long
    assert state(scene.project) == before
    assert not (scene.project / ".git" / "index.lock").exists()
    assert scene.update().code == 4


def test_what_cannot_be_taken_back_either_is_said(scene: Scene) -> None:
    """The filter that failed is asked again for the files as they were, and fails again."""
    before = state(scene.project)
    fail_to_write(scene, "*.txt")

    result = scene.update()
    tree.git(scene.project, "config", "--remove-section", "filter.fail")

    assert result.code == 5
    assert result.err.startswith(
        "error: the update to v2.0.0 is half written, and taking it back failed: git"
    )
    assert result.err.endswith("\ntry: convex-scaffold update --abort\n")
    assert cli.run("update", scene.project, "--abort").code == 0
    assert state(scene.project) == before


def test_two_at_once_do_not_meet(scene: Scene) -> None:
    command = [sys.executable, "-m", "scaffold", "update", str(scene.project), "--defaults"]

    runs = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [process.communicate()[1] for process in runs]

    assert sorted(process.returncode for process in runs) == [2, 4]
    assert NOT_COMMITTED in errors
    assert scene.read()["clash.txt"].startswith("<<<<<<< yours\n")


@pytest.mark.parametrize(
    ("options", "code", "err"),
    [(("--defaults",), 2, NOT_COMMITTED), (("--abort",), 0, "")],
    ids=["update", "abort"],
)
def test_an_update_under_way_is_waited_for(
    options: tuple[str, ...], code: int, err: str, scene: Scene
) -> None:
    """It has written some files and not others, as one that was killed there: only the lock tells."""
    first = held(scene, "e.txt")
    second = begin(scene, *options)

    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(2)
    let_go(scene)

    assert (second.communicate()[1], second.returncode) == (err, code)
    assert (first.communicate()[1], first.returncode) == ("", 4)


@pytest.mark.parametrize(
    ("command", "code", "err"),
    [
        (("update", "--defaults"), 2, NOT_COMMITTED),
        (("status",), 0, ""),
        (("adopt", "--yes"), 2, NOT_COMMITTED),
    ],
    ids=["update", "status", "adopt"],
)
def test_what_git_replaces_at_the_moment_is_not_missing(
    command: tuple[str, ...], code: int, err: str, scene: Scene
) -> None:
    """Git removes a file before it writes the new one: the answers are not there in between."""
    scene.edit({"convex/schema.ts": "export default {};\n"})
    first = held(scene, ".copier-answers.yml")
    second = begin(scene, *command[1:], command=command[0])

    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(2)
    let_go(scene)

    assert (second.communicate()[1], second.returncode) == (err, code)
    assert (first.communicate()[1], first.returncode) == ("", 4)


def held(scene: Scene, path: str) -> subprocess.Popen[str]:
    """An update whose git waits right before it writes the file at `path`, until it may go on."""
    (scene.project / ".git" / "info" / "attributes").write_text(f"{path} filter=wait\n")
    wait = "touch ../waiting; until test -e ../go; do sleep 0.02; done; cat"
    tree.git(scene.project, "config", "filter.wait.smudge", wait)
    process = begin(scene, "--defaults")
    while not (scene.project.parent / "waiting").exists():
        time.sleep(0.02)
        assert process.poll() is None
    return process


def let_go(scene: Scene) -> None:
    (scene.project.parent / "go").touch()


def begin(scene: Scene, *options: str, command: str = "update") -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "scaffold", command, str(scene.project), *options]
    return subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
