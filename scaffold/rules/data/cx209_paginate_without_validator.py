"""A public query paginates by what the client sends, and does not validate it with `paginationOptsValidator`.

Why:
    `usePaginatedQuery` and the reactive cursors send more than a cursor and a number (`endCursor`, `id`,
    limits on what is read). Without the validator anything is accepted; with one of your own the rest is
    refused or lost, and pages overlap or leave gaps.

Bad:
    ```ts
    // convex/posts.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const list = query({
      args: { paginationOpts: v.any() },
      handler: async (ctx, args) => {
        return await ctx.db.query("posts").order("desc").paginate(args.paginationOpts); // <- CX209
      },
    });
    ```

Good:
    ```ts
    // convex/posts.ts
    import { paginationOptsValidator } from "convex/server";
    import { query } from "./_generated/server";

    export const list = query({
      args: { paginationOpts: paginationOptsValidator },
      handler: async (ctx, args) => {
        return await ctx.db.query("posts").order("desc").paginate(args.paginationOpts);
      },
    });
    ```

Way out:
    Declare `paginationOpts: paginationOptsValidator` and pass `args.paginationOpts` on as it came.

Exceptions:
    - Pages that the server chooses: `paginate({ numItems: 10, cursor: null })`.
    - Internal functions, and validators that cannot be read.
    - Medium confidence: callers that ask for one page after another and subscribe to none, as they show a
      secret of the deployment, which is for servers, or call `fetchQuery` or `client.query`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Function, Kind, Reached
from scaffold.model.steps import Read
from scaffold.model.validators import Validator
from scaffold.model.values import Argument, Unknown
from scaffold.rules._nodes import written
from scaffold.rules._servers import is_for_servers
from scaffold.rules._ways import origins
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITTEN_BY_HAND = {"numItems", "cursor"}
_ONCE = regex(r"^(?:fetch|server|http|run|load)?_?[qQ]uery$")  # what a client calls to ask once
_ONLY_OFFICIAL = {"endCursor", "id"}


@rule("CX209", "paginate-without-validator", Function, level=Level.WARNING, by_module="any")
def paginate_without_validator(function: Function, rule: Rule) -> Iterator[Finding]:
    """A page whose bounds a client sends unchecked."""
    if not reads.by_clients(function) or function.kind is not Kind.QUERY:
        return
    for reached in function.steps(Read):
        read = reached.step
        if not isinstance(read, Read) or read.terminal != "paginate" or reached.prelude:
            continue
        argument = _sent(read, reached)
        own = argument is not None and not _is_of_builder(function, argument)
        fault = _fault(function.args, argument) if argument is not None and own else None
        if argument is None or fault is None:
            continue
        yield rule.finding(
            reached.levels[0].place,
            f"`{function.identifier}` paginates by what the client sends, and {fault}",
            way_out="declare `paginationOpts: paginationOptsValidator` (from `convex/server`) in its `args`, "
            "and call `.paginate(args.paginationOpts)`",
            symbol=function.identifier,
            evidence=[Evidence(read.place, "paginated here")] if reached.via else (),
            confidence=Confidence.MEDIUM if _is_asked_once(function) else Confidence.HIGH,
        )
        return


def _is_asked_once(function: Function) -> bool:
    """Whether nobody subscribes to a page, so that none can come to overlap with the next."""
    mentions = function.module.project.mentions_of(function)
    calls = [mention.call for mention in mentions if mention.by == "client"]
    return is_for_servers(function) or (bool(calls) and all(map(_ONCE.search, calls)))


def _sent(read: Read, reached: Reached) -> Argument | None:
    """The argument that the options, or the cursor in them, come from."""
    node = read.bound
    options = written(node, read.body)
    if isinstance(options, n.Object):
        node = options
    if isinstance(node, n.Object):
        node = next((part.value for part in node.properties if part.key in {"cursor", None}), None)
    if node is None:
        return None
    found = origins(node, read.body, reached.via)
    return next((value for value in found if isinstance(value, Argument)), None)


def _is_of_builder(function: Function, argument: Argument) -> bool:
    """Whether the builder declares the argument for all of its functions."""
    given = function.builder.arguments
    return given is not None and argument.path[:1] != () and given.may_have(argument.path[:1])


def _options(args: Validator, path: tuple[str, ...]) -> Validator | None:
    """The validator of the options, which may stand in an object of the arguments."""
    found = args.fields.get(path[0])
    for name in path[1:]:
        if found is not None and found.kind == "object" and not set(found.fields) & _WRITTEN_BY_HAND:
            found = found.fields.get(name, found)
    return found


def _fault(args: Validator | Unknown | None, argument: Argument) -> str | None:
    if args is None:
        return "declares no `args`"
    if not isinstance(args, Validator):
        return None
    if not argument.path:
        return None
    found = _options(args, argument.path)
    if found is None:
        return (
            f"its `args` do not have `{argument.path[0]}`"
            if args.complete and args.kind == "object"
            else None
        )
    if found.kind == "any":
        return f"`{argument.path[0]}` may be anything"
    if found.kind == "string" or {member.kind for member in found.members} == {"string", "null"}:
        return f"takes only a cursor, as `{argument.path[0]}`"
    if found.kind == "object" and found.complete and not found.reason:
        own = set(found.fields)
        if own >= _WRITTEN_BY_HAND and not own >= _ONLY_OFFICIAL:
            return f"`{argument.path[0]}` has a validator of its own"
    return None
