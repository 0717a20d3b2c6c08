"""What counts as a check of the caller, and what is worth one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import (
    Auth,
    BranchFrame,
    Comparison,
    DbUse,
    External,
    FunctionCall,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Run,
    Schedule,
    Storage,
    Test,
    Write,
)
from scaffold.model.validators import Validator
from scaffold.rules._nodes import EQUALITIES, walk, written
from scaffold.rules._ways import origins
from scaffold.rules.access._arguments import written_fields
from scaffold.rules.access._helpers import believes, lets_all_pass, takes_context
from scaffold.rules.access._settings import asks_setting
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_NOUN = (
    r"auth|user|admin|role|permission|access|member|owner|session|login|logged|sign|identity|token|secret"
    r"|(?:api|master|service|internal|private|licen[cs]e|device|agent|server|sync|shared|webhook)_?key(?!s)"
    r"|viewer|principal|caller|tenant|account|privilege|polic|rights|scope|staff|moderator"
)
_DEMANDS = regex(
    r"^(require|assert|check|ensure|can|has|is|must|need|verify|authori[sz]e|authenticate|validate|protect|guard"
    rf"|enforce|allow|expect|restrict|with|safe)(?-i:(?![a-z]))\w*({_NOUN})",
    re.IGNORECASE,
)
_BARE = regex(
    r"^(authori[sz]e|authenticate|protect|auth|can|checkAccess|requireAuth"
    r"|(require|assert|check|verify|validate|is_?valid)_?key)$",
    re.IGNORECASE,
)
_READS = regex(
    r"^(get|load|fetch|find|resolve|lookup|current|use|read|safeGet|tryGet)\w*(current|auth|session|identity|viewer"
    r"|caller|(?-i:Me)\b)|^(get|current)(?:Partial)?(User|Viewer|Session|Identity|AuthUser|UserId)$",
    re.IGNORECASE,
)
_ROW_SECURITY = regex(r"^(wrapDatabase(Reader|Writer)|RowLevelSecurity|BasicRowLevelSecurity)$")
_SECRET = regex(
    r"secret|token(?!s|_?id|_?(?:count|limit|address|symbol)|identifier)|api[-_]?key|licen[cs]e[-_]?key|session"
    r"|password|passcode|signature|nonce|otp|invite|access[-_]?code|share|magic[-_]?(?:link|code)|hmac|jwt|bearer"
    r"|verification|(room|join|game|party|lobby)[-_]?code|^code$|^key$|^pin$|^hash$",
    re.IGNORECASE,
)
# `session.userId` says who somebody is, not what only they know.
_NAMES = regex(
    r"(?:user|account|customer|member|owner|author|clerk)_?id$|^(?:role|name|email|identifier)$"
    r"|(?-i:[a-z](?:Status|State|Type|Kind|Level|Method|Mode|Format|Date|Count|Number|Name|Title|Notes?)$)"
    r"|_(?:status|state|type|kind|level|method|mode|format|date|count|number|name|title|notes?)$",
    re.IGNORECASE,
)
# What may be a secret, or only what something is called: the key of a setting, the code of a currency.
_MAY_NAME = {"key", "code", "hash", "pin"}
_SETTINGS = regex(
    r"setting|config|preference|flag|content|translation|template|prompt|counter", re.IGNORECASE
)
# Fields that hold what only somebody who was given it can know, or its hash.
_KEPT_SECRET = regex(
    r"(?<!push)(?<!push_)(?<!device)(?<!device_)(?:token|secret|api_?key|(?:invite|access|share|magic)_?(?:code|link))"
    r"(?:_?(?:hash|digest))?$|hashed_?(?:token|key|secret|code)$",
    re.IGNORECASE,
)
# What a component does with a secret that it knows, rather than to keep one.
_ASKS_FOR = regex(
    r"^(?:consume|redeem|verify|validate|check|use|exchange|accept|claim|confirm|resolve|look_?[uU]p|open|authenticate)"
    r"(?![a-z])|By(?:Token|Key|Secret|Hash|Code)(?![a-z])"
)
_HASHES = regex(r"hash|sha_?\d|digest|hmac|hex|encode|bytes|trim|lower|upper|normali[sz]e", re.IGNORECASE)
_STATES = {("state",), ("oauthState",), ("oauth_state",)}
# What the documents have that somebody signs in with.
_EXPIRES = regex(r"expir|token(?!s|_?(?:count|usage))|secret|revoked|valid_?until", re.IGNORECASE)
_OAUTH = regex(r"o_?auth|auth_?states?$", re.IGNORECASE)
_LOGINS = regex(r"^(?:user|auth|login)?_?sessions?$", re.IGNORECASE)
_MANY = 5  # fields: where sessions hold more, something else goes on in them
# What says of which shape something is, or gives it another.
_SHAPES = set("Array BigInt Boolean Date JSON Math Number String isFinite isNaN parseFloat parseInt".split())
_HOPS = 3
_LEADING = (Run, FunctionCall, OtherCall, External, HelperCall)
_TOUCHES = (Read, Get, Write, DbUse, Storage, Schedule, Run)


def checks(function: Function, names: Collection[str], hops: int = _HOPS) -> Iterator[Reached]:
    """The steps that look at who is asking. `names` are functions that the configuration vouches for."""
    plain = _plain(function)
    for reached in function.reached:
        if _is_check(reached, names, hops, plain):
            yield reached


def is_hidden(function: Function) -> bool:
    """Whether no client comes to it here: a component's, or one judged where it was first exported."""
    return function.is_exported_again or function.module.project.component


