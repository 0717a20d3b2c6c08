"""`update`: what it prints, writes, takes back and refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates

if TYPE_CHECKING:
    from pathlib import Path

    from support.updates import Scene

FIRST = {"a.txt": "one\ntwo\n", "b.txt": "b\n", "c.txt": "c\n" * 9, "d.txt": "1\n2\n3\n4\n5\n"}
SECOND: updates.Files = {"b.txt": None, "c.txt": None, "e.txt": "e\n", "lib/c.txt": "c\n" * 9 + "d\n"}
CHANGELOG = "# Changes\n\n## 2.0.0\n\nThe second.\n\n- Do it.\n\n## 1.0.0\n\nThe first.\n"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A change of every kind, without a conflict."""
    made = updates.scene(
        tmp_path,
        FIRST,
        SECOND | {"a.txt": "one\nTWO\n", "d.txt": "1\n2\n3\n4\nV\n"},
        **{"CHANGELOG.md": CHANGELOG},
    )
    made.edit({"d.txt": "I\n2\n3\n4\n5\n"})
    monkeypatch.chdir(made.project)
    return made


PLAN = """\
@T@  v1.0.0 → v2.0.0

v2.0.0
  The second.

  - Do it.

  changed   .copier-answers.yml
  changed   a.txt
  removed   b.txt
  merged    d.txt
  added     e.txt
  renamed   c.txt → lib/c.txt

1 added, 2 changed, 1 merged, 1 removed, 1 renamed
"""

AFTER = {"a.txt": "one\nTWO\n", "d.txt": "I\n2\n3\n4\nV\n", "e.txt": "e\n", "lib/c.txt": "c\n" * 9 + "d\n"}


def test_shows_the_plan_and_stages_the_result(scene: Scene) -> None:
    assert cli.run("update") == cli.Result(
        0,
        PLAN.replace("@T@", str(scene.template))
        + """\
updated   @CWD@  everything is staged
commit    git commit -m "Update the template to v2.0.0"
undo      convex-scaffold update --abort
""",
        "",
    )
    assert scene.read() == AFTER
    assert scene.version == "v2.0.0"
    assert tree.git(scene.project, "diff", "--name-only") == ""

    tree.git(scene.project, "reset", "--quiet", "--hard")
    assert scene.read() == FIRST | {"d.txt": "I\n2\n3\n4\n5\n"}
    assert cli.run("update").code == 0, "after git reset the way is free again"


def test_a_preview_writes_nothing(scene: Scene) -> None:
    objects = tree.git(scene.project, "count-objects", "--verbose")

    assert cli.run("update", "--preview") == cli.Result(
        0, PLAN.replace("@T@", str(scene.template)) + "nothing was written\n", ""
    )
    assert scene.status() == ""
    assert tree.git(scene.project, "count-objects", "--verbose") == objects
    assert not (scene.project / ".git" / "convex-scaffold").exists()


def test_the_plan_as_json(scene: Scene) -> None:
    result = cli.run("update", "--json")

    assert result.err == ""
    assert json.loads(result.out) == {
        "schemaVersion": 1,
        "template": str(scene.template),
        "from": "v1.0.0",
        "to": "v2.0.0",
        "notes": [{"version": "v2.0.0", "text": "The second.\n\n- Do it."}],
        "files": [
            {"path": ".copier-answers.yml", "change": "changed"},
            {"path": "a.txt", "change": "changed"},
            {"path": "b.txt", "change": "removed"},
            {"path": "d.txt", "change": "merged"},
            {"path": "e.txt", "change": "added"},
            {"path": "lib/c.txt", "change": "renamed", "from": "c.txt"},
        ],
        "migrations": [],
        "remarks": [],
        "state": "applied",
        "branch": None,
        "checks": [],
    }


@pytest.mark.usefixtures("scene")
def test_a_diff_shows_it_line_by_line() -> None:
    out = cli.run("update", "--preview", "--diff", "--only", "d.txt").out

    assert out.endswith("@@ -2,4 +2,4 @@ I\n 2\n 3\n 4\n-5\n+V\nnothing was written\n")


def test_abort_brings_back_the_state_before(scene: Scene) -> None:
    before = tree.read(scene.project)
    cli.run("update")
    (scene.project / "a.txt").write_text("half resolved\n")

    assert cli.run("update") == cli.Result(
        2,
        "",
        "error: the update to v2.0.0 is not committed yet; nothing was changed\n"
        "try: commit it, or go back: convex-scaffold update --abort\n",
    )
    assert cli.run("update", "--abort") == cli.Result(
        0, "taken back: the update to v2.0.0; the project is as it was before\n", ""
    )
    assert (tree.read(scene.project), scene.status()) == (before, "")
    assert not (scene.project / "lib").exists()
    assert cli.run("update", "--abort") == cli.Result(
        2,
        "",
        "error: no update is under way; nothing was changed\ntry: to take back a committed one: git revert\n",
    )


