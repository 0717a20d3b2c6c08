"""A public function takes an argument of any shape.

Why:
    `v.any()` switches off the only check between a client and the handler. What arrives is typed `any`, so
    nothing complains when it is stored, spread into a patch or used as a query bound.

Bad:
    ```ts
    // convex/profiles.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const update = mutation({
      args: {
        id: v.id("profiles"),
        changes: v.any(), // <- CX104
      },
      handler: async (ctx, { id, changes }) => {
        await ctx.db.patch("profiles", id, changes);
      },
    });
    ```

Good:
    ```ts
    // convex/profiles.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const update = mutation({
      args: {
        id: v.id("profiles"),
        changes: v.object({ name: v.optional(v.string()), bio: v.optional(v.string()) }),
      },
      handler: async (ctx, { id, changes }) => {
        await ctx.db.patch("profiles", id, changes);
      },
    });
    ```

Way out:
    Name the fields: `v.object({ … })`, `v.union(…)` of the shapes, or `v.record(v.string(), …)` for maps.

Exceptions:
    - Internal functions, and those of components, which only the app calls.
    - Validators of other libraries (zod) are not read. An argument that the handler gives to one, to a
      `validate…`, or to a helper that throws at its `typeof`, is reported with medium confidence; so are
      those of a function that does nothing but call functions of components, which have validators of their
      own, of a query or an action that answers from its arguments alone, and of a function that is shown a
      secret of the deployment. So is what a comment above or beside says is meant or why (`the shape varies
      per tool`), and what has a name such as `toolCalls`, `inputSchema`, `children` or `richText`, the
      `properties` of an `event`, the `value` of a `key`, the `payload` or the `config` of a `type`, or what
      is to be written to a `table` that is told beside it, or the `oldValue` and the `newValue` of a change:
      tools of a model take many shapes, a JSON Schema or an OpenAPI document tells its own, no validator is
      made of itself. What another service sent is kept as it came (`rawResponse`, `request.body`), and what
      somebody tries with is made up (`testPayload`). What always fails takes nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Function, Kind
from scaffold.model.steps import External, HelperCall, OtherCall, Run
from scaffold.model.validators import Validator
from scaffold.model.values import Argument, Global, Parameter, Reference
from scaffold.rules._nodes import nodes_of, throws
from scaffold.rules._said import is_meant
from scaffold.rules._servers import is_for_servers
from scaffold.rules._ways import origins
from scaffold.rules.access._checks import blind_spots, touches
from scaffold.rules.functions._runs import only_throws
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.core.places import Place
    from scaffold.model.body import Body


_FIRST = regex(r"[.\[]")
# What the tools of a model are given and give back: each has a shape of its own.
_OF_TOOLS = regex(
    r"(?:^|[.\]])tool_?(?:calls?|invocations?|input|output|args|results?)(?![a-z])|parts\[\]"
    r"|(?:blocks|contents?)\[\]\.(?:input|output|args|arguments|result)$",
    re.IGNORECASE,
)
# Documents of another standard, which describe a shape themselves: JSON Schema, OpenAPI.
_OF_SCHEMAS = regex(
    r"^schema$|(?:^|[.\]_]|(?-i:[a-z](?=[A-Z])))(?:input|output|json|response|request|param(?:eter)?s?|tool|open_?api)_?(?:schema|spec(?:ification)?)$",
    re.IGNORECASE,
)
# What holds more of its kind, which no validator can say, as none may be made of itself.
_OF_ITSELF = regex(
    r"(?:^|[.\]_])(?:children|branch(?:es)?|(?:yes|no|then|else|true|false)_?(?:branch|steps|actions)|nested\w*"
    r"|sub_?(?:steps|tasks|items|nodes)|(?:content|editor|doc(?:ument)?|body|design)_?json|editor_?state"
    r"|tip_?tap\w*|prose_?mirror\w*|(?:draft|rich)_?\w*(?:content|text|body))(?:$|\[)",
    re.IGNORECASE,
)
# What another service sent, kept as it came.
_AS_IT_CAME = regex(
    r"(?:^|[.\]])raw(?:_?(?:request|response|payload|body|event|data|webhook))?(?=$|[.\[])"
    r"|(?:^|[.\]])(?:request|response)[._]?body$",
    re.IGNORECASE,
)
# What a field of any kind held before and holds now, as a log of changes keeps it.
_OF_ANY_FIELD = regex(
    r"^(?:old|new|prev(?:ious)?|before|after|from|to|original|current)_?values?$", re.IGNORECASE
)
# What the browsers of two callers tell each other, which neither makes up.
_SIGNALS = regex(r"^(?:signal|sdp|ice_?candidate)(?:_?(?:data|payload))?$", re.IGNORECASE)
# What somebody makes up to try something of theirs.
_TRIED = regex(
    r"^(?:test|sample|mock|dummy|example)_?(?:payload|data|event|body|input|record|values?)(?![a-z])",
    re.IGNORECASE,
)
_IN_AND_OUT = regex(
    r"^(?:args|arguments|input|output|params|parameters|result)(?-i:(?![a-z]))", re.IGNORECASE
)
# What hangs on a kind that is told beside it.
_BY_KIND = {"data", "payload", "details", "content", "config", "input", "output", "params", "properties"}
_KINDS = set(
    """
    type kind name event eventType event_type eventName code action actionType format provider documentType
    contentType nodeType blockType mimeType
    """.split()
)
_KIND = regex(r"[a-z](?:Type|Kind)$|_(?:type|kind)$")
_OF_NODES = {"content", "attrs"}  # beside their `type`: of a text with blocks in blocks
_TABLES = {"table", "tableName", "table_name"}
_REASON = regex(
    r"\bany\b[^.]{0,20}\b(?:because|since|as the)\b|\brecursive\b"
    r"|\b(?:shapes?|structure|schema|format|values?|fields|contents?|types?|it)\b[^.]{0,40}"
    r"\b(?:var(?:y|ies)|depends? on|differs?)\b|\b(?:heterogeneous|polymorphic|schema-?less)\b"
    r"|\barbitrary (?:json|object|value)"
    r"|\bvalidated? (?:\w+ ){0,3}(?:manually|below|inside|in the)\b",
    re.IGNORECASE,
)
_SHAPELESS = (_OF_TOOLS, _OF_SCHEMAS, _OF_ITSELF, _AS_IT_CAME, _TRIED, _OF_ANY_FIELD, _SIGNALS)
_PARSES = regex(r"^(safeP|p)arse(Async)?$|^validate")


@rule("CX104", "any-in-public-args", Function, level=Level.WARNING, by_module="any")
def any_in_public_args(function: Function, rule: Rule) -> Iterator[Finding]:
    """Arguments of public functions that are checked for nothing."""
    if not function.public or function.module.project.component or not isinstance(function.args, Validator):
        return
    seen: set[Place] = set()
    for path, validator in _anys(function.args, ""):
        place, evidence = _places(function, validator)
        if place in seen:
            continue
        seen.add(place)
        subject = f"`{path}`" if path else "all"
        yield rule.finding(
            place,
            f"public {function.kind.value} `{function.identifier}` takes {subject} as `v.any()`, "
            "so nothing checks what clients send",
            way_out="name the shape: `v.object({ … })`, `v.union(…)` or `v.record(v.string(), …)`",
            symbol=f"{function.identifier} {path}".strip(),
            evidence=evidence,
            confidence=_confidence(function, path, validator),
        )


def _confidence(function: Function, path: str, validator: Validator) -> Confidence:
    node, module = validator.node, validator.module
    said = node is not None and module is not None and is_meant(module, node, _REASON)
    named = any(pattern.search(path) for pattern in _SHAPELESS)
    shapeless = said or named or _is_of_named_tool(function, path) or _is_of_event(function, path)
    shapeless = shapeless or _is_of_any_kind(function, validator)
    return Confidence.MEDIUM if shapeless or _is_checked(function, path) else Confidence.HIGH


def _is_of_named_tool(function: Function, path: str) -> bool:
    """What a tool was given or gave back, if its name stands beside it: `toolName`, `argumentsSnapshot`."""
    named = not function.arguments.keys().isdisjoint({"toolName", "tool_name"})
    return named and _IN_AND_OUT.search(path) is not None


def _is_of_event(function: Function, path: str) -> bool:
    """What is told of an event by its name, each with details of its own: `{ event, properties }`."""
    named = not function.arguments.keys().isdisjoint({"event", "eventName", "event_name"})
    return named and path in {"properties", "props", "traits"}


def _is_of_any_kind(function: Function, validator: Validator) -> bool:
    """What belongs to a key, a table or a kind of node that is told beside it: `{ key, value }`."""
    if not isinstance(function.args, Validator):
        return False
    for around in function.args.walk():
        name = next((name for name, field in around.fields.items() if field is validator), None)
        if name is not None:
            beside = {other for other, field in around.fields.items() if field.kind == "string"}
            if name in _OF_NODES and "type" in beside and around.fields.keys() >= _OF_NODES:
                return True
            others = around.fields.keys() - {name}
            told = name in _BY_KIND and (not _KINDS.isdisjoint(others) or any(map(_KIND.search, others)))
            return told or (name == "value" and "key" in beside) or not beside.isdisjoint(_TABLES)
    return False


def _is_checked(function: Function, path: str) -> bool:
    """Whether something else may look at what clients send."""
    return (
        _is_parsed(function, path)
        or _touches_nothing(function)
        or is_for_servers(function)
        or only_throws(function)
    )


def _touches_nothing(function: Function) -> bool:
    """Whether a handler touches nothing but functions of components, which have validators of their own.

    A query or an action that touches nothing at all answers from its arguments.
    """
    if function.body is None or any(blind_spots(function)):
        return False
    steps = [reached.step for reached in touches(function)]
    targets = [step.target if isinstance(step, Run) else None for step in steps]
    if not targets:
        tells_nobody = function.kind is Kind.ACTION and not any(function.steps(External))
        return (function.kind is Kind.QUERY or tells_nobody) and _answers_from_arguments(function.body)
    return all(isinstance(target, Reference) and target.root == "components" for target in targets)


def _is_parsed(function: Function, path: str) -> bool:
    """Whether the handler has an argument checked by something else: `schema.parse(args.payload)`."""
    first = _FIRST.split(path, maxsplit=1)[0]
    for reached in function.reached:
        step = reached.step
        if not isinstance(step, OtherCall | HelperCall | External):
            continue
        if not _PARSES.search(step.name) and not _asks(step):
            continue
        if isinstance(step, OtherCall) and isinstance(step.value, Global):  # JSON.parse checks no shape
            continue
        values = (value for each in step.arguments for value in origins(each, step.body, reached.via))
        if any(isinstance(value, Argument) and value.path[:1] in {(), (first,)} for value in values):
            return True
    return False


def _asks(step: OtherCall | HelperCall | External) -> bool:
    """Whether a helper throws at what it is given, by its type: `if (typeof raw !== "object") throw …`."""
    callee = step.callee if isinstance(step, HelperCall) else None
    return (
        callee is not None
        and throws(callee.function)
        and any(
            each.operator == "typeof"
            and any(isinstance(value, Parameter) for value in callee.origins(each.value))
            for each in nodes_of(callee, n.Unary)
        )
    )


def _answers_from_arguments(body: Body) -> bool:
    origins = (origin for value in body.returns() for origin in body.origins(value))
    return any(isinstance(origin, Argument) for origin in origins)


def _anys(validator: Validator, path: str) -> Iterator[tuple[str, Validator]]:
    if validator.kind == "any":
        yield path, validator
    for name, field in validator.fields.items():
        yield from _anys(field, f"{path}.{name}" if path else name)
    for member in validator.members:
        yield from _anys(member, path)
    for part in (validator.element, validator.keys):
        if part is not None:
            yield from _anys(part, f"{path}[]")


def _places(function: Function, validator: Validator) -> tuple[Place, tuple[Evidence, ...]]:
    """Where the validator stands; for one shared from elsewhere, where the function takes it."""
    option = function.option("args")
    if option is None:
        return function.place, ()
    written = validator.place
    if written is None:
        return function.options_module.at(option), ()
    here = written.path == function.options_module.path
    if here and option.start <= written.start and written.end <= option.end:
        return written, ()
    return function.options_module.at(option), (Evidence(written, "`v.any()` stands here"),)
