"""The graph of a project as Mermaid text, for pages that draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.inspection.relations import relations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.inspection.relations import End
    from scaffold.model.project import Project

_SHAPES = {
    "client": ("([", "])"),
    "route": ("[/", "/]"),
    "cron": ("{{", "}}"),
    "function": ("[", "]"),
    "table": ("[(", ")]"),
    "component": ("[[", "]]"),
    "service": (">", "]"),
}
_ARROWS = {"writes": "==>", "schedules": "-.->"}


def mermaid(projects: Iterable[Project]) -> str:
    """One flowchart for all projects, functions grouped by their project when there are several."""
    lines = ["flowchart LR"]
    for number, project in enumerate(projects):
        found = relations(project)
        ends = sorted({end for relation in found for end in (relation.source, relation.target)})
        ids = {end: f"p{number}n{position}" for position, end in enumerate(ends)}
        title = project.folder or "."
        lines.append(f'  subgraph p{number}["{_escaped(title)}"]')
        lines += [f"    {ids[end]}{_box(end)}" for end in ends]
        for relation in found:
            arrow = _ARROWS.get(relation.verb, "-->")
            lines.append(f"    {ids[relation.source]} {arrow}|{relation.verb}| {ids[relation.target]}")
        lines.append("  end")
    return "\n".join(lines) + "\n"


def _box(end: End) -> str:
    opening, closing = _SHAPES[end.kind]
    return f'{opening}"{_escaped(end.name)}"{closing}'


def _escaped(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
