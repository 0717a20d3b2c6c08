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
    - What is called `to`, unless the log or its file tells of mail or text messages.
    - A `token` logged beside an amount, which is counted in it; a `cardNumber` in a file that knows no
      payments, as that of a card of a game.
    - Medium confidence: personal data in seeds, mocks and fixtures, which mostly is made up; and what is
      written only where a setting is missing or says that this is not production.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.steps import Auth, BranchFrame, Get, HelperCall, Log, Random, Read
from scaffold.model.validators import Validator
from scaffold.model.values import (
    Argument,
    Computed,
    Definition,
    Literal,
    Result,
    Unknown,
)
from scaffold.rules._environment import variable_of
from scaffold.rules._names import symbol
from scaffold.rules._nodes import left_out, spelled
from scaffold.rules._ways import results
from scaffold.rules.observability._logged import header, is_masked, lists_headers, written, written_over
from scaffold.rules.observability._personal import personal, secret
from scaffold.rules.observability._switched import is_switched
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.steps import Step
    from scaffold.model.values import Value
    from scaffold.rules.observability._logged import Shown

_WRITTEN = (n.String, n.Number, n.Constant, n.Array, n.Object, n.Property)
_SEEDS = regex(r"(^|/|:)(seed|mock|fixture)|(Seeds?|Fixtures?|Mocks?)(:|/|$)")
_AMOUNTS = regex(r"^(amount|balance|price|quantity|decimals)|(Amount|Balance|Price)$")
_CARD = regex(r"^card_?number$", re.IGNORECASE)
_PAYS = regex(rb"cvv|cvc|expir|holder|payment|billing|credit|debit|bank|checkout", re.IGNORECASE)
# A log that tells of a letter or a text message, by what it says or by its file.
_POST = regex(
    r"e-?mail|(?<![a-z])mail|(?<![a-z])(?:sms|otp|smtp)(?![a-z])|whats_?app|twilio|resend|postmark|sendgrid",
    re.IGNORECASE,
)
_MEASURES = {"length", "size", "byteLength"}
_SILENT = {"time", "timeEnd", "timeLog", "assert", "count", "group", "groupEnd"}


@rule("CX702", "personal-data-in-log", Log, level=Level.WARNING, by_module="any")
def personal_data_in_log(log: Log, rule: Rule) -> Iterator[Finding]:
    """Secrets and personal data among what is logged."""
    if log.level in _SILENT:
        return
    seen: set[tuple[Step, str]] = set()
    for step, key, node, shown in written(log):
        found = _named(step, key, node) or _whole(step, node)
        if found is None or (step, found.what) in seen or _is_known(step, node):
            continue
        if found.personal and (step, f"{shown.start}") in seen:  # the same, by another name
            continue
        seen |= {(step, found.what), (step, f"{shown.start}")}
        passed = (Evidence(log.place, "it is written here"),) if step is not log else ()
        made_up = found.personal and _SEEDS.search(f"{step.body.module.name}:{step.body.name}") is not None
        doubted = made_up or is_switched(log)
        yield rule.finding(
            step.body.module.at(shown),
            f"`console.{log.level}` writes {found.what} to the log",
            way_out="log an id instead, or leave it out",
            symbol=symbol(step, found.what),
            evidence=(*passed, *found.evidence),
            confidence=Confidence.MEDIUM if doubted else found.confidence,
        )


def _is_known(step: Step, node: Shown) -> bool:
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


def _named(step: Step, key: str, node: Shown) -> _Found | None:
    """What the name of the value, or its key, says that it is."""
    if isinstance(node, n.Call) or is_masked(step, node):
        return None
    name = node.name if isinstance(node, n.Name) else node.property
    if name in _MEASURES and isinstance(node, n.Member):
        return None
    for word in (name, key):
        if word.lower() == "token" and (_is_coin(step) or not _is_credential(step, node)):
            continue
        if _is_secret(step, word):
            return _Found(f"the secret `{step.body.module.text(node)}`")
        if personal(word) or (word == "to" and _is_address(step, node)):
            return _Found(f"`{step.body.module.text(node)}`, which is personal data,", personal=True)
    return None


