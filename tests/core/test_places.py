from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scaffold.core.places import Lines

TEXT = st.text("ab\r\nä\N{ZERO WIDTH NO-BREAK SPACE}", max_size=30).map(str.encode)


@given(TEXT)
def test_the_line_that_a_place_starts_in_is_the_line_of_its_number(source: bytes) -> None:
    lines = Lines("a.ts", source)
    places = [lines.place(start, start) for start in range(len(source) + 1)]

    assert list(map(lines.first, places)) == [lines.text(place.line) for place in places]


def test_where_line_and_offset_do_not_agree_the_line_counts() -> None:
    lines = Lines("a.ts", b"one\ntwo\nthree")
    place = lines.place(5, 6)

    assert [lines.first(replace(place, line=line)) for line in (1, 2, 3, 4)] == ["one", "two", "three", ""]


@given(
    st.text("ab\r\nä\N{ZERO WIDTH NO-BREAK SPACE}\N{HOUSE BUILDING}", max_size=40), st.integers(5_000, 5_003)
)
def test_columns_of_long_lines_count_characters(text: str, before: int) -> None:
    line = "\N{ZERO WIDTH NO-BREAK SPACE}" + "ä" * before + "a" + text.replace("\n", "") * 200
    source = f"first\n{line}\n{line}".encode()
    lines = Lines("a.ts", source)
    offsets = [len(f"first\n{line[:column]}".encode()) for column in range(0, len(line), 997)]

    assert [lines.place(start, start).column - 1 for start in offsets] == list(range(0, len(line), 997))
    assert lines.text(2) == line.rstrip("\r")
