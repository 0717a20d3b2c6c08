"""Indexes for a filter: the one that is there, or the one to add."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Edit
from scaffold.core.patterns import regex
from scaffold.rules.data import _reads as reads
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.schema import Index, Table
    from scaffold.model.steps import Read
    from scaffold.rules.data._predicates import Condition

_CAMEL = regex(r"by[A-Z]")
_LONGEST = 40
_RESERVED = {"by_id", "by_creation_time"}
SYSTEM = {"_id", "_creationTime"}
_BULKY = {"array", "object", "record", "bytes"}
# What most documents are not, and what most are.
_SHARED = regex(
    r"^(?:(?:is|was|soft)?_?(?:deleted|archived|removed)(?:_?at)?|(?:is)?_?(?:active|enabled|published))$",
    re.IGNORECASE,
)
# What most documents are that have a status.
_USUAL = regex(r"^(?:active|enabled|published|visible|available|approved|live)$", re.IGNORECASE)
_OWN = regex(r"(?:_id|(?<=[a-z])Id)$")
_STATUS = {"status", "state"}
_OF_ONE = regex(r"(?:[a-z]I|_i|^i)d(?:entifier)?$|e_?mail$|phone$|[tT]oken(?:Identifier)?$|^(?:user|owner)$")


def is_shared(field: str) -> bool:
    """Whether nearly all documents of a table have one value of a field, so that an index spares little."""
    return _SHARED.search(field) is not None


def tells_little(table: Table | None, condition: Condition) -> bool:
    """Whether an index by what is compared would spare little: most documents pass, or half of them do."""
    value = condition.value.value if isinstance(condition.value, n.String) else ""
    usual = condition.field in _STATUS and _USUAL.search(value) is not None
    some = condition.operator == "gt" and isinstance(condition.value, n.Number) and condition.value.value == 0
    return (
        usual
        or some
        or is_shared(condition.field)
        or (table is not None and condition.operator == "eq" and is_one_of_two(table, condition.field))
    )


def spares_little(read: Read, conditions: Collection[Condition]) -> bool:
    """Whether an index would spare little: most documents pass, or there may be few of them.

    The latter is no matter where a table is asked for what belongs to one of many.
    """
    table = reads.table_of(read)
    if all(tells_little(table, each) for each in conditions):
        return True
    return reads.may_be_short(read) and not any(is_of_one(table, each.field) for each in conditions)


def is_one_of_two(table: Table, field: str) -> bool:
    """Whether a field holds one of two values, so that an index by it spares half of the reads at best."""
    validator = table.document.at(tuple(field.split(".")))
    if validator is None:
        return False
    members = [each.kind for each in validator.members if each.kind != "null"]
    return validator.kind == "boolean" or members in (["boolean"], ["literal", "literal"])


def is_of_one(table: Table | None, field: str) -> bool:
    """Whether a field tells to which of many a document belongs, so that there are many; not its own id."""
    if table is not None and _OWN.sub("", field).lower() in {table.name.lower(), table.name.lower()[:-1]}:
        return False
    validator = table.document.at(tuple(field.split("."))) if table is not None else None
    kinds = {each.kind for each in (validator, *validator.members)} if validator is not None else set()
    return "id" in kinds or _OF_ONE.search(field) is not None


def can_have(table: Table, field: str) -> bool:
    """Whether an index of a table can have a field: not one that its documents do not declare."""
    return field in SYSTEM or table.document.may_have(tuple(field.split(".")))


def is_bulky(table: Table, field: str) -> bool:
    """Whether a field holds a list, an object or bytes, all of which an index would copy: an `embedding`."""
    validator = table.document.at(tuple(field.split(".")))
    members = () if validator is None else validator.members or (validator,)
    return any(each.kind in _BULKY for each in members)


def equal_fields(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The fields compared for equality, each once."""
    return tuple(dict.fromkeys(each.field for each in conditions if each.operator == "eq"))


def serving(table: Table, fields: Sequence[str]) -> Index | None:
    """An index that starts with these fields in any order, the shortest one."""
    wanted = set(fields)
    found = [
        index
        for index in table.indexes
        if index.kind == "db"
        and not index.staged
        and index.fields is not None
        and isinstance(index.name, str)
        and set(index.fields[: len(wanted)]) == wanted
    ]
    return min(found, key=lambda index: len(index.fields or ()), default=None)


def starts_with(table: Table, field: str) -> bool:
    """Whether an index of the table starts with a field."""
    return any(index.kind == "db" and index.fields and index.fields[0] == field for index in table.indexes)


def name_for(project: Project, fields: Sequence[str]) -> str:
    """A name that lists the fields, in the manner of the project's other indexes; none that Convex keeps."""
    known = [
        index.name
        for table in project.tables.values()
        if not table.package
        for index in table.indexes
        if isinstance(index.name, str) and index.kind == "db"
    ]
    if known and sum(bool(_CAMEL.match(name)) for name in known) * 2 > len(known):
        return "by" + "And".join(_capitalized(field) for field in fields)
    name = "by_" + "_and_".join(field.replace(".", "_").removeprefix("_") for field in fields)
    return f"{name}_field" if name in _RESERVED else name


