"""Projects in all styles, and all that is read of them. Adding a case is adding a file to `cases/`."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.outline import outline

from scaffold.model.load import load
from scaffold.rules.doc import examples

_CASES = sorted((Path(__file__).parent / "cases").glob("*.md"))


@pytest.mark.parametrize("case", _CASES, ids=[case.stem for case in _CASES])
def test_reading(case: Path, tmp_path: Path) -> None:
    fences = examples(case.read_text("utf-8"))
    expected = next(fence.text for fence in fences if fence.language == "text")
    for fence in fences:
        for path, text in fence.files.items() if fence.language != "text" else ():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    assert outline(load(tmp_path)).strip() == expected
