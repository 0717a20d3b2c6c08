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
    - An index that a function writes for several tables.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import convert, to_builtins

from scaffold.core.findings import Edit, Evidence, Finding, Fix, Level
from scaffold.core.places import Place
from scaffold.model.project import Project
from scaffold.model.steps import OtherCall, Read
from scaffold.model.values import Unknown
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.schema import Index

_ORDERED = {"first", "take", "paginate", ""}


def _seen(project: Project, rule: Rule) -> Iterator[list[Any]]:  # noqa: ARG001 - one signature for all
    """Reads by an index that is declared, and names that may be those of indexes."""
    for read in project.steps(Read):
        index = _index_of(read)
        if index is not None:
            order = _by_creation(read, index)
            yield ["read", read.table, read.index, order, _name_of(read), to_builtins(read.place)]
    for call in project.steps(OtherCall):  # such as `getManyFrom(db, "posts", "by_author", id)`
        yield from (["name", each.value] for each in call.arguments if isinstance(each, n.String))


@rule(
    "CX204",
    "redundant-index",
    Project,
    level=Level.WARNING,
    mapped=("@convex-dev/no-duplicate-indexes",),
    gather=_seen,
)
def redundant_index(project: Project, rule: Rule) -> Iterator[Finding]:
    """Indexes that another one makes needless."""
    readers = _readers(rule)
    mentioned = {name for kind, name, *_ in rule.gathered if kind == "name"}
    written = Counter(_written(index) for table in project.tables.values() for index in table.indexes)
    for table in project.tables.values():
        for index in table.indexes:
            other = _longer(index)
            if other is None or written[_written(index)] > 1:
                continue
            found = readers.get((table.name, str(index.name)), [])
            if other.fields != index.fields and any(read.by_creation for read in found):
                continue
            yield _finding(rule, index, other, found, elsewhere=index.name in mentioned)


def _written(index: Index) -> tuple[str, int]:
    """Where an index is written; a function that makes tables writes one for several of them."""
    return index.module.path, index.node.at


class _Reader(msgspec.Struct, frozen=True):
    """A read by an index. `by_creation`: it can tell the order from that of an index with more fields.

    `start` and `end` are those of the index's name, None where it is not written out.
    """

    place: Place
    by_creation: bool
    start: int | None
    end: int | None


def _finding(rule: Rule, index: Index, other: Index, readers: list[_Reader], *, elsewhere: bool) -> Finding:
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


def _readers(rule: Rule) -> dict[tuple[str, str], list[_Reader]]:
    """The reads by an index, by table and index, each place once."""
    found: dict[tuple[str, str], dict[Place, _Reader]] = {}
    for kind, *row in rule.gathered:
        if kind == "read":
            table, index, by_creation, edit, place = row
            read = _Reader(convert(place, Place), by_creation, *(edit or (None, None)))
            found.setdefault((table, index), {}).setdefault(read.place, read)
    return {key: list(reads.values()) for key, reads in found.items()}


def _index_of(read: Read) -> Index | None:
    """The declared index that a read names."""
    table = read.body.project.tables.get(read.table) if isinstance(read.table, str) else None
    if table is None or read.system or not isinstance(read.index, str):
        return None
    return next((index for index in table.indexes if index.name == read.index), None)


def _name_of(read: Read) -> list[int]:
    """Where the name of the index is written out; nothing where it is computed."""
    node = read.index_node
    if not isinstance(node, n.String) or read.body.module.text(node)[1:-1] != read.index:
        return []
    return [node.start + 1, node.end - 1]


def _by_creation(read: Read, index: Index) -> bool:
    """Whether the reader can tell the two orders apart."""
    if isinstance(read.range, Unknown) or read.conditional:
        return True
    compared = {each.field for each in read.range}
    own = set(index.fields or ())
    return bool(compared - own) or read.order is not None or read.terminal in _ORDERED


def _way_out(other: Index, readers: Iterable[_Reader], *, elsewhere: bool) -> str:
    files = sorted({read.place.path for read in readers})
    if files:
        return f"remove it, and read with `{other.name}` instead in {', '.join(files)}"
    if elsewhere:
        return f"remove it, and name `{other.name}` where functions are given its name"
    return f"remove it: nothing in view reads by it, and `{other.name}` can do all that it could"


def _fix(index: Index, other: Index, readers: list[_Reader]) -> Fix | None:
    removal = _removal(index)
    if removal is None:
        return None
    edits = [removal]
    for read in readers:
        if read.start is None or read.end is None:
            return None
        edits.append(Edit(read.place.path, read.start, read.end, str(other.name)))
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