def touches(function: Function) -> Iterator[Reached]:
    """What the handler reads, writes or sets going."""
    for reached in function.reached:
        if not reached.prelude and (isinstance(reached.step, _TOUCHES) or _calls_out(function, reached.step)):
            yield reached


def blind_spots(function: Function) -> Iterator[Reached]:
    """Calls that are handed the context and lead out of sight: they may check the caller."""
    for kind in _LEADING:
        for reached in function.steps(kind):
            step = reached.step
            leads = _leads_out(step) if isinstance(step, Run | FunctionCall) else False
            if leads or (isinstance(step, OtherCall | External | HelperCall) and takes_context(step)):
                yield reached


def choice_of_caller(reached: Reached) -> BranchFrame | None:
    """The branch around a step that the caller decides by its arguments alone."""
    for depth, step in enumerate(reached.levels):
        for frame in step.frames:
            if isinstance(frame, BranchFrame) and is_from_caller(frame.test, step.body, reached.via[:depth]):
                return frame
    return None


def is_from_caller(node: n.Expression, body: Body, via: tuple[HelperCall, ...]) -> bool:
    """Whether an expression is made of the caller's arguments and of nothing else."""
    found = origins(node, body, via)
    return any(isinstance(each, vs.Argument) for each in found) and all(
        isinstance(each, vs.Argument | vs.Literal) for each in found
    )


@lru_cache(maxsize=4096)
def _plain(function: Function) -> frozenset[tuple[str, ...]]:
    """The arguments that are no secrets: ids of documents which nobody signs in with, choices, and names."""
    given = function.arguments.items()
    found = {(name,) for name, each in given if is_plain_id(function, each) or _is_choice(each)}
    names = (
        {value.path for value in _sought(function) if value.path[-1] in _MAY_NAME}
        if _may_name(function)
        else ()
    )
    return frozenset(found | {path for path in names if _is_name(function, vs.Argument(path))})


def _may_name(function: Function) -> bool:
    """Whether any of its arguments may be a name, which only its reads tell."""
    args = function.args
    return not isinstance(args, Validator) or any(_MAY_NAME & each.fields.keys() for each in args.walk())


def _sought(function: Function) -> Iterator[vs.Argument]:
    """The arguments by which documents are found."""
    for reached in function.steps(Read):
        step = reached.step
        for comparison in step.comparisons if isinstance(step, Read) else ():
            for value in origins(comparison.value, step.body, reached.via):
                if isinstance(value, vs.Argument) and value.path:
                    yield value


def _is_choice(given: Validator) -> bool:
    """Whether it is one of some words, or yes or no."""
    return {each.kind for each in (given.members or (given,))} <= {"literal", "boolean", "null"}


def _is_name(function: Function, given: vs.Argument) -> bool:
    """Whether an argument finds a setting, or is stored under the name that the caller made up for it."""
    return any(given in values for reached in function.reached for values in _named_by(function, reached))


