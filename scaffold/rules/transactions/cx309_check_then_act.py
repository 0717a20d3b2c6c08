"""An action decides by what a query told it, and the mutation that it then runs does not look again.

Why:
    Each `ctx.run…` of an action is a transaction of its own. Between the query and the mutation somebody
    else may have done the same: two calls both find nothing and both insert. Of two that both store
    `user.credits + amount`, one is lost.

Bad:
    ```ts
    // convex/invites.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation, internalQuery } from "./_generated/server";

    export const find = internalQuery({
      args: { code: v.string() },
      handler: async (ctx, { code }) =>
        await ctx.db
          .query("invites")
          .withIndex("by_code", (q) => q.eq("code", code))
          .unique(),
    });

    export const create = internalMutation({
      args: { code: v.string() },
      handler: async (ctx, { code }) => {
        await ctx.db.insert("invites", { code });
      },
    });

    export const invite = internalAction({
      args: { code: v.string() },
      handler: async (ctx, { code }) => {
        const existing = await ctx.runQuery(internal.invites.find, { code });
        if (existing === null) {
          await ctx.runMutation(internal.invites.create, { code }); // <- CX309
        }
      },
    });
    ```

Good:
    ```ts
    // convex/invites.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation } from "./_generated/server";

    export const ensure = internalMutation({
      args: { code: v.string() },
      handler: async (ctx, { code }) => {
        const existing = await ctx.db
          .query("invites")
          .withIndex("by_code", (q) => q.eq("code", code))
          .unique();
        if (existing === null) await ctx.db.insert("invites", { code });
      },
    });

    export const invite = internalAction({
      args: { code: v.string() },
      handler: async (ctx, { code }) => {
        await ctx.runMutation(internal.invites.ensure, { code });
      },
    });
    ```

Way out:
    Move the check into the mutation, beside the write. Keep the query in the action only where it saves a
    call to the outside.

Exceptions:
    - A mutation that reads the table before it writes to it.
    - A query about another table than the mutation writes.
    - A patch or delete behind a check that the document exists: the write itself fails without it.
    - Functions that cannot be found by their reference.
    - A search in a list (`rows.some(…)`), what a helper makes of what was found, a change of a document, and
      a mutation called like a record (`recordAttempt`) or of a table that counts uses, unless it inserts
      just what the query looks for, are reported with medium confidence: they may ask for something else,
      or put down what has happened by then. So are actions without arguments that nothing names, as those
      that fill an empty table: somebody starts them by hand. So are steps, versions and attempts of a job,
      limits on what was done of late, and what a cache keeps, if the first of two is taken.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Function, Kind
from scaffold.model.mixing import alternatives
from scaffold.model.steps import External, Get, HelperCall, OtherCall, Read, Run, Write
from scaffold.rules._hands import is_started_by_hand
from scaffold.rules._nodes import EQUALITIES, arms, walk, written
from scaffold.rules._ways import results, ways
from scaffold.rules.rule import Rule, rule
from scaffold.rules.scheduling._calls import doing
from scaffold.rules.transactions._room import ORDER, is_of_a_while, says_room
from scaffold.rules.transactions._worked_out import lost_update
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.scopes import Binding
    from scaffold.rules._ways import Way

_RECORDS = regex(
    r"(record|log|track|audit|append|note|count)(?![a-z])|(create|add|insert|write|save|store)\w*Log(?![a-z])"
)
_DONE = regex(r"(sent|delivered|attempt|failed|failure|success|result)$", re.IGNORECASE)
# Tables in which a line for each use is kept, to hold against a limit.
_COUNTED = regex(r"rate_?limit|usages?$|attempts?$|quota|metric", re.IGNORECASE)
_CACHED = regex(r"[cC]ached?(?![a-z])")
_NEGATED = {"!=", "!=="}
_LOOKUPS = {"some", "find", "has", "includes"}


class _Decision(msgspec.Struct, frozen=True):
    """A test on the way to a mutation. `held` is whether it was true.

    `listed` is the argument that hands on a list of those for which it came out so.
    """

    test: n.Expression
    held: bool
    query: Run
    listed: str = ""


@rule("CX309", "check-then-act", Run, level=Level.WARNING, by_module="any")
def check_then_act(run: Run, rule: Rule) -> Iterator[Finding]:
    """One `runMutation`, if an action comes to it by a check that the mutation does not repeat."""
    if run.method != "runMutation":
        return
    mutation = run.body.project.resolve(run.target)
    way = next(ways(run, {Kind.ACTION, Kind.HTTP}), None)
    if mutation is None or way is None:
        return
    lost = lost_update(run, mutation, way, rule)
    if lost is not None:
        yield lost
        return
    for decision in _decisions(run):
        query = run.body.project.resolve(decision.query.target)
        if query is None:
            continue
        write = _raced(run, decision, query, mutation)
        if write is None:
            continue
        yield rule.finding(
            run.place,
            f"`{mutation.identifier}` writes `{write.table}` on the word of `{query.identifier}`, "
            "without looking again",
            way_out=f"move the check into `{mutation.identifier}`, beside its write",
            symbol=f"{way.function.identifier} {mutation.identifier}",
            evidence=(
                Evidence(decision.query.place, "what was checked may have changed since this query"),
                Evidence(mutation.place, "this mutation writes without reading the table"),
                *way.evidence(),
            ),
            confidence=Confidence.MEDIUM
            if _may_be_a_record(write, mutation, query, way)
            or (is_of_a_while(query) and says_room(run, decision.test, decision.query))
            or _is_cached(write, query)
            or _looks_up(decision.test)
            or _is_worked_out(run, decision.test)
            or is_started_by_hand(run)
            else way.confidence,
        )
        return


def _may_be_a_record(write: Write, mutation: Function, query: Function, way: Way) -> bool:
    """Whether it may only put down what has happened by then, which no second look can undo."""
    if write.operation != "insert":
        return True
    if not _RECORDS.match(mutation.name) and not _COUNTED.search(str(write.table)):
        return False
    if _DONE.search(mutation.name) or not _is_found_again(write, mutation, query):
        return True
    return any(doing(each.step, each.via) for each in way.function.reached if isinstance(each.step, External))


def _is_cached(write: Write, query: Function) -> bool:
    """Whether it is kept to save work, and the first of two will do."""
    if not (_CACHED.search(str(write.table)) or _CACHED.search(query.name)):
        return False
    reads = (reached.step for reached in query.steps(Read))
    return not any(isinstance(read, Read) and read.terminal == "unique" for read in reads)


def _is_found_again(write: Write, mutation: Function, query: Function) -> bool:
    """Whether a document has all by which the query looks for one, so that it was to be there once."""
    keys = {part.key for part in _properties(write)}
    if any(part.kind == "spread" for part in _properties(write)):
        keys |= mutation.arguments.keys()
    for reached in query.steps(Read):
        read = reached.step
        if isinstance(read, Read) and read.table == write.table and read.comparisons:
            one = read.terminal in {"first", "unique"} and not read.filters
            return one and all(each.operator == "eq" and each.field in keys for each in read.comparisons)
    return False


def _looks_up(test: n.Expression) -> bool:
    """Whether it asks for something in a list, of which nobody knows here whether it is what is written."""
    calls = (node.callee for node in walk(test) if isinstance(node, n.Call))
    return any(isinstance(callee, n.Member) and callee.property in _LOOKUPS for callee in calls)


def _is_worked_out(run: Run, test: n.Expression) -> bool:
    """Whether it asks for what a helper makes of what was found: `const parts = split(chat.text)`."""
    values = (run.body.value(node) for node in walk(test) if isinstance(node, n.Name | n.Call))
    calls = [
        value.step for value in values if isinstance(value, vs.Result) and isinstance(value.step, HelperCall)
    ]
    return any(call.callee is not None and not _asks(call.callee) for call in calls)


def _asks(body: Body) -> bool:
    """Whether a helper gives what a query found, and does not only work with what it is given."""
    return any(isinstance(each.step, Run) for given in body.returns() for each in results(given, body))


def _decisions(run: Run) -> Iterator[_Decision]:
    for step, listed in ((run, ""), *_fillings(run)):
        for test, held in step.outcomes:
            for value in results(test, run.body):
                if isinstance(value.step, Run) and value.step.method == "runQuery":
                    yield _Decision(test, held, value.step, listed)


def _fillings(run: Run) -> Iterator[tuple[OtherCall, str]]:
    """What fills a list that a call goes through, or hands on: `if (!known) missing.push(email)`."""
    pushes = _pushes(run.body)
    if not pushes:
        return
    given = run.arguments.properties if isinstance(run.arguments, n.Object) else ()
    named = [(frame.head, "") for frame in run.loops] + [(part.value, part.key or "") for part in given]
    find = run.body.scopes.find
    lists = {find(node.name, node.start): key for node, key in named if isinstance(node, n.Name)}
    for filled, step in pushes:
        if filled in lists and step.node.end <= run.node.start:
            yield step, lists[filled]


@lru_cache(maxsize=256)
def _pushes(body: Body) -> tuple[tuple[Binding, OtherCall], ...]:
    """What puts something into a list of a body, each with the variable that is filled."""
    found: list[tuple[Binding, OtherCall]] = []
    for step in body.steps:
        match step:
            case OtherCall(name="push", node=n.Call(callee=n.Member(object=n.Name(name=name, start=start)))):
                filled = body.scopes.find(name, start)
                if filled is not None:
                    found.append((filled, step))
    return tuple(found)


def _raced(run: Run, decision: _Decision, query: Function, mutation: Function) -> Write | None:
    """A write to a table that the query read, made without looking, if the check was about that write."""
    read, seen = _read_tables(query), _read_tables(mutation)
    if read is None or seen is None:
        return None
    for reached in mutation.steps(Write):
        write = reached.step
        if not isinstance(write, Write) or isinstance(write.table, vs.Unknown):
            continue
        if write.table not in read or write.table in seen:
            continue
        if decision.listed and not _is_for_each(write, decision.listed):
            continue
        if _decides(run, decision, write):
            return write
    return None


def _is_for_each(write: Write, name: str) -> bool:
    """Whether a write is made for each element of an argument."""
    return any(write.body.value(loop.head) == vs.Argument((name,)) for loop in write.loops)


def _read_tables(function: Function) -> frozenset[str] | None:
    """The tables that a function reads; None when one cannot be told."""
    found: set[str] = set()
    for reached in (*function.steps(Read), *function.steps(Get)):
        match reached.step:
            case Read(table=str(table)) | Get(table=str(table)):
                found.add(table)
            case _:
                return None
    return frozenset(found)


def _decides(run: Run, decision: _Decision, write: Write) -> bool:
    """An insert where nothing was found, or a change of the field that was looked at."""
    if write.operation == "insert":
        absent = _tells_existence(decision.query) and _says_absent(run, decision)
        return absent or says_room(run, decision.test, decision.query)
    if write.operation in {"patch", "replace"} and write.document is not None:
        changed = {part.key for part in _properties(write) if part.key is not None}
        return bool(changed & (_tested_fields(run, decision) | _given_fields(decision.query)))
    return False


def _tells_existence(query: Run) -> bool:
    """Whether what the query gives says that something is there: documents, and no limit that was reached."""
    function = query.body.project.resolve(query.target)
    body = function.body if function is not None else None
    if body is None:
        return False
    limits = (node for returned in body.returns() for node in walk(returned) if isinstance(node, n.Binary))
    counts = any(
        node.operator in ORDER and isinstance(node.right, n.Number) and node.right.value > 1
        for node in limits
    )
    found = (value for returned in body.returns() for value in results(returned, body))
    return not counts and any(isinstance(value.step, Read | Get) for value in found)


def _properties(write: Write) -> tuple[n.Property, ...]:
    node = written(write.document, write.body)
    return node.properties if isinstance(node, n.Object) else ()


def _tested_fields(run: Run, decision: _Decision) -> set[str]:
    """The fields that a test looks at, in variables too: `const open = job.state === "open"`."""
    written = {node.property for node in walk(decision.test) if isinstance(node, n.Member)}
    return written.union(
        *(each.path for each in results(decision.test, run.body) if each.step is decision.query)
    )


def _given_fields(query: Run) -> set[str]:
    """The fields that a query tells of: `return wallet?.balance ?? 0`, `return job.state === "open"`."""
    function = query.body.project.resolve(query.target)
    body = function.body if function is not None else None
    found: set[str] = set()
    for returned in body.returns() if body is not None else ():
        for given in arms(returned):
            parts = walk(given) if isinstance(given, n.Binary | n.Unary) else (given,)
            found |= {part.property for part in parts if isinstance(part, n.Member)}
    return found


def _says_absent(run: Run, decision: _Decision) -> bool:
    """Whether the test came out so that the query had found nothing."""
    return _absent(run, decision.test, decision.held) is True


def _absent(run: Run, test: n.Expression, held: bool) -> bool | None:  # noqa: FBT001 - how the test came out
    match test:
        case n.Unary(operator="!", value=value):
            return _absent(run, value, not held)
        case n.Binary(operator="&&", left=left, right=right) if held:
            return _absent(run, left, held) or _absent(run, right, held)
        case n.Binary(operator="||", left=left, right=right) if not held:
            return _absent(run, left, held) or _absent(run, right, held)
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            nothing = isinstance(right, n.Constant) and right.value in {None, "undefined", False}
            zero = isinstance(right, n.Number) and right.value == 0
            if _is_result(run, left) and (nothing or (zero and _is_length(left))):
                return (operator in _NEGATED) != held
        case n.Binary(operator=">", left=left, right=n.Number(value=0)) if _is_length(left):
            return not held
        case n.Call(callee=n.Member(object=inner, property=method)) if method in _LOOKUPS:
            return not held if _is_result(run, inner) else None
        case n.Name() | n.Member() | n.Await():
            known = run.body.value(test)
            if isinstance(known, vs.Computed) and isinstance(known.node, n.Binary | n.Unary):
                return _absent(run, known.node, held)
            return not held if _is_result(run, test) and not _is_flag(test) else None
    return None


def _is_length(node: n.Expression) -> bool:
    return isinstance(node, n.Member) and node.property in {"length", "size"}


def _is_flag(node: n.Expression) -> bool:
    return isinstance(node, n.Member) and node.property not in {"_id", "length"}


def _is_result(run: Run, node: n.Expression) -> bool:
    value = run.body.value(node)
    if not all(isinstance(each, vs.Result) for each in alternatives(value)):  # it may be set once more
        return False
    return any(isinstance(each.step, Run) for each in results(node, run.body))
