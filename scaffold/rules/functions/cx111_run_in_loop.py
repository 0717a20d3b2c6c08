"""An action calls a query or mutation once an element, in a loop.

Why:
    Every call is a transaction and a round trip of its own: the elements are read or written at different
    moments, a failure in the middle leaves the first half done, and a hundred elements take a hundred round
    trips. One mutation that takes the list does it at once.

Bad:
    ```ts
    // convex/imports.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation } from "./_generated/server";

    export const store = internalMutation({
      args: { name: v.string() },
      handler: async (ctx, { name }) => {
        await ctx.db.insert("people", { name });
      },
    });

    export const all = internalAction({
      args: { url: v.string() },
      handler: async (ctx, { url }) => {
        const people: string[] = await (await fetch(url)).json();
        for (const name of people) {
          await ctx.runMutation(internal.imports.store, { name }); // <- CX111
        }
      },
    });
    ```

Good:
    ```ts
    // convex/imports.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation } from "./_generated/server";

    export const storeAll = internalMutation({
      args: { names: v.array(v.string()) },
      handler: async (ctx, { names }) => {
        for (const name of names) {
          await ctx.db.insert("people", { name });
        }
      },
    });

    export const all = internalAction({
      args: { url: v.string() },
      handler: async (ctx, { url }) => {
        const people: string[] = await (await fetch(url)).json();
        await ctx.runMutation(internal.imports.storeAll, { names: people });
      },
    });
    ```

Way out:
    Take the list as the argument of one mutation or query; in pieces of a few hundred if it may be long.

Exceptions:
    - A loop that goes through pages by a cursor, or through pieces of a list that a call takes whole.
    - A loop whose body has another side effect for every element: a request whose result is then stored.
    - A loop that tries again, or waits for something, and one that is left behind the call.
    - Functions of components.
    - Elements that may fail alone (`try` in the loop), or that take a transaction each because they write
      in loops or read whole tables: reported with less confidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.project import Project
from scaffold.model.steps import HelperCall, LoopFrame, OtherCall, Run, Storage
from scaffold.model.validators import Validator
from scaffold.model.values import Closure
from scaffold.rules._caught import catching
from scaffold.rules._names import symbol
from scaffold.rules.functions._loops import bound, depends, names, statements
from scaffold.rules.functions._purity import inside_closure, only_computes
from scaffold.rules.functions._runs import (
    called,
    from_actions,
    is_heavy,
    only_transaction,
    pages,
    transaction,
)
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function
    from scaffold.model.steps import Step

_PIECE = regex(r"batch|chunk|page|slice|group|piece|bucket", re.IGNORECASE)
_SLICED = regex(rb"\.(?:slice|splice)\(")
_WAITING = {"while", "do"}
_PER_ELEMENT = {"map", "forEach", "flatMap"}
_ASKED = {"getUrl", "getMetadata"}
# Validators that let no list in.
_PLAIN = {"string", "number", "int64", "boolean", "null", "id", "literal", "bytes", "object", "union"}


class _Round(msgspec.Struct, frozen=True):
    """A transaction of every round of a loop. `step` is the call that stands in the loop."""

    step: Step
    run: Run
    frame: LoopFrame
    given: tuple[n.Node, ...]


@rule("CX111", "run-in-loop", Project, level=Level.WARNING, by_module="all")
def run_in_loop(project: Project, rule: Rule) -> Iterator[Finding]:
    """Transactions started once an element."""
    for each in _rounds(project):
        function = called(each.run)
        if function is not None and from_actions(each.run) and not _has_reasons(each, function):
            yield _finding(each, function, rule)


def _rounds(project: Project) -> Iterator[_Round]:
    for run in project.steps(Run):
        if run.loops:
            yield _Round(run, run, run.loops[-1], (run.arguments,) if run.arguments is not None else ())
    for call in project.steps(HelperCall):
        found = transaction(call) if call.loops and from_actions(call) else None
        if found is not None:
            yield _Round(call, found, call.loops[-1], call.arguments)
    for other in project.steps(OtherCall):
        found = _handed(other) if other.name in _PER_ELEMENT and len(other.arguments) == 1 else None
        if found is not None and isinstance(other.node, n.Call) and isinstance(other.node.callee, n.Member):
            frame = LoopFrame(other.node, other.name, other.node.callee.object)
            yield _Round(other, found, frame, ())


def _handed(call: OtherCall) -> Run | None:
    """The transaction of a function that is handed over by its name: `ids.map(load)`."""
    if isinstance(call.arguments[0], n.Function) or not from_actions(call):
        return None
    value = call.body.value(call.arguments[0])
    if not isinstance(value, Closure):
        return None
    return only_transaction(inside_closure(call.body, value.node))


def _finding(each: _Round, function: Function, rule: Rule) -> Finding:
    module = each.step.body.module
    end = each.frame.head.end if each.frame.head is not None else each.frame.node.end
    start = min(each.frame.node.start, end)
    helped = (Evidence(each.run.place, "the transaction starts here"),) if each.run is not each.step else ()
    unsure = _fails_alone(each) or is_heavy(function)
    return rule.finding(
        each.step.place,
        f"`{function.identifier}` runs once for every element of {_over(each)}, "
        "each time as a transaction of its own",
        way_out=f"write one internal {'mutation' if each.run.method == 'runMutation' else 'query'} "
        "that takes the whole list, and call it once",
        symbol=symbol(each.step, function.identifier),
        evidence=(
            Evidence(module.place(start, end), "the loop"),
            *helped,
            Evidence(function.place, f"`{function.identifier}` takes one element"),
        ),
        confidence=Confidence.MEDIUM if unsure else Confidence.HIGH,
    )


def _over(each: _Round) -> str:
    frame = each.frame
    text = each.step.body.module.text(frame.head) if frame.head is not None else ""
    plain = re.fullmatch(r"[\w.$?]{1,40}", text) and frame.kind not in {"for", *_WAITING}
    return f"`{text}`" if plain else "a list"


def _has_reasons(each: _Round, function: Function) -> bool:
    if pages(each.run) or (_in_pieces(each) and _may_take_list(each, function)):
        return True
    return not _one_each(each) or _does_more(each) or _is_last(each)


def _is_last(each: _Round) -> bool:
    """Whether the loop is left behind it: it runs for the element that was looked for."""
    body = statements(each.frame)
    if not isinstance(each.frame.node, n.Loop) or not body or not _is_left(body, each.step.node.start):
        return False
    leaving = (part for root in body for part in walk(root) if isinstance(part, n.Leave))
    return not any(part.kind == "continue" and part.start > each.step.node.start for part in leaving)


def _is_left(statements: tuple[n.Node, ...], place: int) -> bool:
    """Whether some statements, or those under the conditions that a place stands under, leave the loop."""
    if _leaves(statements[-1]):
        return True
    around = next((part for part in statements if part.start <= place < part.end), None)
    arms = (around.then, around.other) if isinstance(around, n.If) else ()
    return any(arm[0].start <= place < arm[-1].end and _is_left(arm, place) for arm in arms if arm)


def _leaves(statement: n.Node) -> bool:
    return isinstance(statement, n.Return) or (isinstance(statement, n.Leave) and statement.kind == "break")


def _in_pieces(each: _Round) -> bool:
    """Whether an element is itself a piece of a longer list."""
    given = [name for part in each.given for name in names(part)]
    heads = list(names(each.frame.head)) if each.frame.head is not None else []
    if any(_PIECE.search(name) for name in (*given, *heads, *bound(each.frame))):
        return True
    source = each.step.body.module.lines.source
    return any(_SLICED.search(source, part.start, part.end) for part in statements(each.frame))


def _may_take_list(each: _Round, function: Function) -> bool:
    """Whether a piece may go into the call whole; what goes on until it is done goes by pages anyway."""
    args = function.args
    if each.frame.kind in _WAITING or not isinstance(args, Validator) or args.kind != "object":
        return True
    given = each.run.arguments.properties if isinstance(each.run.arguments, n.Object) else ()
    undeclared = any(part.key is not None and part.key not in args.fields for part in given)
    return undeclared or not args.complete or any(map(_may_be_list, args.fields.values()))


def _may_be_list(validator: Validator) -> bool:
    """Whether a validator lets a list in, or nobody can tell; a vector is one thing."""
    if validator.kind == "array":
        return validator.element is None or validator.element.kind != "number"
    return validator.kind not in _PLAIN or any(map(_may_be_list, validator.members))


def _one_each(each: _Round) -> bool:
    """Whether what is passed depends on the element; a loop that polls or tries again passes the same."""
    if isinstance(each.step, OtherCall):
        return True  # the function that is handed over gets the element itself
    seeds = bound(each.frame)
    if each.frame.kind in _WAITING:
        if not isinstance(each.frame.head, n.Binary | n.Member):
            return False
        seeds = frozenset(names(each.frame.head))
    return any(depends(part, seeds, statements(each.frame)) for part in each.given)


def _does_more(each: _Round) -> bool:
    """Whether an element costs a side effect other than calls of transactions."""
    return any(
        each.frame in step.frames
        and not (only_computes(step) or _is_transaction(step) or _is_looked_up(step))
        for step in each.step.body.steps
        if step is not each.step
    )


def _is_looked_up(step: Step) -> bool:
    """Whether a step only asks where a file lies, which a mutation or a query can do as well."""
    return isinstance(step, Storage) and step.operation in _ASKED


def _is_transaction(step: Step) -> bool:
    if isinstance(step, Run):
        return step.method != "runAction"
    return transaction(step) is not None


def _fails_alone(each: _Round) -> bool:
    """Whether one element that fails does not stop the others."""
    frames = each.step.frames
    inner = frames[frames.index(each.frame) :] if each.frame in frames else ()
    return any(catching(inner))
