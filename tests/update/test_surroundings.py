"""Repositories as people have them: in a monorepo, shallow, with line ends, links, hooks and submodules."""

from __future__ import annotations

import shutil
import stat
from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "".join(f"line {number}\n" for number in range(1, 11))
YOURS = TEXT.replace("line 2\n", "line 2, mine\n")
THEIRS = TEXT.replace("line 9\n", "line 9, better\n")
BOTH = YOURS.replace("line 9\n", "line 9, better\n")


def test_a_folder_of_a_monorepo(tmp_path: Path) -> None:
    template = updates.template(
        tmp_path / "pizza", {"a.txt": TEXT, "b.txt": "b\n"}, {"a.txt": THEIRS, "b.txt": None}
    )
    mono = tree.repository(
        tmp_path / "mono",
        {"README.md": "mono\n", "apps/other/a.txt": "other\n", ".gitattributes": "* text=auto\n"},
    )
    cli.run(
        *("new", "lunch", "--in", mono / "apps", "--defaults", "--no-verify"),
        *("--template", template, "--ref", "v1.0.0"),
    )
    scene = updates.Scene(template, mono / "apps" / "lunch")
    scene.edit({"a.txt": YOURS.replace("\n", "\r\n")})
    tree.write(mono, {"apps/other/a.txt": "dirty\n", "apps/lunch/sub/x": "x\n"})

    assert cli.run("update", scene.project / "sub", "--defaults").code == 0

    assert scene.read() == {"a.txt": BOTH, "sub/x": "x\n"}
    assert tree.git(mono, "status", "--porcelain", "--untracked-files=all").splitlines() == [
        "M  apps/lunch/.copier-answers.yml",
        "M  apps/lunch/a.txt",
        "D  apps/lunch/b.txt",
        " M apps/other/a.txt",
        "?? apps/lunch/sub/x",
    ]
    assert cli.run("update", scene.project, "--branch", "next").code == 2, "the update is not committed"
    assert cli.run("update", mono, "--abort").code == 0
    assert (scene.project / "b.txt").read_text() == "b\n"
    assert cli.run("update", scene.project, "--branch", "next", "--defaults").code == 0
    assert tree.git(mono, "diff", "--name-only", "HEAD", "next").splitlines() == [
        "apps/lunch/.copier-answers.yml",
        "apps/lunch/a.txt",
        "apps/lunch/b.txt",
    ]


