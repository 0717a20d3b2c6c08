"""`add feature`: options of the template that were left out when the project was made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import cli, templates, tree

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = """\
shop:
  type: bool
  default: false
ci:
  type: str
  choices: {GitHub: github, None: none}
  default: none
"""
FILES = {
    "copier.yml": templates.COPIER_YML + OPTIONS,
    "template/shop.md.jinja": "{% if shop %}open{% endif %}\n",
    "template/ci.md.jinja": "{{ ci }}\n",
    "template/convex/tasks.ts": "export const a = 1;\n",
}


@pytest.fixture
def lunch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project whose template has a switch, a choice with a none, and one without."""
    templates.pizza(folder / "pizza", **FILES)
    assert cli.run("new", "lunch", "--template", "pizza", "--defaults", "--no-verify").code == 0
    monkeypatch.chdir(folder / "lunch")
    return folder / "lunch"


@pytest.mark.parametrize(
    ("name", "answer", "file", "text"),
    [
        ("shop", "shop: true\n", "shop.md", "open\n"),
        ("github", "ci: github\n", "ci.md", "github\n"),
        ("olives", "toppings:\n- cheese\n- olives\n", "README.md", "# lunch\n\nplain 3 cheese+olives\n"),
    ],
)
def test_a_feature_is_merged_and_staged(lunch: Path, name: str, answer: str, file: str, text: str) -> None:
    assert cli.run("add", "feature", name).code == 0

    answers = (lunch / ".copier-answers.yml").read_text()
    assert answer in answers
    assert (lunch / file).read_text() == text
    assert tree.git(lunch, "diff", "--cached", "--name-only").split() == [".copier-answers.yml", file]


def test_preview_writes_nothing(lunch: Path) -> None:
    before = tree.read(lunch)

    result = cli.run("add", "feature", "shop", "--preview", "--json")

    document = json.loads(result.out)
    assert document["state"] == "previewed"
    assert [file["path"] for file in document["files"]] == [".copier-answers.yml", "shop.md"]
    assert tree.read(lunch) == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "pineapple",
            "error: the template has no feature 'pineapple'; nothing was changed\n"
            "try: at v1.0.0 it offers: onion, olives, shop and github\n",
        ),
        (
            "cheese",
            "error: the project has 'cheese' already; nothing was changed\n"
            "try: .copier-answers.yml records what it has\n",
        ),
        (
            "spicy",  # excludes what is chosen, and none of the choices is nothing
            "error: the template has no feature 'spicy'; nothing was changed\n"
            "try: at v1.0.0 it offers: onion, olives, shop and github\n",
        ),
    ],
)
@pytest.mark.usefixtures("lunch")
def test_refused(name: str, message: str) -> None:
    assert cli.run("add", "feature", name) == cli.Result(2, "", message)


@pytest.mark.slow
def test_a_worked_domain_of_ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.run("new", "bare", "--defaults", "--data", "domains=[]", "--no-verify")
    cli.run("new", "full", "--defaults", "--no-verify")
    monkeypatch.chdir(folder / "bare")

    assert cli.run("add", "feature", "orders").code == 0

    bare, full = tree.read(folder / "bare"), tree.read(folder / "full")
    assert {name: text.replace("bare", "full") for name, text in bare.items()} == full


@pytest.mark.slow
@pytest.mark.parametrize(
    "steps", [["payments"], ["notifications"], ["notifications", "payments"]], ids="+".join
)
def test_payments_and_notifications_come_later_as_they_come_at_once(
    steps: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = str(templates.ours(folder / "template"))
    options = ["--template", template, "--defaults", "--no-verify"]
    cli.run("new", "bare", *options)
    cli.run("new", "full", *options, "--data", f"domains=[{', '.join(['orders', *steps])}]")
    bare = folder / "bare"
    monkeypatch.chdir(bare)
    crons = bare / "convex" / "crons.ts"
    crons.write_text(crons.read_text().replace("minutes: 5", "minutes: 10", 1))
    tree.git(bare, "commit", "-aqm", "ours")

    for step in steps:
        added = cli.run("add", "feature", step)
        assert added.code == 0, added.err
        tree.git(bare, "commit", "-aqm", step)

    expected = tree.read(folder / "full")
    expected["convex/crons.ts"] = expected["convex/crons.ts"].replace("minutes: 5", "minutes: 10", 1)
    assert {name: text.replace("bare", "full") for name, text in tree.read(bare).items()} == expected
    assert ("convex/payments/faults.test.ts" in expected) == ("payments" in steps)
    assert cli.run("codegen", "--check").code == 0
    checked = cli.run("check", "--profile", "pedantic", "--min-confidence", "low")
    assert checked.code == 0, checked.out


@pytest.mark.slow
def test_notifications_that_came_with_payments_are_only_written_down(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = str(templates.ours(folder / "template"))
    options = ["--template", template, "--defaults", "--no-verify", "--data", "domains=[payments]"]
    cli.run("new", "shop", *options)
    monkeypatch.chdir(folder / "shop")
    before = tree.read(folder / "shop")

    assert cli.run("add", "feature", "notifications").code == 0

    after = tree.read(folder / "shop")
    assert [name for name in after if after[name] != before.get(name)] == [".copier-answers.yml"]
    assert "domains:\n- payments\n- notifications\n" in after[".copier-answers.yml"]


@pytest.mark.slow
def test_the_web_page_brings_its_rooms(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added later is what is there from the start; what somebody did meanwhile stays."""
    template = str(templates.ours(folder / "template"))
    options = ["--template", template, "--defaults", "--no-verify"]
    cli.run("new", "bare", *options)
    cli.run("new", "full", *options, "--data", "domains=[orders, web]")
    monkeypatch.chdir(folder / "bare")
    readme = folder / "bare" / "README.md"
    readme.write_text(readme.read_text() + "\nOurs.\n")
    tree.git(folder / "bare", "commit", "-aqm", "ours")

    assert cli.run("add", "feature", "web").code == 0

    bare, full = tree.read(folder / "bare"), tree.read(folder / "full")
    assert {"web/index.html", "convex/rooms/tables.ts"} <= set(bare)
    full["README.md"] += "\nOurs.\n"
    assert {name: text.replace("bare", "full") for name, text in bare.items()} == full
