"""Rules say the same of a project module by module as of the whole: in every case of every rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import cases, projects

from scaffold.check import config, engine, workspace
from scaffold.check.extends import Cache

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.places import Place
    from scaffold.rules.rule import Rule

FOLDER = Path(__file__).parent / "cases"
WHOLE = [replace(rule, by_module=None) for rule in projects.RULES]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.md")), ids=lambda file: file.stem)
def test_by_module(file: Path, tmp_path: Path) -> None:
    differing = {}
    for number, case in enumerate(cases.read(file)):
        root = projects.lay(tmp_path / str(number), case.files)
        whole, parts = _found(root, WHOLE), _found(root, projects.RULES)
        if whole != parts:
            differing[case.name] = whole ^ parts
    assert differing == {}


def _found(root: Path, rules: Iterable[Rule]) -> set[tuple[str, Place]]:
    read = workspace.read(root, config.load(root, Cache(folder=root / ".cache")))
    raw = engine.run(read, rules)
    assert raw.failures == []
    return {(finding.code, finding.place) for finding in raw.findings}
