"""`new --no-verify` against `copier copy` of the same template, in one run: `python benchmarks/new.py`."""

from __future__ import annotations

import argparse
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
BAR = 0.7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        repository, plain = folder / "template.git", folder / "template"
        for options, target in ((["--mirror"], repository), ([], plain)):
            subprocess.run(
                ["git", "clone", "--quiet", *options, history.BUNDLE, target], check=True, cwd=folder
            )
        subprocess.run(["git", "checkout", "--quiet", history.NEWEST], check=True, cwd=plain)
        subprocess.run(["rm", "-rf", plain / ".git"], check=True)
        ours = "convex-scaffold new --no-verify"
        found = medians(
            {
                ours: _new(),
                "… and --no-git": _new("--no-git"),
                "copier copy, from a git repository": _copier(repository, "--vcs-ref", history.NEWEST),
                "copier copy, from a folder": _copier(plain),
            },
            rounds=rounds,
            cwd=folder,
        )
    for name, seconds in found.items():
        print(f"{seconds * 1000:6.0f} ms  {name}")
    ratio = found[ours] / found["copier copy, from a git repository"]
    print(f"ratio of the first to the third: {ratio:.2f} (bar: {BAR})")


def _new(*options: str) -> Callable[[int], Sequence[str | Path]]:
    name = f"new{len(options)}"
    command: list[str | Path] = [BIN / "convex-scaffold", "new", "--defaults", "--no-verify", *options]
    return lambda number: [*command, f"{name}-{number + 1}"]


def _copier(template: Path, *options: str) -> Callable[[int], Sequence[str | Path]]:
    options = ("--defaults", "--data", "project_name=shop", *options)
    command: list[str | Path] = [BIN / "copier", "copy", "--quiet", *options, template]
    return lambda number: [*command, f"copied-{template.suffix or 'plain'}-{number + 1}"]


if __name__ == "__main__":
    main()
