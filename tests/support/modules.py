"""Modules from texts."""

from __future__ import annotations

from pathlib import Path

from scaffold.core.places import Lines
from scaffold.model.module import Module
from scaffold.model.project import Project, Workspace
from scaffold.model.resolving import Resolver
from scaffold.source.scan import scan


class _Alone(Project):
    """A project whose modules import nothing of it."""

    def locate(self, module: Module, specifier: str) -> None:
        """Nothing stands behind any specifier."""


def module(text: str, path: str = "convex/messages.ts", project: Project | None = None) -> Module:
    """A file of a project, by its text."""
    source = text.encode()
    made = Module(
        file=Path(path),
        path=path,
        project=project or Project(root=Path(), folder="convex"),
        name=path.removeprefix("convex/").rpartition(".")[0],
        facts=scan(source, jsx=path.endswith("x")),
    )
    made.lines = Lines(path, source)
    return made


def workspace(root: Path) -> Workspace:
    """The files under `root` as one project, with modules and nothing else resolved."""
    project = _Alone(root=root, folder="convex")
    project.resolver = Resolver(project.locate)
    for file in sorted(root.glob("convex/**/*.ts")):
        made = module(file.read_text("utf-8"), file.relative_to(root).as_posix(), project)
        project.modules[made.name] = made
    contents = {each.path: each.lines.source for each in project.modules.values()}
    return Workspace(root=root, projects=(project,) if project.modules else (), contents=contents)
