"""Arguments that say who is asking, and what is done on their word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Kind, Reached
from scaffold.model.steps import Auth, HelperCall, Read, Run, Test, Write
from scaffold.model.validators import Validator
from scaffold.rules._ways import origins, traced
from scaffold.rules.access._arguments import (
    AUTHORS,
    CALLERS,
    FIELDS,
    MAILS,
    Spoof,
    argument_of,
    equalities,
    fields_of,
    folded,
    is_demanded,
    is_number,
    is_of_provider,
    names_somebody,
    properties_of,
    written_fields,
)
from scaffold.rules.access._asked import ignores_identity, weighs
from scaffold.rules.access._believed import DECIDES, believed_of
from scaffold.rules.access._caller import is_caller
from scaffold.rules.access._checks import is_check_name, is_hidden
from scaffold.rules.access._idle import effective
from scaffold.rules.access._look_ups import PEOPLE, found_by, is_of_person, kept_for
from scaffold.rules.access._private import is_held, is_own, is_personal
from scaffold.rules.access._ranks import RANK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scaffold.model.function import Function
    from scaffold.model.steps import Step

_CHANGES = "says whose document"
_MAKERS = set(
    """
    author authorid creator creatorid createdby createdbyid postedby uploadedby uploaderid submittedby
    """.split()
)
_BY_MAKER = regex(r"(?:by|for|of)_?(?:User|Creator|Author|Owner|Uploader|Artist|Seller)", re.IGNORECASE)
# What is done to somebody else, with or without a right to it.
_OF_OTHERS = regex(
    r"^(?:approve|reject|ban|unban|block|unblock|suspend|unsuspend|activate|deactivate|promote|demote|kick|grant"
    r"|revoke|assign|verify|admin)|Role|Member|Admin|Permission"
)


def spoofs(function: Function, known: Collection[Reached] | None = None) -> Iterator[Spoof]:
    """What a public function does for whomever its arguments name, each argument once.

    `known` are the checks of the caller in it, where somebody has looked for them already.
    """
    if not function.public or not function.builder.resolved or is_hidden(function):
        return
    args = function.args
    if not isinstance(args, Validator) or not (names_somebody(args) or _asks_of_picked(function, args)):
        return
    if known is None:
        known = effective(function, function.module.project.access_checks)
    if known and not ignores_identity(function, known):
        yield from _preferred(function)
        return
    found: dict[str, Spoof] = {}
    for reached in function.reached:
        spoof = None if reached.prelude else _spoof(function, reached, checked=bool(known))
        if spoof is None or is_of_provider(function, spoof.argument) or is_number(function, spoof.argument):
            continue
        earlier = found.setdefault(spoof.argument, spoof)
        if earlier.deed == DECIDES and spoof.deed.startswith(_CHANGES):
            found[spoof.argument] = spoof  # a kind of person was asked for, and this is done to them
    yield from found.values()


def _asks_of_picked(function: Function, arguments: Validator) -> bool:
    """Whether an argument is the id of a person, under any name, and only helpers may ask who calls."""
    if not any(map(is_of_person, arguments.walk())) or any(function.steps(Auth)):
        return False
    return any(
        isinstance(each.step, HelperCall) and is_check_name(each.step.name)
        for each in function.steps(HelperCall)
    )


def _preferred(function: Function) -> Iterator[Spoof]:
    """Whose documents are meant, where an argument says so as well as who is signed in: `userId ?? me`."""
    if any(map(RANK.search, function.builder.names)) or any(map(weighs, function.reached)):
        return
    seen: set[str] = set()
    for reached in function.reached:
        if reached.prelude:
            continue
        for field, values in _whose(function, reached):
            made = [each for value in values for each in _within_helpers(value, reached.via)]
            name = argument_of([value for value, _ in made], CALLERS)
            if name is None or name in seen or folded(field) not in FIELDS:
                continue
            if any(is_caller(*each) for each in made) and not is_number(function, name):
                seen.add(name)
                deed = f"stands for who is signed in as `{field}`"
                yield Spoof(name, deed, reached, _is_doubtful(function, reached.step, field))


def _is_doubtful(function: Function, step: Step, field: str) -> bool:
    """Whether it is only read, and may be for everybody."""
    return isinstance(step, Read) and function.kind is Kind.QUERY and _may_be_shown(function, step, field)


def _whose(function: Function, reached: Reached) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The fields that are written, or that a read demands a value of, and what these are made of."""
    step = reached.step
    if isinstance(step, Write):
        yield from written_fields(function, reached, step)
    elif isinstance(step, Read) and not (isinstance(step.table, str) and PEOPLE.search(step.table)):
        for field, node in equalities(step):
            yield field, origins(node, step.body, reached.via)


