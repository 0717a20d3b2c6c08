"""Our own rules find nothing in the template: every option set, every rule, however unsure, unsuppressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import cli, tree

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import sources
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from pathlib import Path

STRICTEST = ("check", "--profile", "pedantic", "--min-confidence", "low", "--format", "concise")


@pytest.mark.parametrize(
    "domains", [[], ["orders"], ["rooms"], ["orders", "rooms"], ["action-retrier"]], ids="+".join
)
@pytest.mark.parametrize("auth", ["clerk", "auth0", "workos", "oidc", "jwt"])
def test_no_findings(folder: Path, auth: str, domains: list[str]) -> None:
    answers = {"project_name": "orders-backend", "auth": auth, "domains": domains}
    with sources.open_template(None, None) as template:
        form = Form(template, folder=folder, data=answers)
        form.take_defaults()
        form.render(folder)

    assert cli.run(*STRICTEST) == cli.Result(0, "", "")
    assert "scaffold-ignore" not in "".join(tree.read(folder).values())


def test_no_findings_in_the_folder_on_disk() -> None:
    assert cli.run(*STRICTEST, TEMPLATE_ROOT / "template") == cli.Result(0, "", "")


def test_what_is_taken_out_of_the_template_is_missed(folder: Path) -> None:
    convex = TEMPLATE_ROOT / "template" / "convex"
    files = {f"convex/{name}": text for name, text in tree.read(convex).items()}
    public = "convex/users/public.ts"
    tree.write(folder, files | {public: files[public].replace("  args: ", "  arguments: ")})

    assert "convex/users/public.ts" in cli.run(*STRICTEST).out
