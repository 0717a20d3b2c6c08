"""The import declarations that leave something to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.module import Module

    Link = n.Import | n.ExportNames | n.Node


def links(module: Module) -> Iterator[tuple[Link, str]]:
    """The imports and re-exports of values, `import()` and `require` too, with the module that they name."""
    for statement in module.facts.links:
        if isinstance(statement, n.ExportNames) and statement.specifier and not statement.type_only:
            yield statement, statement.specifier
        if isinstance(statement, n.Import) and not statement.type_only:
            yield statement, statement.specifier
    for start, specifier in module.facts.dynamic_imports:
        yield n.Node(start, start + len('import("")') + len(specifier.encode())), specifier
    if module.facts.required:
        yield from _required(module)


def _required(module: Module) -> Iterator[tuple[n.Node, str]]:
    for node in walk_all(module.body):
        match node:
            case n.Call(callee=n.Name(name="require"), arguments=(n.String(value=specifier),)):
                yield n.Node(node.start, node.end), specifier
            case _:
                pass


def is_tried(module: Module, link: Link) -> bool:
    """Whether it stands in a `try`, where the bundler lets pass what it cannot find."""
    if isinstance(link, n.Import | n.ExportNames):
        return False
    return any(
        isinstance(node, n.Try) and node.start < link.start < node.end for node in walk_all(module.body)
    )


def stays(module: Module, link: Link) -> bool:
    """Whether it is there at run time: TypeScript drops an import whose names are used in types alone."""
    if not isinstance(link, n.Import):
        return True
    if not link.names:
        return "{" not in module.text(link)  # `import "x"`, not `import { type T } from "x"`
    if module.path.endswith((".js", ".mjs", ".cjs", ".jsx")):
        return True
    local = {name for _, name in link.names}
    exported = (
        name
        for statement in module.body
        if isinstance(statement, n.ExportNames) and statement.specifier is None and not statement.type_only
        for name, _ in statement.names
    )
    used = (node.name for node in walk_all(module.body) if isinstance(node, n.Name | n.Element))
    return not local.isdisjoint(used) or not local.isdisjoint(exported)
