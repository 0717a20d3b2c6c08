"""What other people's templates use of Copier: `new` and `update` give the files that plain Copier gives."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from copier import run_copy, run_update
from support import cli, tree, updates

if TYPE_CHECKING:
    from pathlib import Path

    from support.updates import Files

ANSWERS = "{{ _copier_conf.answers_file }}.jinja"
NAME = "project_name: {type: str, default: lunch}\n"

# Two versions of a template, and what its user does in between.
CASES: dict[str, tuple[Files, Files, Files]] = {
    "files that are included and imported": (
        {
            "copier.yml": NAME + "_exclude: [parts, copier.yml, .git]\n",
            "parts/plain.txt": "plain\n",
            "parts/macros.jinja": "{% macro loud(text) %}{{ text | upper }}{% endmacro %}",
            "parts/base.txt": "nothing to fill in\n",
            "a.txt.jinja": "{% include 'parts/plain.txt' %}{% import 'parts/plain.txt' as p %}{{ p }}",
            "b.txt.jinja": "{% from 'parts/macros.jinja' import loud %}{{ loud(project_name) }}\n",
            "c.txt.jinja": "{% extends 'parts/base.txt' %}",
        },
        {"parts/plain.txt": "still plain\n"},
        {},
    ),
    "the commit it was made from": (
        {"copier.yml": NAME, "a.txt.jinja": "{{ _copier_conf.vcs_ref_hash }} {{ _copier_conf.vcs_ref }}\n"},
        {"b.txt": "b\n"},
        {},
    ),
    "a file that only a new project gets": (
        {
            "copier.yml": NAME
            + "_exclude: [.git, \"{% if _copier_operation == 'update' %}a.txt{% endif %}\"]\n",
            "a.txt": "1\n2\n3\n",
            "b.txt": "b\n",
        },
        {"a.txt": "1\n2\nIII\n", "b.txt": "bb\n"},
        {"a.txt": "I\n2\n3\n"},
    ),
    "a question that got a new name, and one that is gone": (
        {
            "copier.yml": NAME + "flavour: {type: str, default: spicy}\nside: {type: str, default: rice}\n",
            "a.txt.jinja": "{{ flavour }}\n",
            "{% if side == 'rice' %}b.txt{% endif %}": "b\n",
        },
        {
            "copier.yml": NAME + "taste: {type: str, default: \"{{ flavour | default('plain') }}\"}\n",
            "a.txt.jinja": "{{ taste }}, as before\n",
        },
        {},
    ),
    "a question before the one it hangs on": (
        {"copier.yml": NAME + "flavour: {type: str, default: spicy}\n", "a.txt.jinja": "{{ flavour }}\n"},
        {
            "copier.yml": "taste: {type: str, default: \"{{ flavour | default('plain') }}\"}\n"
            f"{NAME}flavour: {{type: str, default: spicy}}\n",
            "a.txt.jinja": "{{ taste }}, {{ flavour }}\n",
        },
        {},
    ),
    "a file for each item": (
        {
            "copier.yml": NAME + "dishes: {type: str, multiselect: true, choices: [a, b], default: [a, b]}\n",
            "{% yield dish from dishes %}{{ dish }}{% endyield %}.txt.jinja": "{{ dish }}\n",
            "{% yield dish from dishes %}{{ dish }}{% endyield %}.md": "no dish\n",
        },
        {"{% yield dish from dishes %}{{ dish }}{% endyield %}.txt.jinja": "{{ dish }}, warm\n"},
        {},
    ),
    "a choice that is gone": (
        {
            "copier.yml": NAME + "dish: {choices: [soup, salad], default: salad}\n",
            "a.txt.jinja": "{{ dish }}\n",
        },
        {"copier.yml": NAME + "dish: {choices: [soup, bread], default: bread}\n"},
        {},
    ),
    "a file that a version gives up": (
        {"copier.yml": NAME, "a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n"},
        {"copier.yml": NAME + "_exclude: [/a.txt, .git, copier.yml]\n", "b.txt": "bb\n", "c.txt": None},
        {},
    ),
}


def template(root: Path, first: Files, second: Files) -> Path:
    files = {path: content for path, content in first.items() if content is not None}
    tree.repository(root, {ANSWERS: "{{ _copier_answers | to_nice_yaml }}", **files}, tag="v1.0.0")
    updates.change(root, second)
    updates.release(root, "v2.0.0")
    return root


@pytest.mark.parametrize("case", CASES)
def test_the_same_files_as_with_plain_copier(case: str, folder: Path) -> None:
    first, second, edits = CASES[case]
    source = template(folder / "pizza", first, second)
    ours, theirs = folder / "ours" / "lunch", folder / "theirs" / "lunch"
    (folder / "ours").mkdir()
    options = ("--defaults", "--no-verify", "--template", source, "--ref", "v1.0.0")

    assert cli.run("new", "lunch", "--in", ours.parent, *options).code == 0
    run_copy(str(source), theirs, vcs_ref="v1.0.0", defaults=True, quiet=True)
    assert tree.read(ours) == tree.read(theirs)

    updates.change(ours, edits)
    tree.git(ours, "add", "--all")
    tree.git(ours, "commit", "--quiet", "--allow-empty", "--message", "mine")
    shutil.rmtree(theirs)
    shutil.copytree(ours, theirs)
    updated = cli.run("update", ours, "--defaults")
    assert updated.code == 0, updated.err
    run_update(theirs, vcs_ref="v2.0.0", defaults=True, overwrite=True, quiet=True)
    assert tree.read(ours) == tree.read(theirs)


def test_a_file_that_goes_with_an_answer_is_no_conflict_and_goes_with_it(folder: Path) -> None:
    """Plain Copier knows no new answer in the old version, and takes the file for new on both sides."""
    questions = NAME + "extra: {type: bool, default: true}\n"
    exclude = "_exclude: ['{% if not extra %}a.txt{% endif %}', '{% if not more %}b.txt{% endif %}', .git]\n"
    source = template(
        folder / "pizza",
        {"copier.yml": questions, "a.txt": "a\n", "b.txt": "b\n"},
        {"copier.yml": f"{questions}more: {{type: bool, default: true}}\n{exclude}", "b.txt": "bb\n"},
    )
    cli.run("new", "lunch", "--defaults", "--no-verify", "--template", source, "--ref", "v1.0.0")

    assert cli.run("update", "lunch", "--defaults", "--data", "extra=no").code == 0

    assert (folder / "lunch" / "b.txt").read_text() == "bb\n"
    assert not (folder / "lunch" / "a.txt").exists()


def test_tasks_print_on_stderr(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What stands on stdout may be read by a program."""
    tasks = NAME + "_tasks: [echo cooked, echo made > made.txt]\n"
    source = template(folder / "pizza", {"copier.yml": tasks, "a.txt": "a\n"}, {"a.txt": "aa\n"})
    options = ("--defaults", "--no-verify", "--template", source, "--ref", "v1.0.0", "--trust")

    assert cli.run("new", "lunch", *options).code == 0
    assert capfd.readouterr() == ("", "cooked\n")
    assert "2 intact" in cli.run("status", "lunch", "--trust").out
    assert cli.run("update", "lunch", "--defaults", "--trust").code == 0
    assert capfd.readouterr() == ("", "cooked\n" * 2)