def _capitalized(field: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in field.split("."))


def declaration(project: Project, fields: Sequence[str]) -> str:
    """The call that declares an index on these fields."""
    listed = ", ".join(f'"{field}"' for field in fields)
    return f'.index("{name_for(project, fields)}", [{listed}])'


def advice(module: Module, table: Table | None, conditions: Sequence[Condition]) -> str:
    """What to type to read by an index what is filtered now; the index to add, if there is none."""
    by_id = next((each for each in conditions if each.field == "_id" and each.operator == "eq"), None)
    if by_id is not None and table is not None:
        return f'load it by its id: `ctx.db.get("{table.name}", {_text(module, by_id.value)})`'
    conditions = [each for each in conditions if table is None or can_have(table, each.field)]
    bounds = (each.field for each in conditions if each.operator != "eq")
    wanted = equal_fields(conditions) or tuple(dict.fromkeys(bounds))[:1]
    if not wanted:
        return "narrow the read by an index range (`withIndex`), or read it in pages"
    project = module.project
    index = serving(table, wanted) if table is not None else None
    if table is not None and index is None and (bulky := [each for each in wanted if is_bulky(table, each)]):
        return instead_of(bulky)
    chosen = [each for each in conditions if each.field in wanted]
    if wanted == ("_creationTime",):
        return f"read with {_call(module, 'by_creation_time', chosen, wanted)}"
    if index is not None:
        return f"read with {_call(module, str(index.name), chosen, index.fields or wanted)}"
    where = f"table `{table.name}`" if table is not None else "the table"
    if table is not None and table.package:
        where += f", written out in the schema with what `{table.package}` needs,"
    read = _call(module, name_for(project, wanted), chosen, wanted)
    return f"add `{declaration(project, wanted)}` to {where} and read with {read}"


def instead_of(bulky: Sequence[str]) -> str:
    """What to do where an index would copy all that a field holds."""
    names = " and ".join(f"`{field}`" for field in bulky)
    return f"keep beside {names} a plain field that says what is asked here, and read by an index on that"


def _call(module: Module, name: str, conditions: Sequence[Condition], order: Sequence[str]) -> str:
    ordered = sorted(conditions, key=lambda each: order.index(each.field) if each.field in order else 99)
    seen: dict[tuple[str, str], str] = {}
    for each in ordered:
        seen.setdefault((each.operator, each.field), _text(module, each.value))
    chain = "".join(f'.{operator}("{field}", {value})' for (operator, field), value in seen.items())
    return f'`.withIndex("{name}", (q) => q{chain})`'


def _text(module: Module, node: n.Expression) -> str:
    if isinstance(node, n.Constant) and node.end == 0:
        return "true" if node.value else "false"
    text = " ".join(module.text(node).split())
    return text if len(text) <= _LONGEST else "…"


def addition(table: Table, declared: str) -> tuple[Edit, ...]:
    """The edits that add an index to a table, formatted as its neighbours; none if it stands elsewhere."""
    chain = [index for index in table.indexes if index.module is table.module]
    if len(chain) != len(table.indexes):
        return ()
    if chain:
        return _after(table, max(chain, key=lambda index: index.node.end), len(chain), declared)
    end = _definition_end(table)
    return (Edit(table.module.path, end, end, declared),) if end else ()


def _after(table: Table, last: Index, count: int, declared: str) -> tuple[Edit, ...]:
    module, node = table.module, last.node
    if not isinstance(node.callee, n.Member):
        return ()
    start = node.callee.object.end
    gap = module.lines.source[start : node.at].decode("utf-8", "replace")
    if "\n" in gap:
        newline = "\r\n" if "\r\n" in gap else "\n"
        indent = gap.rpartition("\n")[2].rpartition(".")[0]
        return (Edit(module.path, node.end, node.end, f"{newline}{indent}{declared}"),)
    if count > 1 or gap != ".":
        return (Edit(module.path, node.end, node.end, declared),)
    # A second call: formatters put each on a line of its own from here on.
    newline = _line_break(table)
    return (
        Edit(module.path, start, start, newline),
        Edit(module.path, node.end, node.end, newline + declared),
    )


def _line_break(table: Table) -> str:
    """A new line, one step deeper than the table's name."""
    lines = table.module.lines
    line = lines.text(table.place.line)
    indent = line[: len(line) - len(line.lstrip())]
    step = "\t" if "\t" in indent else "  " if len(indent) < 4 or len(indent) % 4 else "    "  # noqa: PLR2004
    newline = "\r\n" if b"\r\n" in lines.source else "\n"
    return f"{newline}{indent}{step}"


def _definition_end(table: Table) -> int | None:
    """Where `defineTable(…)` ends, when it stands behind the table's name."""
    for node in walk_all(table.module.body):
        if isinstance(node, n.Property) and node.start == table.node.start:
            value = node.value
            if isinstance(value, n.Call) and isinstance(value.callee, n.Name):
                return value.end
    return None
