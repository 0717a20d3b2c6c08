"""`api.py`: the public functions of a project, typed for Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs import python_text as text
from scaffold.lifecycle.stubs.api_file import DEFAULT_WIDTH, header, imports, joined
from scaffold.lifecycle.stubs.api_text import declared, namespaces
from scaffold.lifecycle.stubs.facts import public_functions
from scaffold.lifecycle.stubs.python_text import Atom, Subscript
from scaffold.lifecycle.stubs.python_types import ANY, Place, Read, Types, tables_of
from scaffold.lifecycle.stubs.typed import KINDS, Namespace, Typed
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.lifecycle.stubs.python_text import Expression
    from scaffold.model.function import Function
    from scaffold.model.project import Project
    from scaffold.model.validators import Validator

_ANY_ARGUMENTS = Subscript("dict", (Atom("str"), ANY))


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
    functions = sorted(public_functions(project), key=lambda function: function.identifier)
    types = Types()
    types.name_ids(tables_of(each for f in functions for each in (f.args, f.returns)))
    typed = [_typed(function, types) for function in functions]
    blocks, paths = namespaces(Namespace.of(typed, project.folder), types.names, width)
    return Api(
        joined(
            [
                header(project.folder, next(iter(paths.values()), "module.function"), width),
                *imports(_names(types, typed), width),
                [f"{name} = NewType({text.quoted(name)}, str)" for name in types.ids.values()],
                *(declared(each, width) for each in types.declarations),
                *blocks,
            ]
        ),
        paths,
    )


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
    args, reason = function.sent, ""
    if args is None:
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


def _names(types: Types, typed: list[Typed]) -> set[str]:
    """The names that the module uses."""
    used = {name for expression in _expressions(types, typed) for name in text.names_in(expression)}
    used |= {KINDS[each.function.kind] for each in typed}
    used |= {"NewType"} if types.ids else set()
    used |= {"TypedDict"} if any(each.fields is not None for each in types.declarations) else set()
    return used


def _expressions(types: Types, typed: list[Typed]) -> Iterator[Expression]:
    for each in types.declarations:
        yield from [part.type for part in each.fields] if each.fields is not None else [each.type]
    for function in typed:
        yield from (function.arguments, function.result)
