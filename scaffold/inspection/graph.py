"""The graph of a workspace as one HTML file that needs nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.inspection.relations import End, relations

if TYPE_CHECKING:
    from scaffold.model.project import Project, Workspace

_PAGE = Path(__file__).with_name("graph.html")


def html(workspace: Workspace) -> str:
    """The page."""
    data = {"projects": [_project(project) for project in workspace.projects]}
    # `</script>` in a name must not end the script that the data stands in.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return _PAGE.read_text("utf-8").replace("@@DATA@@", text)


def _project(project: Project) -> dict[str, Any]:
    found = relations(project)
    public = {function.identifier for function in project.functions if function.public}
    ends = {end for relation in found for end in (relation.source, relation.target)}
    ends |= {End("function", function.identifier) for function in project.functions}
    ends |= {End("table", name) for name in project.tables}
    return {
        "folder": project.folder or ".",
        "nodes": [
            {
                "id": _id(end),
                "kind": end.kind,
                "name": end.name,
                "internal": end.kind == "function" and end.name not in public,
            }
            for end in sorted(ends)
        ],
        "edges": [
            {"from": _id(relation.source), "verb": relation.verb, "to": _id(relation.target)}
            for relation in found
        ],
    }


def _id(end: End) -> str:
    return f"{end.kind} {end.name}"