def _is_address(step: Step, node: n.Expression) -> bool:
    """Whether an argument is where a letter or a text message goes, and not the state after `from`."""
    value, validator = step.body.value(node), step.body.arguments
    if not isinstance(value, Argument) or "from" in spelled(walk(step.node)):
        return False
    given = validator.at(value.path) if validator is not None else None
    if given is not None and (given.kind not in {"string", "any", "array", "union"} or _is_choice(given)):
        return False
    return _POST.search(f"{step.body.module.name} {step.body.module.text(step.node)}") is not None


def _is_secret(step: Step, word: str) -> bool:
    """Whether a name stands for a secret; a card has a number in games too, where nobody pays."""
    return secret(word) and not (_CARD.search(word) and not _PAYS.search(step.body.module.lines.source))


def _is_coin(step: Step) -> bool:
    """Whether a `token` is what an amount is counted in: `console.log(provider, token, amount)`."""
    arguments = step.arguments if isinstance(step, Log | HelperCall) else ()
    names = (node for argument in arguments for node in walk(argument) if isinstance(node, n.Name | n.Member))
    return any(
        _AMOUNTS.search(node.name if isinstance(node, n.Name) else node.property) is not None
        for node in names
    )


def _is_credential(step: Step, node: n.Expression) -> bool:
    """Whether a mere `token` came as one or was made by chance; models give theirs in streams and lists."""
    value = step.body.value(node)
    if isinstance(value, Result | Argument):
        return "*" not in value.path
    if isinstance(value, Computed):
        made = step.origins(node)
        return any(isinstance(each, Result) and isinstance(each.step, Random) for each in made)
    return isinstance(node, n.Member) and not isinstance(value, Unknown)


def _whole(step: Step, node: Shown) -> _Found | None:
    """A value that holds a secret or personal data among other things."""
    value = step.body.value(node)
    text = step.body.module.text(node)
    if lists_headers(value.step.node if isinstance(value, Result) and not value.path else node):
        return _Found("all headers, with `Authorization` and `Cookie`,")
    if isinstance(value, Result) and isinstance(value.step.node, n.Call) and header(value.step.node):
        return _Found(f"the secret header `{header(value.step.node)}`")
    setting = _setting(value)
    if setting is not None:
        return _Found(f"the secret `{setting}`")
    if isinstance(value, Argument | Result) and value.path and _tells(step, value.path[-1]):
        return _Found(f"`{text}`, which is the `{value.path[-1]}` it was given,")
    if isinstance(value, Argument):
        validator = step.body.arguments
        inner = validator.at(value.path) if validator is not None else None
        without = left_out(node, step.body) | written_over(step)
        return _fields(f"`{text}`", inner, Confidence.HIGH, without)
    return _of_result(step, text, value)


def _setting(value: Value) -> str | None:
    """The variable of the environment with a secret that is read, under whatever name it goes on."""
    name = variable_of(value)
    if name is None or "PUBLIC" in name:
        return None
    return name if secret(name) or name.upper().endswith("_TOKEN") else None


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


def _is_choice(field: Validator) -> bool:
    """Whether a field holds one of some words, which are no secret: the `token` that a game is played for."""
    kinds = {each.kind for each in (field.members or (field,))}
    return kinds <= {"literal", "boolean", "null"}


def _fields(
    what: str, validator: object, confidence: Confidence, without: frozenset[str] = frozenset()
) -> _Found | None:
    if not isinstance(validator, Validator):
        return None
    for name, field in validator.fields.items():
        if name in without or _is_choice(field):
            continue
        if secret(name) or personal(name):
            evidence = (Evidence(field.place, f"`{name}` is declared here"),) if field.place else ()
            sure = Confidence.HIGH if secret(name) else confidence
            return _Found(f"{what} with its `{name}`", evidence, sure)
        inner = _fields(what, field, confidence)
        if inner is not None:
            return inner
    return None
