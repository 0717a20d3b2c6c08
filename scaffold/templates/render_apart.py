"""`python -m scaffold.templates.render_apart`: render what stdin asks for, and print the digests as JSON.

A process of its own, so that the one that wants to know need not import Copier.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from scaffold.core import files, temporary
from scaffold.core.errors import ScaffoldError
from scaffold.templates import manifest, sources
from scaffold.templates.answers import Recorded
from scaffold.templates.rendering import Form
from scaffold.templates.renders import Request, digest


def main() -> None:
    """Answer one request."""
    request = Request(**json.load(sys.stdin))
    try:
        answer: dict[str, Any] = {"files": _files(request)}
    except ScaffoldError as error:
        answer = {"message": error.message, "hint": error.hint}
    json.dump(answer, sys.stdout)


def _files(request: Request) -> dict[str, tuple[str | None, str]]:
    with (
        sources.open_source(request.url, recorded=request.url) as source,
        temporary.folder() as folder,
    ):
        snapshot = source.at(request.version)
        root = folder / request.folder
        recorded = Recorded(
            path=Path(request.answers_file),
            source=request.url,
            version=request.version,
            answers=request.answers,
        )
        form = Form(snapshot, folder=root, data={}, recorded=recorded, trust=request.trust)
        if form.reads_project:
            raise ScaffoldError("the template reads files of the project (_external_data)", hint="")
        form.take_defaults()
        form.render(root)
        classes = manifest.read(snapshot.root, snapshot.name)
        return {name: (digest(root / name), classes.class_of(name)) for name in files.below(root)}


if __name__ == "__main__":
    main()
