"""What the tests of one public function are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core.text import printable
from scaffold.lifecycle.stubs import access, literals
from scaffold.model import values as vs
from scaffold.model.function import Kind
from scaffold.model.steps import Get, Read, Return, Run, Write
from scaffold.model.validators import Validator
from scaffold.rules._ways import origins
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.model.function import Function, Reached
    from scaffold.model.project import Project

_KEY = re.compile(
    r"^(idempotenc[ey]|request|client_?request|client_?mutation|client_?message|dedup\w*|operation|nonce)"
    r"_?(key|id|token|nonce)?$",
    re.IGNORECASE,
)
_SEEN = {"collect", "take", "paginate", "for await"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A public function as its tests see it. `args` is None where its validator cannot be read.

    `role` is what a caller must have; `owned` maps arguments to the tables whose documents must be the
    caller's; `key` is the argument that marks a repeated call; `shown` is a table of which the function reads
    all that is the caller's, and `gives_back` whether that is surely its result; `users` is the table in
    which callers are looked up; `fed_by` is a mutation that changes the document which a query shows, and its
    argument; `claims` are the fields of tables that say whose a document is, each with the attribute of a
    client in it.
    """

    identifier: str
    module: str
    name: str
    kind: Kind
    args: Validator | None
    has_args: bool
    has_returns: bool
    needs_identity: bool
    role: str
    owned: dict[str, str] = field(default_factory=dict)
    key: str = ""
    shown: str = ""
    gives_back: bool = False
    users: str = ""
    fed_by: tuple[str, str] = ("", "")
    claims: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def public_functions(project: Project) -> list[Function]:
    """The functions that clients call by name, in the order of their modules and of the source."""
    found = {
        function.identifier: function
        for function in project.functions
        if function.public and function.kind is not Kind.HTTP and function.module.entry
        if not function.package  # whose own tests those are
        if printable(function.identifier) == function.identifier  # no name of other bytes can be sent
    }
    return sorted(found.values(), key=lambda each: (each.module.name, each.name_node.start))


def facts_of(function: Function, users: str, claims: Mapping[str, tuple[str, str]]) -> Facts:
    """What the model tells of a function; `users` is the project's table of users, or empty."""
    args = function.sent
    readable = args if isinstance(args, Validator) and literals.is_readable(args) else None
    needs = access.needs_identity(function)
    shown = _shown(function, readable)
    return Facts(
        identifier=function.identifier,
        module=function.module.name,
        name=function.name if function.name != "default" else function.module.name.rpartition("/")[2],
        kind=function.kind,
        args=readable,
        has_args=function.args is not None,
        has_returns=function.returns is not None,
        needs_identity=needs,
        role=access.role(function) if needs else "",
        owned={each.argument: each.table for each in access.owned(function)} if needs else {},
        key=_key(function, readable),
        shown=str(shown.table) if shown is not None else "",
        gives_back=shown is not None and _gives_back(shown, needs_identity=needs),
        users=users,
        claims=claims,
    )


def _key(function: Function, args: Validator | None) -> str:
    """The argument by which a repeated call is recognised."""
    if args is None or function.kind is Kind.QUERY:
        return ""
    if not any(function.steps(Write)) and not any(function.steps(Run)):
        return ""
    for name, validator in args.fields.items():
        is_key = validator.kind == "string" and _KEY.match(name)
        if is_key and ("idempot" in name.lower() or _is_looked_up(function, name)):
            return name
    return ""


def _is_looked_up(function: Function, name: str) -> bool:
    """Whether the function reads by an argument, or hands it to a function that may."""
    for reached in function.reached:
        step = reached.step
        parts = []
        if isinstance(step, Read):
            parts = [comparison.value for comparison in step.comparisons]
        elif isinstance(step, Run):
            parts = [step.arguments]
        elif isinstance(step, Get):
            parts = [step.id]
        if any(
            isinstance(value, vs.Argument) and value.path[:1] in {(name,), ()}
            for part in parts
            for value in origins(part, step.body, reached.via)
        ):
            return True
    return False


def _shown(function: Function, args: Validator | None) -> Read | None:
    """The read of a table which sees whatever is added for the caller."""
    if args is None:
        return None
    project = function.module.project
    for reached in function.reached:
        step = reached.step
        if reached.prelude or not isinstance(step, Read) or not _is_open(step):
            continue
        if isinstance(step.table, str) and step.table in project.tables and _shows_new(reached, args):
            return step
    return None


def _gives_back(read: Read, *, needs_identity: bool) -> bool:
    """Whether its documents are the result as they are, whatever else there is, or is not."""
    asked = 1 if needs_identity else 0  # who is calling
    if len(read.after_exit) > asked:
        return False
    results = (step.value for step in read.body.steps if isinstance(step, Return))
    return any((value.value if isinstance(value, n.Await) else value) is read.node for value in results)


def _is_open(read: Read) -> bool:
    """Whether it can be told which documents a read gives."""
    if (
        read.filters
        or read.conditional
        or read.way is not None
        or read.frames
        or read.system
        or read.index_kind != "db"
    ):
        return False
    return read.terminal in _SEEN or not read.terminal


def _shows_new(reached: Reached, args: Validator) -> bool:
    """Whether the plainest document of the caller is in the range, for the plainest arguments."""
    step = reached.step
    if not isinstance(step, Read) or isinstance(step.range, vs.Unknown) or not isinstance(step.table, str):
        return False
    document = step.body.project.tables[step.table].document
    if _needs_files(document):
        return False
    for comparison in step.range:
        if comparison.operator != "eq" or not isinstance(comparison.field, str):
            return False
        field_ = document.at(tuple(comparison.field.split(".")))
        made_of = origins(comparison.value, step.body, reached.via)
        if access.speaks_of_caller(made_of):
            continue
        plain = {_plain(args.at(value.path)) for value in made_of if isinstance(value, vs.Argument)}
        plain |= {literals.literal(value.value) for value in made_of if isinstance(value, vs.Literal)}
        if len(plain) != 1 or plain != {_plain(field_ or _in_union(document, comparison.field))}:
            return False
    return True


def _needs_files(document: Validator) -> bool:
    """Whether it must refer to what no test can put there: a stored file, a scheduled function."""
    required = (field_ for field_ in document.fields.values() if not field_.optional)
    return any((each.table or "").startswith("_") for field_ in required for each in field_.walk())


def _in_union(document: Validator, path: str) -> Validator | None:
    """A field of the first kind of document, or of part of it."""
    found: Validator | None = document
    for name in path.split("."):
        while found is not None and found.kind == "union":
            found = found.members[0] if found.members else None
        found = found.fields.get(name) if found is not None else None
    return found


def _plain(validator: Validator | vs.Unknown | None) -> str:
    """The plainest value of a validator, or what equals no other."""
    if not isinstance(validator, Validator) or validator.kind in {"id", "unknown", "any"}:
        return f"<{id(validator)}>"
    whole = Validator(kind="object", fields={"value": validator})
    try:
        return literals.fields(whole, lambda name, table: f"<{name} {table}>")["value"]
    except (literals.UnreadableError, KeyError):  # KeyError: it may be left out
        return f"<{id(validator)}>"
