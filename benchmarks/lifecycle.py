"""`update` and `status` against `copier update` and `copier check-update`: `python benchmarks/lifecycle.py`.

The same projects, one version behind the template, in one run. Git finds the released history at the
template's address, so that no network is measured.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from timing import medians

from scaffold.templates import history

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BIN = Path(sys.executable).parent
BARS = {"update": 0.5, "status": 0.2}
EDITS = ("AGENTS.md", "package.json", "convex/lib/auth.ts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _surroundings(folder)
        project = _project(folder)
        for number in range(rounds + 1):
            for name in ("ours", "copied"):
                shutil.copytree(project, folder / name / str(number) / "shop", symlinks=True)
        found = medians(
            {
                "convex-scaffold update": _ours("update", "--defaults"),
                "copier update": _copier("update", "--defaults", "--quiet", "--vcs-ref", history.NEWEST),
                "convex-scaffold update --preview": lambda _: _command(
                    "update", "--defaults", "--preview", project
                ),
                "convex-scaffold status": lambda _: _command("status", "--allow-behind", project),
                "copier check-update": lambda _: [BIN / "copier", "check-update", project],
            },
            rounds=rounds,
            cwd=folder,
        )
    for name, seconds in found.items():
        print(f"{seconds * 1000:6.0f} ms  {name}")
    for name, peer in (("update", "copier update"), ("status", "copier check-update")):
        ratio = found[f"convex-scaffold {name}"] / found[peer]
        print(f"{name}: {ratio:.2f} x {peer} (bar: {BARS[name]})")


def _surroundings(folder: Path) -> None:
    """The template at its address, and nothing of the user's."""
    os.environ |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{history.BUNDLE}.insteadOf",
        "GIT_CONFIG_VALUE_0": history.CANONICAL_URL,
        "COPIER_CACHE_DIR": str(folder / "copier"),
        "CONVEX_SCAFFOLD_CACHE_DIR": str(folder / "cache"),
        **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
    }


def _project(folder: Path) -> Path:
    """A project one version behind, with a few changes of its own."""
    options = ("--defaults", "--no-verify", "--ref", history.versions()[-2])
    subprocess.run(_command("new", "shop", *options), check=True, cwd=folder, capture_output=True)
    project = folder / "shop"
    for name in EDITS:
        path = project / name
        path.write_text(path.read_text() + "\n")
    subprocess.run(["git", "commit", "--quiet", "--all", "--message", "mine"], check=True, cwd=project)
    return project


def _command(*words: str | Path) -> list[str | Path]:
    return [BIN / "convex-scaffold", *words]


def _ours(*words: str) -> Callable[[int], Sequence[str | Path]]:
    return lambda number: _command(*words, Path("ours", str(number + 1), "shop"))


def _copier(*words: str) -> Callable[[int], Sequence[str | Path]]:
    return lambda number: [BIN / "copier", *words, Path("copied", str(number + 1), "shop")]


if __name__ == "__main__":
    main()