def test_a_committed_update_is_not_taken_back(scene: Scene) -> None:
    cli.run("update")
    tree.git(scene.project, "commit", "--quiet", "--message", "Update")

    assert cli.run("update") == cli.Result(0, f"level with {scene.template} v2.0.0; nothing to do\n", "")
    assert cli.run("update", "--abort") == cli.Result(
        2,
        "",
        "error: the update to v2.0.0 is committed, or the branch was changed since; nothing was changed\n"
        "try: find the commit (git log) and take it back: git revert\n",
    )
    assert scene.read() == AFTER


def test_a_branch_touches_no_file(scene: Scene) -> None:
    scene.edit({"a.txt": "dirty\n", "new.txt": "dirty too\n"}, commit=False)
    before, index = tree.read(scene.project), scene.status()

    assert cli.run("update", "--branch", "next").out.endswith(
        "branch    next\nlook      git diff HEAD...next\n"
    )
    assert (tree.read(scene.project), scene.status()) == (before, index)
    assert (
        tree.git(scene.project, "log", "-1", "--format=%s %an", "next") == "Update the template to v2.0.0 Ada"
    )
    tree.git(scene.project, "stash", "--quiet", "--include-untracked")
    tree.git(scene.project, "merge", "--quiet", "next")
    assert scene.read() == AFTER
    assert cli.run("update", "--to", "v1.0.0", "--branch", "next") == cli.Result(
        2,
        "",
        "error: there is a branch next already; nothing was changed\n"
        "try: choose another name, or remove it: git branch -D next\n",
    )
    assert cli.run("update", "--to", "v1.0.0", "--branch", "a..b").code == 2


def test_a_part_first_and_the_rest_later(scene: Scene) -> None:
    part = cli.run("update", "--only", "lib", "--only", "./a.txt")

    assert "note: the project stays at v1.0.0: update again for the rest\n" in part.err
    assert scene.status() == "M  a.txt\nA  lib/c.txt"
    assert scene.version == "v1.0.0"
    tree.git(scene.project, "commit", "--quiet", "--message", "part")
    assert cli.run("update").code == 0
    assert scene.read() == AFTER
    assert cli.run("update", "--abort").code == 0
    assert cli.run("update", "--only", "..").code == 2


def test_down_a_version_and_up_again(scene: Scene) -> None:
    cli.run("update")
    tree.git(scene.project, "commit", "--quiet", "--message", "up")

    assert cli.run("update", "--to", "1.0.0").code == 0
    assert scene.read() == FIRST | {"d.txt": "I\n2\n3\n4\n5\n"}
    assert scene.version == "v1.0.0"


def test_a_version_is_passed_over_with_a_reason(scene: Scene) -> None:
    assert cli.run("update", "--skip", "2.0.0").code == 2
    assert cli.run("update", "--skip", "v7", "--reason", "x").code == 2
    assert cli.run("update", "--skip", "2.0.0", "--reason", 'no "b"') == cli.Result(
        0, "passed over from now on: v2.0.0, as @CWD@/scaffold.toml says; commit it\n", ""
    )
    assert cli.run("update", "--skip", "v2.0.0", "--reason", "again") == cli.Result(
        0, "passed over already: v2.0.0; another reason is for you to write into @CWD@/scaffold.toml\n", ""
    )
    assert (scene.project / "scaffold.toml").read_text() == (
        '[[template.skips]]\nversion = "v2.0.0"\nreason = "no \\"b\\""\n'
    )
    assert cli.run("update").out == f"level with {scene.template} v1.0.0; nothing to do\n"
    tree.write(scene.template, {"template/f.txt": "f\n"})
    updates.release(scene.template, "v3.0.0")
    assert "v1.0.0 → v3.0.0" in cli.run("update", "--preview").out


def test_managed_files_get_their_text_back(tmp_path: Path) -> None:
    scene = updates.scene(
        tmp_path,
        {"a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n", "m.txt": "m\n"},
        {"a.txt": "aa\n"},
        **{"scaffold-manifest.yml": "managed: ['[abc].txt', a.txt, b.txt, c.txt]\n"},
    )
    toml = "[template]\ndeviations = [{ path = 'c.txt', reason = 'ours' }]\n"
    scene.edit(
        {"a.txt": "mine\n", "b.txt": None, "c.txt": "mine\n", "m.txt": "mine\n", "scaffold.toml": toml}
    )

    assert scene.update("--restore").code == 0

    assert scene.read() == {
        "a.txt": "aa\n",
        "b.txt": "b\n",
        "c.txt": "mine\n",
        "m.txt": "mine\n",
        "scaffold.toml": toml,
    }


