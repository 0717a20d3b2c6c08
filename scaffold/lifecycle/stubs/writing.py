"""The tests of one function, as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs import literals
from scaffold.lifecycle.stubs.api_file import DEFAULT_WIDTH
from scaffold.model.function import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.lifecycle.stubs.facts import Facts

_FIXTURES = {"contract": "Contract", "convex": "Client", "as_user": "AsUser", "documents": "Documents"}
_INDENT = "    "
_INLINE = 60  # longer arguments get a line of their own
_SHORT = 20  # the same, in a line that is long already


def texts_of(facts: Facts, *, width: int = DEFAULT_WIDTH) -> dict[str, str]:
    """The tests by name, in the order in which they stand in the file, broken into lines as ruff does."""
    writer = _Writer(facts, width)
    return {name: text for name, text in writer.tests() if text}


def imports(texts: str) -> list[str]:
    """The import statements that tests need, sorted."""
    names = {*_FIXTURES.values(), "ConvexInt64", "OnSignIn"}
    used = sorted(name for name in names if re.search(rf"\b{name}\b", texts))
    statements = ["import pytest"] if re.search(r"\bpytest\.", texts) else []
    if used:
        statements.append(f"from scaffold.testing import {', '.join(used)}")
    return statements


def header(module: str, texts: str) -> str:
    """What stands above the tests of a module."""
    lines = [
        f'"""Tests of {module}.',
        "",
        "`convex-scaffold stubs` writes them. One that you edit is yours from then on.",
        '"""',
        "",
        "from __future__ import annotations",
    ]
    statements = imports(texts)
    return "\n".join([*lines, "", *statements] if statements else lines) + "\n"


def snake(name: str) -> str:
    """`quoteShipping` -> `quote_shipping`, `getURL` -> `get_url`."""
    parted = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3_\2\4", name)
    return re.sub(r"\W", "_", parted).lower()


