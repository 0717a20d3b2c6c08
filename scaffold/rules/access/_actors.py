"""Arguments that say who is asking, and what is done on their word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Kind, Reached
from scaffold.model.steps import Auth, Get, HelperCall, OtherCall, Read, Run, Test, Write
from scaffold.model.validators import Validator
from scaffold.rules._nodes import walk
from scaffold.rules._ways import origins, traced
from scaffold.rules.access._checks import is_hidden
from scaffold.rules.access._idle import effective
from scaffold.rules.access._owned import is_caller
from scaffold.rules.access._private import is_held, is_own, is_personal
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.steps import Step

# Spelled without `_` and in lower case.
_CALLERS = set(
    """
    userid currentuserid currentuser callerid viewerid myid myuserid requesterid requestinguserid actorid uid
    authuserid authid clerkid clerkuserid workosid auth0id externaluserid tokenidentifier byuserid
    """.split()
)
_AUTHORS = set(
    """
    authorid ownerid creatorid createdby createdbyid senderid fromuserid sentby postedby uploadedby updatedby
    deletedby submittedby uploaderid adminid
    """.split()
)
_MAKERS = set(
    """
    author authorid creator creatorid createdby createdbyid postedby uploadedby uploaderid submittedby
    """.split()
)
_MAILS = {"email", "useremail", "myemail", "calleremail"}
_ROLES = {"role", "userrole", "isadmin", "admin", "permissions", "isowner", "ismoderator", "plan"}
_SPEAKERS = {"user", "assistant", "system", "tool", "model", "bot", "human", "ai", "agent"}
_SAYS = regex(r"message|content|text|prompt|chat|thread|conversation", re.IGNORECASE)
_FIELDS = _AUTHORS | _CALLERS | {"user", "owner", "author", "creator", "sender", "actor"}
_RANK = regex(r"role|admin|permission|moderator|staff|scope", re.IGNORECASE)
_BY_MAKER = regex(r"(?:by|for|of)_?(?:User|Creator|Author|Owner|Uploader|Artist|Seller)", re.IGNORECASE)
_PEOPLE = regex(r"user|profile|account|member|people|person|customer|author|player", re.IGNORECASE)
# What is done to somebody else, with or without a right to it.
_OF_OTHERS = regex(
    r"^(?:approve|reject|ban|unban|block|unblock|suspend|unsuspend|activate|deactivate|promote|demote|kick|grant"
    r"|revoke|assign|verify|admin)|Role|Member|Admin|Permission"
)
_LOOKS_DEEPER = regex(
    r"admin|role|permission|member|owner|access|can[A-Z]|team|org|staff|system", re.IGNORECASE
)


class Spoof(msgspec.Struct, frozen=True):
    """An argument that is taken for the caller, and where."""

    argument: str
    deed: str
    reached: Reached
    doubtful: bool = False
    """It only chooses whose documents are read, and they may be for everybody."""

    @property
    def place(self) -> Place:
        """The step, or the handler's call that leads to it."""
        return self.reached.via[0].place if self.reached.via else self.reached.step.place


def spoofs(function: Function, known: Collection[Reached] | None = None) -> Iterator[Spoof]:
    """What a public function does for whomever its arguments name, each argument once.

    `known` are the checks of the caller in it, where somebody has looked for them already.
    """
    if not function.public or not function.builder.resolved or is_hidden(function):
        return
    if not isinstance(function.args, Validator) or not _names_somebody(function.args):
        return
    if known is None:
        known = effective(function, function.module.project.access_checks)
    if known and not _ignores_identity(function, known):
        yield from _preferred(function)
        return
    seen: set[str] = set()
    for reached in function.reached:
        found = None if reached.prelude else _spoof(function, reached, checked=bool(known))
        if found is not None and found.argument not in seen and not _is_number(function, found.argument):
            seen.add(found.argument)
            yield found


