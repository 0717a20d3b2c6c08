from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import tree

from scaffold.model import parsing
from scaffold.model.load import load
from scaffold.source.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = {
    "convex/schema.ts": "export default defineSchema({});\n",
    "convex/a.ts": 'import { b } from "../lib/b";\nexport const a = b;\n',
    "lib/b.ts": 'import { c } from "./c";\nexport const b = c;\n',
    "lib/c.ts": "export const c = 1;\n",
}

_REGISTERED = """
import {{ query }} from "./_generated/server";
export const {0} = query({{ args: {{}}, handler: async () => null }});
"""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The sources that were parsed, as they come."""
    seen: list[bytes] = []

    def spy(source: bytes, *, jsx: bool = False) -> object:
        seen.append(source)
        return scan(source, jsx=jsx)

    monkeypatch.setattr(parsing, "scan", spy)
    return seen


def read(root: Path, cache: Path, name: str = "") -> None:
    workspace = load(root, cache=cache, cache_name=name)
    for project in workspace.projects:
        list(project.imported_from_outside())


def test_nothing_is_parsed_twice_helpers_outside_of_the_functions_included(
    tmp_path: Path, parsed: list[bytes]
) -> None:
    root, cache = tree.write(tmp_path / "app", PROJECT), tmp_path / "cache"
    read(root, cache)
    assert sorted(parsed) == sorted(text.encode() for text in PROJECT.values())

    for _ in range(2):
        parsed.clear()
        read(root, cache)
        assert parsed == []

    tree.write(root, {"lib/b.ts": 'import { c } from "./c";\nexport const b = c + 1;\n'})
    read(root, cache)
    assert len(parsed) == 1
    parsed.clear()
    read(root, cache)
    assert parsed == []


def test_a_folder_of_the_moment_shares_a_cache_by_name(tmp_path: Path, parsed: list[bytes]) -> None:
    cache = tmp_path / "cache"
    read(tree.write(tmp_path / "one", PROJECT), cache, "base")
    parsed.clear()

    read(tree.write(tmp_path / "two", PROJECT), cache, "base")

    assert parsed == []
    assert sorted(each.name.partition("-")[0] for each in cache.iterdir()) == ["facts", "functions"]


def test_what_is_gone_leaves_the_cache(tmp_path: Path) -> None:
    root, cache = tree.write(tmp_path / "app", PROJECT), tmp_path / "cache"
    read(root, cache)
    (kept,) = cache.glob("facts-*")
    before = kept.stat().st_size
    (root / "lib" / "c.ts").unlink()
    tree.write(root, {"lib/b.ts": "export const b = 1;\n"})

    read(root, cache)

    assert kept.stat().st_size < before


def test_files_that_import_each_other_keep_their_own_functions(tmp_path: Path) -> None:
    root = tree.write(
        tmp_path / "app",
        {
            "convex/a.ts": 'import { b } from "./b";\n' + _REGISTERED.format("a"),
            "convex/b.ts": 'import { a } from "./a";\n' + _REGISTERED.format("b"),
        },
    )
    for _ in range(2):
        (project,) = load(root, cache=tmp_path / "cache").projects
        assert project.directory.addresses == {("a", "a"), ("b", "b")}


def test_the_code_of_what_registers_no_crons_and_routes_stays_encoded(tmp_path: Path) -> None:
    files = {
        "convex/a.ts": _REGISTERED.format("a"),
        "convex/jobs.ts": "export const register = (crons) => crons.interval('often', { hours: 1 }, x);\n",
        "convex/crons.ts": "import { cronJobs } from 'convex/server';\nimport { register } from './jobs';\n"
        "const crons = cronJobs();\nregister(crons);\nexport default crons;\n",
    }
    root, cache = tree.write(tmp_path / "app", PROJECT | files), tmp_path / "cache"
    for _ in range(2):  # the second time all of it is remembered
        (project,) = load(root, cache=cache, cache_name="").projects
        assert [cron.name for cron in project.wiring.crons] == ["often"]

    decoded = {path for path, module in project.modules.items() if "body" in vars(module.facts)}
    assert decoded == {"convex/crons.ts", "convex/jobs.ts"}
