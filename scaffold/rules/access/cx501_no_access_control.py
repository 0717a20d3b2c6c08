"""A public function reads or writes data without looking at who is asking.

Why:
    Anyone with the address of the deployment can call a public function, with any arguments, from a
    terminal. What the pages of the app offer protects nothing.

Bad:
    ```ts
    // convex/notes.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const remove = mutation({ // <- CX501
      args: { noteId: v.id("notes") },
      handler: async (ctx, { noteId }) => {
        await ctx.db.delete(noteId);
      },
    });
    ```

Good:
    ```ts
    // convex/notes.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const remove = mutation({
      args: { noteId: v.id("notes") },
      handler: async (ctx, { noteId }) => {
        const identity = await ctx.auth.getUserIdentity();
        const note = await ctx.db.get(noteId);
        if (identity === null || note?.ownerId !== identity.tokenIdentifier) throw new Error("Not yours");
        await ctx.db.delete(noteId);
      },
    });
    ```

Way out:
    Build the function with a builder that checks the caller, call a check first, or make it internal if no
    client needs it. What really is for everybody says so with a builder of its own: `publicQuery`,
    `openQuery`. Name checks that cannot be followed under `access-checks` in `scaffold.toml`.

Exceptions:
    - Identity read anywhere on the way: in the handler, a helper, the builder's input, a query that an
      action runs first.
    - A secret, token, session or code of a room among the arguments that is compared or looked up: nobody can
      guess it.
    - Helpers named like a check (`requireUser`, `canAccess`), and those that the configuration names.
    - Custom builders that say that they are open: `openQuery`, `publicQuery`, `unauthenticatedMutation`.
    - Functions that touch no data, those that sign somebody in, and those of components, which only the app
      can call.
    - An argument taken for the caller: CX502 reports it.
    - Functions that hand their context out of sight are reported with low confidence.
    - With medium confidence, since they may be meant for everybody: functions that only read, and are called
      public, choose what is published, look up documents one by one, or read tables that neither their
      names (`users`, `orders`, `messages`) nor their fields (`email`, `phone`) tell to be private; functions
      called like those that collect what strangers send (`trackVisit`, a `waitlist`), or that take an
      address and a few words; what a visitor does before having an account (`createCheckout`, `joinGame`,
      a table `drafts`), if it deletes nothing; and those whose comment says so (`// Public: …`, `no auth
      required`).
    - A refusal by a setting of the deployment (`IS_TEST`, a comparison), as for helpers of development only.
      That the key of a service is set is no check.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.model import values as vs
from scaffold.model.function import Function, Kind
from scaffold.model.project import Project
from scaffold.model.steps import Auth, External, Get, Read, Run, Schedule, Storage, Write
from scaffold.model.validators import Validator
from scaffold.rules._ways import possible
from scaffold.rules.access._actors import spoofs
from scaffold.rules.access._checks import (
    blind_spots,
    checks,
    choice_of_caller,
    is_check_name,
    is_hidden,
    touches,
)
from scaffold.rules.access._meant import collects, is_published, is_said
from scaffold.rules.access._private import is_held, is_private
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.function import Reached
    from scaffold.model.steps import Step

_OPEN = re.compile(r"^(open|public|anon|unauth|guest|unprotected|noAuth|insecure|everyone)", re.IGNORECASE)
_ENTRANCE = re.compile(
    r"^(sign|log)(in|up|out|off)\b|^(sign|log)(In|Up|Out|Off)|^register$|^(forgot|reset)Password|^verify(Email|Code)"
    r"|^(health|healthCheck|ping|version)$"
)


def _all(project: Project, rule: Rule) -> Iterator[list[Any]]:
    """What is found, without a way out, and what the project's functions show as one."""
    for function in project.functions:
        yield from ([function.kind, to_builtins(finding)] for finding in _of_function(function, rule))
        yield from _examples(function)


@rule(
    "CX501",
    "no-access-control",
    Project,
    level=Level.WARNING,
    mapped=("@convex-dev/require-access-control",),
    gather=_all,
)
def no_access_control(project: Project, rule: Rule) -> Iterator[Finding]:  # noqa: ARG001 - all is gathered
    """Public functions with a path to data that passes no check."""
    builders: dict[str, str] = {}
    helper = ""
    for what, *row in rule.gathered:
        if what == "builder":
            builders.setdefault(*row)
        elif what == "helper":
            helper = helper or row[0]
    for what, *row in rule.gathered:
        if what not in {"builder", "helper"}:
            finding = convert(row[0], Finding)
            yield replace(finding, way_out=_way_out(builders.get(what, ""), helper))


def _of_function(function: Function, rule: Rule) -> Iterator[Finding]:
    """One public function, if some path to its data passes no check."""
    if not function.public or function.kind is Kind.HTTP or function.body is None:
        return
    if is_hidden(function) or _is_open(function):
        return
    names = function.module.project.access_checks
    if _is_vouched_builder(function, names) or _asks_always(function):
        return
    touched = [reached for reached in touches(function) if possible(reached)]
    known = list(checks(function, names)) if touched else []
    if not touched or any(spoofs(function, known)):
        return
    if known:
        bypass = _bypass(known, touched)
        if bypass is not None:
            sure = isinstance(bypass.step, Write)
            confidence = Confidence.HIGH if sure else Confidence.MEDIUM
            how = "when the caller leaves out what leads to the check"
            yield _found(function, rule, bypass, how, confidence=confidence)
        return
    worst = max(touched, key=lambda reached: _weight(reached.step))
    yield _found(function, rule, worst, "for anyone who asks", confidence=_confidence(function, touched))


