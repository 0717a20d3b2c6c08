"""Small Copier templates to create projects from."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from scaffold.core.package import TEMPLATE_ROOT
from support import tree

if TYPE_CHECKING:
    from pathlib import Path

COPIER_YML = """\
_subdirectory: template
project_name:
  type: str
  help: Name of the project
flavour:
  type: str
  help: Which flavour
  choices: {Plain: plain, Spicy: spicy}
  default: plain
heat:
  type: int
  help: How hot
  default: 3
  when: "{{ flavour == 'spicy' }}"
  validator: "{% if heat > 9 %}nobody can eat that{% endif %}"
toppings:
  type: str
  help: Toppings
  multiselect: true
  choices: [cheese, onion, olives]
  default: "[cheese]"
"""

FILES = {
    "copier.yml": COPIER_YML,
    "template/README.md.jinja": (
        "# {{ project_name }}\n\n{{ flavour }} {{ heat }} {{ toppings | join('+') }}\n"
    ),
    "template/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}",
}


def ours(root: Path) -> Path:
    """This template as it is in the working tree, as a repository of one version, v0.5.0."""
    names = ["copier.yml", "scaffold-manifest.yml", "template"]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *names]
    listed = subprocess.run(command, cwd=TEMPLATE_ROOT, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if name and (TEMPLATE_ROOT / name).is_file()]
    return tree.repository(
        root, {name: (TEMPLATE_ROOT / name).read_text("utf-8") for name in files}, tag="v0.5.0"
    )


def pizza(root: Path, **more: str) -> Path:
    """A template repository of one version, v1.0.0, with one question that depends on another."""
    return tree.repository(root, FILES | more, tag="v1.0.0")
