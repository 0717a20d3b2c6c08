"""Whatever holds the events, they come out; what is broken is counted."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest

from scaffold.report import reading, wire
from scaffold.report.reading import Counts, read

_ONE = {"topic": "console", "timestamp": 1, "message": "one"}
_TWO = {"topic": "console", "timestamp": 2, "message": "tw} \\ [ö"}
_OURS = '{"schema":"function-call/1","function":"a:b","class":"query","outcome":"ok"}'


class _Slow(io.RawIOBase):
    """Gives a few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(self._size, len(buffer))
        part, self._data = self._data[:size], self._data[size:]
        buffer[: len(part)] = part
        return len(part)


def _read(data: bytes | str, size: int = 1 << 20) -> tuple[list[str], Counts]:
    raw = data.encode() if isinstance(data, str) else data
    counts = Counts()
    items = read(io.BufferedReader(_Slow(raw, size)), counts)
    return [_name(item) for item in items], counts


def _name(item: wire.Event | wire.Record) -> str:
    if isinstance(item, wire.Record):
        return item.function
    return (item.data or item).message or item.kind or "?"


_BOTH = [_ONE["message"], _TWO["message"]]
_SHAPES = {
    "lines": f"{json.dumps(_ONE)}\n{json.dumps(_TWO)}\n",
    "the last line without an end": f"{json.dumps(_ONE)}\r\n\r\n{json.dumps(_TWO)}",
    "an array": json.dumps([_ONE, _TWO]),
    "an array a line": f"{json.dumps([_ONE])}\n{json.dumps([_TWO])}\n[]\n",
    "one after another": json.dumps(_ONE) + json.dumps(_TWO),
    "arrays one after another": json.dumps([_ONE]) + json.dumps([_TWO]),
    "pretty-printed": json.dumps([_ONE, _TWO], indent=2),
    "pretty-printed, one after another": f"{json.dumps(_ONE, indent=4)}\n{json.dumps(_TWO, indent=4)}\n",
    "an array with an event a line": f"[{json.dumps(_ONE)},\n{json.dumps(_TWO)}]\n",
    "with a byte order mark": "\ufeff" + json.dumps(_ONE) + "\n" + json.dumps(_TWO),
    "of Axiom": f'{{"_time": "x", "data": {json.dumps(_ONE)}}}\n{{"data": {json.dumps(_TWO)}}}',
}


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("shape", _SHAPES)
def test_every_shape(shape: str, size: int) -> None:
    found, counts = _read(_SHAPES[shape], size)
    assert (found, counts.broken, counts.unknown) == (_BOTH, 0, 0)


@pytest.mark.parametrize("shape", _SHAPES)
def test_compressed(shape: str) -> None:
    assert _read(gzip.compress(_SHAPES[shape].encode()))[0] == _BOTH


def test_damaged_compression_keeps_what_came_before() -> None:
    data = "".join(
        f'{{"topic": "console", "message": "{number * 7919 % 10007}"}}\n' for number in range(9000)
    )
    found, counts = _read(gzip.compress(data.encode())[:-5000])
    assert 1000 < len(found) < 9000
    assert counts.cut


def test_broken_lines_are_counted() -> None:
    found, counts = _read(
        f'nonsense\n{json.dumps(_ONE)}\n{{"kind": "Comp\n\xff\n{json.dumps(_TWO)}\n{{"topic": 1}}\n'
    )
    assert (found, counts.broken, counts.unknown) == (_BOTH, 3, 1)


def test_a_file_that_begins_in_the_middle_of_a_line() -> None:
    found, counts = _read(f'{{"kind": "Com\n{json.dumps(_ONE)}\n{json.dumps(_TWO)}\n')
    assert (found, counts.broken) == (_BOTH, 1)


def test_a_wrong_event_in_an_array_leaves_the_others() -> None:
    found, counts = _read(json.dumps([_ONE, {"topic": 5}, 7, _TWO]))
    assert (found, counts.unknown) == (_BOTH, 2)


def test_a_broken_event_between_pretty_ones_leaves_the_others() -> None:
    text = f'{json.dumps(_ONE, indent=1)}\n{{\n"topic": oops\n}}\n{json.dumps(_TWO, indent=1)}'
    found, counts = _read(text)
    assert (found, counts.broken) == (_BOTH, 1)


def test_one_line_larger_than_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LONGEST", 2000)
    monkeypatch.setattr(reading, "_CHUNK", 500)
    found, counts = _read(json.dumps([_ONE, _TWO] * 500), 300)
    assert (found, counts.broken, counts.unknown) == (_BOTH * 500, 0, 0)


def test_deep_nesting_is_broken_and_no_crash() -> None:
    found, counts = _read("[" * 100_000 + "\n" + json.dumps(_ONE))
    assert counts.broken + counts.unknown + len(found) >= 1


@pytest.mark.parametrize(
    "line",
    [
        _OURS,
        f"'{_OURS}'",
        f"[LOG] '{_OURS}'",
        f"11/21/2026, 6:00:00 PM [CONVEX Q(a:b)] [LOG] '{_OURS}'",
        json.dumps(_OURS),
    ],
)
def test_a_line_of_the_template_in_any_wrapping(line: str) -> None:
    found, counts = _read(line + "\n")
    assert (found, counts.broken, counts.unknown) == (["a:b"], 0, 0)


def test_quotes_in_a_line_of_the_template() -> None:
    text = _OURS.replace('"ok"', '"ok","errorType":"it\'s \\"x\\""')
    record = reading.ours("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
    assert record is not None
    assert record.error_type == 'it\'s "x"'


def test_a_cut_line_of_the_template_is_none() -> None:
    assert reading.ours(f"'{_OURS[:40]}") is None


@pytest.mark.parametrize("schema", ["function-call/2", "mine/1"])
def test_lines_of_other_schemas_are_not_ours(schema: str) -> None:
    line = _OURS.replace("function-call/1", schema)
    assert reading.ours(f"'{line}'") is None
    found, counts = _read(line)
    assert (found, counts.unknown) == ([], 1)
