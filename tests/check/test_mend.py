from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scaffold.check.edits import apply, together
from scaffold.check.mend import Mended, mend
from scaffold.core.findings import Edit, Finding, Fix, Level
from scaffold.core.places import Lines
from scaffold.core.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Word -> what its fix puts in its place.
WORDS = {
    "bad": "good",
    "worse": "bad",  # which is fixed in its turn
    "broken": "f(",
    "stays": "stays + 1",
    "ping": "pong",
    "pong": "ping",
    "none": "",
}


def checker(sources: Sources, paths: tuple[str, ...]) -> Callable[[Mapping[str, bytes]], list[Finding]]:
    def check(contents: Mapping[str, bytes]) -> list[Finding]:
        return [
            finding
            for path in paths
            for finding in find(path, contents.get(path, sources.lines(path).source))
        ]

    return check


def find(path: str, source: bytes) -> list[Finding]:
    lines = Lines(path, source)
    found = []
    for match in re.finditer(rb"\b(%s)\b" % "|".join(WORDS).encode(), source):
        word = match[0].decode()
        place = lines.place(match.start(), match.end())
        fix = Fix("say it well", (Edit(path, match.start(), match.end(), WORDS[word]),), safe=word != "none")
        found.append(Finding("CX1", "words", f"{word}!", place, Level.ERROR, symbol=word, fix=fix))
    return found


def run(files: Mapping[str, bytes], *, unsafe: bool = False) -> Mended:
    sources = Sources(known=files)
    check = checker(sources, tuple(files))
    return mend(check, sources, lambda finding: finding.fix is not None and (finding.fix.safe or unsafe))


def told(mended: Mended) -> list[tuple[str, str]]:
    return [(finding.message, why) for finding, why in mended.refused.values()]


def test_until_nothing_is_left_to_fix() -> None:
    mended = run({"a.ts": b"bad(worse);\n", "b.ts": b"fine();\n", "c.ts": b"worse();\n"})
    assert mended.changed == {"a.ts": b"good(good);\n", "c.ts": b"good();\n"}
    assert sorted(finding.message for finding in mended.fixed) == ["bad!"] * 3 + ["worse!"] * 2
    assert not mended.refused


def test_what_would_not_parse_is_left_and_told_while_the_rest_is_fixed() -> None:
    mended = run({"a.ts": b"broken();\nbad();\n", "b.ts": b"bad();\n"})
    assert mended.changed == {"a.ts": b"broken();\ngood();\n", "b.ts": b"good();\n"}
    assert told(mended) == [("broken!", "the code would not parse, or the finding would stay")]


def test_what_would_stay_is_left() -> None:
    mended = run({"a.ts": b"stays(bad);\n"})
    assert mended.changed == {"a.ts": b"stays(good);\n"}
    assert told(mended) == [("stays!", "the code would not parse, or the finding would stay")]


def test_fixes_at_odds_end() -> None:
    mended = run({"a.ts": b"ping();\n"})
    assert told(mended) in ([("ping!", "fixes undo each other")], [("pong!", "fixes undo each other")])


def test_only_what_is_wanted() -> None:
    assert run({"a.ts": b"none; bad;\n"}).changed == {"a.ts": b"none; good;\n"}
    assert run({"a.ts": b"none; bad;\n"}, unsafe=True).changed == {"a.ts": b"; good;\n"}


def test_a_file_that_does_not_parse_may_stay_so() -> None:
    assert run({"a.ts": b"bad(;\n"}).changed == {"a.ts": b"good(;\n"}


@pytest.mark.parametrize("edit", [Edit("a.ts", 5, 3, ""), Edit("a.ts", 0, 99, ""), Edit("gone.ts", 0, 1, "")])
def test_edits_that_fit_no_file_are_refused(edit: Edit) -> None:
    sources = Sources(known={"a.ts": b"const a = 1;\n", "gone.ts": b""})
    finding = Finding(
        "CX1", "x", "m", Lines("a.ts", b"const").place(0, 1), Level.INFO, fix=Fix("f", (edit,), safe=True)
    )
    mended = mend(lambda _: [finding], sources, lambda _: True)
    assert (mended.changed, told(mended)) == ({}, [("m", "its edits do not fit the file")])


def test_clashes_wait_for_their_turn() -> None:
    def finding(*edits: Edit) -> Finding:
        place = Lines("a.ts", b"x").place(0, 1)
        return Finding("CX1", "x", str(edits), place, Level.INFO, fix=Fix("f", edits))

    first = finding(Edit("a.ts", 0, 4, "x"))
    inside = finding(Edit("a.ts", 2, 3, "y"))
    beside = finding(Edit("a.ts", 4, 6, "z"))
    twice = finding(Edit("a.ts", 0, 4, "x"), Edit("b.ts", 0, 0, "import"))
    same_place = finding(Edit("b.ts", 0, 0, "other"))
    assert together([first, inside, beside, twice, same_place]) == [first, beside, twice]


def test_line_ends_and_byte_order_marks_survive() -> None:
    source = b"\xef\xbb\xbfone();\r\ntwo();\r\n"
    edits = [
        Edit("a.ts", 3, 3, "zero();\n"),
        Edit("a.ts", 11, 14, "drei\n"),
        Edit("a.ts", 11, 14, "drei\n"),
    ]
    assert apply(source, edits) == b"\xef\xbb\xbfzero();\r\none();\r\ndrei\r\n();\r\n"
    assert apply(b"one();\n", [Edit("a.ts", 0, 0, "zero();\r\n")]) == b"zero();\none();\n"
