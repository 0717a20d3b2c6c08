from __future__ import annotations

from msgspec.structs import replace
from support import reports

from scaffold.core.fingerprints import fingerprints
from scaffold.core.sources import Sources


def test_twins_are_told_apart() -> None:
    first, second, third = fingerprints((reports.SCAN, reports.SCAN, reports.FLOATING), reports.SOURCES)
    assert (f"{first}-2", True) == (second, third != first)


def test_neither_lines_nor_words_nor_spaces_matter() -> None:
    files = {path: "\n\n" + text.replace("    return", "return") for path, text in reports.FILES.items()}
    place = replace(reports.SCAN.place, line=reports.SCAN.place.line + 2)
    other = replace(reports.SCAN, place=place, message="said otherwise")
    sources = Sources(known={path: text.encode() for path, text in files.items()})
    assert fingerprints((reports.SCAN,), reports.SOURCES) == fingerprints((other,), sources)


def test_the_rule_the_file_the_symbol_and_the_code_matter() -> None:
    base = reports.SCAN
    others = [
        base,
        replace(base, code="CX202"),
        replace(base, place=replace(base.place, path="convex/schema.ts")),
        replace(base, symbol="messages:all"),
        replace(base, place=replace(base.place, line=7)),
    ]
    assert len({fingerprints((other,), reports.SOURCES) for other in others}) == 5
