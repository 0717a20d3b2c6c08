"""A public function throws a plain `Error`, whose message clients never see in production.

Why:
    In production a client gets `Server Error` and a request id for every error but a `ConvexError`. The
    sentence that was written for the user is lost, and the client cannot tell "not found" from "not
    allowed". The `data` of a `ConvexError` arrives everywhere.

Bad:
    ```ts
    // convex/notes.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const show = query({
      args: { id: v.id("notes") },
      handler: async (ctx, { id }) => {
        const note = await ctx.db.get("notes", id);
        if (!note) throw new Error("Note not found"); // <- CX701
        return note;
      },
    });
    ```

Good:
    ```ts
    // convex/notes.ts
    import { ConvexError, v } from "convex/values";
    import { query } from "./_generated/server";

    export const show = query({
      args: { id: v.id("notes") },
      handler: async (ctx, { id }) => {
        const note = await ctx.db.get("notes", id);
        if (!note) throw new ConvexError({ code: "NOT_FOUND", message: "Note not found" });
        return note;
      },
    });
    ```

Way out:
    Throw a `ConvexError` with a code that clients can act on, and a message.

Exceptions:
    - Errors of libraries, and those of which it cannot be told how they are made.
    - Errors that are caught before they reach the client.
    - Errors that are not for clients: a variable of the environment that is not set, a case that cannot
      happen.
    - Internal functions, HTTP actions, and functions of components.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Evidence, Fix, Level, Profile
from scaffold.core.patterns import regex
from scaffold.model.body import Body
from scaffold.model.function import Kind
from scaffold.model.steps import BranchFrame, HelperCall, OtherCall, Throw
from scaffold.model.values import Computed, Definition, Global, Result
from scaffold.rules._caught import is_caught
from scaffold.rules._environment import is_of_environment
from scaffold.rules._importing import import_edit, quote
from scaffold.rules._names import symbol
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function, Reached
    from scaffold.model.module import Module

_DEPTH = 5
_ERRORS = {"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError"}
_NOT_FOR_CLIENTS = regex(
    r"unreachable|invariant|should (?:never|not) happen|impossible|exhaustive|not implemented|unimplemented"
    r"|not configured|environment variable|misconfigured|unexpected"
    r"|unsupported (?:type|kind)|internal error",
    re.IGNORECASE,
)
_NAME_OF_VARIABLE = regex(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_CODES = (
    ("UNAUTHENTICATED", r"unauthenticated|not (?:authenticated|logged in|signed in)|log ?in|sign ?in"),
    (
        "FORBIDDEN",
        r"unauthori[sz]ed|forbidden|permission|not allowed|access denied|not authori[sz]ed|only \w+ can",
    ),
    ("NOT_FOUND", r"not found|no such|does not exist|doesn't exist"),
    ("CONFLICT", r"already|duplicate|taken|in use"),
    ("LIMIT_EXCEEDED", r"too many|limit|quota|rate"),
)


@rule("CX701", "plain-error-to-client", Throw, level=Level.WARNING, profile=Profile.STRICT, by_module="any")
def plain_error_to_client(throw: Throw, rule: Rule) -> Iterator[Finding]:
    """Errors that clients would get as `Server Error`."""
    made = next((each for each in _made(throw) if _is_plain(each[1], each[0].callee)), None)
    if made is None or is_caught(throw):
        return
    error, body = made
    project = throw.body.project
    reaching = [function for function, reached in project.owners(throw) if _reaches_client(function, reached)]
    if not reaching or _is_for_nobody(throw, error):
        return
    code = _code(error)
    yield rule.finding(
        throw.place,
        f"clients of `{reaching[0].identifier}` get `Server Error` instead of this message in production",
        way_out=f'throw `new ConvexError({{ code: "{code}", message: … }})`',
        symbol=symbol(throw, body.module.text(error)[:60]),
        evidence=(
            Evidence(each.place, f"public {each.kind.value} `{each.identifier}` comes here")
            for each in reaching[:3]
        ),
        fix=_fix(body.module, error, code) if body is throw.body else None,
    )


def _made(throw: Throw) -> Iterator[tuple[n.Call, Body]]:
    """Where the error is made: in the throw, in the variable that is thrown, or in a helper."""
    body = throw.body
    if isinstance(throw.value, n.Call):
        yield throw.value, body
    match body.value(throw.value):
        case Result(step=OtherCall(node=n.Call() as call), path=()) | Computed(node=n.Call() as call):
            yield call, body
        case Result(step=HelperCall(callee=Body() as helper), path=()):
            yield from ((each, helper) for each in helper.returns() if isinstance(each, n.Call))


def _is_plain(body: Body, callee: n.Expression) -> bool:
    """Whether what makes the error is `Error`, or a class of the project that extends it."""
    match body.value(callee):
        case Global(path=(name,)):
            return name in _ERRORS
        case Definition(module=module, node=n.Class(parent=parent)) if parent is not None:
            return _extends_error(module, parent)
    return False


def _extends_error(module: Module, parent: n.Expression, depth: int = 0) -> bool:
    match module.project.resolver.evaluate(module, parent):
        case Global(path=(name,)):
            return name in _ERRORS
        case Definition(module=where, node=n.Class(parent=above)) if above is not None and depth < _DEPTH:
            return _extends_error(where, above, depth + 1)
    return False


def _reaches_client(function: Function, reached: Reached) -> bool:
    if not function.public or function.kind is Kind.HTTP or function.module.project.component:
        return False
    return not any(map(is_caught, reached.via))


def _is_for_nobody(throw: Throw, error: n.Call) -> bool:
    """Whether the error speaks to who runs the server, or says that something cannot happen."""
    written = _written(error)
    if _NAME_OF_VARIABLE.search(written) or _NOT_FOR_CLIENTS.search(written):
        return True
    tests = [frame.test for frame in throw.frames if isinstance(frame, BranchFrame)]
    return any(_asks_environment(throw, test) for test in tests[-1:])


def _written(error: n.Call) -> str:
    return " ".join(part.value for part in walk(error) if isinstance(part, n.String))


def _asks_environment(throw: Throw, test: n.Expression) -> bool:
    return any(map(is_of_environment, throw.origins(test)))


def _code(error: n.Call) -> str:
    """A code for the error, by the words of its message."""
    written = _written(error)
    found = (code for code, words in _CODES if re.search(words, written, re.IGNORECASE))
    return next(found, "INVALID_ARGUMENT")


def _fix(module: Module, error: n.Call, code: str) -> Fix | None:
    if len(error.arguments) != 1 or not isinstance(error.callee, n.Name) or error.callee.name not in _ERRORS:
        return None
    imported = import_edit(module, "ConvexError", "convex/values")
    if imported is None or isinstance(error.arguments[0], n.Spread):
        return None
    name, edits = imported
    mark = quote(module)
    text = f"new {name}({{ code: {mark}{code}{mark}, message: {module.text(error.arguments[0])} }})"
    edit = Edit(module.path, error.start, error.end, text)
    return Fix("throw a ConvexError with a code", (*edits, edit))
