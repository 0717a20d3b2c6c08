"""Our own rules find nothing in the template: every option set, every rule, however unsure, unsuppressed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import cli, tree
from support.options import COVERING, COVERING_IDS

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import sources
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from pathlib import Path

STRICTEST = ("check", "--profile", "pedantic", "--min-confidence", "low", "--format", "concise")


@pytest.mark.parametrize(("auth", "domains"), COVERING, ids=COVERING_IDS)
def test_no_findings(folder: Path, auth: str, domains: tuple[str, ...]) -> None:
    answers = {"project_name": "orders-backend", "auth": auth, "domains": list(domains)}
    with sources.open_template(None, None) as template:
        form = Form(template, folder=folder, data=answers)
        form.take_defaults()
        form.render(folder)

    result = cli.run(*STRICTEST)
    assert (result.code, result.out) == (0, "")  # what is chosen at run time is named beside
    assert "scaffold-ignore" not in "".join(tree.read(folder).values())


def test_no_findings_in_the_folder_on_disk() -> None:
    result = cli.run(*STRICTEST, TEMPLATE_ROOT / "template")
    assert (result.code, result.out) == (0, "")


def test_the_hooks_of_the_page_are_seen() -> None:
    """Of each function for clients of rooms: one that the page does not call would be one too many."""
    inspected = json.loads(cli.run("inspect", TEMPLATE_ROOT / "template", "--json").out)
    (project,) = inspected["projects"]
    names = [function["identifier"] for function in project["functions"]]
    mentions = [mention for mention in project["mentions"] if mention["by"] == "client"]

    assert {mention["place"]["path"].split("/")[0] for mention in mentions} == {"tests", "web"}
    assert {mention["address"] for mention in mentions if mention["call"]} == {
        "api.users.public.store",
        *(f"api.rooms.public.{name.split(':')[1]}" for name in names if name.startswith("rooms/public:")),
    }


def test_what_is_taken_out_of_the_template_is_missed(folder: Path) -> None:
    convex = TEMPLATE_ROOT / "template" / "convex"
    files = {f"convex/{name}": text for name, text in tree.read(convex).items()}
    public = "convex/users/public.ts"
    tree.write(folder, files | {public: files[public].replace("  args: ", "  arguments: ")})

    assert "convex/users/public.ts" in cli.run(*STRICTEST).out