def _preferred(function: Function) -> Iterator[Spoof]:
    """Whose documents are meant, where an argument says so as well as who is signed in: `userId ?? me`."""
    if any(map(_LOOKS_DEEPER.search, function.builder.names)) or any(map(_weighs, function.reached)):
        return
    seen: set[str] = set()
    for reached in function.reached:
        if reached.prelude:
            continue
        for field, values in _whose(function, reached):
            made = [each for value in values for each in _within_helpers(value, reached.via)]
            name = _argument([value for value, _ in made], _CALLERS)
            if name is None or name in seen or _plain(field) not in _FIELDS:
                continue
            if any(is_caller(*each) for each in made) and not _is_number(function, name):
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
        yield from _fields(function, reached, step)
    elif isinstance(step, Read) and not (isinstance(step.table, str) and _PEOPLE.search(step.table)):
        for field, node in _equalities(step):
            yield field, origins(node, step.body, reached.via)


def _within_helpers(
    value: vs.Value, via: tuple[HelperCall, ...]
) -> Iterator[tuple[vs.Value, tuple[HelperCall, ...]]]:
    """A value, and what a helper that gave it makes it of."""
    yield value, via
    match value:
        case vs.Result(step=HelperCall(callee=callee) as call, path=()) if callee is not None:
            for returned in callee.returns():
                yield from ((each, (*via, call)) for each in origins(returned, callee, (*via, call)))


def _weighs(reached: Reached) -> bool:
    """Whether it is asked what the caller may do, or whom an argument names."""
    step = reached.step
    match step:
        case HelperCall(name=name) | OtherCall(name=name):
            return _LOOKS_DEEPER.search(name) is not None
        case Test():
            named = _argument(origins(step.test, step.body, reached.via), _CALLERS) is not None
            words = (node.property for node in walk(step.test) if isinstance(node, n.Member))
            return (named and _compares(step.test, step.body)) or any(map(_LOOKS_DEEPER.search, words))
    return False


def _is_number(function: Function, argument: str) -> bool:
    """Whether an argument is a number: the id of another system's user, as Telegram has them."""
    validator = function.args.at(tuple(argument.split("."))) if isinstance(function.args, Validator) else None
    return isinstance(validator, Validator) and validator.kind in {"number", "float64", "int64", "bigint"}


def _names_somebody(arguments: Validator) -> bool:
    """Whether any argument is called like a person or a role."""
    names = {_plain(name) for each in arguments.walk() for name in each.fields}
    return not names.isdisjoint(_CALLERS | _AUTHORS | _MAILS | _ROLES)


def _spoof(function: Function, reached: Reached, *, checked: bool) -> Spoof | None:
    step = reached.step
    match step:
        case Write():
            return _written(function, reached, step, checked=checked)
        case Run() if not checked:
            return _handed_on(function, reached, step)
        case Test() if step.exits and not checked:
            return _believed(function, reached, step)
        case Read() if not checked:
            return _read(function, reached, step)
    return None


def _written(
    function: Function,
    reached: Reached,
    write: Write,
    *,
    checked: bool,
    names: Collection[str] = frozenset(_AUTHORS | _CALLERS),
) -> Spoof | None:
    """A document that names its author by an argument, or a write to the document of such a user."""
    for field, value in _fields(function, reached, write):
        plain = _plain(field)
        name = _argument(value, names)
        found = None if name is not None or checked else _found_by(value, reached)
        if (name or found) is None or plain not in _FIELDS:
            continue
        if write.operation != "insert" and not plain.endswith(("by", "byid")):
            continue  # a new owner or assignee is not the caller
        if checked and plain not in _AUTHORS:
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
    name = _argument((target,), _CALLERS) or (_kept_for if checked else _found_by)((target,), reached)
    deed = f"says whose document `db.{write.operation}` changes"
    return Spoof(name, deed, reached, doubtful=checked) if name else None


def _found_by(values: Iterable[vs.Value], reached: Reached) -> str | None:
    """The argument by which somebody's own document was looked up, where its id is meant."""
    for value in values:
        if (
            not isinstance(value, vs.Result)
            or value.path != ("_id",)
            or value.step.body is not reached.step.body
        ):
            continue
        for found in _look_ups(value.step, reached.via):
            table = found.step.table if isinstance(found.step, Read | Get) else None
            name = _looked_up_by(found.step, found, _CALLERS)
            if isinstance(table, str) and _PEOPLE.search(table) and name is not None:
                return name
    return None


