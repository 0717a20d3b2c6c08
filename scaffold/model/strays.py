"""Functions that take a context, and that no registered function comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.body import Written
from scaffold.model.contexts import as_context
from scaffold.model.values import External
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.view import BodyKey

_WORKFLOWS = "@convex-dev/workflow"
_NESTED = 6  # functions in objects in calls, and so on


def strays(project: Project, module: Module, entered: frozenset[BodyKey]) -> Iterator[Body]:
    """The strays of a module, where registered functions come to those in `entered`. A test has none."""
    if module.test:
        return
    seen: set[BodyKey] = set()
    for name, node in (*module.top.items(), *_called(module)):
        for function in _functions(node):
            key = (module.path, function.start, function.end)
            if key not in entered and key not in seen and any(map(as_context, function.parameters)):
                seen.add(key)
                yield project.reader.stray(Written(module, function, name))
        if _defines_workflow(project, module, node):
            yield from _handlers(project, module, node, name)


def _defines_workflow(project: Project, module: Module, node: n.Expression | n.Class) -> bool:
    """Whether it is `workflow.define({ … })`, whose handler takes a context under any name."""
    match node:
        case n.Call(callee=n.Member(property="define") as callee):
            made = project.resolver.evaluate(module, callee)
            return isinstance(made, External) and made.specifier == _WORKFLOWS
    return False


def _handlers(project: Project, module: Module, node: n.Expression | n.Class, name: str) -> Iterator[Body]:
    for function in _functions(node):
        if not any(map(as_context, function.parameters)):
            yield project.reader.stray(Written(module, function, name), context_first=True)


def _called(module: Module) -> Iterator[tuple[str, n.Expression]]:
    """The calls that are statements at the top level: `triggers.register("users", async (ctx) => …)`."""
    for statement in module.body:
        match statement:
            case n.Do(value=n.Call(callee=n.Member(property=name) | n.Name(name=name)) as call):
                yield name, call


def _functions(node: n.Expression | n.Class, depth: int = 0) -> Iterator[n.Function]:
    """The functions that an expression holds: itself, members, arguments, and those of objects in them."""
    if depth > _NESTED:
        return
    match node:
        case n.Function():
            yield node
        case n.Object(properties=properties) | n.Class(members=properties):
            for part in properties:
                yield from _functions(part.value, depth + 1)
        case n.Call(arguments=arguments):
            for argument in arguments:
                yield from _functions(argument, depth + 1)
        case n.Member(object=inner):  # const { a, b } = make({ … })
            yield from _functions(inner, depth + 1)
        case _:
            return
