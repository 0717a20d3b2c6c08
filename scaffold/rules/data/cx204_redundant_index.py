"""An index whose fields another index of the table starts with.

Why:
    Every index is stored and billed as a copy of its table, and written with every document. The longer
    index serves the reads of the shorter one.

Bad:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      tasks: defineTable({ ownerId: v.id("users"), done: v.boolean() })
        .index("by_ownerId", ["ownerId"]) // <- CX204
        .index("by_ownerId_and_done", ["ownerId", "done"]),
      users: defineTable({ name: v.string() }),
    });
    ```

Good:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      tasks: defineTable({ ownerId: v.id("users"), done: v.boolean() })
        .index("by_ownerId_and_done", ["ownerId", "done"])
        .index("by_done", ["done"]),
      users: defineTable({ name: v.string() }),
    });
    ```

Way out:
    Remove the shorter index and name the longer one where it was read; the range stays as it is.

Exceptions:
    - A reader wants the documents in the order of their creation within the shorter index: `.order(…)`,
      `first`, `take` or `paginate` behind it, or a range on `_creationTime`. Only the shorter index has
      that order.
    - Staged indexes, which nobody can read yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Evidence, Finding, Fix, Level
from scaffold.model.project import Project
from scaffold.model.steps import OtherCall, Read
from scaffold.model.values import Unknown
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.schema import Index

_ORDERED = {"first", "take", "paginate", ""}


@rule("CX204", "redundant-index", Project, level=Level.WARNING, mapped=("@convex-dev/no-duplicate-indexes",))
def redundant_index(project: Project, rule: Rule) -> Iterator[Finding]:
    """Indexes that another one makes needless."""
    readers = _readers(project)
    mentioned = frozenset(_mentioned(project))
    for table in project.tables.values():
        for index in table.indexes:
            other = _longer(index)
            if other is None:
                continue
            found = readers.get((table.name, str(index.name)), [])
            if other.fields != index.fields and any(_by_creation(read, index) for read in found):
                continue
            yield _finding(rule, index, other, found, elsewhere=index.name in mentioned)


def _finding(rule: Rule, index: Index, other: Index, readers: list[Read], *, elsewhere: bool) -> Finding:
    fields = ", ".join(f"`{field}`" for field in index.fields or ())
    same = "has the same fields" if other.fields == index.fields else "starts with the same fields"
    return rule.finding(
        index.place,
        f"index `{index.name}` of `{index.table.name}` is redundant: `{other.name}` {same} ({fields})",
        way_out=_way_out(other, readers, elsewhere=elsewhere),
        symbol=f"{index.table.name}.{index.name}",
        evidence=(
            Evidence(other.place, f"`{other.name}` serves the same ranges"),
            *(Evidence(read.place, f"read with `{index.name}` here") for read in readers[:3]),
        ),
        fix=None if elsewhere else _fix(index, other, readers),
    )


def _longer(index: Index) -> Index | None:
    """The shortest index that makes this one needless, and is none too many itself."""
    found = list(_covering(index))
    lasting = [other for other in found if next(_covering(other), None) is None]
    return min(lasting or found, key=lambda other: len(other.fields or ()), default=None)


def _covering(index: Index) -> Iterator[Index]:
    """The indexes that start with the fields of this one; of twins the first one stays."""
    if index.kind != "db" or index.staged or not index.fields or not isinstance(index.name, str):
        return
    size = len(index.fields)
    position = index.table.indexes.index(index)
    for at, other in enumerate(index.table.indexes):
        if other is index or other.kind != "db" or other.staged or not other.fields:
            continue
        if not isinstance(other.name, str) or other.fields[:size] != index.fields:
            continue
        if len(other.fields) > size or at < position:
            yield other


def _readers(project: Project) -> dict[tuple[str, str], list[Read]]:
    """The reads by an index, by table and index."""
    found: dict[tuple[str, str], list[Read]] = {}
    for read in project.steps(Read):
        if isinstance(read.table, str) and isinstance(read.index, str) and not read.system:
            found.setdefault((read.table, read.index), []).append(read)
    return found


def _mentioned(project: Project) -> Iterator[str]:
    """Names that are handed to other functions, such as `getManyFrom(db, "posts", "by_author", id)`."""
    for call in project.steps(OtherCall):
        yield from (argument.value for argument in call.arguments if isinstance(argument, n.String))


def _by_creation(read: Read, index: Index) -> bool:
    """Whether the reader can tell the two orders apart."""
    if isinstance(read.range, Unknown) or read.conditional:
        return True
    compared = {each.field for each in read.range}
    own = set(index.fields or ())
    return bool(compared - own) or read.order is not None or read.terminal in _ORDERED


def _way_out(other: Index, readers: Iterable[Read], *, elsewhere: bool) -> str:
    files = sorted({read.body.module.path for read in readers})
    if files:
        return f"remove it, and read with `{other.name}` instead in {', '.join(files)}"
    if elsewhere:
        return f"remove it, and name `{other.name}` where functions are given its name"
    return f"remove it: nothing in view reads by it, and `{other.name}` can do all that it could"


def _fix(index: Index, other: Index, readers: list[Read]) -> Fix | None:
    removal = _removal(index)
    if removal is None:
        return None
    edits = [removal]
    for read in readers:
        if not isinstance(read.index_node, n.String):
            return None
        module, node = read.body.module, read.index_node
        if module.text(node)[1:-1] != index.name:
            return None
        edits.append(Edit(module.path, node.start + 1, node.end - 1, str(other.name)))
    return Fix(f"remove `{index.name}` and read with `{other.name}`", tuple(dict.fromkeys(edits)))


def _removal(index: Index) -> Edit | None:
    """The edit that takes the call out of its chain, with the comments that speak of it."""
    module, node = index.module, index.node
    if not isinstance(node.callee, n.Member):
        return None
    start, source = node.callee.object.end, module.lines.source
    first, *others = source[start : node.at].decode("utf-8", "replace").split("\n")
    *above, last = others or [first]
    if last.strip() != "." or any(line.strip() and not line.lstrip().startswith("//") for line in above):
        return None
    if others:
        if first.strip() and not first.lstrip().startswith("//"):
            return None
        start += len(first.rstrip("\r").encode())  # a comment there speaks of what stands before it
    end = node.end
    behind = source[end : (source + b"\n").index(b"\n", end)].decode("utf-8", "replace")
    if others and behind.lstrip().startswith("//"):
        end += len(behind.rstrip("\r").encode())
    return Edit(module.path, start, end, "")
