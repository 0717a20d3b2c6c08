"""The functions that `crud` of convex-helpers registers: `export const { read } = crud(schema, "users")`.

They are internal, unless `crud` is given builders. What they do is no part of the project; it is put down
here as handlers of one call each.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scaffold.model.body import Written
from scaffold.model.function import Builder, Function, Kind
from scaffold.model.values import Argument, Definition, External, Literal
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.names import Export
    from scaffold.model.project import Project

_PACKAGE = "convex-helpers/server"
_DOES = {
    "create": (Kind.MUTATION, "insert", ("",)),
    "read": (Kind.QUERY, "get", ("id",)),
    "paginate": (Kind.QUERY, "paginate", ("paginationOpts",)),
    "update": (Kind.MUTATION, "patch", ("id", "patch")),
    "destroy": (Kind.MUTATION, "delete", ("id",)),
}
_SHORTEST = 20  # bytes of the call: each name of a handler needs a place of its own


def read(project: Project, module: Module, export: Export) -> Function | None:
    """The function that an export is, if `crud` makes it."""
    node = module.top.get(export.local)
    made = _made(module, node.object) if isinstance(node, n.Member) else None
    if made is None or not isinstance(node, n.Member) or node.property not in _DOES:
        return None
    if project.resolver.evaluate(module, made.callee) not in (
        External(_PACKAGE, ("crud",)),
        External(f"{_PACKAGE}/crud", ("crud",)),
    ):
        return None
    kind, _, _ = _DOES[node.property]
    table = _table(project, module, made)
    body = None
    if table and made.end - made.start > _SHORTEST:
        written = Written(module, _handler(made, table, node.property), export.name)
        body = partial(project.reader.handler, written, Argument())
    return Function(
        module=module,
        name=export.name,
        builder=_builder(project, module, made, kind),
        call=made,
        call_module=module,
        name_node=export.node,
        syntax="unknown",
        options_module=module,
        read_body=body,
    )


def _made(module: Module, node: n.Expression) -> n.Call | None:
    """The call behind what is taken apart, or behind the variable that it is in."""
    found = module.top.get(node.name) if isinstance(node, n.Name) else node
    return found if isinstance(found, n.Call) else None


def _builder(project: Project, module: Module, made: n.Call, kind: Kind) -> Builder:
    for argument in made.arguments:
        if isinstance(argument, n.Name | n.Member):
            builder = project.builders.read(module, argument)
            if builder is not None and builder.kind is kind:
                return builder
    return Builder(kind=kind, public=False, names=(f"internal{kind.value.capitalize()}",), raw=True)


def _table(project: Project, module: Module, made: n.Call) -> str:
    """The table, named, or made by `Table("users", { … })`."""
    for argument in made.arguments[:2]:
        match project.resolver.evaluate(module, argument):
            case Literal(str(name)):
                return name
            case Definition(_, n.Call(callee=n.Name(name="Table"), arguments=(n.String(value=name), *_))):
                return name
    return ""


def _handler(made: n.Call, table: str, name: str) -> n.Function:
    """`async (ctx, args) => await ctx.db.patch(table, args.id, args.patch)`, in the place of the call.

    Bodies are known by where they begin, so each of the functions begins elsewhere.
    """
    start, end = made.start + list(_DOES).index(name), made.end
    _, operation, given = _DOES[name]
    ctx, args = n.Name(start, start + 1, "ctx"), n.Name(start + 1, start + 2, "args")
    database = n.Member(start + 2, end, n.Name(start + 2, start + 3, "ctx"), "db")
    named = n.String(start + 3, start + 4, table)
    values = [_value(start + 4 + 2 * place, name) for place, name in enumerate(given)]
    if operation == "paginate":
        query = n.Call(start + 2, end, n.Member(start + 2, end, database, "query"), (named,), at=start)
        called = n.Call(start, end, n.Member(start, end, query, operation), tuple(values), at=start)
    else:
        method = n.Member(start, end, database, operation)
        called = n.Call(start, end, method, (named, *values), at=start)
    answer = n.Return(start, end, n.Await(start, end, called), implicit=True)
    parameters = (n.Parameter(start, end, ctx), n.Parameter(start, end, args))
    return n.Function(start, end, "", parameters, (answer,), is_async=True, is_arrow=True)


def _value(start: int, name: str) -> n.Expression:
    whole = n.Name(start, start + 1, "args")
    return n.Member(start, start + 2, whole, name) if name else whole
