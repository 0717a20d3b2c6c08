"""An action calls queries and mutations one after another, with no side effect between them.

Why:
    Every `ctx.runQuery` and `ctx.runMutation` of an action is a transaction of its own. What the first one
    read may have changed when the second one runs, a failure between two mutations leaves half of the work,
    and each call costs a round trip. One query or mutation that does both is consistent and faster.

Bad:
    ```ts
    // convex/teams.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalQuery } from "./_generated/server";

    export const team = internalQuery({
      args: { id: v.id("teams") },
      handler: async (ctx, { id }) => await ctx.db.get("teams", id),
    });

    export const owner = internalQuery({
      args: { id: v.id("teams") },
      handler: async (ctx, { id }) => {
        const found = await ctx.db.get("teams", id);
        return found && (await ctx.db.get("users", found.owner));
      },
    });

    export const report = internalAction({
      args: { id: v.id("teams") },
      handler: async (ctx, { id }) => {
        const team = await ctx.runQuery(internal.teams.team, { id }); // <- CX110
        const owner = await ctx.runQuery(internal.teams.owner, { id });
        await fetch("https://reports.example.com", { method: "POST", body: JSON.stringify({ team, owner }) });
      },
    });
    ```

Good:
    ```ts
    // convex/teams.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalQuery } from "./_generated/server";

    export const teamAndOwner = internalQuery({
      args: { id: v.id("teams") },
      handler: async (ctx, { id }) => {
        const team = await ctx.db.get("teams", id);
        return { team, owner: team && (await ctx.db.get("users", team.owner)) };
      },
    });

    export const report = internalAction({
      args: { id: v.id("teams") },
      handler: async (ctx, { id }) => {
        const both = await ctx.runQuery(internal.teams.teamAndOwner, { id });
        await fetch("https://reports.example.com", { method: "POST", body: JSON.stringify(both) });
      },
    });
    ```

Way out:
    Write one internal query or mutation that does all of it, and call that.

    A check between them decides by what may have changed since; in one mutation it cannot.

Exceptions:
    - A side effect between the calls: a request, a file, a scheduled job.
    - Pages of a table that is too big for one transaction.
    - Functions of components.
    - A function that keeps a log (`logApiCall`): what it writes down is the call before it.
    - A helper that asks who is calling, or limits how often (`requireAdmin`, `checkRateLimit`): it stands in
      front of many functions.
    - Two or more that write in loops or read whole tables may be too much for one transaction: reported
      with less confidence.
    - So is a check between them and a mutation: what it decides by may be out of a transaction's reach; a
      mutation that counts for a rate limit; a call under a comment that says why (`separate transaction`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.project import Project
from scaffold.model.steps import ClosureFrame, HelperCall, Run
from scaffold.rules._names import symbol
from scaffold.rules.access._checks import is_check_name
from scaffold.rules.functions._purity import only_computes
from scaffold.rules.functions._runs import called, from_actions, is_heavy, only_throws, pages, transaction
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.steps import Frame, Step


_KEEPS_A_LOG = regex(
    r"_?(?:log|audit|track|trace|metric|telemetry)(?![a-z])"
    r"|(?:write|add|append|insert|record|create)_?(?:[Aa]udit|[Aa]ctivity|[Ee]rror)?_?[Ll]og(?![a-z])"
)
_GATES = regex(
    r"^(?:require|authenticate|authori[sz]e|assert|guard|protect)(?-i:(?![a-z]))|^(?:check|enforce|apply)?_?rate_?limit",
    re.IGNORECASE,
)

_LIMITS = regex(r"rate_?limit|throttl", re.IGNORECASE)
_COUNTS = regex(
    r"^_*(?:enforce|check|consume|acquire|limit|count|hit|take|try|increment|apply|rate_?limit)",
    re.IGNORECASE,
)
_APART = regex(r"(?<!no )\b(?:own|separate|different) transactions?\b|\bOCC\b", re.IGNORECASE)


class _Link(msgspec.Struct, frozen=True):
    """A transaction of a chain. `step` is the call that stands in the chain, of a helper perhaps."""

    step: Step
    run: Run
    function: Function


@rule("CX110", "sequential-run-calls", Project, level=Level.WARNING, by_module="all")
def sequential_run_calls(project: Project, rule: Rule) -> Iterator[Finding]:
    """Chains of transactions that could be one."""
    seen: set[Place] = set()
    for body in project.bodies:
        for whole in _chains(body) if body.steps and from_actions(body.steps[0]) else ():
            chain = _sure(whole)
            place = chain[0].step.place
            if place not in seen and all(from_actions(link.run) for link in chain):
                seen.add(place)
                yield _finding(chain, place, rule)


def _sure(chain: list[_Link]) -> list[_Link]:
    """The links before a mutation that a check stands before, where these alone make a chain."""
    for size in range(2, len(chain)):
        if _checks(chain[: size + 1], "runMutation"):
            return chain[:size]
    return chain


def _finding(chain: list[_Link], place: Place, rule: Rule) -> Finding:
    names = [link.function.identifier for link in chain]
    writes = any(link.run.method == "runMutation" for link in chain)
    listed = ", ".join(f"`{name}`" for name in names[:-1]) + f" and `{names[-1]}`"
    between, too = ("only a check", " and checks what is checked") if _checks(chain) else ("nothing", "")
    doubtful = (
        _checks(chain, "runMutation")
        or sum(is_heavy(link.function) for link in chain) > 1
        or any(map(_is_apart, chain))
    )
    return rule.finding(
        place,
        f"{listed} run as transactions of their own, with {between} between them",
        way_out=f"write one internal {'mutation' if writes else 'query'} that does what they do{too}, "
        f"and call it with `ctx.{'runMutation' if writes else 'runQuery'}`",
        symbol=symbol(chain[0].step, *names),
        evidence=(Evidence(link.step.place, "another transaction begins here") for link in chain[1:]),
        confidence=Confidence.MEDIUM if doubtful else Confidence.HIGH,
    )


def _is_apart(link: _Link) -> bool:
    """Whether a comment says why it is a transaction of its own, or it counts how often somebody came.

    What is counted stays so whatever comes of the rest.
    """
    function = link.function
    counts = link.run.method == "runMutation" and _COUNTS.search(function.name) is not None
    said = _APART.search(link.step.body.module.comment_above(link.step.node)) is not None
    return (counts and _LIMITS.search(function.identifier) is not None) or said


def _checks(chain: list[_Link], *before: str) -> bool:
    """Whether a test between the calls may end the function: by the time of the next one it may be untrue.

    Where methods are given, only tests before calls of these count.
    """
    first = len(chain[0].step.after_exit)
    later = (link for link in chain[1:] if not before or link.run.method in before)
    return any(len(link.step.after_exit) > first for link in later)


def _chains(body: Body) -> Iterator[list[_Link]]:
    chain: list[_Link] = []
    for step in body.steps:
        link = _link(step)
        if link is not None and _KEEPS_A_LOG.match(link.function.name):
            continue
        if link is not None:
            if chain and _frames(step) != _frames(chain[0].step):
                yield from _whole(chain)
                chain = []
            chain.append(link)
        elif chain and not only_computes(step):
            yield from _whole(chain)
            chain = []
    yield from _whole(chain)


def _frames(step: Step) -> tuple[Frame, ...]:
    """What a step stands in; `.then((x) => …)` goes on where its promise stands."""
    return tuple(
        frame
        for frame in step.frames
        if not (
            isinstance(frame, ClosureFrame)
            and frame.call is not None
            and isinstance(frame.call.callee, n.Member)
            and frame.call.callee.property == "then"
        )
    )


def _whole(chain: list[_Link]) -> Iterator[list[_Link]]:
    if len(chain) > 1:
        yield chain


def _link(step: Step) -> _Link | None:
    if step.loops or not isinstance(step, Run | HelperCall) or _is_gate(step):
        return None
    run = transaction(step)
    function = called(run) if run is not None else None
    if run is None or function is None or run.loops or pages(run) or only_throws(function):
        return None
    return _Link(step, run, function)


def _is_gate(step: Step) -> bool:
    """Whether it is a helper that says who may go on, and stands in front of many functions."""
    return isinstance(step, HelperCall) and (is_check_name(step.name) or bool(_GATES.search(step.name)))
