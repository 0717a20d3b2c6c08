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

Bad:
    ```ts
    // convex/notes.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const remove = mutation({ // <- CX501
      args: { noteId: v.id("notes") },
      handler: async (ctx, { noteId }) => {
        const identity = await ctx.auth.getUserIdentity();
        console.log("removed by", identity?.subject);
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
      action runs first. What surely changes nothing does not count: an identity that is at most logged, an
      answer that is thrown away, a check that nobody waits for or whose error is swallowed, a user on the
      context whom nobody looks at, a refusal of all but strangers (`if (user && note.ownerId !== user._id)`).
    - A secret, token, session or code of a room among the arguments that is compared or looked up: nobody can
      guess it. An id of a document is none, unless its table holds the sessions that people sign in with; nor
      is the key of a setting, the code of a coupon that is made by it, or one of some words.
    - Helpers named like a check (`requireUser`, `canAccess`), and those that the configuration names; not
      those that are told nothing of the caller and throw nothing, if all of that is in view.
    - Custom builders that say that they are open: `openQuery`, `publicQuery`, `unauthenticatedMutation`.
    - Functions that touch no data, those that sign somebody in (`signIn`, `logout`), and those of components,
      which only the app can call.
    - An argument taken for the caller: CX502 reports it.
    - Functions that hand their context out of sight are reported with low confidence.
    - Changes of a document that the caller picks and nobody asks whose it is, by whoever is signed in, are
      reported where other functions hold the documents of that table against the caller, or two of the same
      file leave such changes to a role; not those that count, that write down the caller, or that are for a
      role. With medium confidence if they are a mere mark, or of what is looked up by another argument.
    - With medium confidence: actions that change something before their first check, other than to log or to
      limit.
    - With medium confidence, since they may be meant for everybody: functions that only read, unless they
      give away lists of what people are told, ask for and pay (`orders`, `notifications`, the `messages` of
      one conversation), or fields like `email` and `apiToken`; those called public, or like a sitemap, a
      catalogue or free slots, as their module may be, or that choose what is published; functions called like
      those that collect what strangers send (`trackVisit`, a `waitlist`), or that take an address and a few
      words; what a visitor does before having an account (`createCheckout`, `createPaymentIntent`,
      `createPublicLead`, `joinGame`, `sendOtp`, a table `drafts`, with a `visitorId`, called under `sign-up/`
      alone), what fills in what is missing (`ensureDefaults`, `seedTagsIfEmpty`; without arguments whatever
      looks into a table before it adds to it), or a rate limiter counts or a captcha guards, if it deletes
      nothing; what only fetches, without a key; and those that a comment, a test or the name of the module
      tells so (`// Public: …`, `no auth required`, `AUTH EXEMPT`, `canPublicEdit`, or an argument that a
      comment in the file calls a capability, or hard to guess; a refusal that speaks of a link, as `Invalid
      link`).
    - With medium confidence, too: whatever a project does that never asks who is calling, and whose schema
      knows neither people nor anything private, or that lies in a folder `example` or `demo`.
    - A refusal by a setting of the deployment (`IS_TEST`, a comparison), as for helpers of development only.
      That the key of a service is set is no check.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins
from msgspec.structs import replace

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Function, Kind
from scaffold.model.project import Project
from scaffold.model.steps import (
    Auth,
    External,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Test,
    Write,
)
from scaffold.rules._ways import comes_to, origins, ruled_out
from scaffold.rules.access._actors import spoofs
from scaffold.rules.access._around import asks_whether_given, before_asking, way_around
from scaffold.rules.access._audience import Audience
from scaffold.rules.access._caller import roots_of
from scaffold.rules.access._checks import (
    blind_spots,
    checks,
    choice_of_caller,
    is_check_name,
    is_hidden,
    is_plain_id,
    touches,
)
from scaffold.rules.access._deeds import deed_of, weight_of
from scaffold.rules.access._idle import effective, is_idle
from scaffold.rules.access._look_ups import is_of_person
from scaffold.rules.access._meant import collects, is_rationed, is_said, only_counts
from scaffold.rules.access._owned import is_weighty, keepers, unowned
from scaffold.rules.access._private import is_held, is_private
from scaffold.rules.access._ranks import ranked
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.function import Reached

