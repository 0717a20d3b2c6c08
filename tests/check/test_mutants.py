"""All rules on code that has been damaged at random: no rule fails, and every place lies in its file."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from support import projects

from scaffold.rules import doc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.findings import Finding
    from scaffold.core.places import Place

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)


def _examples() -> list[tuple[str, str]]:
    """The code of all pages of rules; a damaged configuration ends a run, as it should."""
    return [
        (path, text)
        for rule in projects.RULES
        for example in (*doc.parse(rule.doc).bad, *doc.parse(rule.doc).good)
        for path, text in example.files.items()
        if path != "scaffold.toml"
    ]


def _damaged(text: str, chance: random.Random) -> str:
    """The text cut off, or with words lost, swapped or said twice."""
    words = _TOKEN.findall(text)
    match chance.randrange(4):
        case 0:
            return text[: chance.randrange(len(text))]
        case 1:
            for _ in range(chance.randint(1, 6)):
                words[chance.randrange(len(words))] = ""
        case 2:
            for _ in range(chance.randint(1, 4)):
                words[chance.randrange(len(words))] = chance.choice(words)
        case _:
            start = chance.randrange(len(words))
            words[start:start] = words[start : start + chance.randint(1, 20)]
    return "".join(words)


def _places(finding: Finding) -> Iterator[Place]:
    yield finding.place
    yield from (each.place for each in finding.evidence)


@pytest.mark.parametrize("seed", range(12))
def test_no_rule_fails(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same damage each time
    files = {path: _damaged(text, chance) for path, text in chance.sample(_examples(), 25)}
    projects.lay(tmp_path, files)

    outcome = projects.check(tmp_path)  # raises what a rule raises

    for finding in outcome.report.findings:
        for place in _places(finding):
            lines = outcome.sources.lines(place.path)
            assert 0 <= place.start <= place.end <= len(lines.source)
            assert 1 <= place.line <= place.end_line <= len(lines)
