"""Calls in a loop over what is written down, or in a helper, as one call for each time that they run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec.structs import replace

from scaffold.model.values import Definition
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project

    _Given: TypeAlias = dict[str, n.Expression]

_MOST = 1000  # times that a helper is followed: helpers that call helpers multiply


class _Loop(msgspec.Struct, frozen=True, eq=False):
    """A stretch of the module, and what stands for each item of a list in it."""

    start: int
    end: int
    target: n.Expression
    head: n.Expression


def unrolled(project: Project, module: Module, calls: list[n.Call]) -> Iterator[n.Call]:
    """The calls, each as often as a list around it has items or its helper is called, with those put in."""
    if calls:
        rounds = _Rounds(project, module)
        for call in calls:
            yield from rounds.of(call)


class _Rounds:
    """How often the calls of a module run, and with what."""

    def __init__(self, project: Project, module: Module) -> None:
        self._project = project
        self._module = module
        self._loops = list(_loops(module))
        self._helpers = {name: node for name, node in module.top.items() if isinstance(node, n.Function)}
        self._given: dict[str, list[_Given]] = {}

    def of(self, call: n.Call) -> list[n.Call]:
        """One call: first from the loops around it, then from the helper that it stands in."""
        found = [call]
        for loop in reversed(self._loops):
            if _is_inside(call, loop):
                items = _items(self._project, self._module, loop.head)
                ways = [dict(_bound(loop.target, item)) for item in items] if items is not None else [{}]
                found = _filled_calls(found, ways)
        for name, helper in self._helpers.items():
            if _is_inside(call, helper):
                found = _filled_calls(found, self._to(name, helper) or [{}])
        return found

    def _to(self, name: str, helper: n.Function) -> list[_Given]:
        """What the parameters of a helper are, for each time that the module calls it."""
        if name not in self._given:
            self._given[name] = []  # for a helper that calls itself
            calls = (each for site in self._sites(name, helper) for each in self.of(site))
            self._given[name] = [dict(_handed(helper, each)) for each in islice(calls, _MOST)]
        return self._given[name]

    def _sites(self, name: str, helper: n.Function) -> Iterator[n.Call]:
        for node in walk_all(self._module.body):
            match node:
                case n.Call(callee=n.Name(name=called)) if called == name and not _is_inside(node, helper):
                    yield node


def _is_inside(node: n.Node, stretch: n.Node | _Loop) -> bool:
    return stretch.start <= node.start and node.end <= stretch.end


def _loops(module: Module) -> Iterator[_Loop]:
    """`for (const route of routes)`, `routes.forEach((route) => …)`, outermost first."""
    for node in walk_all(module.body):
        match node:
            case n.Loop(kind="of", target=target, head=head) if target is not None and head is not None:
                yield _Loop(node.start, node.end, target, head)
            case n.Call(
                callee=n.Member(object=head, property="forEach"),
                arguments=(n.Function(parameters=(n.Parameter(pattern=target), *_)) as each, *_),
            ):
                yield _Loop(each.start, each.end, target, head)


def _items(project: Project, module: Module, head: n.Expression) -> tuple[n.Expression, ...] | None:
    """The items of a list that the module writes down; None if not all of them are in view."""
    match head:
        case n.Call(
            callee=n.Member(object=n.Name(name="Object"), property="entries" | "keys" | "values" as part),
            arguments=(whole,),
        ):
            return parts_of(_written(project, module, whole), part)
    items = _written(project, module, head)
    if not isinstance(items, n.Array) or any(isinstance(item, n.Spread) for item in items.items):
        return None
    return items.items


def _written(project: Project, module: Module, node: n.Expression) -> n.Node | None:
    """The list or object that the module writes down for an expression."""
    if isinstance(node, n.Array | n.Object):
        return node
    value = project.resolver.evaluate(module, node)
    return value.node if isinstance(value, Definition) and value.module is module else None


def parts_of(whole: n.Node | None, part: str) -> tuple[n.Expression, ...] | None:
    """What `Object.entries`, `Object.keys` or `Object.values` gives of an object."""
    if not isinstance(whole, n.Object):
        return None
    found: list[n.Expression] = []
    for each in whole.properties:
        if each.key is None:
            return None
        key = n.String(each.start, each.end, each.key)
        match part:
            case "keys":
                found.append(key)
            case "values":
                found.append(each.value)
            case _:
                found.append(n.Array(each.start, each.end, (key, each.value)))
    return tuple(found)


def _handed(helper: n.Function, call: n.Call) -> Iterator[tuple[str, n.Expression]]:
    """The names of a helper's parameters, and what a call gives for them."""
    for place, parameter in enumerate(helper.parameters):
        pattern, given = parameter.pattern, call.arguments[place : place + 1]
        if parameter.rest or any(isinstance(each, n.Spread) for each in given):
            return
        if isinstance(pattern, n.Assign):  # `minuteUTC = 0`
            given = given or (pattern.value,)
            pattern = pattern.target
        yield from (pair for each in given for pair in _bound(pattern, each))


def _bound(target: n.Expression, item: n.Expression) -> Iterator[tuple[str, n.Expression]]:
    """The names of a pattern, and the parts of an item that they stand for."""
    match target, item:
        case n.Name(name=name), _:
            yield name, item
        case n.Object(properties=wanted), n.Object():
            for part in wanted:
                found = _part(item, part.key)
                if found is not None:
                    yield from _bound(part.value, found)
        case n.Array(items=names), n.Array(items=parts):
            for one, other in zip(names, parts, strict=False):
                yield from _bound(one, other)


def _part(item: n.Object, key: str | None) -> n.Expression | None:
    return next((part.value for part in item.properties if key is not None and part.key == key), None)


def _filled_calls(calls: list[n.Call], ways: list[_Given]) -> list[n.Call]:
    return list(islice((_filled_call(call, way) for call in calls for way in ways), _MOST))


def _filled_call(call: n.Call, given: _Given) -> n.Call:
    return replace(call, arguments=tuple(_filled(each, given) for each in call.arguments))


def _filled(node: n.Expression, given: _Given) -> n.Expression:
    """An expression with the parts of an item in the places of their names."""
    match node:
        case n.Name(name=name):
            return given.get(name, node)
        case n.Member(object=inner, property=name):
            whole = _filled(inner, given)
            found = _part(whole, name) if isinstance(whole, n.Object) else None
            return found or node
        case n.Subscript(object=inner, index=index) if isinstance(key := _filled(index, given), n.String):
            return n.Member(node.start, node.end, _filled(inner, given), key.value)
        case n.Object(properties=properties):
            parts = (replace(part, value=_filled(part.value, given)) for part in properties)
            return replace(node, properties=tuple(parts))
        case n.Template(parts=parts, tag_=None):
            return _joined(node, [_filled(each, given) for each in parts])
        case n.Binary(operator="+", left=left, right=right):
            return _joined(node, [_filled(left, given), _filled(right, given)])
        case n.Call():
            return _filled_call(node, given)
    return node


def _joined(node: n.Expression, parts: list[n.Expression]) -> n.Expression:
    """The text that parts make, or the expression as it is where one of them is not in view."""
    texts = [part.value for part in parts if isinstance(part, n.String)]
    return n.String(node.start, node.end, "".join(texts)) if len(texts) == len(parts) else node