class _Writer:
    def __init__(self, facts: Facts, width: int) -> None:
        self._facts = facts
        self._width = width
        self._name = literals.text(facts.identifier)

    def tests(self) -> Iterator[tuple[str, str]]:
        facts = self._facts
        if facts.needs_identity and facts.args is not None:
            yield self._named("refuses_anonymous", self._anonymous())
            yield self._named("refuses_other_roles", self._without_role() if facts.role else "")
            yield self._named("refuses_another_user", self._stranger() if facts.owned else "")
        if facts.has_args:
            yield self._named("rejects_wrong_arguments", self._wrong())
        yield self._named("answers_any_call", self._any())
        if facts.key:
            yield self._named("is_idempotent", self._replay())
        if facts.shown and facts.kind is Kind.QUERY:
            added = self._watch("what is added", self._added(facts.shown), is_sure=facts.gives_back)
            yield self._named("tells_its_watchers", added)
        elif facts.fed_by[0]:
            changed = self._watch("what is changed", self._change(), is_sure=True)
            yield self._named("tells_its_watchers", changed)
        yield self._named("behaves", self._behaviour())

    def _named(self, what: str, body: str) -> tuple[str, str]:
        name = f"test_{snake(self._facts.name)}_{what}"
        return name, self._function(name, body) if body else ""

    def _function(self, name: str, body: str) -> str:
        used = [f"{each}: {kind}" for each, kind in _FIXTURES.items() if re.search(rf"\b{each}\b[.(,]", body)]
        mark = self._call("@pytest.mark.untested", [self._name], "\n", "") if what_is_open(body) else ""
        return f"{mark}{self._call(f'def {name}', used, ' -> None:', '')}\n{body}\n"

    # --- bodies ------------------------------------------------------------------------------------------

    def _anonymous(self) -> str:
        call_ = self._refuses("convex")
        return self._body(f"`{self._facts.name}` is for those who have signed in.", *call_)

    def _without_role(self) -> str:
        return self._body(f"Only the role {self._facts.role} may.", *self._refuses('as_user("mallory")'))

    def _stranger(self) -> str:
        return self._body(
            "What is alice's is not mallory's.", *self._refuses('as_user("mallory")', owner=True)
        )

    def _wrong(self) -> str:
        return self._body(
            "Arguments that are missing, unknown or of another type are turned away.",
            self._line("contract.rejects_wrong_arguments", [self._name]),
        )

    def _any(self) -> str:
        method = "answers_as_declared" if self._facts.has_returns else "answers_any_call"
        said = "a result that fits `returns`" if self._facts.has_returns else "a result"
        return self._body(
            f"Any valid call gets {said}, or an error with a code.",
            self._line(f"contract.{method}", [self._name, *self._caller()]),
        )

    def _replay(self) -> str:
        return self._body(
            f"A call that is repeated with its `{self._facts.key}` changes nothing more.",
            self._line("contract.replays", [self._name, literals.text(self._facts.key), *self._caller()]),
        )

    def _change(self) -> str:
        """The call of the mutation that changes the document which the query shows."""
        facts = self._facts
        (name,) = literals.fields(facts.args, _variable)
        changed = literals.dictionary({facts.fed_by[1]: _variable(name, self._only_table())})
        return f"{self._watcher()}.mutation({literals.text(facts.fed_by[0])}, {changed})"

    def _only_table(self) -> str:
        args = self._facts.args
        return next((each.table or "" for each in args.fields.values()), "") if args is not None else ""

    def _watcher(self) -> str:
        return "alice" if self._facts.needs_identity else "convex"

    def _watch(self, what: str, change: str, *, is_sure: bool) -> str:
        setup, args = self._arguments(owner=self._facts.needs_identity)
        if len(args) > _SHORT:
            setup.append(self._assign("args", args))
            args = "args"
        parts = [self._watcher(), self._name, args, *([] if is_sure else ["if_shown=True"])]
        return self._body(
            f"Who watches sees {what}{'' if is_sure else ', if it shows'}.",
            *setup,
            self._call("with contract.tells_watchers", parts, ":", _INDENT),
            self._statement("", change, _INDENT * 2),
        )

    def _behaviour(self) -> str:
        return f'{_INDENT}"""Say what `{self._facts.name}` does for whom it is for; then remove the mark."""'

    # --- parts -------------------------------------------------------------------------------------------

    def _refuses(self, caller: str, *, owner: bool = False) -> list[str]:
        setup, args = self._arguments(owner=owner)
        if len(args) > _INLINE:
            setup.append(self._assign("args", args))
            args = "args"
        return [*setup, self._line("contract.refuses", [caller, self._name, args, "unlike=alice"])]

    def _arguments(self, *, owner: bool) -> tuple[list[str], str]:
        """The lines that make what the arguments need, and the arguments."""
        facts = self._facts
        made: dict[str, str] = {}

        def id_of(argument: str, table: str) -> str:
            if table.startswith("_"):
                return f"documents.absent({literals.text(table)})"
            added = self._added(table, owner=table in facts.owned.values())
            if not argument:
                return added
            variable = _variable(argument, table)
            made[variable] = added
            return variable

        fields = literals.fields(facts.args, id_of)
        needs_alice = owner or facts.needs_identity
        lines = (
            [self._assign("alice", f"as_user({', '.join(self._caller(always=True))})")] if needs_alice else []
        )
        if facts.shown and needs_alice and not owner and not made:
            lines.append(self._statement("", self._added(facts.shown), _INDENT))
        return [*lines, *(self._assign(name, value) for name, value in made.items())], literals.dictionary(
            fields
        )

    def _added(self, table: str, *, owner: bool = True) -> str:
        """A document, of alice's where it can be; her own in the table of users is there already."""
        is_hers = owner and self._facts.needs_identity and table != self._facts.users
        parts = [literals.text(table), *(["owner=alice"] if is_hers else [])]
        if is_hers and table in self._facts.claims:
            field, attribute = self._facts.claims[table]
            parts.append(f"{field}=alice.{attribute}")
        return f"documents.add({', '.join(parts)})"

    def _caller(self, *, always: bool = False) -> list[str]:
        facts = self._facts
        if not facts.needs_identity and not always:
            return []
        return ['"alice"', *([f"role={literals.text(facts.role)}"] if facts.role else [])]

    def _call(self, head: str, parts: list[str], tail: str, indent: str) -> str:
        """`head(parts)tail`, broken as formatters do where it is too long."""
        line = f"{indent}{head}({', '.join(parts)}){tail}"
        if len(line) <= self._width or not parts:
            return line
        comma = "," if head.startswith("def ") and len(parts) == 1 else ""
        inner = f"{indent}{_INDENT}{', '.join(parts)}{comma}"
        if len(inner) <= self._width:
            return f"{indent}{head}(\n{inner}\n{indent}){tail}"
        inside = [line for part in parts for line in _broken("", part, ",", indent + _INDENT, self._width)]
        return "\n".join([f"{indent}{head}(", *inside, f"{indent}){tail}"])

    def _line(self, head: str, parts: list[str]) -> str:
        return self._call(head, parts, "", _INDENT)

    def _assign(self, name: str, value: str) -> str:
        return self._statement(f"{name} = ", value, _INDENT)

    def _statement(self, prefix: str, value: str, indent: str) -> str:
        """A dictionary or a call as a statement."""
        head, bracket, inside = value.partition("(")
        if bracket and value.endswith(")") and not value.startswith("{"):
            return self._call(f"{prefix}{head}", _split(inside[:-1]), "", indent)
        return "\n".join(_broken(prefix, value, "", indent, self._width))

    @staticmethod
    def _body(told: str, *lines: str) -> str:
        return "\n".join([f'{_INDENT}"""{told}"""', *lines])


def what_is_open(body: str) -> bool:
    """Whether a body is a place to fill in: nothing but its text."""
    return body.count("\n") == 0


def _broken(prefix: str, value: str, suffix: str, indent: str, width: int) -> list[str]:
    """A value, in as many lines as formatters make of it."""
    line = f"{indent}{prefix}{value}{suffix}"
    if len(line) <= width or not value.startswith("{") or value == "{}":
        return [line]
    inside: list[str] = []
    for entry in _split(value[1:-1]):
        key, _, inner = entry.partition(": ")
        inside += _broken(f"{key}: ", inner, ",", indent + _INDENT, width)
    return [f"{indent}{prefix}{{", *inside, f"{indent}}}{suffix}"]


def _split(entries: str) -> list[str]:
    """The entries of a dictionary's text, at the commas that stand in no bracket and no string."""
    parts, depth, quote, start = [], 0, "", 0
    for at, char in enumerate(entries):
        if quote:
            quote = "" if char == quote and entries[at - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(entries[start:at].strip())
            start = at + 1
    return [*parts, entries[start:].strip()]


def _variable(argument: str, table: str) -> str:
    """`orderId` -> `order`; `id` -> its table."""
    name = re.sub(r"_?id$", "", snake(argument)) or re.sub(r"s$", "", snake(table))
    taken = {"alice", "args", "contract", "convex", "documents", "as_user", "watched", "before"}
    return f"{name}_id" if name in taken or not name.isidentifier() or _is_keyword(name) else name


def _is_keyword(name: str) -> bool:
    import keyword  # noqa: PLC0415 - one question

    return keyword.iskeyword(name) or name in {"type", "list", "input", "object", "next", "filter"}