_OPEN = regex(r"^(open|public|anon|unauth|guest|unprotected|noAuth|insecure|everyone)", re.IGNORECASE)
_ENTRANCE = regex(
    r"^(sign|log)(in|up|out|off)\b|^(sign|log)(In|Up|Out|Off)(?![a-z])|^register$|^(forgot|reset)Password"
    r"|^verify(Email|Code)"
    r"|^(health|healthCheck|ping|version)$"
)
_EXAMPLE = regex(r"(?:^|/)(?:examples?|demos?)(?:/|$)")  # of a package: it shows how, and keeps nothing
_EXAMPLES = {"asks", "builder", "helper", "keeps", "ranked"}
_SIBLINGS = 2  # changes of a table, in the same file, that are left to callers of a rank


def _all(project: Project, rule: Rule) -> Iterator[list[Any]]:
    """What is found, without a way out, and what the project's functions show as one."""
    open_to_all: dict[str, set[str]] = {}
    for function in project.functions:
        found = [(finding, "") for finding in _of_function(function, rule)] or list(
            _of_anybody(function, rule)
        )
        file = function.module.path
        yield from ([function.kind, to_builtins(finding), table, file] for finding, table in found)
        open_to_all.setdefault(file, set()).update(table for _, table in found if table)
        yield from (["keeps", table] for table in dict.fromkeys(keepers(function)))
        yield from _examples(function)
    for function in project.functions:
        file = function.module.path
        if open_to_all[file]:
            among = open_to_all[file].intersection(ranked(function))
            yield from (["ranked", table, file] for table in sorted(among))


@rule(
    "CX501",
    "no-access-control",
    Project,
    level=Level.WARNING,
    mapped=("@convex-dev/require-access-control",),
    gather=_all,
)
def no_access_control(project: Project, rule: Rule) -> Iterator[Finding]:
    """Public functions with a path to data that passes no check."""
    builders: dict[str, str] = {}
    helper = ""
    knows = _keeps_secrets(project)
    kept = {row[0] for what, *row in rule.gathered if what == "keeps"}
    rows = Counter((row[0], row[1]) for what, *row in rule.gathered if what == "ranked")
    for_a_rank = {place for place, times in rows.items() if times >= _SIBLINGS}
    for what, *row in rule.gathered:
        if what == "builder":
            builders.setdefault(*row)
        elif what == "helper":
            helper = helper or row[0]
        knows = knows or what in _EXAMPLES
    for what, *row in rule.gathered:
        if what not in _EXAMPLES and (not row[1] or row[1] in kept or (row[1], row[2]) in for_a_rank):
            finding = convert(row[0], Finding)
            if not knows and finding.confidence is Confidence.HIGH:
                finding = replace(finding, confidence=Confidence.MEDIUM)
            yield replace(finding, way_out=_way_out(builders.get(what, ""), helper))


def _keeps_secrets(project: Project) -> bool:
    """Whether any table holds people or what is private, as far as the schema tells; with none, who knows."""
    tables = project.tables.items()
    return not tables or any(
        is_held(name) or is_private(name, table.document.fields) for name, table in tables
    )


def _of_function(function: Function, rule: Rule) -> Iterator[Finding]:
    """One public function, if some path to its data passes no check."""
    if not _is_to_ask(function) or (function.kind is not Kind.ACTION and _asks_always(function)):
        return
    names = function.module.project.access_checks
    touched = [reached for reached in touches(function) if comes_to(function, reached)]
    known = effective(function, names) if touched else ()
    if not touched or any(spoofs(function, known)):
        return
    if known:
        bypass = way_around(function, known, touched)
        if bypass is not None:
            sure = isinstance(bypass.step, Write) and all(map(asks_whether_given, known))
            sure = sure and not (is_said(function) or collects(function, touched))
            confidence = Confidence.HIGH if sure else Confidence.MEDIUM
            how = "when the caller leaves out what leads to the check"
            yield _found(function, rule, bypass, how, confidence=confidence)
        elif (early := before_asking(function, known, touched)) is not None:
            how = "before it is asked who calls"
            yield _found(function, rule, early, how, confidence=Confidence.MEDIUM)
        return
    confidence, worst = _judged(function, touched)
    yield _found(function, rule, worst, "for anyone who asks", confidence=confidence)


def _of_anybody(function: Function, rule: Rule) -> Iterator[tuple[Finding, str]]:
    """A change of any document of a table for whoever is signed in, and the table; it may be nobody's."""
    if not _is_to_ask(function):
        return
    changes = list(unowned(function))
    known = effective(function, function.module.project.access_checks) if changes else ()
    by_secret = any(isinstance(each.step, Test | Read | Get) for each in known)  # of a server: it may do all
    if not known or by_secret or any(spoofs(function, known)):
        return
    worst = changes[0]
    how = "whoever it belongs to, for anyone who is signed in"
    sure = Confidence.HIGH if is_weighty(function, worst) else Confidence.MEDIUM
    yield _found(function, rule, worst, how, confidence=sure), str(worst.step.table)  # type: ignore[attr-defined]