def _named_by(function: Function, reached: Reached) -> Iterator[tuple[vs.Value, ...]]:
    """What a new document is made of, or what a setting is found by."""
    step = reached.step
    if isinstance(step, Write) and step.operation == "insert":
        yield from (values for _, values in written_fields(function, reached, step))
    elif isinstance(step, Read) and _SETTINGS.search(str(step.table)):
        yield from (origins(each.value, step.body, reached.via) for each in step.comparisons)


def is_plain_id(function: Function, given: Validator) -> bool:
    """Whether an argument is the id of a document that nobody signs in with."""
    table = function.module.project.tables.get(given.table or "")
    if given.kind != "id" or table is None or any(map(_EXPIRES.search, table.document.fields)):
        return False
    return not (_LOGINS.match(table.name) and len(table.document.fields) < _MANY)


def _is_check(reached: Reached, names: Collection[str], hops: int, plain: frozenset[tuple[str, ...]]) -> bool:
    step = reached.step
    match step:
        case Auth():
            return True
        case HelperCall():
            named = _DEMANDS.match(step.name) or _BARE.match(step.name)
            return step.name in names or bool(named and not believes(reached, step, plain))
        case OtherCall(name="find" | "findLast" | "some" | "filter"):
            return _is_named_check(step, names) or _seeks_secret(reached, step, plain)
        case OtherCall() | External():
            return _is_named_check(step, names)
        case Test():
            return _compares_secret(reached, step, plain)
        case Read():
            return any(
                _is_secret(comparison.value, reached, plain)
                or _is_state(comparison.value, reached, step)
                or _finds_secret(comparison, reached, plain)
                for comparison in step.comparisons
            )
        case Get():
            return _is_secret(step.id, reached, plain)
        case Run() | FunctionCall() if hops:
            if isinstance(step.target, vs.Reference) and step.target.root == "components":
                return bool(step.target.path) and _is_asked(step.target.path[-1], step, reached, plain)
            target = step.body.project.resolve(step.target)
            return target is not None and _asks_in(target, step, reached, names, hops - 1)
    return False


def _asks_in(
    target: Function, step: Run | FunctionCall, reached: Reached, names: Collection[str], hops: int
) -> bool:
    """Whether the function that is called asks who calls, or for a secret that is not written there."""
    looks_up = False
    for each in checks(target, names, hops):
        if not lets_all_pass(each):
            looks_up = True
            if not isinstance(each.step, Read | Get):
                return True
    if not looks_up:
        return False
    if not isinstance(step, Run) or not isinstance(step.arguments, n.Object):
        return True
    given = (origins(part.value, step.body, reached.via) for part in step.arguments.properties)
    return any(not isinstance(each, vs.Literal) for values in given for each in values)


def _is_asked(
    name: str, step: Run | FunctionCall, reached: Reached, plain: frozenset[tuple[str, ...]]
) -> bool:
    """Whether a function of a component asks who calls, or for a secret that it is given: `consumeGrant`."""
    if is_check_name(name) or isinstance(step, FunctionCall):
        return is_check_name(name)
    given = written(step.arguments, step.body)
    return (
        _ASKS_FOR.search(name) is not None
        and isinstance(given, n.Object)
        and any(_is_secret(part.value, reached, plain) for part in given.properties)
    )


def is_check_name(name: str) -> bool:
    """Whether a function is called like one that demands or finds the caller."""
    return any(pattern.match(name) for pattern in (_DEMANDS, _BARE, _READS))


def _is_named_check(step: OtherCall | External, names: Collection[str]) -> bool:
    name = step.name
    if name in names or _ROW_SECURITY.match(name):
        return True
    return is_check_name(name) and not _is_validation(name)


def _is_validation(name: str) -> bool:
    """`isArray` and its like are no checks, whatever they are called on."""
    return name in {"isArray", "isInteger", "isNaN", "hasOwnProperty", "has", "is"}


