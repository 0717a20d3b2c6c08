"""From bytes to events: lines, arrays, pretty-printed JSON, gzip, text around a line of the template."""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from scaffold.report import wire

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

_CHUNK = 1 << 20
_PIECE = 1 << 16
_LONGEST = 16 << 20  # bytes of one event; a longer one is broken
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_TOKEN = 16  # characters of the longest token that may be cut, a number
SCHEMA = '{"schema":"'
"""How a line of the template begins."""

_SCHEMAS = frozenset({"function-call/1", "retry/1"})
_LEVELS = tuple(f"[{level}]".encode() for level in ("DEBUG", "INFO", "LOG", "WARN", "ERROR"))
_BETWEEN = re.compile(r"[\s\[\],]*")  # what may stand between two events of a document
_NEXT = re.compile(r"\n\s*(?=[{\[])")


@dataclass
class Counts:
    """What became of what was read. `broken` is no JSON, `unknown` is JSON of some other kind."""

    events: int = 0
    duplicates: int = 0
    outside: int = 0
    cut_lines: int = 0  # lines of the template that were longer than the platform lets through
    broken: int = 0
    unknown: int = 0
    bytes: int = 0
    cut: bool = False
    interrupted: bool = False


def read(stream: io.BufferedReader, counts: Counts) -> Iterator[wire.Event | wire.Record]:
    """The events in a stream, in its order. Nothing that stands in it raises; it is counted."""
    chunks = _chunks(_unpacked(stream), counts)
    rest = b""
    started = False
    for chunk in chunks:
        text = rest + chunk
        if not started:
            text = text.removeprefix(_BOM)
        if len(text) > _LONGEST or (not started and _is_begun(text)):
            yield from _Documents(text, chunks, counts).events()
            return
        lines = text.split(b"\n")
        rest = lines.pop()
        started = started or any(map(bytes.strip, lines))
        yield from _of_lines(lines, counts)
    yield from _of_lines([rest], counts)


def _of_lines(lines: list[bytes], counts: Counts) -> Iterator[wire.Event | wire.Record]:
    decode = wire.event
    for line in lines:
        try:
            event = decode(line)
            yield event if event.schema is None else _record(line)
        except (msgspec.ValidationError, RecursionError):
            yield from _odd(line, counts)
        except msgspec.DecodeError as error:
            yield from _no_event(line, str(error), counts)


def _unpacked(buffered: io.BufferedReader) -> io.BufferedIOBase:
    if buffered.peek(2)[:2] == _GZIP:
        return gzip.GzipFile(fileobj=buffered)
    return buffered


def _chunks(stream: io.BufferedIOBase, counts: Counts) -> Iterator[bytes]:
    while chunk := _chunk(stream, counts):
        counts.bytes += len(chunk)
        yield chunk


def _chunk(stream: io.BufferedIOBase, counts: Counts) -> bytes:
    """The next bytes; none at the end, which may come too early."""
    try:
        return stream.read1(_CHUNK)  # what there is: pipes may be slow
    except (EOFError, zlib.error, gzip.BadGzipFile):
        counts.cut = True
    return b""


def _is_begun(text: bytes) -> bool:
    """Whether the first line is the begin of some JSON that goes on in the next one, and not just cut off."""
    line, ended, _ = text.lstrip().partition(b"\n")
    if not ended or line[:1] not in {b"{", b"["} or line.rstrip()[-1:] not in {b"{", b"[", b","}:
        return False
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    except RecursionError:
        return True
    return False


def _odd(line: bytes, counts: Counts) -> Iterator[wire.Event | wire.Record]:
    """No event, but perhaps an array of them, or a text with a line of the template in it."""
    try:
        items = wire.array(line) if line.lstrip().startswith(b"[") else []
    except (msgspec.DecodeError, RecursionError) as error:
        yield from _no_event(line, str(error), counts)
        return
    if not line.lstrip().startswith(b"["):
        yield from _wrapped(line) or _unknown(counts)
    for raw in items:
        try:
            yield _item(raw)
        except msgspec.ValidationError:
            counts.unknown += 1


def _no_event(line: bytes, reason: str, counts: Counts) -> Iterator[wire.Event | wire.Record]:
    """No JSON, unless a line of the template stands in it, or several documents do."""
    text = line.strip()
    if not text:
        return
    if "trailing characters" in reason and text[:1] in {b"{", b"["} and not text.startswith(_LEVELS):
        yield from _Documents(text, iter(()), counts).events()
        return
    found = _wrapped(text)
    counts.broken += not found
    yield from found


def _wrapped(line: bytes) -> tuple[wire.Record, ...]:
    """The line of the template in a line of text."""
    found = ours(line.decode("utf-8", "replace")) if b"function-call/" in line or b"retry/" in line else None
    return () if found is None else (found,)


def _unknown(counts: Counts) -> tuple[wire.Record, ...]:
    counts.unknown += 1
    return ()


def _item(data: bytes | str | msgspec.Raw) -> wire.Event | wire.Record:
    event = wire.event(data)
    return event if event.schema is None else _record(data)


def _record(data: bytes | str | msgspec.Raw) -> wire.Record:
    """A line of the template, of a version that we know."""
    record = wire.record(data)
    if record.schema not in _SCHEMAS:
        raise msgspec.ValidationError(record.schema)
    return record


def ours(text: str) -> wire.Record | None:
    """The line of the template in a text as consoles show it: quoted, escaped, with a level before it."""
    start = text.find(SCHEMA)
    if start < 0:
        start = text.find('{\\"schema\\":')
        if start < 0:
            return None
    body = text[start : text.rfind("}") + 1]
    try:
        return _record(body)
    except msgspec.ValidationError:
        return None
    except msgspec.DecodeError:
        pass
    try:
        return _record(re.sub(r"\\(.)", r"\1", body))
    except msgspec.DecodeError:
        return None


def _pieces(begun: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Small ones: an error in JSON costs time in proportion to the text before it."""
    for chunk in chain([begun], chunks):
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


class _Documents:
    """Events of JSON that does not keep to lines: pretty-printed, an array of megabytes, one after another.

    Brackets and commas between events are passed over, so what holds them together does not matter.
    """

    def __init__(self, begun: bytes, chunks: Iterator[bytes], counts: Counts) -> None:
        self._pieces = _pieces(begun, chunks)
        self._counts = counts
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._at = 0

    def events(self) -> Iterator[wire.Event | wire.Record]:
        while self._skip():
            start, end = self._at, self._end()
            if end is None:
                continue
            self._at = end
            try:
                yield _item(self._text[start:end])
            except msgspec.DecodeError:
                self._counts.unknown += 1

    def _skip(self) -> bool:
        """Go on to the next event; False if there is none."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _end(self) -> int | None:
        """Where the event ends that begins here; None if there is no end yet, or if it is broken."""
        try:
            if self._text[self._at] == "{":
                return json.JSONDecoder().raw_decode(self._text, self._at)[1]
        except json.JSONDecodeError as error:
            near_end = error.pos > len(self._text) - _TOKEN or error.msg.startswith("Unterminated")
            if near_end and len(self._text) - self._at < _LONGEST and self._more():
                return None
        except RecursionError:
            pass
        self._counts.broken += 1
        found = _NEXT.search(self._text, self._at)
        self._at = found.end() if found else len(self._text)
        return None

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text = self._text[self._at :] + self._decoder.decode(piece)
        self._at = 0
        return True
