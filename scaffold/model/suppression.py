"""Comments that ask for silence: ours, and those for ESLint."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scaffold.core.places import Place
    from scaffold.model.module import Module

WHOLE_FILE = "scaffold-ignore-file"
DIRECTIVES = ("scaffold-ignore", WHOLE_FILE)
END = 1 << 60
"""A last line beyond every file."""

_NEAR = 200  # bytes beside a comment that are looked at before a whole line is
_MANY = 20

_OURS = regex(r"(scaffold-ignore[\w-]*)(.*)", re.DOTALL)
_ESLINT = regex(r"eslint-(disable-next-line|disable-line|disable|enable)(?![\w-])(.*)", re.DOTALL)
_OPTION = regex(r"(?:^|\s)(until|by)=([^\s:]+)")
_UNFILLED = regex(r"(?:^|\s)(until|by)=(?=[\s:]|$)")
_DELIMITERS = regex(r"^(?://|/\*+)|\*+/$")
_COMMENT_LINE = regex(r"//|\{?/\*(?:(?!\*/).)*\*/\}?$")


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """One of our comments as it was written; `first` and `last` are the lines it speaks for, inclusive.

    `codes` are the words before the colon, whether they are codes or not. `misplaced`: it is for the whole
    file, and does not stand at its top. `unfilled` are the options that its reason leaves empty.
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
    unfilled: tuple[str, ...] = ()

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
    code = _Code(module)
    for comment in _distinct(module):
        match = _OURS.match(_content(comment))
        if match:
            yield _suppression(module, comment, match[1], match[2], code)


def foreign(module: Module) -> Iterator[Foreign]:
    """The `eslint-disable` comments of a file."""
    comments = list(_distinct(module))
    found = [(each, match) for each in comments if (match := _ESLINT.match(_content(each)))]
    enabling = _Enabling(found)
    for comment, match in found:
        rules, reason = _eslint_words(match[2])
        for rule in rules or ("",):
            lines = _eslint_lines(module, comment, match[1], rule, enabling)
            if lines:
                first, last = lines
                yield Foreign(path=module.path, rule=rule, reason=reason, first=first, last=last)


class _Enabling:
    """Where a file's `eslint-enable` comments stand, by the rule that they switch on ("": all)."""

    def __init__(self, comments: list[tuple[n.Comment, re.Match[str]]]) -> None:
        self._starts: dict[str, list[int]] = {}
        for comment, match in comments:
            if match[1] == "enable" and comment.text.startswith("/*"):
                for rule in _eslint_words(match[2])[0] or ("",):
                    self._starts.setdefault(rule, []).append(comment.start)

    def line_after(self, module: Module, comment: n.Comment, rule: str) -> int:
        """The line on which a rule is switched on again behind a comment."""
        each = (self._starts.get(name, []) for name in {"", rule})
        next_ones = [
            starts[at] for starts in each if (at := bisect_right(starts, comment.start)) < len(starts)
        ]
        return module.place(min(next_ones), min(next_ones)).line if next_ones else END


def _eslint_lines(
    module: Module, comment: n.Comment, kind: str, rule: str, enabling: _Enabling
) -> tuple[int, int] | None:
    """The lines that an `eslint-disable` comment speaks for; None if ESLint would not heed it."""
    place = module.at(comment)
    if kind == "disable-line":
        return place.line, place.line
    if kind == "disable-next-line":
        return place.end_line + 1, place.end_line + 1
    if kind == "disable" and comment.text.startswith("/*"):
        return place.line, enabling.line_after(module, comment, rule)
    return None


