"""Projects as `new` makes them, without the packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.lifecycle import codegen
from scaffold.model import layout
from scaffold.templates import sources
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from pathlib import Path


def generated(folder: Path, *, version: str | None = None, **answers: object) -> Path:
    """A project of the template, the newest unless a version is named, at `folder`, which must not exist."""
    with sources.open_template(None, version) as template:
        form = Form(template, folder=folder, data={"project_name": "shop", **answers})
        form.take_defaults()
        form.render(folder)
    codegen.apply(codegen.plan(layout.read(folder)))
    return folder