def _kept_for(values: Iterable[vs.Value], reached: Reached) -> str | None:
    """The argument that says whose document was looked up, where its id is meant: by `userId`, `ownerId`."""
    for value in values:
        if not isinstance(value, vs.Result) or value.path != ("_id",):
            continue
        for found in _look_ups(value.step, reached.via):
            for field, node in _equalities(found.step) if isinstance(found.step, Read) else ():
                name = _argument(origins(node, found.step.body, found.via), _CALLERS)
                if name is not None and _plain(field) in _FIELDS:
                    return name
    return None


def _look_ups(step: Step, via: tuple[HelperCall, ...]) -> Iterator[Reached]:
    """The reads whose document a step gives: itself, or what a helper returns."""
    if isinstance(step, Read | Get):
        yield Reached(step, via)
    elif isinstance(step, HelperCall) and step.callee is not None:
        for returned in step.callee.returns():
            value = step.callee.value(returned)
            if isinstance(value, vs.Result) and not value.path and isinstance(value.step, Read | Get):
                yield Reached(value.step, (*via, step))


def _handed_on(function: Function, reached: Reached, run: Run) -> Spoof | None:
    """What another function does for whom it is told, where an argument is handed on to it."""
    target = run.body.project.resolve(run.target)
    given = _handed(function, reached, run)
    if target is None or target.public or not given:
        return None
    for inner in target.reached:
        spoof = None
        if isinstance(inner.step, Write):
            spoof = _written(target, inner, inner.step, checked=False, names=set(map(_plain, given)))
        elif isinstance(inner.step, Read):
            spoof = _read(target, inner, inner.step)
        if spoof is not None and spoof.argument in given:
            return Spoof(given[spoof.argument], spoof.deed, reached, spoof.doubtful)
    return None


def _handed(function: Function, reached: Reached, run: Run) -> dict[str, str]:
    """The arguments that name somebody and are handed on, by their names in the function that is run."""
    value = run.body.value(run.arguments) if run.arguments is not None else None
    if isinstance(value, vs.Argument):
        pairs = list(_given(function, value))
    else:
        node = value.node if isinstance(value, vs.Computed) else run.arguments
        pairs = list(_parts_of(function, reached, run.body, node))
    named = ((field, _argument(found, _AUTHORS | _CALLERS)) for field, found in pairs)
    return {field: name for field, name in named if name is not None}


def _fields(function: Function, reached: Reached, write: Write) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The fields of the written document, and what they are made of."""
    value = write.body.value(write.document) if write.document is not None else None
    if isinstance(value, vs.Argument):
        yield from _given(function, value)
        return
    node = value.node if isinstance(value, vs.Computed) else write.document
    yield from _parts_of(function, reached, write.body, node)


def _parts_of(
    function: Function, reached: Reached, body: Body, node: n.Expression | None
) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The properties of an object, and what they are made of."""
    for part in node.properties if isinstance(node, n.Object) else ():
        if part.kind == "spread":
            spread = body.value(part.value)
            if isinstance(spread, vs.Argument):
                yield from _given(function, spread)
        elif part.key is not None:
            yield part.key, origins(part.value, body, reached.via)


def _given(function: Function, whole: vs.Argument) -> Iterator[tuple[str, tuple[vs.Value, ...]]]:
    """The fields of an argument that is stored as it is."""
    validator = function.args.at(whole.path) if isinstance(function.args, Validator) else None
    if isinstance(validator, Validator):
        for field in validator.fields:
            yield field, (vs.Argument((*whole.path, field)),)


