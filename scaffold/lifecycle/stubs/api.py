"""`api.py`: the public functions of a project, typed for Python."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs import python_text as text
from scaffold.lifecycle.stubs.api_text import declared, namespaces
from scaffold.lifecycle.stubs.python_text import INDENT, Atom, Subscript
from scaffold.lifecycle.stubs.python_types import ANY, IMPORTED, Place, Read, Types, tables_of
from scaffold.lifecycle.stubs.typed import KINDS, Namespace, Typed
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.lifecycle.stubs.python_text import Expression
    from scaffold.model.function import Function
    from scaffold.model.project import Project
    from scaffold.model.validators import Validator

DEFAULT_WIDTH = 88  # columns, as ruff and Black have it

_ANY_ARGUMENTS = Subscript("dict", (Atom("str"), ANY))
_TITLE = "The public functions of this project, with the types of what they take and give."
_TOLD = (
    "Written by `convex-scaffold stubs` from the validators in {folder}; do not edit it, but run that again. "
    "A function is called with a client, and with its arguments in one dictionary:"
)


@dataclass(frozen=True)
class Api:
    """The module, and how it calls each function: `orders/public:place` is `orders.public.place`."""

    text: str
    paths: Mapping[str, str]


def api_module(project: Project, *, width: int = DEFAULT_WIDTH) -> str:
    """The text of the module, broken into lines as ruff does for this width."""
    return read_api(project, width=width).text


def read_api(project: Project, *, width: int = DEFAULT_WIDTH) -> Api:
    """The module for all public functions of a project."""
    functions = public_functions(project)
    types = Types()
    types.name_ids(tables_of(each for f in functions for each in (f.args, f.returns)))
    typed = [_typed(function, types) for function in functions]
    blocks, paths = namespaces(Namespace.of(typed, project.folder), types.names, width)
    return Api(
        _joined(
            [
                _header(project.folder, paths, width),
                *_imports(types, typed, width),
                [f"{name} = NewType({text.quoted(name)}, str)" for name in types.ids.values()],
                *(declared(each, width) for each in types.declarations),
                *blocks,
            ]
        ),
        paths,
    )


def public_functions(project: Project) -> list[Function]:
    """The functions that clients can call, by identifier."""
    found: dict[str, Function] = {}
    for function in project.functions:
        if function.public and function.kind in KINDS:
            found.setdefault(function.identifier, function)
    return [found[identifier] for identifier in sorted(found)]


def _typed(function: Function, types: Types) -> Typed:
    name = text.pascal(function.module.name, function.name)
    arguments = _arguments(function, types, name)
    result = _result(function.returns, types, name, function.identifier)
    notes = [
        *(f"The arguments are Any: {reason}." for reason in arguments.reasons),
        *(f"The result is Any: {reason}." for reason in result.reasons),
    ]
    return Typed(function, arguments.type, result.type, tuple(dict.fromkeys(notes)))


def _arguments(function: Function, types: Types, name: str) -> Read:
    """A list of types: that of the one dictionary, or none."""
    args, reason = function.args, ""
    if function.builder.arguments:
        reason = "the builder takes some of its own"
    elif args is None:
        reason = "there is no `args`"
    elif isinstance(args, Unknown) or args.kind != "object" or not args.complete:
        reason = args.reason or "not all of `args` can be read"
    if reason or args is None or isinstance(args, Unknown):
        return Read(Subscript("", (_ANY_ARGUMENTS,)), (reason,))
    if not args.fields:
        return Read(Subscript("", ()))
    place = Place(types.claim(f"{name}Args"), f"What {function.identifier} takes")
    return Read(Subscript("", (Atom(types.typed_dict(args, place)),)))


def _result(returns: Validator | Unknown | None, types: Types, name: str, identifier: str) -> Read:
    if returns is None:
        return Read(ANY, ("there is no `returns`",))
    place = Place(f"{name}Result", f"What {identifier} gives")
    read = types.read(returns, place)
    if not {"list", "dict"} & set(text.names_in(read.type)):
        return read
    # The functions are attributes of classes, and where one is called `list`, there are no lists.
    return Read(types.alias(types.claim(place.name), place.told, read))


# --- the file --------------------------------------------------------------------------------------------


def _header(folder: str, paths: Mapping[str, str], width: int) -> list[str]:
    told = textwrap.wrap(_TOLD.format(folder=f"{folder or '.'}/"), min(width, DEFAULT_WIDTH))
    example = next(iter(paths.values()), "module.function")
    return [f'"""{_TITLE}', "", *told, "", f"{INDENT}{example}(alice, {{...}})", '"""']


def _imports(types: Types, typed: list[Typed], width: int) -> Iterator[list[str]]:
    used = {name for expression in _expressions(types, typed) for name in text.names_in(expression)}
    used |= {KINDS[each.function.kind] for each in typed}
    used |= {"NewType"} if types.ids else set()
    used |= {"TypedDict"} if any(each.fields is not None for each in types.declarations) else set()
    for modules in (("typing",), ("convex", "scaffold.testing")):
        lines: list[str] = []
        for module in modules:
            lines += _import(module, [name for name in IMPORTED[module] if name in used], width)
        yield lines


def _import(module: str, names: list[str], width: int) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= width:
        return [line] if names else []
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]


def _expressions(types: Types, typed: list[Typed]) -> Iterator[Expression]:
    for each in types.declarations:
        yield from [part.type for part in each.fields] if each.fields is not None else [each.type]
    for function in typed:
        yield from (function.arguments, function.result)


def _joined(blocks: list[list[str]]) -> str:
    """One blank line between blocks, two around classes."""
    lines: list[str] = []
    after_class = False
    for block in filter(None, blocks):
        is_class = any(line.startswith("class ") for line in block)
        blank = 0 if not lines else 2 if is_class or after_class else 1
        lines += [""] * blank + block
        after_class = is_class
    return "".join(f"{line}\n" for line in lines)