def test_seeded_files_are_the_projects_own(tmp_path: Path) -> None:
    scene = updates.scene(
        tmp_path,
        {"seed/a.txt": "a\n", "seed/b.txt": "b\n", "seed/c.txt": "c\n", "x.txt": "x\n"},
        {
            "seed/a.txt": "aa\n",
            "seed/b.txt": "bb\n",
            "seed/c.txt": None,
            "seed/d.txt": "d\n",
            "new/e.txt": "e\n",
        },
        **{"scaffold-manifest.yml": "seeded: [/seed/, /new/]\n"},
    )
    scene.edit({"seed/b.txt": None})

    assert scene.update().code == 0

    assert scene.read() == {"seed/a.txt": "a\n", "seed/c.txt": "c\n", "new/e.txt": "e\n", "x.txt": "x\n"}


def test_a_lock_file_never_gets_conflict_markers(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"bun.lock": "a 1\n"}, {"bun.lock": "a 2\n"})
    scene.edit({"bun.lock": "a 1.5\n"})

    result = scene.update()

    assert result.code == 0
    assert "kept      bun.lock  (both sides changed it; install the packages" in result.out
    assert scene.read() == {"bun.lock": "a 1.5\n"}


def test_new_questions_are_asked_or_defaulted(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": "a\n"}, {"a.txt": "a\n@{ colour }@\n"})
    colour = "colour: {type: str, help: Colour, choices: [red, blue], default: red}\n"
    tree.write(scene.template, {"copier.yml": updates.COPIER_YML + colour})
    updates.release(scene.template, "v3.0.0")

    assert cli.run("update", scene.project) == cli.Result(
        2,
        "",
        "error: not answered, and there is no terminal to ask on: colour\n"
        "try: add --data colour=…, or --defaults to take the defaults\n",
    )
    assert scene.update("--data", "colour=blue").code == 0
    assert scene.read() == {"a.txt": "a\nblue\n"}
    assert "colour: blue\n" in (scene.project / ".copier-answers.yml").read_text()
    cli.run("update", scene.project, "--abort")
    assert scene.update().code == 0
    assert scene.read() == {"a.txt": "a\nred\n"}


def test_an_answer_can_be_changed_without_a_new_version(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": "@{ project_name }@\n"}, {})
    scene.update()
    tree.git(scene.project, "commit", "--quiet", "--message", "up")

    assert scene.update("--data", "project_name=dinner").code == 0
    assert scene.read() == {"a.txt": "dinner\n"}


def test_an_answer_that_no_longer_counts_is_named(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": "a\n"}, {})
    choices = updates.COPIER_YML.replace("default: lunch}", "choices: [brunch, dinner], default: dinner}")
    tree.write(scene.template, {"copier.yml": choices, "template/a.txt": "@{ project_name }@\n"})
    updates.release(scene.template, "v3.0.0")

    result = scene.update()

    assert result.code == 0
    assert result.err.startswith("note: the answer to project_name no longer counts: ")
    assert scene.read() == {"a.txt": "dinner\n"}


REFUSED: dict[str, tuple[updates.Files, str]] = {
    "no answers": (
        {".copier-answers.yml": None},
        "there is no .copier-answers.yml in @CWD@: nothing says which template it was made from, and how\n"
        "try: go to the project's folder, or name its file of answers with --answers-file",
    ),
    "broken answers": (
        {".copier-answers.yml": "_commit: v1.0.0\nproject_name: [\n"},
        "@CWD@/.copier-answers.yml:3: expected the node content, but found '<stream end>'\n"
        "try: write one `name: value` a line, as in `auth: clerk`",
    ),
    "answers in conflict": (
        {".copier-answers.yml": "<<<<<<< yours\n_commit: v1.0.0\n=======\n>>>>>>> theirs\n"},
        "@CWD@/.copier-answers.yml:1: holds the markers of a conflict\n"
        "try: take the file back from a commit in which it was whole: git log -- .copier-answers.yml",
    ),
    "answers without a version": (
        {".copier-answers.yml": "_src_path: ../pizza\n"},
        "@CWD@/.copier-answers.yml: there is no _commit in it\n"
        "try: take the file back from a commit in which it was whole: git log -- .copier-answers.yml",
    ),
    "empty answers": (
        {".copier-answers.yml": ""},
        "@CWD@/.copier-answers.yml: there is no _src_path in it\n"
        "try: take the file back from a commit in which it was whole: git log -- .copier-answers.yml",
    ),
    "an unknown version": (
        {".copier-answers.yml": "_commit: v1.5.0\n_src_path: ../pizza\n"},
        "template ../pizza has no version 'v1.5.0'\ntry: newest versions: v2.0.0, v1.0.0",
    ),
    "a version of ours that is to come": (
        {".copier-answers.yml": "_commit: v99.0.0\n_src_path: gh:convex-scaffold/convex-scaffold\n"},
        "template version v99.0.0 is not known to convex-scaffold @V@\n"
        "try: take one that does: pip install --upgrade 'convex-scaffold>=99.0.0'",
    ),
    "a broken scaffold.toml": (
        {"scaffold.toml": "[template]\nskips = [\n"},
        "@CWD@/scaffold.toml:3: is no TOML: invalid value\ntry: see https://toml.io for the syntax",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_updated_says_why_and_what_to_do(case: str, scene: Scene) -> None:
    from scaffold import __version__  # noqa: PLC0415

    changes, message = REFUSED[case]
    scene.edit(changes)
    before = tree.read(scene.project)

    result = cli.run("update", "--to", "v2.0.0")

    message = message.replace("@V@", __version__)
    assert result == cli.Result(2, "", f"error: {message}\n")
    assert (tree.read(scene.project), scene.status()) == (before, "")


def test_files_in_the_way_are_named(scene: Scene) -> None:
    scene.edit(
        {"a.txt": "dirty\n", "e.txt": "untracked\n", "f.txt": "not in the way\n", "lib": "a file\n"},
        commit=False,
    )
    before, status = tree.read(scene.project), scene.status()

    assert cli.run("update").err == (
        "error: the update would change files that are not committed; nothing was changed\n"
        "  │ a.txt\n  │ e.txt\n  │ lib\n"
        "try: commit them or stash them (git stash --include-untracked), or take the update as a branch: "
        "convex-scaffold update --branch template-update\n"
    )
    assert (tree.read(scene.project), scene.status()) == (before, status)


def test_an_ignored_file_in_the_way_stays(scene: Scene) -> None:
    scene.edit({".gitignore": "e.txt\n"})
    scene.edit({"e.txt": "mine\n"}, commit=False)
    (scene.project / ".git" / "info" / "exclude").write_text("lib\n")
    tree.write(scene.project, {"lib/c.txt": "mine too\n"})

    out = cli.run("update").out

    kept = "(git ignores it; you and the template changed the same lines, and yours stay)"
    assert [line for line in out.splitlines() if "kept" in line] == [
        f"  kept      e.txt  {kept}",
        f"  kept      lib/c.txt  {kept}",
        "2 changed, 1 merged, 2 removed, 2 kept",
    ]
    assert (scene.project / "e.txt").read_text() == "mine\n"
    assert (scene.project / "lib" / "c.txt").read_text() == "mine too\n"


def test_dirty_files_elsewhere_stay_as_they_are(scene: Scene) -> None:
    scene.edit({"mine.txt": "one\n"})
    scene.edit({"mine.txt": "two\n", "other.txt": "untracked\n", "staged.txt": "staged\n"}, commit=False)
    tree.git(scene.project, "add", "staged.txt")

    assert cli.run("update").code == 0
    assert scene.read() == AFTER | {"mine.txt": "two\n", "other.txt": "untracked\n", "staged.txt": "staged\n"}
    assert cli.run("update", "--abort").code == 0
    assert scene.status() == "M mine.txt\nA  staged.txt\n?? other.txt"  # git() strips the first space
    assert (scene.project / "staged.txt").read_text() == "staged\n"


def test_a_merge_under_way_comes_first(scene: Scene) -> None:
    (scene.project / ".git" / "MERGE_HEAD").write_text(tree.git(scene.project, "rev-parse", "HEAD") + "\n")

    assert cli.run("update").err == (
        "error: a merge is under way; nothing was changed\ntry: finish it, or end it: git merge --abort\n"
    )


def test_another_git_at_work_comes_first(scene: Scene) -> None:
    (scene.project / ".git" / "index.lock").touch()

    result = cli.run("update")

    assert result.code == 2
    assert result.err == (
        "error: another git is at work (@CWD@/.git/index.lock exists); nothing was changed\n"
        "try: wait for the other git; if there is none: rm @CWD@/.git/index.lock\n"
    )


def test_without_a_repository_there_is_no_update(tmp_path: Path, scene: Scene) -> None:
    plain = tree.write(tmp_path / "plain", tree.read(scene.project))

    result = cli.run("update", plain)

    assert result.code == 2
    assert result.err == (
        f"error: {plain} is in no git repository, and an update needs one to merge and to be undone\n"
        "  │ fatal: not a git repository (or any of the parent directories): .git\n"
        f"try: git init {plain}, then commit what is there\n"
    )
    tree.git(plain, "init", "--quiet")
    assert cli.run("update", plain).err == (
        f"error: nothing is committed yet in {plain}; an update is undone by going back to a commit\n"
        "try: git add --all && git commit -m 'Before update'\n"
    )
