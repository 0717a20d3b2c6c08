"""A password, a token or data about a person is written to the log.

Why:
    Logs are read by more people than the database, go to log streams and error trackers, and stay there.
    Nobody deletes a user's address from them when the user asks for it, and a token in a log is a token
    lost.

Bad:
    ```ts
    // convex/accounts.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const invite = mutation({
      args: { email: v.string() },
      handler: async (ctx, { email }) => {
        console.log("inviting", email); // <- CX702
        await ctx.db.insert("invites", { email });
      },
    });
    ```

Good:
    ```ts
    // convex/accounts.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const invite = mutation({
      args: { email: v.string() },
      handler: async (ctx, { email }) => {
        const invite = await ctx.db.insert("invites", { email });
        console.log("invited", invite);
      },
    });
    ```

Way out:
    Log the id of the document, a count, or a masked form.

Exceptions:
    - Values that stand in the code themselves, and those that are missing there: `if (!email)
      console.log(email)`.
    - Facts about the value: `Boolean(token)`, `email.length`, `maskEmail(email)`.
    - A `token` logged beside an amount, which is counted in it; a `cardNumber` in a file that knows no
      payments, as that of a card of a game.
    - Medium confidence: personal data in seeds, mocks and fixtures, which mostly is made up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.steps import Auth, BranchFrame, Get, HelperCall, Log, OtherCall, Read
from scaffold.model.validators import Validator
from scaffold.model.values import Argument, Computed, Definition, Literal, Parameter, Result, Unknown
from scaffold.rules._names import symbol
from scaffold.rules._nodes import left_out, spelled
from scaffold.rules._ways import results
from scaffold.rules.observability._personal import personal, secret
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.steps import Step
    from scaffold.model.values import Value

_Shown: TypeAlias = n.Name | n.Member | n.Call
_WRITTEN = (n.String, n.Number, n.Constant, n.Array, n.Object, n.Property)
_PRINTERS = {"stringify", "String", "inspect"}
_JOINING = {"+", "??", "||"}
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
_SEEDS = regex(r"(^|/|:)(seed|mock|fixture)|(Seeds?|Fixtures?|Mocks?)(:|/|$)")
_AMOUNTS = regex(r"^(amount|balance|price|quantity|decimals)|(Amount|Balance|Price)$")
_MASKED = regex(r"mask|redact|hash|obfuscat|anonymi|censor", re.IGNORECASE)
_CARD = regex(r"^card_?number$", re.IGNORECASE)
_PAYS = regex(rb"cvv|cvc|expir|holder|payment|billing|credit|debit|bank|checkout", re.IGNORECASE)
_SILENT = {"time", "timeEnd", "timeLog", "assert", "count", "group", "groupEnd"}


@rule("CX702", "personal-data-in-log", Log, level=Level.WARNING, by_module="any")
def personal_data_in_log(log: Log, rule: Rule) -> Iterator[Finding]:
    """Secrets and personal data among what is logged."""
    if log.level in _SILENT:
        return
    seen: set[tuple[Step, str]] = set()
    for step, key, node, shown in _written(log):
        found = _named(step, key, node) or _whole(step, node)
        if found is None or (step, found.what) in seen or _is_known(step, node):
            continue
        seen.add((step, found.what))
        passed = (Evidence(log.place, "it is written here"),) if step is not log else ()
        made_up = found.personal and _SEEDS.search(f"{step.body.module.name}:{step.body.name}") is not None
        yield rule.finding(
            step.body.module.at(shown),
            f"`console.{log.level}` writes {found.what} to the log",
            way_out="log an id instead, or leave it out",
            symbol=symbol(step, found.what),
            evidence=(*passed, *found.evidence),
            confidence=Confidence.MEDIUM if made_up else found.confidence,
        )


def _written(log: Log) -> Iterator[tuple[Step, str, _Shown, _Shown]]:
    """The values that are logged, each with the step that names it, and what is logged there.

    The step is the log, or a call of its helper.
    """
    for argument in log.arguments:
        for key, node in _shown(argument, ""):
            yield log, key, node, node
            yield from ((log, "", part, node) for part in _put_in(log, node))
            for call, given in _given(log, node):
                yield call, key, given, given


def _put_in(log: Log, node: _Shown) -> Iterator[_Shown]:
    """What stands in a text that was made before: `const link = `…?token=${token}`; console.log(link)`."""
    if not isinstance(node, n.Name) or _is_masked(log, node):
        return
    value = log.body.value(node)
    if isinstance(value, Computed) and isinstance(value.node, n.Template | n.Binary):
        yield from (part for _, part in _shown(value.node, ""))


def _given(log: Log, node: _Shown) -> Iterator[tuple[HelperCall, _Shown]]:
    """What the callers of a helper gave for a parameter that it logs."""
    value = log.body.value(node)
    if not isinstance(value, Parameter) or value.path:
        return
    for call in log.body.project.steps(HelperCall):
        called = call.callee is not None and call.callee.function is log.body.function
        if not called:
            continue
        rest = log.body.function.parameters[value.index].rest
        for argument in call.arguments[value.index : None if rest else value.index + 1]:
            for _, given in _shown(argument, ""):
                yield call, given


def _is_known(step: Step, node: _Shown) -> bool:
    """Whether the value stands in the code, or a test around it says that there is none."""
    origins = step.origins(node)
    if origins and all(map(_is_written, origins)):
        return True
    text = step.body.module.text(node)
    return any(isinstance(frame, BranchFrame) and _denies(frame, step, text) for frame in step.frames)


def _is_written(value: Value) -> bool:
    """Whether a value is a literal, or a constant made of literals."""
    if isinstance(value, Definition):
        return all(isinstance(part, _WRITTEN) for part in walk(value.node))
    return isinstance(value, Literal)


def _denies(frame: BranchFrame, step: Step, text: str) -> bool:
    """Whether `if (!x)` or `if (x === null)` holds."""
    match frame.test:
        case n.Unary(operator="!", value=value):
            return frame.taken and step.body.module.text(value) == text
        case n.Binary(operator="===" | "==", left=left, right=n.Constant(value=None | "undefined")):
            return frame.taken and step.body.module.text(left) == text
        case n.Name() | n.Member():
            return not frame.taken and step.body.module.text(frame.test) == text
    return False


class _Found:
    def __init__(
        self,
        what: str,
        evidence: tuple[Evidence, ...] = (),
        confidence: Confidence = Confidence.HIGH,
        *,
        personal: bool = False,
    ) -> None:
        self.what = what
        self.evidence = evidence
        self.confidence = confidence
        self.personal = personal


def _shown(node: n.Expression, key: str) -> Iterator[tuple[str, _Shown]]:
    """The values that a logged expression shows, each with the key that it stands under."""
    if isinstance(node, n.Name | n.Member) or (
        isinstance(node, n.Call) and (_header(node) or _lists_headers(node))
    ):
        yield key, node
    elif isinstance(node, n.Object):
        for part in node.properties:
            yield from _shown(part.value, part.key or "")
    else:
        for inner in _looked_through(node):
            yield from _shown(inner, key)


def _looked_through(node: n.Expression) -> tuple[n.Expression, ...]:
    """The expressions whose values show in that of an expression."""
    match node:
        case n.Template(parts=parts) | n.Array(items=parts):
            return parts
        case n.Binary(operator=operator, left=left, right=right) if operator in _JOINING:
            return left, right
        case n.Conditional(then=then, other=other):
            return then, other
        case n.Await(value=value) | n.Spread(value=value):
            return (value,)
        case n.Call(callee=n.Member(property="map"), arguments=(n.Function(body=(n.Return(value=value),)),)):
            return (value,) if value is not None else ()
        case n.Call(callee=n.Name(name=name) | n.Member(property=name), arguments=(first, *_)):
            return (first,) if name in _PRINTERS else ()
    return ()


def _named(step: Step, key: str, node: _Shown) -> _Found | None:
    """What the name of the value, or its key, says that it is."""
    if isinstance(node, n.Call) or _is_masked(step, node):
        return None
    name = node.name if isinstance(node, n.Name) else node.property
    for word in (name, key):
        if word.lower() == "token" and (_is_coin(step) or not _is_credential(step, node)):
            continue
        if _is_secret(step, word):
            return _Found(f"the secret `{step.body.module.text(node)}`")
        if personal(word):
            return _Found(f"`{step.body.module.text(node)}`, which is personal data,", personal=True)
    return None


def _is_secret(step: Step, word: str) -> bool:
    """Whether a name stands for a secret; a card has a number in games too, where nobody pays."""
    return secret(word) and not (_CARD.search(word) and not _PAYS.search(step.body.module.lines.source))


def _header(node: n.Expression) -> str:
    """The name of a header with a secret that is asked for: `request.headers.get("Authorization")`."""
    match node:
        case n.Call(callee=n.Member(property="get"), arguments=(n.String(value=name),)):
            return name if name.lower() in _SECRET_HEADERS else ""
    return ""


def _lists_headers(node: n.Node) -> bool:
    """`Object.fromEntries(request.headers)`; of what others answer, the headers may be shown."""
    match node:
        case n.Call(
            callee=n.Member(object=n.Name(name="Object"), property="fromEntries"), arguments=(given,)
        ):
            if isinstance(given, n.Call) and isinstance(
                given.callee, n.Member
            ):  # `request.headers.entries()`
                given = given.callee.object
            if isinstance(given, n.Member) and given.property == "headers":
                return any(word in {"request", "req"} for word in spelled(walk(given.object)))
    return False


def _is_masked(step: Step, node: n.Name | n.Member) -> bool:
    """Whether its name or what makes it says that it shows no more: `maskedEmail`, `redact(email)`."""
    names = [node.name if isinstance(node, n.Name) else node.property]
    match step.body.value(node):
        case Result(step=HelperCall(name=name) | OtherCall(name=name), path=()):
            names.append(name)
    return any(map(_MASKED.search, names))


def _is_coin(step: Step) -> bool:
    """Whether a `token` is what an amount is counted in: `console.log(provider, token, amount)`."""
    arguments = step.arguments if isinstance(step, Log | HelperCall) else ()
    names = (node for argument in arguments for node in walk(argument) if isinstance(node, n.Name | n.Member))
    return any(
        _AMOUNTS.search(node.name if isinstance(node, n.Name) else node.property) is not None
        for node in names
    )


def _is_credential(step: Step, node: n.Expression) -> bool:
    """Whether a mere `token` came as one; the tokens of a language model come from streams and lists."""
    value = step.body.value(node)
    if isinstance(value, Result | Argument):
        return "*" not in value.path
    return isinstance(node, n.Member) and not isinstance(value, Unknown)


def _whole(step: Step, node: _Shown) -> _Found | None:
    """A value that holds a secret or personal data among other things."""
    value = step.body.value(node)
    text = step.body.module.text(node)
    if _lists_headers(value.step.node if isinstance(value, Result) and not value.path else node):
        return _Found("all headers, with `Authorization` and `Cookie`,")
    if isinstance(value, Result) and isinstance(value.step.node, n.Call) and _header(value.step.node):
        return _Found(f"the secret header `{_header(value.step.node)}`")
    if isinstance(value, Argument | Result) and value.path and _tells(step, value.path[-1]):
        return _Found(f"`{text}`, which is the `{value.path[-1]}` it was given,")
    if isinstance(value, Argument):
        validator = step.body.arguments
        inner = validator.at(value.path) if validator is not None else None
        return _fields(f"`{text}`", inner, Confidence.HIGH, left_out(node, step.body))
    return _of_result(step, text, value)


def _of_result(step: Step, text: str, value: Value) -> _Found | None:
    """What the documents hold that were read, here or by a helper."""
    match value:
        case Result(step=HelperCall(callee=callee) as call, path=()) if callee is not None:
            given = [each for returned in callee.returns() for each in results(returned, callee)]
            whole = [each for each in given if not each.path and isinstance(each.step, Get | Read | Auth)]
            found = [_of_result(call, text, each) for each in whole]
            return found[0] if found and all(found) else None
        case Result(step=Auth(how="ctx.auth.getUserIdentity"), path=()):
            return _Found(f"the identity `{text}`, with name and e-mail address,")
        case (
            Result(step=Get(table=str(table)), path=())
            | Result(step=Read(table=str(table), terminal="first" | "unique" | "take" | "collect"), path=())
        ):
            known = step.body.project.tables.get(table)
            return _fields(f"`{text}`", known.document if known else None, Confidence.MEDIUM)
    return None


def _tells(step: Step, name: str) -> bool:
    """Whether the name of a part says what it is, without a look at how it came."""
    return personal(name) or (_is_secret(step, name) and name.lower() != "token")


def _fields(
    what: str, validator: object, confidence: Confidence, without: frozenset[str] = frozenset()
) -> _Found | None:
    if not isinstance(validator, Validator):
        return None
    for name, field in validator.fields.items():
        if name in without:
            continue
        if secret(name) or personal(name):
            evidence = (Evidence(field.place, f"`{name}` is declared here"),) if field.place else ()
            sure = Confidence.HIGH if secret(name) else confidence
            return _Found(f"{what} with its `{name}`", evidence, sure)
        inner = _fields(what, field, confidence)
        if inner is not None:
            return inner
    return None
