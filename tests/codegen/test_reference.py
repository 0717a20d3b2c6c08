"""Our generated code, byte for byte what the convex package's own functions write.

A test is a file in `projects/`: a project with whatever makes its generated code special. What is under
`packages/` there is installed into its node_modules.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support import tree, txtar

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.lifecycle import codegen
from scaffold.model import layout

HERE = Path(__file__).parent
PROJECTS = sorted((HERE / "projects").glob("*.txt"))

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("sample", PROJECTS, ids=lambda path: path.stem)
def test_generated_code_is_what_convex_writes(sample: Path, tmp_path: Path, template_modules: Path) -> None:
    text = sample.read_bytes().decode("utf-8")
    project = tree.write(tmp_path, txtar.parse(text))
    install(project, template_modules)

    codegen.apply(codegen.plan(layout.read(project)))

    generated = layout.read(project).generated
    ours = {path.name: path.read_text("utf-8") for path in generated.iterdir() if path.name != "mine.ts"}
    assert ours == by_convex(project)


def test_the_template_ships_what_convex_writes(template_modules: Path) -> None:
    assert template_modules.is_dir()
    template = TEMPLATE_ROOT / "template"

    assert tree.read(template / "convex" / "_generated") == by_convex(template)
    assert codegen.plan(layout.read(template)).is_current


def by_convex(project: Path) -> dict[str, str]:
    done = subprocess.run(
        ["node", str(HERE / "reference.cjs"), str(project)], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    files: dict[str, str] = json.loads(done.stdout)
    return files


def install(project: Path, template_modules: Path) -> None:
    """A node_modules with the template's convex, and the packages the sample brings along."""
    modules = project / "node_modules"
    if (project / "packages").is_dir():
        shutil.move(project / "packages", modules)
    modules.mkdir(exist_ok=True)
    (modules / "convex").symlink_to(template_modules / "convex")