def _believed(function: Function, reached: Reached, test: Test) -> Spoof | None:
    """A decision on the word of an argument: it is compared with an owner, or it is a role itself."""
    found = origins(test.test, test.body, reached.via)
    role = _argument(found, _ROLES)
    decides = role is not None and not any(isinstance(each, vs.Result) for each in found)
    told = role is not None and (_is_filter(function, role, test) or _is_speaker(function, test))
    if role is not None and decides and not told:
        return Spoof(role, "decides what the caller may do", reached)
    stored = [each for each in found if isinstance(each, vs.Result) and isinstance(each.step, Read | Get)]
    name = _argument(found, _CALLERS | _AUTHORS | _MAILS) or _found_by(stored, reached)
    if name is not None and any(_is_owner(each) for each in stored) and _compares(test.test, test.body):
        return Spoof(name, "is compared with who owns the document", reached)
    claimed = _claimed(reached, test)
    if claimed is not None:
        return Spoof(claimed, "is compared with another argument", reached)
    among = _sought(reached, test)
    if among is not None:
        return Spoof(among, "is looked for among those who may", reached)
    for each in stored:
        looked_up = _looked_up_by(each.step, reached)
        if looked_up is not None and any(_RANK.search(part) for part in each.path):
            return Spoof(looked_up, "says whose role decides", reached)
    return None


def _claimed(reached: Reached, test: Test) -> str | None:
    """The caller of `if (args.ownerId !== args.userId) throw …`: both are what the caller says."""
    match test.test:
        case n.Binary(operator="!=" | "!==", left=left, right=right):
            sides = [origins(side, test.body, reached.via) for side in (left, right)]
            for mine, other in (sides, sides[::-1]):
                name = _argument(mine, _CALLERS)
                if len(mine) == len(other) == 1 and name is not None and _argument(other, _AUTHORS):
                    return name
    return None


def _is_filter(function: Function, role: str, test: Test) -> bool:
    """Whether it is only asked if a role was given: `if (args.role) return users.filter(…)`."""
    validator = function.args.at(tuple(role.split("."))) if isinstance(function.args, Validator) else None
    named = isinstance(validator, Validator) and validator.optional and validator.kind != "boolean"
    return named and not _compares(test.test, test.body)


def _is_speaker(function: Function, test: Test) -> bool:
    """Whether a role is that of whoever speaks in a chat with a model: `user`, `assistant`."""
    words = {node.value for node in walk(test.test) if isinstance(node, n.String)}
    talks = isinstance(function.args, Validator) and any(map(_SAYS.search, function.args.fields))
    return bool(words) and words <= _SPEAKERS and talks


def _sought(reached: Reached, test: Test) -> str | None:
    """The argument of `members.some((member) => member.userId === args.userId)`, in a variable too."""
    body = test.body
    for node in _with_calls(test):
        if not isinstance(node, n.Binary) or node.operator not in {"==", "==="}:
            continue
        sides = [origins(side, body, reached.via) for side in (node.left, node.right)]
        for side, (mine, other) in ((node.left, sides[::-1]), (node.right, sides)):
            owned = isinstance(side, n.Member) and _plain(side.property) in _FIELDS | _MAILS
            read = any(isinstance(each, vs.Result) and isinstance(each.step, Read | Get) for each in other)
            name = _argument(mine, _CALLERS | _MAILS)
            if owned and read and name is not None:
                return name
    return None


def _with_calls(test: Test) -> Iterator[n.Node]:
    """The nodes of a test, and of the calls whose results its variables hold."""
    for node in walk(test.test):
        yield node
        value = test.body.value(node) if isinstance(node, n.Name) else None
        if isinstance(value, vs.Result) and isinstance(value.step, OtherCall):
            yield from walk(value.step.node)


def _compares(node: n.Expression, body: Body) -> bool:
    match node:
        case n.Binary(operator="==" | "===" | "!=" | "!=="):
            return True
        case n.Binary(left=left, right=right):
            return _compares(left, body) or _compares(right, body)
        case n.Unary(value=value):
            return _compares(value, body)
        case n.Name():
            known = body.value(node)
            return isinstance(known, vs.Computed) and known.node != node and _compares(known.node, body)
    return False


def _is_owner(value: vs.Result) -> bool:
    return any(_plain(part) in _FIELDS | _MAILS for part in value.path)


def _looked_up_by(
    step: object, reached: Reached, names: Collection[str] = frozenset(_CALLERS | _MAILS)
) -> str | None:
    """The argument that names the user whom a read finds."""
    if isinstance(step, Get) and step.id is not None:
        return _argument(origins(step.id, step.body, reached.via), _CALLERS)
    if isinstance(step, Read):
        for _, value in _equalities(step):
            name = _argument(origins(value, step.body, reached.via), names)
            if name is not None:
                return name
    return None