class Tree:
    """The syntax tree of a file whose findings comments may speak of."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._wide: dict[int, tuple[n.Node | None, list[n.Node], list[int]]] = {}

    def lines_of(self, place: Place) -> tuple[int, int]:
        """The lines on which a comment is taken to speak of a place.

        They start where the expression starts that the place is the end of: of a chain over several lines,
        the `.filter` may be what is found, but comments stand above its first line, and other tools report
        there.
        """
        node = self._innermost(place.start)
        return (self._module.at(node).line if node else place.line), place.end_line

    def _innermost(self, offset: int) -> n.Node | None:
        found: n.Node | None = None
        while node := self._part(found, offset):
            found = node
        return found

    def _part(self, node: n.Node | None, offset: int) -> n.Node | None:
        """The part of a node, or of the file, that holds an offset. Many are looked through in halves."""
        if id(node) in self._wide:
            _, nodes, starts = self._wide[id(node)]
            last = max(0, bisect_right(starts, offset) - 1)
            nodes = nodes[last : last + 1]
        else:
            nodes = parts(node) if node else list(self._module.body)
            starts = [each.start for each in nodes]
            if len(nodes) > _MANY and starts == sorted(set(starts)):
                self._wide[id(node)] = node, nodes, starts
        return next((each for each in nodes if each.start <= offset < each.end), None)


def removal(module: Module, comment: Place) -> tuple[int, int]:
    """The bytes to take out with a comment: its lines if it stands alone, else the spaces before it."""
    source = module.lines.source
    if not _stands_alone(module, comment):
        return len(source[: comment.start].rstrip(b" \t")), comment.end
    end = source.find(b"\n", comment.end) + 1
    return _start_of_line(module, comment), end or len(source)


def _distinct(module: Module) -> Iterator[n.Comment]:
    """Each comment once, in the order of the file."""
    yield from {comment.start: comment for comment in module.facts.comments}.values()


def _content(comment: n.Comment) -> str:
    inner = _DELIMITERS.sub("", comment.text.strip())
    lines = (line.strip().removeprefix("*").strip() for line in inner.splitlines())
    return " ".join(line for line in lines if line)


def _stands_alone(module: Module, comment: Place) -> bool:
    source, start = module.lines.source, _start_of_line(module, comment)
    before = source[max(start, comment.start - _NEAR) : comment.start].decode("utf-8", "replace").strip()
    after = source[comment.end : comment.end + _NEAR].decode("utf-8", "replace").partition("\n")[0].strip()
    if (before, after) not in {("", ""), ("{", "}")}:
        return False
    end = source.find(b"\n", comment.end)
    line = source[start : comment.start], source[comment.end : end if end >= 0 else len(source)]
    return tuple(each.decode("utf-8", "replace").strip() for each in line) == (before, after)


def _start_of_line(module: Module, comment: Place) -> int:
    """Where the comment's line starts, after a byte order mark."""
    start = module.lines.start_of(comment.line)
    has_mark = start == 0 and module.lines.source.startswith(b"\xef\xbb\xbf")
    return 3 if has_mark else start


def _suppression(module: Module, comment: n.Comment, directive: str, rest: str, code: _Code) -> Suppression:
    place = module.at(comment)
    first, last = (1, END) if directive == WHOLE_FILE else _lines_for(module, place, code)
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
        misplaced=directive == WHOLE_FILE and comment.start > code.start,
        unfilled=tuple(_UNFILLED.findall(reason)),
    )


def _lines_for(module: Module, place: Place, code: _Code) -> tuple[int, int]:
    """The line of a comment beside code; the next line of code for one that stands alone."""
    if not _stands_alone(module, place):
        return place.line, place.end_line
    target = code.line_from(place.end_line + 1)
    return target, target


class _Code:
    """Where a file has code: `start` is the offset of the first statement that is no directive."""

    def __init__(self, module: Module) -> None:
        self._lines = module.lines
        self._known: dict[int, int] = {}
        self.start = _first_statement(module)

    def line_from(self, line: int) -> int:
        """The first line from `line` on that is neither empty nor a comment."""
        passed: list[int] = []
        while line <= len(self._lines) and line not in self._known:
            text = self._lines.text(line).strip()
            opens = text.startswith("/*") and "*/" not in text
            if text and not opens and not _COMMENT_LINE.match(text):
                break
            passed.append(line)
            line = (self._closing(line) if opens else line) + 1
        found = self._known.get(line, line)
        self._known |= dict.fromkeys(passed, found)
        return found

    def _closing(self, line: int) -> int:
        """The line that closes the comment which `line` opens; the last one if none does."""
        below = range(line + 1, len(self._lines) + 1)
        return next((each for each in below if "*/" in self._lines.text(each)), len(self._lines))


def _first_statement(module: Module) -> int:
    for statement in module.statements():
        if not (isinstance(statement, n.Do) and isinstance(statement.value, n.String)):
            return statement.start
    return len(module.lines.source)


def _eslint_words(rest: str) -> tuple[tuple[str, ...], str]:
    rules, _, reason = rest.partition("--")
    return tuple(rules.replace(",", " ").split()), reason.strip(" -")