def test_tasks_that_start_a_repository(folder: Path) -> None:
    """What git keeps is no file of the template, and a commit of theirs is one."""
    git = "git init -q -b main && git add . && git commit -qm theirs"
    source = template(folder / "pizza", {"copier.yml": f"{NAME}_tasks: [{git}]\n", "a.txt": "a\n"}, {})
    options = ("--defaults", "--no-verify", "--template", source, "--trust")

    previewed = cli.run("new", "lunch", *options, "--preview")
    assert previewed.out == "lunch/.copier-answers.yml\nlunch/a.txt\n"
    made = cli.run("new", "lunch", *options)
    assert "git      first commit @COMMIT@" in made.out
    assert "2 files" in made.out
    assert tree.git(folder / "lunch", "log", "--format=%s") == "theirs"
    assert "1 intact" in cli.run("status", "lunch", "--trust").out


def test_tasks_that_start_a_repository_inside_of_another(folder: Path) -> None:
    tree.repository(folder / "mono", {"README.md": "mono\n"})
    git = "git init -q -b main && git add . && git commit -qm theirs"
    source = template(
        folder / "pizza", {"copier.yml": f"{NAME}_tasks: [{git}]\n", "a.txt": "a\n"}, {"a.txt": "aa\n"}
    )
    options = ("--defaults", "--no-verify", "--template", source, "--ref", "v1.0.0", "--trust")
    assert cli.run("new", "lunch", "--in", folder / "mono", *options).code == 0
    shutil.rmtree(folder / "mono" / "lunch" / ".git")
    tree.git(folder / "mono", "add", "--all")
    tree.git(folder / "mono", "commit", "--quiet", "--message", "lunch")

    assert cli.run("update", folder / "mono" / "lunch", "--defaults", "--trust").code == 0

    status = tree.git(folder / "mono", "status", "--porcelain")
    assert status == "M  lunch/.copier-answers.yml\nM  lunch/a.txt"


