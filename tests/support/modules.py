"""Modules from texts."""

from __future__ import annotations

from pathlib import Path

from scaffold.core.places import Lines
from scaffold.model.module import Module
from scaffold.model.project import Project
from scaffold.source.scan import scan


def module(text: str, path: str = "convex/messages.ts") -> Module:
    """A file of a project, by its text."""
    source = text.encode()
    made = Module(
        file=Path(path),
        path=path,
        project=Project(root=Path(), folder="convex"),
        name=path.removeprefix("convex/").rpartition(".")[0],
        facts=scan(source, jsx=path.endswith("x")),
    )
    made.lines = Lines(path, source)
    return made