def _compares_secret(reached: Reached, step: Test, plain: frozenset[tuple[str, ...]]) -> bool:
    """A comparison with a setting of the deployment, or of an argument that nobody can guess."""
    if asks_setting(step, reached.via):
        return True
    if not _are_secret(origins(step.test, step.body, reached.via), plain):
        return False
    asked = (step.test, *(source for part in walk(step.test) for source in _sources(step.body, part)))
    compared = (node for node in walk(*asked) if _asks(node, step.body) or _is_equality(node))
    return any(_are_secret(origins(node, step.body, reached.via), plain) for node in compared)


def _asks(node: n.Node, body: Body) -> TypeGuard[n.Call]:
    """A call that may compare what it is given, unlike `Number.isFinite(price)`."""
    if not isinstance(node, n.Call):
        return False
    callee = body.value(node.callee)
    return not (isinstance(callee, vs.Global) and callee.path[0] in _SHAPES)


def _sources(body: Body, node: n.Node) -> tuple[n.Expression, ...]:
    """What a variable of a test was given, if that says yes or no by several things."""
    sources = body.sources(node) if isinstance(node, n.Name) else ()
    return tuple(each for each in sources if isinstance(each, n.Binary | n.Unary))


def _seeks_secret(reached: Reached, step: OtherCall, plain: frozenset[tuple[str, ...]]) -> bool:
    """`users.find((user) => user.token === args.token)`."""
    return any(
        _is_secret(side, reached, plain)
        for argument in step.arguments
        for node in walk(argument)
        if _is_equality(node)
        for side in (node.left, node.right)
    )


def _is_equality(node: n.Node) -> TypeGuard[n.Binary]:
    """A comparison with something that is not written there: that it is given at all says nothing."""
    if not isinstance(node, n.Binary) or node.operator not in EQUALITIES:
        return False
    return not any(isinstance(side, n.Constant | n.String) for side in (node.left, node.right))


def _is_secret(node: n.Expression | None, reached: Reached, plain: frozenset[tuple[str, ...]]) -> bool:
    return node is not None and _are_secret(origins(node, reached.step.body, reached.via), plain)


def _finds_secret(comparison: Comparison, reached: Reached, plain: frozenset[tuple[str, ...]]) -> bool:
    """Whether a document is found by its secret, whatever the argument is called: `by_tokenHash`, of `t`."""
    if not isinstance(comparison.field, str) or not _KEPT_SECRET.search(comparison.field):
        return False
    given = origins(comparison.value, reached.step.body, reached.via)
    if any(isinstance(each, vs.Result) and not _is_hashed(each.step) for each in given):
        return False  # made up here, to see if it is free
    return any(isinstance(each, vs.Argument) and each.path and each.path not in plain for each in given)


def _is_hashed(step: Step) -> bool:
    return isinstance(step, HelperCall | OtherCall | External) and _HASHES.search(step.name) is not None


def _is_state(node: n.Expression | None, reached: Reached, read: Read) -> bool:
    """The `state` of a sign-in elsewhere, looked up where it is kept meanwhile, or until it expires."""
    table = read.body.project.tables.get(str(read.table))
    if table is None or not (_OAUTH.search(table.name) or any(map(_EXPIRES.search, table.document.fields))):
        return False
    given = origins(node, read.body, reached.via)
    return any(isinstance(each, vs.Argument) and each.path[-1:] in _STATES for each in given)


def _are_secret(values: Iterable[vs.Value], plain: frozenset[tuple[str, ...]]) -> bool:
    return any(
        _is_secret_argument(value) and not (isinstance(value, vs.Argument) and value.path in plain)
        for value in values
    )


def _is_secret_argument(value: vs.Value) -> bool:
    """An argument, or what a builder's input or a helper is given, that is named like a secret."""
    if not isinstance(value, vs.Argument | vs.Parameter) or not value.path:
        return False
    return any(map(_SECRET.search, value.path)) and not _NAMES.search(value.path[-1])


def _leads_out(step: Run | FunctionCall) -> bool:
    if step.body.project.resolve(step.target) is not None:
        return False
    return not (isinstance(step.target, vs.Reference) and step.target.root == "components")


def _calls_out(function: Function, step: Step) -> bool:
    """`fetch`, or a method of a client that a package made; other calls of packages only compute."""
    if not isinstance(step, External) or function.transactional:
        return False
    return not step.package or "()" in step.path
