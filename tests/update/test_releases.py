"""Updates along the released versions, and together with plain Copier and Renovate."""

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

VERSIONS = history.versions()
CHOICES: dict[str, Sequence[str]] = {
    "defaults": (),
    "least": ("domains=[]", "ci=none", "package_manager=bun", "auth=jwt"),
}
SEEDED = {
    "convex/orders/http.ts",
    "convex/orders/public.ts",
    "convex/orders/public.test.ts",
}  # the project's own
LEDGER = ".scaffold-ledger.toml"


@pytest.fixture(autouse=True)
def _history_at_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git finds the released history at the template's address, as it would on the net."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{history.BUNDLE}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", history.CANONICAL_URL)


def new(folder: Path, version: str, choice: str = "defaults") -> Path:
    data = [word for answer in CHOICES[choice] for word in ("--data", answer)]
    result = cli.run("new", "shop", "--in", folder, "--defaults", "--no-verify", "--ref", version, *data)
    assert result.code == 0, result.err
    return folder / "shop"


def commit(project: Path) -> None:
    tree.git(project, "add", "--all")
    tree.git(project, "commit", "--quiet", "--message", "change")


def renovate(project: Path, version: str) -> None:
    """What Renovate's Copier manager runs, where the answers file is."""
    options = ("--skip-answered", "--defaults", "--answers-file", ".copier-answers.yml", "--vcs-ref", version)
    subprocess.run(
        [Path(sys.executable).with_name("copier"), "update", *options],
        cwd=project,
        check=True,
        capture_output=True,
    )


def without_ledger(project: Path) -> dict[str, str]:
    return {path: text for path, text in tree.read(project).items() if path != LEDGER}


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_update_gives_what_a_new_project_has(version: str, choice: str, tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    project = new(tmp_path / "old", version, choice)

    result = cli.run("update", project, "--defaults")

    assert (result.code, result.err) == (0, "")
    after, wanted = without_ledger(project), tree.read(new(tmp_path / "new", VERSIONS[-1], choice))
    assert {path for path in after | wanted if after.get(path) != wanted.get(path)} <= SEEDED


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_and_back_again(version: str, tmp_path: Path) -> None:
    project = new(tmp_path, version)
    before = tree.read(project)
    assert cli.run("update", project, "--defaults").code == 0
    commit(project)

    assert cli.run("update", project, "--to", version).code == 0

    after = without_ledger(project)
    codemod = {"convex/orders/http.ts"}  # the project's own, changed with it
    assert {path for path in before | after if before.get(path) != after.get(path)} <= codemod


@pytest.mark.parametrize(
    "places",
    [("convex/_generated/server.d.ts", LEDGER), ("convex/lib/http.ts",)],
    ids=["written", "moved to"],
)
def test_folders_where_an_update_writes_files_stay(places: tuple[str, ...], tmp_path: Path) -> None:
    """Where generated code goes, the ledger of the migrations, and the new place of a file that is moved."""
    project = new(tmp_path, "v0.2.0")
    (project / "convex/_generated/server.d.ts").unlink()
    mine = {f"{place}/mine.txt": "mine\n" for place in places}
    tree.write(project, mine)
    commit(project)
    before = tree.read(project)

    result = cli.run("update", project, "--to", "v0.3.0", "--defaults")

    assert result.code in {0, 4}, result.err
    assert {path: tree.read(project).get(path) for path in mine} == mine
    if LEDGER in places:
        assert result.err.splitlines() == [
            f"note: {place} is not written: {place}/ stands in the way" for place in sorted(places)
        ]
    assert cli.run("update", project, "--abort").code == 0
    assert tree.read(project) == before


def test_links_where_generated_code_was_stay(tmp_path: Path) -> None:
    project = new(tmp_path, "v0.4.0")
    links = ("convex/_generated/server.d.ts", "convex/_generated/api.d.ts")
    (project / "elsewhere").mkdir()
    for path in links:
        (project / path).rename(project / "elsewhere" / Path(path).name)
        (project / path).symlink_to(f"../../elsewhere/{Path(path).name}")
    commit(project)

    result = cli.run("update", project, "--to", "v0.5.0", "--defaults")

    assert result.code in {0, 4}, result.err
    assert [(project / path).readlink() for path in links] == [
        Path("../../elsewhere") / Path(path).name for path in links
    ]


@pytest.mark.slow
def test_every_part_of_the_way_adds_up(tmp_path: Path) -> None:
    """Version by version, with changes of one's own in between, is the same as at once."""
    mine = {"convex/lib/auth.ts": "// mine\n\n", "convex/lib/responses.ts": "// mine\n\n"}
    results = []
    for name, versions in {"steps": VERSIONS[1:], "once": VERSIONS[-1:]}.items():
        (tmp_path / name).mkdir()
        project = new(tmp_path / name, VERSIONS[0])
        for path, text in mine.items():
            (project / path).write_text(text + (project / path).read_text())
        tree.write(project, {"convex/notes/model.ts": 'export * from "../lib/responses";\n'})
        commit(project)
        for version in versions:
            result = cli.run("update", project, "--to", version, "--defaults")
            assert result.code == 0, result.out
            commit(project)
        results.append(without_ledger(project))

    assert results[0] == results[1]
    assert results[0]["convex/lib/auth.ts"].startswith("// mine\n\n")
    assert results[0]["convex/lib/http.ts"].startswith("// mine\n\n")
    assert results[0]["convex/notes/model.ts"] == 'export * from "../lib/http";\n'


@pytest.mark.parametrize("choice", CHOICES)
def test_plain_copier_gives_the_same_tree(choice: str, tmp_path: Path) -> None:
    """Where no work can be lost: apart from codemods and generated code, which `--complete` adds."""
    for name in ("plain", "ours"):
        (tmp_path / name).mkdir()
    projects = [new(tmp_path / name, VERSIONS[0], choice) for name in ("plain", "ours")]
    for project in projects:
        (project / "README.md").write_text("Mine.\n\n" + (project / "README.md").read_text())
        commit(project)
    plain, ours = projects

    renovate(plain, VERSIONS[-1])
    assert cli.run("update", ours, "--defaults").code == 0

    written = {"convex/_generated/api.d.ts", "convex/_generated/server.d.ts", "tests/python/api.py"}
    left = {*written, "convex/orders/http.ts"}
    after = [without_ledger(project) for project in projects]
    assert {p for p in after[0] | after[1] if after[0].get(p) != after[1].get(p)} <= left
    commit(plain)
    completed = cli.run("update", plain, "--complete")
    assert completed.code == 0, completed.err
    assert tree.read(plain) == tree.read(ours)


def test_completing_what_is_complete_does_nothing(tmp_path: Path) -> None:
    project = new(tmp_path, VERSIONS[-1])

    assert cli.run("update", project, "--complete").out.endswith("nothing to do\n")
    assert tree.git(project, "status", "--porcelain") == ""
