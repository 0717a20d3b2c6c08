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
import os, subprocess, sys
from pathlib import Path
from scaffold.core import files
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

def git_writes(command, **options):
    in_store = any("store.git" in str(v) for k, v in (options.get("env") or {}).items() if k == "GIT_DIR")
    return command[0] == "git" and not in_store and bool(WRITES & set(command))

def in_project(path, *_, **__):
    return str(path).startswith(project)

subprocess.run = guarded(subprocess.run, git_writes)
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


def test_a_failure_in_the_middle_takes_everything_back(scene: Scene) -> None:
    before = state(scene.project)
    (scene.project / ".git" / "info" / "attributes").write_text("e.txt filter=fail\n")
    tree.git(scene.project, "config", "filter.fail.clean", "cat")
    tree.git(scene.project, "config", "filter.fail.smudge", "exit 1")
    tree.git(scene.project, "config", "filter.fail.required", "true")

    result = cli.run("update", scene.project, "--defaults")

    assert result.code == 5
    assert result.err.startswith("error: git failed: git read-tree")
    assert state(scene.project) == before
    assert not (scene.project / ".git" / "index.lock").exists()


def test_the_lock_of_another_git_is_left_alone(scene: Scene) -> None:
    """It appears after we have looked: nothing is done, and `--abort` stays possible."""
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


def test_ctrl_c_in_the_middle_takes_everything_back(scene: Scene) -> None:
    before = state(scene.project)
    (scene.project / ".git" / "info" / "attributes").write_text("e.txt filter=wait\n")
    tree.git(scene.project, "config", "filter.wait.smudge", "touch ../waiting; sleep 20; cat")
    command = [sys.executable, "-m", "scaffold", "update", str(scene.project), "--defaults"]

    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not (scene.project.parent / "waiting").exists():
        time.sleep(0.02)
        assert process.poll() is None
    tree.git(scene.project, "config", "--unset", "filter.wait.smudge")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()

    assert process.returncode == 130
    assert "interrupted" in err
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
    (scene.project / ".git" / "info" / "attributes").write_text("e.txt filter=wait\n")
    wait = "touch ../waiting; until test -e ../go; do sleep 0.02; done; cat"
    tree.git(scene.project, "config", "filter.wait.smudge", wait)
    command = [sys.executable, "-m", "scaffold", "update", str(scene.project)]
    first = subprocess.Popen([*command, "--defaults"], stdout=subprocess.DEVNULL)
    while not (scene.project.parent / "waiting").exists():
        time.sleep(0.02)
        assert first.poll() is None
    second = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)

    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(2)
    (scene.project.parent / "go").touch()

    assert second.communicate()[1] == err
    assert (first.wait(), second.returncode) == (4, code)
