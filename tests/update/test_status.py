"""`status`: versions and files, what counts, and what it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import history

if TYPE_CHECKING:
    from pathlib import Path

    from support.updates import Scene

FIRST = {
    "intact.txt": "i\n",
    "edited.txt": "e\n",
    "drifted.txt": "d\n",
    "gone.txt": "g\n",
    "gone-too.txt": "g\n",
    "on-purpose.txt": "p\n",
    "seed/s.txt": "s\n",
    "_generated/g.txt": "g\n",
    "crlf.txt": "one\ntwo\n",
}
MANIFEST = """\
managed: [drifted.txt, gone.txt, on-purpose.txt, crlf.txt]
seeded: [/seed/]
generated: [/_generated/]
"""
TOML = """\
[template]
deviations = [{ path = "on-purpose.txt", reason = "ours is better" }, { path = "intact.txt", reason = "was" }]
skips = [{ version = "v1.5.0", reason = "it broke" }]
"""


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = updates.scene(tmp_path, FIRST, {}, **{"scaffold-manifest.yml": MANIFEST})
    tree.git(made.template, "tag", "v1.5.0")
    tree.git(made.template, "tag", "v3.0.0rc1")
    monkeypatch.chdir(made.project)
    return made


def change_everything(scene: Scene) -> None:
    (scene.project / "seed" / "s.txt").write_text("mine\n")
    scene.edit(
        {
            "edited.txt": "mine\n",
            "drifted.txt": "mine\n",
            "gone.txt": None,
            "gone-too.txt": None,
            "on-purpose.txt": "mine\n",
            "crlf.txt": "one\r\ntwo\r\n",
            "own.txt": "mine\n",
            "scaffold.toml": TOML,
            ".scaffold-ledger.toml": '[[migration]]\nunresolved = ["a.ts:3: look"]\n',
        }
    )


def test_says_how_far_apart_they_are(scene: Scene) -> None:
    change_everything(scene)

    assert cli.run("status") == cli.Result(
        1,
        f"""\
{scene.template}  v1.0.0, 1 version behind v2.0.0
  passed over v1.5.0  (it broke)

  drifted   drifted.txt
  edited    edited.txt
  missing   gone-too.txt
  missing   gone.txt  (the template's)
  deviates  on-purpose.txt  (ours is better)

2 intact, 1 edited, 1 drifted, 2 missing, 1 deviates, 1 seeded, 1 generated
to do     a.ts:3: look
update    convex-scaffold update --preview
drift     convex-scaffold update --restore --to v1.0.0, or record a reason in scaffold.toml
""",
        "note: intact.txt does not deviate: take it out of scaffold.toml\n",
    )


def test_the_same_as_json(scene: Scene) -> None:
    change_everything(scene)

    result = cli.run("status", "--json")

    assert (result.code, result.err) == (1, "")
    document = json.loads(result.out)
    assert document.pop("files")[:3] == [
        {"path": "_generated/g.txt", "class": "generated", "state": "generated"},
        {"path": "crlf.txt", "class": "managed", "state": "intact"},
        {"path": "drifted.txt", "class": "managed", "state": "drifted"},
    ]
    assert document == {
        "schemaVersion": 1,
        "template": str(scene.template),
        "version": "v1.0.0",
        "newest": "v2.0.0",
        "behind": [{"version": "v2.0.0", "text": ""}],
        "skipped": [{"version": "v1.5.0", "reason": "it broke"}],
        "drifted": ["drifted.txt", "gone.txt"],
        "toDo": ["a.ts:3: look"],
        "remarks": ["intact.txt does not deviate: take it out of scaffold.toml"],
    }


@pytest.mark.parametrize(
    ("options", "behind", "drift"),
    [
        ((), 1, 1),
        (("--allow-behind",), 0, 1),
        (("--allow-drift",), 1, 0),
        (("--allow-behind", "--allow-drift"), 0, 0),
    ],
)
def test_what_counts_can_be_chosen(options: tuple[str, ...], behind: int, drift: int, scene: Scene) -> None:
    assert cli.run("status", *options).code == behind
    assert cli.run("update", "--defaults").code == 0
    assert cli.run("status", *options).code == 0
    scene.edit({"drifted.txt": "mine\n"})
    assert cli.run("status", *options).code == drift


def test_a_render_is_remembered(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cli.run("status", "--all")
    assert "  intact    edited.txt\n" in first.out
    monkeypatch.setattr("scaffold.templates.renders._render", None)  # would raise a TypeError

    assert cli.run("status", "--all") == first
    tree.git(scene.template, "tag", "--force", "v1.0.0", "v2.0.0^0")
    with pytest.raises(TypeError):
        cli_status(scene)


def cli_status(scene: Scene) -> None:
    from scaffold.lifecycle import status  # noqa: PLC0415

    status.read(scene.project, ".copier-answers.yml")


def test_outside_of_git_it_works_as_well(scene: Scene, tmp_path: Path) -> None:
    plain = tree.write(tmp_path / "plain" / "lunch", tree.read(scene.project))

    assert cli.run("status", plain).out == cli.run("status").out


def test_a_template_that_runs_code_is_not_run(tmp_path: Path) -> None:
    scene = updates.scene(tmp_path, {"a.txt": "a\n"}, {})
    tasks = updates.COPIER_YML + "_tasks: [touch cooked]\n"
    tree.write(scene.template, {"copier.yml": tasks})
    updates.release(scene.template, "v3.0.0")
    made = cli.run(
        "new",
        "cooked",
        "--defaults",
        "--no-verify",
        "--template",
        scene.template,
        "--trust",
        "--in",
        tmp_path,
    )
    assert made.code == 0

    assert cli.run("status", tmp_path / "cooked") == cli.Result(
        0,
        f"{scene.template}  v3.0.0, the newest\n",
        f"note: files are not compared: template {scene.template} runs code of its own (tasks), "
        "and was not given leave to\n",
    )
    assert "2 intact" in cli.run("status", tmp_path / "cooked", "--trust").out


def test_a_template_out_of_reach(scene: Scene) -> None:
    scene.edit({".copier-answers.yml": "_commit: v1.0.0\n_src_path: file:///nowhere/pizza.git\n"})

    result = cli.run("status")

    assert result.code == 5
    assert result.err.startswith("error: template file:///nowhere/pizza.git cannot be read\n")


def test_a_version_of_ours_that_is_to_come(scene: Scene) -> None:
    answers = f"_commit: v99.0.0\n_src_path: {history.CANONICAL_URL}\n"
    scene.edit({".copier-answers.yml": answers})

    assert cli.run("status").err.startswith(
        "error: template version v99.0.0 is not known to convex-scaffold "
    )
    scene.edit({".copier-answers.yml": answers.replace("99", "0.0")})
    assert cli.run("status").err.startswith("error: template convex-scaffold has no version 'v0.0.0.0'\n")


def test_a_new_project_is_intact_and_copier_is_not_imported(tmp_path: Path) -> None:
    cli.run("new", "shop", "--in", tmp_path, "--defaults", "--no-verify")
    script = (
        "import sys; from scaffold.cli.app import main; code = main(['status', *sys.argv[1:]]); "
        "heavy = {'copier', 'jinja2', 'plumbum', 'pydantic'}; "
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules})); "
        "sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "shop")],
        cwd=TEMPLATE_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"convex-scaffold  {history.NEWEST}, the newest"
    assert " intact, " in lines[2]
    assert {word for word in ("edited", "drifted", "missing") if word in lines[2]} == set()
    assert lines[3] == "[]"