def _confidence(function: Function, touched: list[Reached]) -> Confidence:
    """How sure it is that a function without a check should have one."""
    if _is_blind(function):
        return Confidence.LOW
    if is_said(function) or collects(function, touched):
        return Confidence.MEDIUM
    says = is_published(function)
    given = _given_out(function)
    meant = all(_may_be_for_all(reached.step, given, says=says) for reached in touched)
    return Confidence.MEDIUM if meant else Confidence.HIGH


def _given_out(function: Function) -> frozenset[str] | None:
    """The names of all fields that it returns, where its validator tells them."""
    if not isinstance(function.returns, Validator):
        return None
    parts = list(function.returns.walk())
    if any(part.kind in {"any", "unknown", "record"} or not part.complete for part in parts):
        return None
    return frozenset(name for part in parts for name in part.fields)


def _may_be_for_all(step: Step, given: frozenset[str] | None, *, says: bool) -> bool:
    """Whether a step only reads: one document, what is not known for private, or where the code `says` so."""
    match step:
        case Run(method="runQuery") | Storage(operation="getUrl") | Get() | Read(table=vs.Unknown()):
            return True
        case Read() if says or step.terminal in {"first", "unique"}:
            return True
        case Read(table=str(name)):
            table = step.body.project.tables.get(name)
            fields = table.document.fields if table else {}
            return not is_held(name) and not is_private(name, fields if given is None else given)
    return False


def _found(function: Function, rule: Rule, worst: Reached, how: str, *, confidence: Confidence) -> Finding:
    deed = _deed(worst.step)
    calls = (Evidence(call.place, f"through `{call.name}`") for call in worst.via)
    doubt = "as far as can be seen, " if confidence is Confidence.LOW else ""
    return rule.finding(
        function.place,
        f"{doubt}public {function.kind} `{function.identifier}` {deed} {how}",
        way_out="",
        symbol=function.identifier,
        evidence=(Evidence(worst.step.place, f"it {deed} here"), *calls),
        confidence=confidence,
    )


def _is_open(function: Function) -> bool:
    custom = function.builder.custom and _OPEN.match(function.builder.names[0]) is not None
    return custom or bool(_ENTRANCE.match(function.name))


def _is_vouched_builder(function: Function, names: frozenset[str]) -> bool:
    return not names.isdisjoint(function.builder.names)


def _asks_always(function: Function) -> bool:
    """Whether identity is read on every path: the usual case, and quickly told."""
    return any(choice_of_caller(reached) is None for reached in function.steps(Auth))


def _is_blind(function: Function) -> bool:
    """Whether a check may hide: in a builder, or behind a call, that cannot be followed."""
    builder = function.builder
    hides = builder.custom and builder.adds is None and not builder.inputs
    return hides or not builder.resolved or any(blind_spots(function))


def _bypass(known: list[Reached], touched: list[Reached]) -> Reached | None:
    """Data on a path around every check, chosen by the caller's arguments alone."""
    choices = [choice_of_caller(reached) for reached in known]
    if any(choice is None for choice in choices):
        return None
    arms = {(choice.node.start, choice.taken) for choice in choices if choice is not None}
    free = [reached for reached in touched if not arms & _arms(reached)]
    return max(free, key=lambda reached: _weight(reached.step), default=None)


def _arms(reached: Reached) -> set[tuple[int, bool]]:
    steps: tuple[Step, ...] = (*reached.via, reached.step)
    frames = (frame for step in steps for frame in step.frames)
    return {(frame.node.start, frame.taken) for frame in frames if hasattr(frame, "taken")}


def _weight(step: Step) -> int:
    """Writes weigh more than what sets something going, and that more than reads."""
    match step:
        case Write():
            return 3
        case Storage(operation="getUrl"):
            return 0
        case Schedule() | External() | Storage():
            return 2
        case Run(method="runMutation" | "runAction"):
            return 2
    return 1


def _deed(step: Step) -> str:
    match step:
        case Write(operation=operation, table=table):
            verb = {"insert": "inserts into", "delete": "deletes from"}.get(operation, "changes")
            return f"{verb} {_named(table)}"
        case Read(table=table) | Get(table=table):
            return f"reads {_named(table)}"
        case Run(method=method):
            return f"calls `{method}`"
        case Schedule():
            return "schedules a function"
        case Storage(operation=operation):
            return f"calls `storage.{operation}`"
        case External(package=package):
            return f"calls `{package}`" if package else "calls `fetch`"
    return "uses the database"


def _named(table: str | vs.Unknown) -> str:
    return "documents" if isinstance(table, vs.Unknown) else f"`{table}`"


def _way_out(builder: str, helper: str) -> str:
    if builder:
        return f"build it with `{builder}`, as elsewhere in this project, or make it internal"
    if helper:
        return f"call `{helper}(ctx)` first, as elsewhere in this project, or make it internal"
    return "read `ctx.auth.getUserIdentity()` first and refuse whom it does not concern, or make it internal"


def _examples(function: Function) -> Iterator[list[Any]]:
    """The builder or helper by which a function reads the caller's identity."""
    for reached in function.steps(Auth):
        if reached.prelude:
            yield ["builder", function.kind, function.builder.names[0]]
        else:
            yield from (["helper", call.name] for call in reached.via if is_check_name(call.name))
