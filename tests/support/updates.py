"""A template of two versions and a project made from the first, for trying updates on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from support import cli, tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.cli import Result

COPIER_YML = """\
_subdirectory: template
_templates_suffix: ""
_envops: {variable_start_string: "@{", variable_end_string: "}@"}
project_name: {type: str, help: Name, default: lunch}
"""

ANSWERS = "template/@{ _copier_conf.answers_file }@"

Files = dict[str, "str | bytes | None"]


@dataclass(frozen=True)
class Scene:
    """`template` has the tags v1.0.0 and v2.0.0; `project` was made from the first and is committed."""

    template: Path
    project: Path

    def edit(self, changes: Mapping[str, str | bytes | None], *, commit: bool = True) -> None:
        """Change files of the project as its owner would; None removes one."""
        change(self.project, changes)
        if commit:
            tree.git(self.project, "add", "--all")
            tree.git(self.project, "commit", "--quiet", "--allow-empty", "--message", "mine")

    def update(self, *options: str) -> Result:
        """Run `update` in the project."""
        return cli.run("update", self.project, "--defaults", *options)

    def status(self) -> str:
        """What git says has changed."""
        return tree.git(self.project, "status", "--porcelain", "--no-renames", "--untracked-files=all")

    def read(self) -> dict[str, str]:
        """The project's files, without the answers."""
        return {path: text for path, text in tree.read(self.project).items() if path != ".copier-answers.yml"}

    @property
    def version(self) -> str:
        """The version that the answers file records."""
        text = (self.project / ".copier-answers.yml").read_text()
        return text.partition("_commit: ")[2].partition("\n")[0]


def change(root: Path, changes: Mapping[str, str | bytes | None]) -> None:
    """Write files, and remove those that are None."""
    for path, content in changes.items():
        if content is None:
            (root / path).unlink()
    tree.write(root, {path: content for path, content in changes.items() if content is not None})


def template(root: Path, first: Mapping[str, str | bytes], second: Files, **more: str) -> Path:
    """A template with these files in v1.0.0 and these changes in v2.0.0; `more` lies beside `template/`."""
    files = {f"template/{path}": content for path, content in first.items()}
    tree.repository(
        root,
        {"copier.yml": COPIER_YML, ANSWERS: "@{ _copier_answers | to_nice_yaml }@", **files, **more},
        tag="v1.0.0",
    )
    change(root, {f"template/{path}": content for path, content in second.items()})
    release(root, "v2.0.0")
    return root


def release(root: Path, tag: str) -> None:
    """Commit what the template's folder holds, as a version."""
    tree.git(root, "add", "--all", "--force")
    tree.git(root, "commit", "--quiet", "--allow-empty", "--message", tag)
    tree.git(root, "tag", tag)


def scene(folder: Path, first: Mapping[str, str | bytes], second: Files, **more: str) -> Scene:
    """A template and a project made from its first version, committed."""
    source = template(folder / "pizza", first, second, **more)
    made = cli.run(
        "new", "lunch", "--in", folder, "--defaults", "--no-verify", "--template", source, "--ref", "v1.0.0"
    )
    assert made.code == 0, made.err
    return Scene(source, folder / "lunch")
