"""The model as one JSON document. docs/inspect.md describes it; `version` counts breaking changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.inspection.function_spec import validator_json
from scaffold.inspection.relations import relations
from scaffold.model import steps as s
from scaffold.model.unknowns import unknowns
from scaffold.model.values import Definition, Reference, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.core.findings import Blind
    from scaffold.core.places import Place
    from scaffold.model.function import Function
    from scaffold.model.project import Project, Workspace
    from scaffold.model.schema import Index, Table
    from scaffold.model.wiring import Cron, Mention, Route

VERSION = 1


def document(workspace: Workspace) -> dict[str, Any]:
    """The whole workspace."""
    return {
        "version": VERSION,
        "files": len(workspace.contents),
        "projects": [_project(project, alone=len(workspace.projects) == 1) for project in workspace.projects],
        "notSeen": [_blind(blind) for blind in workspace.blind],
    }


def _project(project: Project, *, alone: bool) -> dict[str, Any]:
    """One project; of what clients name, what leads to it, unless there is no other to lead to."""
    mentions = [each for each in project.mentions if alone or each.by != "client" or _leads(project, each)]
    return {
        "folder": project.folder,
        "component": project.component,
        "convex": project.version or None,
        "components": sorted(project.components),
        "environment": sorted(project.environment) if project.environment is not None else None,
        "modules": [
            {
                "path": module.path,
                "name": module.name,
                "runtime": "node" if module.is_node else "default",
                "deployed": module.entry,
                "imports": sorted({other.path for other in project.imported(module)}),
            }
            for module in project.modules.values()
            if not module.test
        ],
        "functions": [_function(function) for function in project.functions],
        "tables": [_table(project, table) for table in project.tables.values()],
        "crons": [_cron(cron) for cron in project.wiring.running_crons],
        "routes": [_route(route) for route in project.wiring.running_routes],
        "mentions": [_mention(mention) for mention in mentions],
        "relations": [
            {
                "from": {"kind": relation.source.kind, "name": relation.source.name},
                "verb": relation.verb,
                "to": {"kind": relation.target.kind, "name": relation.target.name},
            }
            for relation in relations(project)
        ],
        "unknown": [_blind(blind) for blind in (*project.blind, *unknowns(project))],
    }


def _function(function: Function) -> dict[str, Any]:
    return {
        "identifier": function.identifier,
        "kind": str(function.kind),
        "visibility": "public" if function.public else "internal",
        "place": _place(function.place),
        "builders": list(function.builder.names),
        "resolved": function.builder.resolved,
        "syntax": function.syntax,
        "args": validator_json(function.sent) if function.sent is not None else None,
        "returns": validator_json(function.returns) if function.returns is not None else None,
        "steps": list(_steps(function)),
    }


def _steps(function: Function) -> Iterator[dict[str, Any]]:
    for reached in function.reached:
        told = _step(reached.step)
        if told:
            via = [call.name for call in reached.via]
            yield {**told, "place": _place(reached.step.place), **({"via": via} if via else {})}


def _step(step: s.Step) -> dict[str, Any] | None:
    match step:
        case s.Read():
            return {
                "step": "read",
                "table": _known(step.table),
                "index": "" if step.index is None else _known(step.index),
                "range": _range(step),
                "filters": len(step.filters),
                "terminal": step.terminal or None,
            }
        case s.Get():
            return {"step": "get", "table": _known(step.table)}
        case s.Write():
            return {"step": step.operation, "table": _known(step.table)}
        case s.Run():
            return {"step": step.method, "function": _target(step.target)}
        case s.Schedule():
            return {"step": step.method, "through": step.via, "function": _target(step.target)}
        case s.Auth():
            return {"step": "auth", "how": step.how}
        case s.External():
            return {"step": "external", "package": step.package or None, "call": ".".join(step.path)}
        case s.EnvRead():
            return {"step": "env", "name": step.name}
        case s.Storage():
            return {"step": "storage", "operation": step.operation}
    return None


def _range(step: s.Read) -> list[dict[str, Any]] | None:
    if isinstance(step.range, Unknown):
        return None
    return [{"operator": part.operator, "field": _known(part.field)} for part in step.range]


def _table(project: Project, table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "place": _place(table.place),
        "complete": table.complete,
        "document": validator_json(table.document),
        "indexes": [_index(index) for index in table.indexes],
        "readBy": sorted(_users(project, table.name, (s.Read, s.Get))),
        "writtenBy": sorted(_users(project, table.name, (s.Write,))),
    }


def _users(project: Project, table: str, kinds: Iterable[type[s.Step]]) -> set[str]:
    return {
        function.identifier
        for kind in kinds
        for step in project.steps(kind)
        if getattr(step, "table", None) == table
        for function, _ in project.owners(step)
    }


def _index(index: Index) -> dict[str, Any]:
    return {
        "name": _known(index.name),
        "kind": index.kind,
        "fields": list(index.fields) if index.fields is not None else None,
        "staged": index.staged,
    }


def _cron(cron: Cron) -> dict[str, Any]:
    return {
        "name": _known(cron.name),
        "method": cron.method,
        "seconds": cron.seconds,
        "function": _target(cron.target),
        "place": _place(cron.place),
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "method": _known(route.method),
        "path": _known(route.path),
        "prefix": route.prefix,
        "handler": route.handler.identifier if route.handler else None,
        "place": _place(route.place),
    }


def _leads(project: Project, mention: Mention) -> bool:
    return project.resolve(Reference(mention.root, mention.path)) is not None


def _mention(mention: Mention) -> dict[str, Any]:
    return {
        "by": mention.by,
        "call": mention.call or None,
        "address": ".".join((mention.root, *mention.path)),
        "place": _place(mention.place),
    }


def _target(target: Reference | Definition | Unknown) -> str | None:
    if isinstance(target, Reference):
        return ".".join((target.root, *target.path))
    return target.name or None if isinstance(target, Definition) else None


def _known(value: str | Unknown | None) -> str | None:
    return None if isinstance(value, Unknown) else value


def _blind(blind: Blind) -> dict[str, Any]:
    return {"kind": blind.kind, "reason": blind.reason, "place": _place(blind.place)}


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column}