def test_a_shallow_clone(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    scene.edit({"a.txt": YOURS})
    tree.git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{scene.project}", "shallow")

    assert cli.run("update", tmp_path / "shallow", "--defaults").code == 0
    assert tree.read(tmp_path / "shallow")["a.txt"] == BOTH


def test_a_linked_work_tree(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    tree.git(scene.project, "worktree", "add", "--quiet", "../linked")

    assert cli.run("update", tmp_path / "linked", "--defaults").code == 0
    assert tree.read(tmp_path / "linked")["a.txt"] == THEIRS
    assert scene.status() == ""
    assert cli.run("update", tmp_path / "linked", "--abort").code == 0
    assert tree.read(tmp_path / "linked")["a.txt"] == TEXT


def test_a_sparse_checkout(tmp_path: Path) -> None:
    """What it leaves out is updated without being written, and is left out again when that is taken back."""
    first = {"a.txt": "a\n", "out/b.txt": "b\n", "out/c.txt": "c\n"}
    scene = updates.scene(tmp_path, first, {"out/b.txt": "bb\n", "out/c.txt": "cc\n", "out/d.txt": "d\n"})
    scene.edit({"out/c.txt": "mine\n"})
    tree.git(scene.project, "sparse-checkout", "set", "--no-cone", "/*", "!/out/")
    before = tree.git(scene.project, "ls-files", "--stage", "-t")

    assert scene.update().code == 4
    assert set(scene.read()) == {"a.txt", "out/c.txt"}  # the conflict has to be seen
    assert tree.git(scene.project, "show", ":out/b.txt", ":out/d.txt") == "bb\nd"
    assert cli.run("update", scene.project, "--abort").code == 0

    assert scene.read() == {"a.txt": "a\n"}
    assert tree.git(scene.project, "ls-files", "--stage", "-t") == before
    assert scene.status() == ""


@pytest.mark.parametrize("where", ["attributes", "autocrlf"])
def test_windows_line_ends_are_no_conflict(where: str, tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    if where == "attributes":
        scene.edit({".gitattributes": "*.txt text eol=crlf\n"})
    else:
        tree.git(scene.project, "config", "core.autocrlf", "true")
    scene.edit({"a.txt": YOURS.replace("\n", "\r\n")})

    result = scene.update()

    assert result.code == 0, result.err
    assert scene.read()["a.txt"] == BOTH.replace("\n", "\r\n")
    assert scene.status() == "M  .copier-answers.yml\nM  a.txt"


def test_a_filter_of_the_projects_own(tmp_path: Path) -> None:
    """As git-lfs has them: what the repository holds is not what the file holds."""
    scene = updates.scene(tmp_path, {"a.bin": "abc\n"}, {"a.bin": "abcd\n"})
    config = '[filter "up"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n\trequired = true\n'
    path = scene.project / ".git" / "config"
    path.write_text(path.read_text() + config)
    scene.edit({".gitattributes": "*.bin filter=up\n", "a.bin": "abc\n"})
    tree.git(scene.project, "add", "--renormalize", ".")
    scene.edit({})

    assert scene.update().code == 0

    assert scene.read()["a.bin"] == "abcd\n"
    assert tree.git(scene.project, "show", ":a.bin") == "ABCD"


def test_modes_and_links_follow_the_template(tmp_path: Path) -> None:
    config = updates.COPIER_YML + "_preserve_symlinks: true\n"
    template = tree.repository(
        tmp_path / "pizza",
        {
            "copier.yml": config,
            updates.ANSWERS: "@{ _copier_answers | to_nice_yaml }@",
            "template/run.sh": "echo\n",
        },
    )
    (template / "template" / "link").symlink_to("run.sh")
    updates.release(template, "v1.0.0")
    (template / "template" / "run.sh").chmod(0o755)
    (template / "template" / "link").unlink()
    (template / "template" / "link").symlink_to("other.sh")
    updates.release(template, "v2.0.0")
    cli.run(
        *("new", "lunch", "--in", tmp_path, "--defaults", "--no-verify"),
        *("--template", template, "--ref", "v1.0.0"),
    )
    scene = updates.Scene(template, tmp_path / "lunch")

    assert scene.update().code == 0

    assert (scene.project / "run.sh").stat().st_mode & stat.S_IXUSR
    assert (scene.project / "link").readlink().name == "other.sh"
    assert cli.run("update", scene.project, "--abort").code == 0
    assert not (scene.project / "run.sh").stat().st_mode & stat.S_IXUSR
    assert (scene.project / "link").readlink().name == "run.sh"


@pytest.mark.parametrize("git_version", [None, (2, 34, 1)], ids=["this git", "git 2.34"])
def test_a_submodule_nearby(
    git_version: tuple[int, ...] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if git_version:
        monkeypatch.setattr("scaffold.core.git.merging.git_version", lambda: git_version)
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    other = tree.repository(tmp_path / "other", {"x": "x\n"})
    tree.git(
        scene.project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub"
    )
    scene.edit({})
    tree.write(scene.project / "sub", {"x": "dirty\n"})

    assert scene.update().code == 0
    assert scene.read() == {"a.txt": THEIRS, "sub/x": "dirty\n", ".gitmodules": scene.read()[".gitmodules"]}
    assert scene.status() == "M  .copier-answers.yml\nM  a.txt\n M sub"


def test_hooks_are_not_run(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    hooks = scene.project / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "pre-commit",
        "post-checkout",
        "post-index-change",
        "prepare-commit-msg",
        "reference-transaction",
    ):
        (hooks / name).write_text("#!/bin/sh\ntouch ran\nexit 1\n")
        (hooks / name).chmod(0o755)

    assert scene.update().code == 0
    assert cli.run("update", scene.project, "--abort").code == 0
    assert scene.update("--branch", "next").code == 0
    assert scene.read() == {"a.txt": TEXT}


def test_from_inside_of_a_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))

    assert scene.update().code == 0
    assert scene.read() == {"a.txt": THEIRS}


def test_a_repository_with_longer_ids(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    shutil.rmtree(scene.project / ".git")
    tree.git(scene.project, "init", "--quiet", "--object-format=sha256")
    scene.edit({"a.txt": YOURS})

    assert scene.update().code == 0
    assert scene.read() == {"a.txt": BOTH}
    assert cli.run("update", scene.project, "--abort").code == 0
    assert scene.update("--to", "v2.0.0", "--branch", "next").code == 0


def test_names_that_are_hard_to_spell(tmp_path: Path) -> None:
    names = ["a b.txt", "ünï.txt", "[x].txt", "-dash.txt", 'q"uote.txt', "tab\t.txt"]
    scene = updates.scene(tmp_path, dict.fromkeys(names, TEXT), dict.fromkeys(names, THEIRS))
    scene.edit(dict.fromkeys(names, YOURS))

    assert scene.update().code == 0
    assert scene.read() == dict.fromkeys(names, BOTH)


@pytest.mark.parametrize("name", ["a folder ", "-dash", 'q"uote', "two\nlines"])
def test_folders_that_are_hard_to_spell(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    scene = updates.scene(tmp_path / name, {"a.txt": TEXT}, {"a.txt": THEIRS, "b.txt": "b\n"})
    scene.edit({"a.txt": YOURS})

    assert scene.update().code == 0
    assert scene.read() == {"a.txt": BOTH, "b.txt": "b\n"}
    assert cli.run("update", scene.project, "--abort").code == 0
    assert scene.read() == {"a.txt": YOURS}


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    (scene.project / "a.txt").rename(scene.project / "\udce9.txt")
    scene.edit({})

    for option in ("--preview", "--json"):
        result = scene.update(option)
        assert result.code == 0
        assert "\ufffd.txt" in result.out
        assert result.err == ""
    assert (scene.project / "\udce9.txt").read_text() == THEIRS
    assert cli.run("update", scene.project, "--abort").code == 0
    assert (scene.project / "\udce9.txt").read_text() == TEXT


def test_a_file_of_answers_with_another_name(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": TEXT}, {"a.txt": THEIRS})
    scene.edit({})
    (scene.project / ".copier-answers.yml").rename(scene.project / ".copier-answers.pizza.yml")
    scene.edit({})
    name = ("--answers-file", ".copier-answers.pizza.yml")

    assert "1 intact" in cli.run("status", scene.project, *name).out
    assert scene.update(*name).code == 0
    assert sorted(tree.read(scene.project)) == [".copier-answers.pizza.yml", "a.txt"]
    assert "_commit: v2.0.0" in (scene.project / ".copier-answers.pizza.yml").read_text()


def test_a_deleted_branch_of_folders_becomes_a_file(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"x/y/z.txt": "z\n", "f": "f\n"}, {"x/y/z.txt": None, "f": None})
    shutil.rmtree(scene.template / "template" / "x", ignore_errors=True)
    tree.write(scene.template, {"template/x": "a file now\n", "template/f/g.txt": "a folder now\n"})
    updates.release(scene.template, "v3.0.0")
    before = scene.read()

    assert scene.update().code == 0
    assert scene.read() == {"x": "a file now\n", "f/g.txt": "a folder now\n"}
    assert cli.run("update", scene.project, "--abort").code == 0
    assert scene.read() == before
    assert scene.status() == ""