def test_what_the_template_reads_of_the_project(folder: Path) -> None:
    """Plain Copier renders the old version where that is not, and makes a conflict of it."""
    reads = NAME + "_external_data: {menu: menu.yml}\n"
    dish = "{{ _external_data.menu.dish | default('bread') }}"
    source = template(
        folder / "pizza",
        {
            "copier.yml": f'{reads}dish: {{default: "{dish}", when: false}}\n',
            "a.txt.jinja": f"{{{{ dish }}}} {dish}\n",
        },
        {"b.txt.jinja": dish},
    )
    made = cli.run("new", "lunch", "--defaults", "--no-verify", "--template", source, "--ref", "v1.0.0")
    assert made.code == 0, made.err
    assert (folder / "lunch" / "a.txt").read_text() == "bread bread\n"
    tree.write(folder / "lunch", {"menu.yml": "dish: soup\n", "a.txt": "soup soup\n"})
    tree.git(folder / "lunch", "add", "--all")
    tree.git(folder / "lunch", "commit", "--quiet", "--message", "mine")

    updated = cli.run("update", "lunch", "--defaults")

    assert updated.code == 0, updated.out
    assert (folder / "lunch" / "a.txt").read_text() == "soup soup\n"
    assert (folder / "lunch" / "b.txt").read_text() == "soup"
    note = "note: files are not compared: the template reads files of the project (_external_data)\n"
    assert cli.run("status", "lunch").err == note


@pytest.mark.parametrize(
    ("copier_yml", "message"),
    [
        (NAME + "_jinja_extensions: [broken:Extension]\n", "cannot be rendered: no sauce"),
        (NAME + "off: {type: bool, default: false}\nno: {type: bool}\n", "cannot be rendered"),
        (NAME + "sum: {type: int, default: '{{ 1 / 0 }}'}\n", "cannot be rendered: division by zero"),
        (NAME + "_tasks: [[there-is-no-such-program]]\n", "cannot be rendered: [Errno 2]"),
    ],
)
def test_code_of_a_template_that_fails_is_no_bug_of_ours(
    copier_yml: str, message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(folder / "modules", {"broken.py": "raise ImportError('no sauce')\n"})
    monkeypatch.syspath_prepend(str(folder / "modules"))
    source = template(folder / "pizza", {"copier.yml": copier_yml}, {})

    made = cli.run("new", "lunch", "--defaults", "--no-verify", "--template", source, "--trust")

    assert made.code == 2
    assert made.err.startswith(f"error: template @CWD@/pizza: {message}")
    assert tree.names(folder) == ["modules", "pizza"]
