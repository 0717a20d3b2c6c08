"""A rule's page, for a terminal, for the docs and for programs."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from scaffold.core.findings import Level
from scaffold.core.text import listing
from scaffold.reporters.view import RuleCard
from scaffold.rules import doc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.reporters.style import Style
    from scaffold.rules.doc import Example
    from scaffold.rules.rule import Rule


def card(rule: Rule) -> RuleCard:
    """What reports tell about a rule."""
    page = doc.parse(rule.doc)
    return RuleCard(
        code=rule.code,
        name=rule.name,
        level=rule.level,
        profile=rule.profile,
        summary=page.summary,
        why=page.why,
        way_out=page.way_out,
    )


def document(rule: Rule) -> dict[str, Any]:
    """The page as data."""
    page = doc.parse(rule.doc)
    return {
        "code": rule.code,
        "name": rule.name,
        "level": rule.level,
        "profile": rule.profile,
        "mapped": list(rule.mapped),
        "needsConvex": rule.needs or None,
        "summary": page.summary,
        "why": page.why,
        "bad": [example.text for example in page.bad],
        "good": [example.text for example in page.good],
        "wayOut": page.way_out,
        "exceptions": page.exceptions,
    }


def terminal(rule: Rule, style: Style, width: int) -> str:
    """The page for a terminal of that many columns."""
    return "".join(f"{line}\n" for line in _terminal(rule, style, width))


def _terminal(rule: Rule, style: Style, width: int) -> Iterator[str]:
    page = doc.parse(rule.doc)
    yield f"{style.paint(rule.code, 'strong')} {rule.name} {style.paint(_standing(rule), 'dim')}"
    yield ""
    yield from style.prose(page.summary, width)
    for title, text in (("Why", page.why), ("Bad", page.bad), ("Good", page.good), ("Way out", page.way_out)):
        if text:
            yield from ("", style.paint(title, "strong"))
        if isinstance(text, str):
            yield from style.prose(text, width)
        else:
            yield from _code(text, style, "error" if title == "Bad" else "good")
    if page.exceptions:
        yield from ("", style.paint("Exceptions", "strong"))
        yield from _list(page.exceptions, style, width)
    yield from ("", style.paint("To keep it as it is", "strong"))
    yield from style.prose(_suppression(rule), width)


def _standing(rule: Rule) -> str:
    """`warning · recommended · the same as no-filter-in-query`, without colours."""
    parts = [str(rule.level), str(rule.profile)]
    if rule.needs:
        parts.append(f"from convex {rule.needs}")
    if rule.mapped:
        parts.append(f"the same as {listing(rule.mapped)}")
    return f"({', '.join(parts)})"


def _suppression(rule: Rule) -> str:
    comment = f"`// scaffold-ignore {rule.code}: the reason`"
    return f"Write {comment} on the line or above it; `until=2030-01-31` and `by=name` may follow the code."


def _code(examples: Iterable[Example], style: Style, tone: str) -> Iterator[str]:
    bar = style.paint(style.sign("│"), tone)
    for number, example in enumerate(examples):
        if number:
            yield ""
        for line in example.text.splitlines():
            code, mark, rest = style.plain(line).partition("// <-")
            comment = style.paint(f"{mark}{rest}", tone) if mark else ""
            yield f"  {bar} {code}{comment}".rstrip()


def _list(text: str, style: Style, width: int) -> Iterator[str]:
    for item in text.split("\n- "):
        first, *more = style.prose(item.removeprefix("- "), width - 2)
        yield f"- {first}"
        yield from (f"  {line}" for line in more)


def overview(rules: Iterable[Rule], style: Style, width: int) -> str:
    """All rules, one a line: code, name, level, profile and what is wrong."""
    rules = list(rules)
    names = max((len(rule.name) for rule in rules), default=0)
    lines = []
    for rule in rules:
        level = style.paint(f"{rule.level:<7}", rule.level)
        head = f"{rule.code:<6}  {rule.name:<{names}}  {rule.level:<7}  {rule.profile:<11}"
        room = width - len(head) - 2
        code = style.paint(f"{rule.code:<6}", "strong")
        shown = f"{code}  {rule.name:<{names}}  {level}  {rule.profile:<11}"
        lines.append(f"{shown}  {_short(rule, style, room)}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def _short(rule: Rule, style: Style, room: int) -> str:
    """As much of the summary as there is room for; none in a narrow terminal."""
    summary = style.plain(doc.parse(rule.doc).summary)
    return textwrap.shorten(summary, room, placeholder=style.sign("…")) if room > 2 * len("...") else ""


def markdown(rule: Rule) -> str:
    """The page of the docs."""
    page = doc.parse(rule.doc)
    parts = [f"# {rule.code} {rule.name}", page.summary, _table(rule), "## Why", page.why]
    for title, examples in (("Bad", page.bad), ("Good", page.good)):
        parts += [f"## {title}", *(f"```{each.language}\n{each.text}\n```" for each in examples)]
    parts += ["## Way out", page.way_out]
    if page.exceptions:
        parts += ["## Exceptions", page.exceptions]
    parts += ["## To keep it as it is", _suppression(rule)]
    return "\n\n".join(parts) + "\n"


def _table(rule: Rule) -> str:
    rows = {"level": str(rule.level), "profile": str(rule.profile)}
    if rule.needs:
        rows["from convex"] = rule.needs
    if rule.mapped:
        rows["the same as"] = ", ".join(f"`{name}`" for name in rule.mapped)
    return "\n".join(["| | |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in rows.items())])


def index(rules: Iterable[Rule]) -> str:
    """The docs' table of all rules."""
    rows = [
        f"| [{rule.code}](rules/{rule.code}.md) | {rule.name} | {_bold(rule.level)} | {rule.profile} "
        f"| {doc.parse(rule.doc).summary.replace('|', chr(92) + '|')} |"
        for rule in rules
    ]
    head = "| code | name | level | profile | what is wrong |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows, ""])


def _bold(level: Level) -> str:
    return f"**{level}**" if level is Level.ERROR else str(level)
