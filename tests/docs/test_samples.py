"""What the pages show of the command is what it prints.

A file of `samples/` names pages and the first command of an example on each, `PAGE $ COMMAND`, and holds
the files that it runs on. All commands of the example run, one after the other. A line `…` on a page stands
for any lines.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from support import cli, tree, txtar
from support.events import Deployment
from support.fresh import generated

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.lifecycle import codegen
from scaffold.model import layout

SAMPLES = Path(__file__).parent / "samples"


class Example(NamedTuple):
    """An example on a page, and the sample with the files that it runs on."""

    sample: str
    page: str
    command: str


def _examples() -> list[Example]:
    found = []
    for path in sorted(SAMPLES.glob("*.txtar")):
        about, _, _ = path.read_text("utf-8").partition("\n-- ")
        heads = re.findall(r"^(\S+) \$ (.+)$", about, re.MULTILINE)
        found += [Example(path.stem, page, command) for page, command in heads]
    return found


@pytest.mark.parametrize("example", _examples(), ids=lambda each: f"{each.page}: {each.command}")
def test_a_page_shows_what_the_command_prints(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = (SAMPLES / f"{example.sample}.txtar").read_text("utf-8")
    settings = dict(re.findall(r"^(\w+): (.+)$", sample.partition("\n-- ")[0], re.MULTILINE))
    monkeypatch.setenv("COLUMNS", settings.get("columns", "100"))
    project = _laid(tmp_path / "shop", settings, txtar.parse(sample))
    monkeypatch.chdir(project)
    for command, shown in _shown(example):
        said = cli.run(*shlex.split(command)[1:])
        printed = (said.out + said.err).replace("@CWD@", "/home/ada/shop")
        assert _fits(printed, cli.scrub(shown)), f"{example.page} shows\n{shown}\nand it is\n{printed}"


def _laid(folder: Path, settings: dict[str, str], files: dict[str, str]) -> Path:
    """A folder for a sample: a project with `domains`, so many logged `calls`, its files, under `git`.

    The project is of the template's `version`, and as its owner left it, who made its `edits`.
    """
    if "domains" in settings:
        generated(folder, version=settings.get("version"), domains=settings["domains"].split())
    if "edits" in settings:
        _edit(tree.write(folder, files), settings["edits"])
    if "calls" in settings:
        logged = "\n".join(Deployment(1).lines(int(settings["calls"])))
        tree.write(folder, {"events.jsonl": logged})
    return tree.repository(folder, files) if "git" in settings else tree.write(folder, files)


def _edit(folder: Path, edits: str) -> None:
    for path, old, new in re.findall(r"(\S+): (.+?) => (.+?)(?:; |$)", edits):
        text = (folder / path).read_text("utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), "utf-8")
    codegen.apply(codegen.plan(layout.read(folder)))


def _shown(example: Example) -> list[tuple[str, str]]:
    """The commands of an example on a page, each with what it prints there."""
    text = (TEMPLATE_ROOT / example.page).read_text("utf-8")
    fences = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    wanted = [fence for fence in fences if fence.startswith(f"$ {example.command}\n")]
    assert len(wanted) == 1, f"{example.page} has {len(wanted)} examples that start with `{example.command}`"
    return re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", wanted[0], re.MULTILINE)


def _fits(printed: str, shown: str) -> bool:
    parts = re.split(r"^ *…\n", shown, flags=re.MULTILINE)
    return re.fullmatch(r"(?:.*\n)*?".join(map(re.escape, parts)), printed) is not None
