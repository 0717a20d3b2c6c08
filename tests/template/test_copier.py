"""The repository is a plain Copier template: without our command it gives the same files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import cli, tree

from scaffold.templates import history

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOICES: dict[str, Sequence[str]] = {
    "defaults": (),
    "least": ("domains=[]", "ci=none", "package_manager=bun", "auth=jwt"),
    "other": ("auth=workos", "package_manager=pnpm"),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_copier_copy_gives_the_files_of_new(
    choice: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Apart from generated code, which Copier cannot write; the answers file included."""
    data = [word for answer in CHOICES[choice] for word in ("--data", answer)]
    # Git finds the released history at the template's address, as it would on the net.
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{history.BUNDLE}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", history.CANONICAL_URL)

    ours = cli.run("new", "shop", "--defaults", "--no-verify", "--no-git", *data)
    subprocess.run(
        [
            Path(sys.executable).with_name("copier"),
            *("copy", "--quiet", "--defaults", "--data", "project_name=shop", *data),
            *("--vcs-ref", history.NEWEST, history.CANONICAL_URL, "copied"),
        ],
        check=True,
        cwd=folder,
    )

    assert ours.code == 0
    made, copied = tree.read(folder / "shop"), tree.read(folder / "copied")
    assert f"_src_path: {history.CANONICAL_URL}\n" in made[".copier-answers.yml"]
    assert f"_commit: {history.NEWEST}\n" in made[".copier-answers.yml"]
    assert list(copied) == list(made)
    different = {name for name, text in made.items() if copied[name] != text}
    generated = {"convex/_generated/api.d.ts", "convex/_generated/server.d.ts", "tests/python/api.py"}
    assert different <= generated