def _equalities(read: Read) -> Iterator[tuple[str, n.Expression]]:
    """The fields that a read demands a value of, by its index or by a filter, and the values."""
    for comparison in read.range if not isinstance(read.range, vs.Unknown) else ():
        if isinstance(comparison.field, str) and comparison.value is not None and comparison.operator == "eq":
            yield comparison.field, comparison.value
    for node in (node for call in read.filters for node in walk(call)):
        match node:
            case n.Call(
                callee=n.Member(property="eq"),
                arguments=(
                    n.Call(callee=n.Member(property="field"), arguments=(n.String(value=field),)),
                    value,
                ),
            ):
                yield field, value
            case _:
                pass


def _read(function: Function, reached: Reached, read: Read) -> Spoof | None:
    """Documents found by whose they are, where an argument says who that is."""
    if isinstance(read.table, vs.Unknown) or _PEOPLE.search(read.table):
        return None
    for field, value in _equalities(read):
        name = _argument(origins(value, read.body, reached.via), _CALLERS)
        if name is not None and _plain(field) in _FIELDS and _is_demanded(function, name):
            deed = f"says whose `{read.table}` are read"
            return Spoof(name, deed, reached, _is_doubtful(function, read, field))
    return None


def _may_be_shown(function: Function, read: Read, field: str) -> bool:
    """Whether what is read may be for everybody: a maker's works, or nothing that is known for private."""
    if _plain(field) in _MAKERS and _BY_MAKER.search(function.name):
        return True
    name = str(read.table)
    table = read.body.project.tables.get(name)
    private = is_held(name) or is_own(name) or is_own(function.name)
    return not private and not is_personal(table.document.fields if table else ())


def _is_demanded(function: Function, argument: str) -> bool:
    """Whether an argument has to be given: one that may be left out is a filter."""
    path = tuple(argument.split("."))
    if not isinstance(function.args, Validator):
        return False
    ways = [function.args.at(path[: depth + 1]) for depth in range(len(path))]
    return all(isinstance(each, Validator) and not each.optional for each in ways)


def _argument(found: Collection[vs.Value], names: Collection[str]) -> str | None:
    """The argument of one of these names among what an expression is made of."""
    paths = (each.path for each in found if isinstance(each, vs.Argument) and each.path)
    return next((".".join(path) for path in sorted(paths) if _plain(path[-1]) in names), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _ignores_identity(function: Function, known: Collection[Reached]) -> bool:
    """Whether the caller is asked to sign in, and then nobody looks at who it is."""
    called = [*function.builder.names, *(call.name for each in known for call in each.via)]
    if any(_LOOKS_DEEPER.search(name) for name in called):
        return False
    if not all(isinstance(each.step, Auth | HelperCall) for each in known):
        return False
    if any(isinstance(each.step, HelperCall) and _LOOKS_DEEPER.search(each.step.name) for each in known):
        return False
    return not any(_uses_identity(reached) for reached in function.reached if not reached.prelude)


def _uses_identity(reached: Reached) -> bool:
    step = reached.step
    parts: list[n.Expression | None] = []
    match step:
        case Write():
            parts = [step.document, step.id]
        case Get():
            parts = [step.id]
        case Read() if not isinstance(step.range, vs.Unknown):
            parts = [comparison.value for comparison in step.range]
        case Test() if _compares(step.test, step.body):
            parts = [step.test]
        case HelperCall():
            parts = list(step.arguments)
        case _:
            pass
    found = {each for part in parts for each in origins(part, step.body, reached.via)}
    return any(_speaks_of_caller(each) for each in found)


def _speaks_of_caller(value: vs.Value) -> bool:
    match value:
        case vs.Result(step=Read() | Get(), path=_):
            return False
        case vs.Result(step=Auth() | HelperCall(), path=path):
            return bool(path) or isinstance(value.step, HelperCall)
        case vs.Context(path=(first, *_)):
            return first not in {"db", "scheduler", "storage"}
        case vs.Result():
            return True
    return False
