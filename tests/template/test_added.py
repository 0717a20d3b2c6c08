"""What `add` writes is as green as the project it goes into: types, lint, format, tests and standards."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support import cli, fresh, tree

if TYPE_CHECKING:
    from pathlib import Path

LONG = "It is shown to everybody who comes along, before anybody has signed in."


def everything(domain: str, table: str, name: str) -> list[list[str]]:
    """One of each kind, for all who may call it; the letter behind a name tells them apart."""
    return [
        ["domain", domain, "--table", table],
        ["query", f"{domain}/{name}Q"],
        ["query", f"{domain}/{name}R", "--admin"],
        ["query", f"{domain}/{name}S", "--open", LONG],
        ["query", f"{domain}/{name}T", "--internal"],
        ["mutation", f"{domain}/{name}M"],
        ["mutation", f"{domain}/{name}N", "--admin"],
        ["mutation", f"{domain}/{name}O", "--internal"],
        ["action", f"{domain}/{name}A"],
        ["action", f"{domain}/{name}B", "--admin"],
        ["action", f"{domain}/{name}C", "--internal"],
        ["http", f"{domain}/{name}H"],
        ["http", f"{domain}/{name}I", "--open", LONG],
        ["cron", f"{domain}/{name}K"],
    ]


TO_WORKED_DOMAINS = [
    ["table", "orders/returns"],
    ["query", "orders/listMine", "--table", "orders"],
    ["query", "orders/listAll", "--table", "orders", "--admin"],
    ["mutation", "orders/star", "--table", "orders"],
    ["action", "orders/track"],
    ["http", "orders/mine", "--table", "orders", "--path", "/mine"],
    ["cron", "orders/sweep", "--table", "orders"],
    ["query", "users/listNewest", "--admin"],
    ["mutation", "users/ban", "--admin"],
]

PIECES = {
    "plain": [*everything("billing", "invoices", "listOverdueInvoices"), *TO_WORKED_DOMAINS],
    # Names of one letter, and the longest there may be: the formatter breaks lines differently.
    "lengths": [*everything("a", "b", "z"), *everything("o" * 24, "m" * 22 + "es", "r" * 31)],
}


@pytest.mark.slow
@pytest.mark.parametrize("which", sorted(PIECES))
def test_green(which: str, folder: Path, template_modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = fresh.generated(folder / "shop", domains=["orders"] if which == "plain" else [])
    (project / "node_modules").symlink_to(template_modules)
    monkeypatch.chdir(project)
    for arguments in PIECES[which]:
        result = cli.run("add", *arguments)
        assert result.code == 0, (arguments, result.err)

    done = subprocess.run(["npm", "run", "check"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert cli.run("codegen", "--check").code == 0
    checked = cli.run("check", "--profile", "pedantic", "--min-confidence", "low")
    assert checked.code == 0, checked.out
    assert [name for name, text in tree.read(project / "convex").items() if "$name" in text] == []
