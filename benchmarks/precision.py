"""Count what the rules report on real codebases, and draw samples to judge.

Without --rule it prints the findings of each default rule that a user sees, and in how many codebases. With
--rule it prints a sample with the code around each, as even over the codebases as there are findings, and the
same each time. Judging is for people: docs/precision.md holds the verdicts.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections import Counter
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check import run, workspace
from scaffold.check.extends import Cache
from scaffold.rules import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_AROUND = 4  # lines of code before and after a sampled finding


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, help="one codebase each")
    parser.add_argument("--rule", metavar="CODE", help="print a sample of this rule's findings")
    parser.add_argument("--sample", type=int, default=20, help="how many")
    options = parser.parse_args()
    found = {folder.resolve(): _check(folder.resolve()) for folder in options.folders}
    if options.rule:
        _print_sample(found, options.rule, options.sample)
    else:
        _print_counts(found)


def _check(folder: Path) -> list[Finding]:
    with tempfile.TemporaryDirectory() as temporary:
        request = run.Request(
            start=folder,
            paths=(folder,),
            today=datetime.now().astimezone().date(),
            cache=Cache(folder=Path(temporary)),
        )
        outcome = run.run(request, registry.load(), workspace.read)
    for rule, error in outcome.failures:
        print(f"{folder.name}: {rule.code} failed: {error!r}")
    return list(outcome.report.findings)


def _print_counts(found: dict[Path, list[Finding]]) -> None:
    counts = Counter(finding.code for findings in found.values() for finding in findings)
    for rule in registry.load():
        codebases = sum(any(each.code == rule.code for each in findings) for findings in found.values())
        if counts[rule.code]:
            print(f"{rule.code:<6} {rule.name:<28} {counts[rule.code]:>6} in {codebases}")


def _print_sample(found: dict[Path, list[Finding]], code: str, size: int) -> None:
    for number, (folder, finding) in enumerate(_sample(found, code)):
        if number == size:
            return
        place = finding.place
        print(f"\n{number + 1}. {folder.name}/{place}: {finding.message}")
        for evidence in finding.evidence:
            print(f"   {evidence.place}: {evidence.message}")
        lines = (folder / place.path).read_text("utf-8", "replace").splitlines()
        for line in range(max(1, place.line - _AROUND), min(len(lines), place.line + _AROUND) + 1):
            print(f"   {'>' if line == place.line else ' '} {line} {lines[line - 1]}")


def _sample(found: dict[Path, list[Finding]], code: str) -> Iterator[tuple[Path, Finding]]:
    """One of each codebase in turn. The order of both looks random, and stays when other findings go."""
    columns = []
    for folder in sorted(found, key=lambda folder: _drawn(code, folder.name)):
        mine = [(folder, finding) for finding in found[folder] if finding.code == code]
        columns.append(sorted(mine, key=lambda each: _drawn(code, str(each[1].place))))
    for row in zip_longest(*columns):
        yield from (each for each in row if each is not None)


def _drawn(code: str, name: str) -> str:
    return hashlib.sha256(f"{code} {name}".encode()).hexdigest()


if __name__ == "__main__":
    main()
