"""Comments that ask for silence: ours, and those for ESLint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from scaffold.core.places import Lines, Place
    from scaffold.model.module import Module

WHOLE_FILE = "scaffold-ignore-file"
DIRECTIVES = ("scaffold-ignore", WHOLE_FILE)
END = 1 << 60
"""A last line beyond every file."""

_Matched = list[tuple[n.Comment, re.Match[str]]]

_OURS = regex(r"(scaffold-ignore[\w-]*)(.*)", re.DOTALL)
_ESLINT = regex(r"eslint-(disable-next-line|disable-line|disable|enable)(?![\w-])(.*)", re.DOTALL)
_OPTION = regex(r"(?:^|\s)(until|by)=([^\s:]+)")
_DELIMITERS = regex(r"^(?://|/\*+)|\*+/$")
_COMMENT_LINE = regex(r"//|\{?/\*(?:(?!\*/).)*\*/\}?$")


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """One of our comments as it was written; `first` and `last` are the lines it speaks for, inclusive.

    `codes` are the words before the colon, whether they are codes or not. `misplaced`: it is for the whole
    file, and does not stand at its top.
    """

    place: Place
    directive: str
    codes: tuple[str, ...]
    reason: str
    until: str
    by: str
    first: int
    last: int
    misplaced: bool = False

    def covers(self, first: int, last: int) -> bool:
        """Whether the comment speaks for something on these lines."""
        return first <= self.last and last >= self.first

    @property
    def expiry(self) -> date | None:
        """The last day it holds; None if it names none, or nothing that is a day."""
        from datetime import date  # noqa: PLC0415 - few comments have one

        try:
            return date.fromisoformat(self.until) if self.until else None
        except ValueError:
            return None


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """What an `eslint-disable` comment says of one rule ("": of all), and the lines it speaks for."""

    path: str
    rule: str
    reason: str
    first: int
    last: int

    def covers(self, first: int, last: int) -> bool:
        """Whether the comment speaks for something on these lines."""
        return first <= self.last and last >= self.first

    def names(self, rule: str) -> bool:
        """Whether it switches a rule off; plugins may be registered under any prefix."""
        return not self.rule or rule.rpartition("/")[2] == self.rule.rpartition("/")[2]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A suppression and how it did in a run, to be judged.

    `removal` are the bytes to take out so that no trace of it is left. `used` are the codes of what it
    silenced, `ran` those of the rules that ran to their end on its file, `known` all codes there are.
    """

    suppression: Suppression
    removal: tuple[int, int]
    used: frozenset[str]
    ran: frozenset[str]
    known: frozenset[str]
    today: date
    require_until: bool = False
    require_by: bool = False


def ours(module: Module) -> Iterator[Suppression]:
    """The `scaffold-ignore` comments of a file."""
    for comment in _distinct(module):
        match = _OURS.match(_content(comment))
        if match:
            yield _suppression(module, comment, match[1], match[2])


def foreign(module: Module) -> Iterator[Foreign]:
    """The `eslint-disable` comments of a file."""
    comments = list(_distinct(module))
    found = [(each, match) for each in comments if (match := _ESLINT.match(_content(each)))]
    for position, (comment, match) in enumerate(found):
        rules, reason = _eslint_words(match[2])
        for rule in rules or ("",):
            lines = _eslint_lines(module, comment, match[1], rule, found[position + 1 :])
            if lines:
                first, last = lines
                yield Foreign(path=module.path, rule=rule, reason=reason, first=first, last=last)


def _eslint_lines(
    module: Module, comment: n.Comment, kind: str, rule: str, later: _Matched
) -> tuple[int, int] | None:
    """The lines that an `eslint-disable` comment speaks for; None if ESLint would not heed it."""
    place = module.at(comment)
    if kind == "disable-line":
        return place.line, place.line
    if kind == "disable-next-line":
        return place.end_line + 1, place.end_line + 1
    if kind == "disable" and comment.text.startswith("/*"):
        return place.line, _enabled_again(module, rule, later)
    return None


