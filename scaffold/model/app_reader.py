"""What convex.config declares, as far as it can be read without running it: environment and components.

Codegen reads the same file in `app_definition`, which refuses what it cannot read; here that stays unknown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.installed import component_name
from scaffold.model.values import Definition, External, Literal
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.values import Value

_CONFIG = regex(r"^(?P<package>.+)/convex\.config(?:\.[jt]s)?$")


def read(project: Project, module: Module) -> None:
    """Note on the project what its convex.config declares."""
    app = project.resolver.export(module, "default")
    if not isinstance(app, Definition) or not isinstance(app.node, n.Call):
        return
    project.environment = _environment(project, app.module, app.node)
    project.components = frozenset(_components(project, module))


def _environment(project: Project, module: Module, app: n.Call) -> frozenset[str] | None:
    """The names under `env`; None when there is no declaration, or not all of it can be read."""
    options = project.resolver.evaluate(module, app.arguments[0]) if app.arguments else None
    if not isinstance(options, Definition) or not isinstance(options.node, n.Object):
        return None
    declared = project.resolver.property(options.module, options.node, "env")
    if not isinstance(declared, Definition) or not isinstance(declared.node, n.Object):
        return None
    names = [part.key for part in declared.node.properties]
    return frozenset(name for name in names if name) if all(names) else None


def _components(project: Project, module: Module) -> Iterator[str]:
    """The names under which components are mounted: `app.use(component, { name })`."""
    for node in walk_all(module.body):
        match node:
            case n.Call(callee=n.Member(object=n.Name(), property="use"), arguments=(definition, *rest)):
                name = _given(project, module, rest) or _own(
                    module, project.resolver.evaluate(module, definition)
                )
                if name:
                    yield name


def _given(project: Project, module: Module, rest: list[n.Expression]) -> str | None:
    options = project.resolver.evaluate(module, rest[0]) if rest else None
    if not isinstance(options, Definition) or not isinstance(options.node, n.Object):
        return None
    value = project.resolver.property(options.module, options.node, "name")
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else None


def _own(module: Module, value: Value) -> str | None:
    """The name that a component gives itself; of a package that is not installed, the usual one."""
    match value:
        case External(specifier, _):
            match = _CONFIG.match(specifier)
            package = match["package"] if match else specifier
            last = package.rpartition("/")[2]
            usual = re.sub(r"-(\w)", lambda part: part[1].upper(), last)
            return component_name(module.file.parent, package) or usual
        case Definition(_, n.Call(arguments=(n.String(value=name), *_))):
            return name
    return None
