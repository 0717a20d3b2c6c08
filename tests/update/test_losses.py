"""The cases in which plain Copier loses work without a word: each has another end here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates

if TYPE_CHECKING:
    from pathlib import Path

    from support.cli import Result

TEXT = "".join(f"line {number}\n" for number in range(1, 11))
YOURS = TEXT.replace("line 2\n", "line 2, mine\n")
THEIRS = TEXT.replace("line 9\n", "line 9, better\n")
BOTH = YOURS.replace("line 9\n", "line 9, better\n")


ANY_GIT = pytest.mark.usefixtures("any_git")


@pytest.fixture(params=["this git", "a git that cannot merge trees"])
def any_git(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The git of the machine, and one that is too old for `merge-tree`."""
    if request.param != "this git":
        monkeypatch.setattr("scaffold.core.git.merging.git_version", lambda: (2, 34, 1))


def plan_of(result: Result) -> list[str]:
    """The lines of the plan that name a file, but for the answers file."""
    out = result.out.splitlines()
    return [line.strip() for line in out if line.startswith("  ") and ".copier-answers.yml" not in line]


@ANY_GIT
def test_a_binary_file_that_both_changed(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"logo.png": b"\0one"}, {"logo.png": b"\0two"})
    scene.edit({"logo.png": b"\0mine"})

    result = scene.update()

    assert result.code == 4
    assert plan_of(result) == [
        "conflict  logo.png  (a binary file that both sides changed; yours is in place)"
    ]
    assert scene.read() == {"logo.png": "\0mine"}
    assert "UU logo.png" in scene.status()


@ANY_GIT
def test_a_file_you_changed_that_the_template_removes(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": None})
    scene.edit({"a.txt": YOURS})

    result = scene.update()

    assert result.code == 4
    assert plan_of(result) == ["conflict  a.txt  (you changed it; the template removes it)"]
    assert scene.read() == {"a.txt": YOURS}
    assert "UD a.txt" in scene.status()


@ANY_GIT
def test_a_file_you_changed_that_the_template_renames(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": None, "lib/b.txt": THEIRS})
    scene.edit({"a.txt": YOURS})

    result = scene.update()

    assert result.code == 0
    assert plan_of(result) == ["renamed   a.txt → lib/b.txt  (with your changes)"]
    assert scene.read() == {"lib/b.txt": BOTH}


@ANY_GIT
def test_a_file_you_renamed_that_the_template_changes(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    scene.edit({"a.txt": None, "mine/b.txt": YOURS})

    result = scene.update()

    assert result.code == 0
    assert plan_of(result) == ["merged    mine/b.txt"]
    assert scene.read() == {"mine/b.txt": BOTH}


@ANY_GIT
def test_a_file_you_removed_that_the_template_changes(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT, "b.txt": "b\n"}, {"a.txt": THEIRS})
    scene.edit({"a.txt": None})

    result = scene.update()

    assert result.code == 0
    assert plan_of(result) == ["kept      a.txt  (you removed it; the template has changed it since)"]
    assert scene.read() == {"b.txt": "b\n"}


@ANY_GIT
def test_a_file_you_removed_that_the_template_renames(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT, "b.txt": "b\n"}, {"a.txt": None, "c.txt": THEIRS})
    scene.edit({"a.txt": None})

    result = scene.update()

    assert result.code == 0
    assert plan_of(result) == ["kept      c.txt  (you removed it; the template has changed it since)"]
    assert scene.read() == {"b.txt": "b\n"}


@ANY_GIT
def test_a_file_you_made_a_link(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT, "b.txt": "b\n"}, {"a.txt": THEIRS})
    (scene.project / "a.txt").unlink()
    (scene.project / "a.txt").symlink_to("b.txt")
    scene.edit({})

    result = scene.update()

    assert result.code == 4
    assert "conflict  a.txt" in "\n".join(plan_of(result))
    assert (scene.project / "a.txt").is_symlink()
    assert (scene.project / "a.txt").readlink().as_posix() == "b.txt"


def test_a_file_you_changed_that_git_ignores(tmp_path: Path) -> None:
    first = {".gitignore": "*.local\n", "a.local": TEXT, "b.local": "b\n", "c.local": "c\n", "d.local": "d\n"}
    second: updates.Files = {
        "a.local": THEIRS,
        "b.local": "bb\n",
        "c.local": "cc\n",
        "d.local": None,
        "e.local": "e\n",
    }
    scene = updates.scene(tmp_path, first, second)
    scene.edit({"a.local": YOURS, "c.local": "mine\n"})

    result = scene.update()

    assert result.code == 0
    assert plan_of(result) == [
        "merged    a.local  (git ignores it)",
        "changed   b.local  (git ignores it)",
        "kept      c.local  (git ignores it; you and the template changed the same lines, and yours stay)",
        "removed   d.local  (git ignores it)",
        "added     e.local  (git ignores it)",
    ]
    assert scene.read() == {
        ".gitignore": "*.local\n",
        "a.local": BOTH,
        "b.local": "bb\n",
        "c.local": "mine\n",
        "e.local": "e\n",
    }
    aborted = cli.run("update", scene.project, "--abort")
    assert aborted.code == 0
    assert scene.read() == first | {"a.local": YOURS, "c.local": "mine\n"}
    assert scene.status() == ""


def test_a_template_that_writes_the_name_of_the_folder(tmp_path: Path) -> None:
    first = {"a.txt": "in @{ _folder_name }@\n", "b.txt": "b\n"}
    scene = updates.scene(tmp_path, first, {"b.txt": "bb\n"})

    result = scene.update()

    assert result.code == 0
    assert plan_of(result) == ["changed   b.txt"]
    assert scene.read() == {"a.txt": "in lunch\n", "b.txt": "bb\n"}


@ANY_GIT
def test_conflicts_look_like_those_of_git(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": "one\ntwo\n"}, {"a.txt": "one\nTWO\n"})
    scene.edit({"a.txt": "one\n2\n"})

    assert scene.update().code == 4

    assert scene.read() == {"a.txt": "one\n<<<<<<< yours\n2\n=======\nTWO\n>>>>>>> template v2.0.0\n"}
    stages = tree.git(scene.project, "ls-files", "--unmerged").splitlines()
    assert [line.split()[2] for line in stages] == ["1", "2", "3"]
    assert tree.git(scene.project, "show", ":1:a.txt") == "one\ntwo"
    assert tree.git(scene.project, "show", ":2:a.txt") == "one\n2"
    assert tree.git(scene.project, "show", ":3:a.txt") == "one\nTWO"
    assert scene.version == "v2.0.0"