def _judged(function: Function, touched: list[Reached]) -> tuple[Confidence, Reached]:
    """How sure it is that a function without a check should have one, and the step that tells."""
    worst = _worst(touched)
    if _is_blind(function):
        return Confidence.LOW, worst
    if is_said(function) or collects(function, touched) or is_rationed(function, touched):
        return Confidence.MEDIUM, worst
    if _EXAMPLE.search(function.module.project.folder):
        return Confidence.MEDIUM, worst
    audience = Audience(function)
    telling = [reached for reached in touched if not audience.may_have(reached)]
    if not telling:
        return Confidence.MEDIUM, worst
    return Confidence.HIGH, _worst(telling)


def _worst(touched: list[Reached]) -> Reached:
    """The step that tells most; that somebody is counted is beside the point."""
    return max(touched, key=lambda reached: (not only_counts(reached.step), weight_of(reached.step)))


def _found(function: Function, rule: Rule, worst: Reached, how: str, *, confidence: Confidence) -> Finding:
    deed = deed_of(worst.step)
    calls = (Evidence(call.place, f"through `{call.name}`") for call in worst.via)
    unheard = (
        Evidence(place, "this looks at the caller, and keeps nobody out") for place in _unheard(function)
    )
    doubt = "as far as can be seen, " if confidence is Confidence.LOW else ""
    return rule.finding(
        function.place,
        f"{doubt}public {function.kind} `{function.identifier}` {deed} {how}",
        way_out="",
        symbol=function.identifier,
        evidence=(Evidence(worst.step.place, f"it {deed} here"), *calls, *unheard),
        confidence=confidence,
    )


def _unheard(function: Function) -> list[Place]:
    """Where the handler looks at the caller, and nothing comes of it."""
    looks = (Auth, HelperCall, OtherCall, External)
    found = checks(function, function.module.project.access_checks)
    idle = (each for each in found if isinstance(each.step, looks) and is_idle(function, each))
    return list(dict.fromkeys(each.levels[0].place for each in idle))[:1]


def _is_open(function: Function) -> bool:
    custom = function.builder.custom and _OPEN.match(function.builder.names[0]) is not None
    return custom or (_ENTRANCE.match(function.name) is not None and not _changes_picked(function))


def _changes_picked(function: Function) -> bool:
    """Whether it changes a document that the caller picks, and that is nobody's sign-in: a visit, a shift."""
    picked = (
        function.argument(path)
        for reached in function.steps(Write)
        if isinstance(write := reached.step, Write) and write.operation != "insert"
        for path in roots_of(origins(write.id, write.body, reached.via), reached.via)
    )
    return any(each is not None and is_plain_id(function, each) and not is_of_person(each) for each in picked)


def _is_to_ask(function: Function) -> bool:
    """Whether clients come to it, and neither its name nor its builder says who may."""
    if not function.public or function.kind is Kind.HTTP or function.body is None:
        return False
    vouched = function.module.project.access_checks
    return not (is_hidden(function) or _is_open(function)) and vouched.isdisjoint(function.builder.names)


def _asks_always(function: Function) -> bool:
    """Whether identity is read on every path: the usual case, and quickly told."""
    return any(
        choice_of_caller(reached) is None and not is_idle(function, reached) and not ruled_out(reached)
        for reached in function.steps(Auth)
    )


def _is_blind(function: Function) -> bool:
    """Whether a check may hide: in a builder, or behind a call, that cannot be followed."""
    builder = function.builder
    hides = builder.custom and builder.adds is None and not builder.inputs
    return hides or not builder.resolved or any(blind_spots(function))


def _way_out(builder: str, helper: str) -> str:
    if builder:
        return f"build it with `{builder}`, as elsewhere in this project, or make it internal"
    if helper:
        return f"call `{helper}(ctx)` first, as elsewhere in this project, or make it internal"
    return "read `ctx.auth.getUserIdentity()` first and refuse whom it does not concern, or make it internal"


def _examples(function: Function) -> Iterator[list[Any]]:
    """The builder or helper by which a function reads the caller's identity."""
    for reached in function.steps(Auth):
        yield ["asks"]
        if reached.prelude:
            yield ["builder", function.kind, function.builder.names[0]]
        else:
            yield from (["helper", call.name] for call in reached.via if is_check_name(call.name))