def _within_helpers(
    value: vs.Value, via: tuple[HelperCall, ...]
) -> Iterator[tuple[vs.Value, tuple[HelperCall, ...]]]:
    """A value and, where a helper gave it, what that helper made it of."""
    yield value, via
    match value:
        case vs.Result(step=HelperCall(callee=callee) as call, path=()) if callee is not None:
            for returned in callee.returns():
                yield from ((each, (*via, call)) for each in origins(returned, callee, (*via, call)))


def _spoof(function: Function, reached: Reached, *, checked: bool) -> Spoof | None:
    step = reached.step
    match step:
        case Write():
            return _written(function, reached, step, checked=checked)
        case Run() if not checked:
            return _handed_on(function, reached, step)
        case Test() if step.exits and not checked:
            return believed_of(function, reached, step)
        case Read() if not checked:
            return _read(function, reached, step)
    return None


def _written(
    function: Function,
    reached: Reached,
    write: Write,
    *,
    checked: bool,
    names: Collection[str] = frozenset(AUTHORS | CALLERS),
) -> Spoof | None:
    """A document that names its author by an argument, or a write to the document of such a user."""
    for field, value in written_fields(function, reached, write):
        plain = folded(field)
        name = argument_of(value, names)
        found = None if name is not None or checked else found_by(value, reached, names)
        if (name or found) is None or plain not in FIELDS:
            continue
        if write.operation != "insert" and not plain.endswith(("by", "byid")):
            continue  # a new owner or assignee is not the caller
        if checked and plain not in AUTHORS:
            continue
        table = "a document" if isinstance(write.table, vs.Unknown) else f"`{write.table}`"
        deed = "is stored" if name else "finds who is stored"
        return Spoof(name or found or "", f"{deed} as `{field}` of {table}", reached)
    return _changed(function, reached, write, checked=checked)


def _changed(function: Function, reached: Reached, write: Write, *, checked: bool) -> Spoof | None:
    """A write to the document of the user whom an argument names, or finds."""
    if write.operation == "insert" or write.id is None or _OF_OTHERS.search(function.name):
        return None
    target, _, _ = traced(write.body.value(write.id), write.body, reached.via)
    name = argument_of((target,), CALLERS) or (kept_for if checked else found_by)((target,), reached)
    deed = f"{_CHANGES} `db.{write.operation}` changes"
    return Spoof(name, deed, reached, doubtful=checked) if name else None


def _handed_on(function: Function, reached: Reached, run: Run) -> Spoof | None:
    """What another function does for somebody whom it is told of, where an argument is handed on to it."""
    target = run.body.project.resolve(run.target)
    given = _handed(function, reached, run)
    if target is None or target.public or not given:
        return None
    for inner in target.reached:
        spoof = None
        if isinstance(inner.step, Write):
            spoof = _written(target, inner, inner.step, checked=False, names=set(map(folded, given)))
        elif isinstance(inner.step, Read):
            spoof = _read(target, inner, inner.step)
        if spoof is not None and spoof.argument in given:
            return Spoof(given[spoof.argument], spoof.deed, reached, spoof.doubtful)
    return None


def _handed(function: Function, reached: Reached, run: Run) -> dict[str, str]:
    """The arguments that name somebody and are handed on, by their names in the function that is run."""
    value = run.body.value(run.arguments) if run.arguments is not None else None
    if isinstance(value, vs.Argument):
        pairs = list(fields_of(function, value))
    else:
        node = value.node if isinstance(value, vs.Computed) else run.arguments
        pairs = list(properties_of(function, reached, run.body, node))
    named = ((field, argument_of(found, AUTHORS | CALLERS)) for field, found in pairs)
    return {field: name for field, name in named if name is not None}


def _read(function: Function, reached: Reached, read: Read) -> Spoof | None:
    """Documents found by whose they are, where an argument says who that is."""
    own = function.kind is Kind.QUERY and is_own(function.name)
    if isinstance(read.table, vs.Unknown) or (PEOPLE.search(read.table) and not own):
        return None
    for field, value in equalities(read):
        found = origins(value, read.body, reached.via)
        name = argument_of(found, CALLERS) or _finds(function, found, reached)
        if name is not None and folded(field) in FIELDS and is_demanded(function, name):
            deed = f"says whose `{read.table}` are read"
            return Spoof(name, deed, reached, _is_doubtful(function, read, field))
    return None


def _finds(function: Function, found: tuple[vs.Value, ...], reached: Reached) -> str | None:
    """The argument by which a query finds the person whose documents it reads.

    A mutation may be there for people who cannot sign in: to reset a password, to subscribe.
    """
    return found_by(found, reached, CALLERS | MAILS) if function.kind is Kind.QUERY else None


def _may_be_shown(function: Function, read: Read, field: str) -> bool:
    """Whether what is read may be for everybody: a maker's works, or nothing that is known to be private."""
    if folded(field) in _MAKERS and _BY_MAKER.search(function.name):
        return True
    name = str(read.table)
    table = read.body.project.tables.get(name)
    private = is_held(name) or is_own(name) or is_own(function.name)
    return not private and not is_personal(table.document.fields if table else ())
