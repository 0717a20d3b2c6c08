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
    - Errors that are caught before they reach the client.
    - Errors that are not for clients: a variable of the environment that is not set, a case that cannot
      happen.
    - Internal functions, HTTP actions, and functions of components.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Evidence, Fix, Level, Profile
from scaffold.model.function import Kind
from scaffold.model.steps import BranchFrame, Throw, TryFrame
from scaffold.model.values import External, Global
from scaffold.rules._importing import import_edit, quote
from scaffold.rules._names import symbol
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_ERRORS = {"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError"}
_NOT_FOR_CLIENTS = re.compile(
    r"unreachable|invariant|should (?:never|not) happen|impossible|exhaustive|not implemented|unimplemented"
    r"|not configured|environment variable|misconfigured|unexpected"
    r"|unsupported (?:type|kind)|internal error",
    re.IGNORECASE,
)
_NAME_OF_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_CODES = (
    ("UNAUTHENTICATED", r"unauthenticated|not (?:authenticated|logged in|signed in)|log ?in|sign ?in"),
    (
        "FORBIDDEN",
        r"unauthori[sz]ed|forbidden|permission|not allowed|access denied|not authori[sz]ed|only \w+ can",
    ),
    ("NOT_FOUND", r"not found|no such|does not exist|doesn't exist|missing"),
    ("CONFLICT", r"already|duplicate|taken|in use"),
    ("LIMIT_EXCEEDED", r"too many|limit|quota|rate"),
)


@rule("CX701", "plain-error-to-client", Throw, level=Level.WARNING, profile=Profile.STRICT)
def plain_error_to_client(throw: Throw, rule: Rule) -> Iterator[Finding]:
    """Errors that clients would get as `Server Error`."""
    error = throw.value
    if not _is_plain(throw, error) or _caught(throw):
        return
    project = throw.body.project
    reaching = [function for function, reached in project.owners(throw) if _reaches_client(function, reached)]
    if not reaching or not isinstance(error, n.Call) or _is_for_nobody(throw):
        return
    yield rule.finding(
        throw.place,
        f"clients of `{reaching[0].identifier}` get `Server Error` instead of this message in production",
        way_out=f'throw `new ConvexError({{ code: "{_code(throw)}", message: … }})`',
        symbol=symbol(throw, throw.body.module.text(error)[:60]),
        evidence=(
            Evidence(each.place, f"public {each.kind.value} `{each.identifier}` comes here")
            for each in reaching[:3]
        ),
        fix=_fix(throw, error),
    )


def _is_plain(throw: Throw, error: n.Expression) -> bool:
    callee = error.callee if isinstance(error, n.Call) else None
    if not isinstance(callee, n.Name) or callee.name not in _ERRORS:
        return False
    return callee.name not in throw.body.module.top and callee.name not in throw.body.module.imports


def _caught(step: Step) -> bool:
    return any(
        isinstance(frame, TryFrame) and frame.part == "body" and frame.node.catches for frame in step.frames
    )


def _reaches_client(function: Function, reached: Reached) -> bool:
    if not function.public or function.kind is Kind.HTTP or function.module.project.component:
        return False
    return not any(_caught(call) for call in reached.via)


def _is_for_nobody(throw: Throw) -> bool:
    """Whether the error speaks to who runs the server, or says that something cannot happen."""
    written = " ".join(part.value for part in walk(throw.value) if isinstance(part, n.String))
    if _NAME_OF_VARIABLE.search(written) or _NOT_FOR_CLIENTS.search(written):
        return True
    tests = [frame.test for frame in throw.frames if isinstance(frame, BranchFrame)]
    return any(_asks_environment(throw, test) for test in tests[-1:])


def _asks_environment(throw: Throw, test: n.Expression) -> bool:
    return any(
        isinstance(value, Global | External) and value.path[:1] in {("process",), ("env",)}
        for value in throw.origins(test)
    )


def _code(throw: Throw) -> str:
    written = " ".join(part.value for part in walk(throw.value) if isinstance(part, n.String))
    return next(
        (code for code, words in _CODES if re.search(words, written, re.IGNORECASE)), "INVALID_ARGUMENT"
    )


def _fix(throw: Throw, error: n.Call) -> Fix | None:
    module = throw.body.module
    if len(error.arguments) != 1 or isinstance(error.arguments[0], n.Spread):
        return None
    imported = import_edit(module, "ConvexError", "convex/values")
    if imported is None:
        return None
    name, edits = imported
    mark = quote(module)
    text = f"new {name}({{ code: {mark}{_code(throw)}{mark}, message: {module.text(error.arguments[0])} }})"
    edit = Edit(module.path, error.start, error.end, text)
    return Fix("Throw a ConvexError with a code", (*edits, edit))
