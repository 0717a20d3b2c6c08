"""A document is read or changed by its id alone, without its table's name.

Why:
    An id of another table is accepted silently: the wrong document is returned, changed or deleted. With
    the name the call refuses it, and a reader sees what it is about.

Bad:
    ```ts
    // convex/tasks.ts
    import { mutation } from "./_generated/server";
    import { v } from "convex/values";

    export const finish = mutation({
      args: { taskId: v.id("tasks") },
      handler: async (ctx, args) => {
        const task = await ctx.db.get(args.taskId); // <- CX212
        if (task === null) throw new Error("no such task");
        await ctx.db.patch(args.taskId, { done: true }); // <- CX212
      },
    });
    ```

Good:
    ```ts
    // convex/tasks.ts
    import { mutation } from "./_generated/server";
    import { v } from "convex/values";

    export const finish = mutation({
      args: { taskId: v.id("tasks") },
      handler: async (ctx, args) => {
        const task = await ctx.db.get("tasks", args.taskId);
        if (task === null) throw new Error("no such task");
        await ctx.db.patch("tasks", args.taskId, { done: true });
      },
    });
    ```

Way out:
    Put the table's name first. The fix does it where the table is known from a validator.

Exceptions:
    - `ctx.db.system`.
    - A database whose type the code writes down itself, `{ db: { get: (id: Id<"tasks">) => … } }`, and so how
      it is called.
    - Where the table is another one for each call of a function that makes the function, none is named.
    - Projects on a version of convex before 1.31, which does not know the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Finding, Fix, Level
from scaffold.model.project import Project
from scaffold.model.steps import Get, Write
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body

_OPERATIONS = {"patch", "replace", "delete"}


@rule(
    "CX212",
    "implicit-table-name",
    Project,
    level=Level.WARNING,
    mapped=("@convex-dev/explicit-table-ids",),
    needs="1.31.0",
    by_module="any",
)
def implicit_table_name(project: Project, rule: Rule) -> Iterator[Finding]:
    """Calls of the database by id alone."""
    for get in project.steps(Get):
        if not get.explicit and not _is_system(get.node):
            yield from _finding(get, "get", rule)
    for write in project.steps(Write):
        if not write.explicit and write.operation in _OPERATIONS:
            yield from _finding(write, write.operation, rule)


def _finding(step: Get | Write, method: str, rule: Rule) -> Iterator[Finding]:
    node, module = step.node, step.body.module
    if not isinstance(node, n.Call) or not node.arguments or isinstance(node.arguments[0], n.Spread):
        return
    if _is_of_own_type(step.body, node.callee):
        return
    table = step.table if isinstance(step.table, str) and not _is_chosen(step, step.table) else None
    start = node.arguments[0].start
    given = ", ".join(" ".join(module.text(argument).split()) for argument in node.arguments[:1])
    fix = None
    if table is not None:
        edits = (Edit(module.path, start, start, f'"{table}", '),)
        fix = Fix(f"name the table `{table}`", edits, safe=not _is_wrapped(step))
    rest = ", …" if len(node.arguments) > 1 else ""
    yield rule.finding(
        module.at(node),
        f"`db.{method}` does not name the table{f' `{table}`' if table else ''}, in {reads.reader(step)}",
        way_out=f'write `{module.text(node.callee)}("{table or "<table>"}", {given}{rest})`',
        symbol=f"{module.name}:{step.body.name}:{method}:{given}",
        fix=fix,
    )


def _is_chosen(step: Get | Write, table: str) -> bool:
    """Whether the table is one that those who call or make the function choose, others perhaps another."""
    return step.body.varies or any(told == table for _, told in step.body.told)


def _is_wrapped(step: Get | Write) -> bool:
    """Whether a builder may have put a database of its own on the context, which may not know the form."""
    return any(
        function.builder.adds is None or "db" in function.builder.adds for function in reads.owners(step)
    )


def _is_of_own_type(body: Body, callee: n.Expression) -> bool:
    """Whether the type of the database is written out in the code, and not that of Convex."""
    for parameter, path in _ways_to(body, callee.object if isinstance(callee, n.Member) else callee):
        annotation, left = body.module.typed(parameter.annotation, path)
        if annotation.startswith("{") and not left:
            return True
    return False


def _ways_to(body: Body, database: n.Expression) -> Iterator[tuple[n.Parameter, tuple[str, ...]]]:
    """The parameter that a database comes in by, and where it is in that: `ctx.db`, `{ db }`, `db`."""
    match database:
        case n.Name(name=root):
            path: tuple[str, ...] = ()
        case n.Member(object=n.Name(name=root), property=inner):
            path = (inner,)
        case _:
            return
    for parameter in body.function.parameters:
        match parameter.pattern:
            case n.Name(name=name) if name == root:
                yield parameter, path
            case n.Object(properties=properties):
                for part in properties:
                    if part.key and isinstance(part.value, n.Name) and part.value.name == root:
                        yield parameter, (part.key, *path)


def _is_system(node: n.Node) -> bool:
    match node:
        case n.Call(callee=n.Member(object=n.Member(property="system"))):
            return True
    return False
