"""The code a finding is about, with its line numbers and a mark under the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.reporters.style import Style, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Evidence, Finding
    from scaffold.core.places import Place
    from scaffold.core.sources import Sources

_EVIDENCE = 6  # more places than these are counted, not shown
_LEFT = "  "
_NEAR = 4  # times the room before and behind a place; of a line of a megabyte no more is looked at


class Frame:
    """Draws one finding's code and evidence. `width` is that of the terminal, in columns."""

    def __init__(self, finding: Finding, sources: Sources, style: Style, width: int) -> None:
        self.finding = finding
        self.sources = sources
        self.style = style
        shown = [finding.place, *(evidence.place for evidence in finding.evidence[:_EVIDENCE])]
        self.gutter = max(3, *(len(str(place.line + 1)) for place in shown))
        self.room = max(20, width - len(_LEFT) - self.gutter - 3)

    def lines(self) -> Iterator[str]:
        """The frame without its last corner, which belongs to the way out."""
        yield self._edge("╭╴", self._where(self.finding.place))
        yield from self._code(self.finding.place, context=True)
        for evidence in self.finding.evidence[:_EVIDENCE]:
            yield from self._evidence(evidence)
        more = len(self.finding.evidence) - _EVIDENCE
        if more > 0:
            yield self._edge("├╴", self.style.paint(f"and {more} more", "dim"))

    def indent(self) -> str:
        """What stands left of text that continues below the frame."""
        return _LEFT + " " * (self.gutter + 1)

    def _edge(self, sign: str, text: str) -> str:
        return f"{self.indent()}{self.style.paint(self.style.sign(sign), 'dim')}{text}"

    def _where(self, place: Place) -> str:
        return self.style.paint(self.style.plain(str(place)), "dim")

    def _evidence(self, evidence: Evidence) -> Iterator[str]:
        message, *more = self.style.prose(evidence.message, self.room) or [""]
        dot = self.style.paint(f" {self.style.sign('·')} ", "dim")
        where = self._where(evidence.place)
        fits = columns(str(evidence.place)) + columns(evidence.message) + 3 <= self.room
        yield self._edge("├╴", f"{where}{dot}{message}" if fits else where)
        for line in [] if fits else [message, *more]:
            yield self._row("", line)
        yield from self._code(evidence.place, context=False)

    def _code(self, place: Place, *, context: bool) -> Iterator[str]:
        lines = self.sources.lines(place.path)
        text = lines.text(place.line)
        if not text.strip():
            return
        window = _Window(text, place, self.room, self.style)
        if context and (before := lines.text(place.line - 1)).strip():
            yield self._row(str(place.line - 1), self.style.paint(window.cut(before), "dim"))
        yield self._row(str(place.line), window.cut(text))
        yield self._row("", window.mark("━" if context else "─", self.finding.level if context else "info"))
        if context and (after := lines.text(place.line + 1)).strip():
            yield self._row(str(place.line + 1), self.style.paint(window.cut(after), "dim"))

    def _row(self, number: str, text: str) -> str:
        bar = self.style.paint(f"{number:>{self.gutter}} {self.style.sign('│')}", "dim")
        return f"{_LEFT}{bar} {text}".rstrip()


class _Window:
    """The part of long lines that is shown: the one that holds the place."""

    def __init__(self, text: str, place: Place, room: int, style: Style) -> None:
        self.style = style
        self.room = room
        start = place.column - 1
        self.near = slice(max(0, start - _NEAR * room), start + _NEAR * room)
        self.before = self.style.plain(text[self.near.start : start])
        end = place.end_column - 1 if place.end_line == place.line else len(text)
        self.marked = self.style.plain(text[start : min(end, self.near.stop)].rstrip())
        needed = columns(self.before) + min(columns(self.marked), room // 2)
        self.skip = 0 if needed <= room else max(0, columns(self.before) - room // 4)

    def cut(self, text: str) -> str:
        """What of a line falls into the window."""
        text = self.style.plain(text[self.near])
        more = self.style.sign("…")
        if self.skip:
            text = more + _from_column(text, self.skip + len(more))
        if columns(text) > self.room:
            text = _until_column(text, self.room - len(more)) + more
        return text.rstrip()

    def mark(self, sign: str, tone: str) -> str:
        """The line under the place."""
        start = columns(self.before) - self.skip
        length = min(max(columns(self.marked), 1), self.room - start)
        return " " * start + self.style.paint(self.style.sign(sign) * max(length, 1), tone)


def _from_column(text: str, column: int) -> str:
    """The text from a column on; half a wide character is a space."""
    width = 0
    for position, character in enumerate(text):
        if width >= column:
            return " " * (width - column) + text[position:]
        width += columns(character)
    return ""


def _until_column(text: str, column: int) -> str:
    width = 0
    for position, character in enumerate(text):
        width += columns(character)
        if width > column:
            return text[:position]
    return text