def lines_of(module: Module, place: Place) -> tuple[int, int]:
    """The lines on which a comment is taken to speak of a place.

    They start where the expression starts that the place is the end of: of a chain over several lines, the
    `.filter` may be what is found, but comments stand above its first line, and other tools report there.
    """
    node = _innermost(module.facts.body, place.start)
    return (module.at(node).line if node else place.line), place.end_line


def removal(module: Module, comment: Place) -> tuple[int, int]:
    """The bytes to take out with a comment: its lines if it stands alone, else the spaces before it."""
    source = module.lines.source
    if not _stands_alone(module, comment):
        return len(source[: comment.start].rstrip(b" \t")), comment.end
    end = source.find(b"\n", comment.end) + 1
    return _start_of_line(module, comment), end or len(source)


def _innermost(nodes: Sequence[n.Node], offset: int) -> n.Node | None:
    found = None
    while node := next((each for each in nodes if each.start <= offset < each.end), None):
        found, nodes = node, parts(node)
    return found


def _distinct(module: Module) -> Iterator[n.Comment]:
    """Each comment once, in the order of the file."""
    yield from {comment.start: comment for comment in module.facts.comments}.values()


def _content(comment: n.Comment) -> str:
    inner = _DELIMITERS.sub("", comment.text.strip())
    lines = (line.strip().removeprefix("*").strip() for line in inner.splitlines())
    return " ".join(line for line in lines if line)


def _stands_alone(module: Module, comment: Place) -> bool:
    before = module.lines.source[_start_of_line(module, comment) : comment.start].decode("utf-8", "replace")
    after = module.lines.text(comment.end_line)[comment.end_column - 1 :]
    return (before.strip(), after.strip()) in {("", ""), ("{", "}")}


def _start_of_line(module: Module, comment: Place) -> int:
    """Where the comment's line starts, after a byte order mark."""
    start = module.lines.start_of(comment.line)
    has_mark = start == 0 and module.lines.source.startswith(b"\xef\xbb\xbf")
    return 3 if has_mark else start


def _suppression(module: Module, comment: n.Comment, directive: str, rest: str) -> Suppression:
    place = module.at(comment)
    first, last = (1, END) if directive == WHOLE_FILE else _lines_for(module, place)
    options = dict(_OPTION.findall(rest))
    codes, _, reason = _OPTION.sub("", rest).partition(":")
    return Suppression(
        place=place,
        directive=directive,
        codes=tuple(codes.replace(",", " ").split()),
        reason=reason.strip(),
        until=options.get("until", ""),
        by=options.get("by", ""),
        first=first,
        last=last,
        misplaced=directive == WHOLE_FILE and comment.start > _first_statement(module),
    )


def _lines_for(module: Module, place: Place) -> tuple[int, int]:
    """The line of a comment beside code; the next line of code for one that stands alone."""
    if not _stands_alone(module, place):
        return place.line, place.end_line
    target = _next_code(module.lines, place.end_line + 1)
    return target, target


def _next_code(lines: Lines, line: int) -> int:
    """The first line from `line` on that is neither empty nor a comment."""
    in_block = False
    while line <= len(lines):
        text = lines.text(line).strip()
        if in_block:
            in_block = "*/" not in text
        elif text.startswith("/*") and "*/" not in text:
            in_block = True
        elif text and not _COMMENT_LINE.match(text):
            return line
        line += 1
    return line


def _first_statement(module: Module) -> int:
    for statement in module.statements():
        if not (isinstance(statement, n.Do) and isinstance(statement.value, n.String)):
            return statement.start
    return len(module.lines.source)


def _eslint_words(rest: str) -> tuple[tuple[str, ...], str]:
    rules, _, reason = rest.partition("--")
    return tuple(rules.replace(",", " ").split()), reason.strip(" -")


def _enabled_again(module: Module, rule: str, later: _Matched) -> int:
    """The line of the `eslint-enable` for a rule, or for all."""
    for comment, match in later:
        if match[1] == "enable" and comment.text.startswith("/*"):
            enabled, _ = _eslint_words(match[2])
            if not enabled or rule in enabled:
                return module.at(comment).line
    return END
