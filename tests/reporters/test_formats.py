from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from msgspec.structs import replace
from support import expected, reports

import scaffold
from scaffold import __version__
from scaffold.core.findings import Evidence, Finding, Level, Report
from scaffold.core.places import Lines
from scaffold.core.sources import Sources
from scaffold.reporters.formats import FORMATS, render
from scaffold.reporters.view import View

HERE = Path(__file__).parent
VIEW = View(sources=reports.SOURCES, rules=reports.RULES, width=80)
NASTY = "a\x1b[31m\r\nb\u202e::error::%,\x00\ud800 ☃ <&\"'>"


def _nasty() -> Report:
    """A report whose every text tries to break out of its format."""
    source = f"const x = '\x1b]0;title\x07\u202e'; // {'☃' * 300}\n".encode()
    place = Lines("a,b:c%\n.ts", source).place(0, len(source) - 1)
    finding = Finding(
        "CX1", "x", NASTY, place, Level.ERROR, way_out=NASTY, evidence=(Evidence(place, NASTY),)
    )
    return Report(findings=(finding,))


VIEWS = {
    "text": ("text.txt", replace(VIEW, statistics=True)),
    "text in colour": ("text-colour.txt", replace(VIEW, colour=True, statistics=True)),
    "text in ASCII, narrow": ("text-ascii.txt", replace(VIEW, unicode=False, width=60, statistics=True)),
    "concise": ("concise.txt", replace(VIEW, statistics=True)),
    "json": ("json.json", VIEW),
    "sarif": ("sarif.json", VIEW),
    "github": ("github.txt", VIEW),
    "gitlab": ("gitlab.json", VIEW),
    "junit": ("junit.xml", VIEW),
}


@pytest.mark.parametrize("name", VIEWS)
def test_whole_output(name: str) -> None:
    file, view = VIEWS[name]
    actual = render(name.split(maxsplit=1)[0], reports.REPORT, view)
    expected.check(HERE / "expected" / file, actual.replace(f'"{__version__}"', '"@VERSION@"'))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text", "✓ no findings · 2 files, 3 functions in 0.05 s\n"),
        ("concise", ""),
        ("github", ""),
        ("gitlab", "[]\n"),
        (
            "junit",
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<testsuites name="convex-scaffold check" tests="1" failures="0" errors="0">\n'
            '  <testsuite name="convex-scaffold check" tests="1" failures="0" errors="0">\n'
            '    <testcase name="no findings" classname="convex-scaffold"/>\n'
            "  </testsuite>\n"
            "</testsuites>\n",
        ),
    ],
)
def test_nothing_found(name: str, text: str) -> None:
    assert text == render(name, reports.CLEAN, VIEW)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("width", [20, 80, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_texts_cannot_break_out(name: str, width: int, unicode: bool) -> None:  # noqa: FBT001
    text = render(name, _nasty(), View(width=width, unicode=unicode))
    text.encode("utf-8", "surrogatepass")
    if name in {"text", "concise"}:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
        assert unicode or text.isascii()
    if name in {"concise", "github"}:
        assert text.count("\n") == 1
    if name in {"json", "sarif", "gitlab"}:
        json.loads(text)
    if name == "junit":
        ET.fromstring(text)  # noqa: S314 - our own document


@pytest.mark.parametrize("report", [reports.REPORT, reports.CLEAN, _nasty()])
def test_json_keeps_to_its_schema(report: Report) -> None:
    schema = json.loads((Path(scaffold.__file__).parent / "data" / "check-report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render("json", report, VIEW)), schema)


@pytest.mark.parametrize("report", [reports.REPORT, reports.CLEAN, _nasty()])
def test_sarif_keeps_to_the_standard(report: Report) -> None:
    schema = json.loads((HERE / "sarif.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render("sarif", report, VIEW)), schema)


def test_sarif_names_findings_alike_when_lines_move() -> None:
    moved_files = {path: "\n// a comment\n" + text for path, text in reports.FILES.items()}
    moved = Report(findings=tuple(_moved(each, moved_files) for each in reports.REPORT.findings))
    sources = Sources(known={path: text.encode() for path, text in moved_files.items()})
    before = json.loads(render("sarif", replace(reports.REPORT, silenced=()), VIEW))
    after = json.loads(render("sarif", moved, View(sources=sources)))
    names = [
        [result["partialFingerprints"] for result in log["runs"][0]["results"]] for log in (before, after)
    ]
    assert names[0] == names[1]
    assert len({str(name) for name in names[0]}) == 3


def _moved(finding: Finding, files: dict[str, str]) -> Finding:
    place = finding.place
    text = reports.FILES[place.path].encode()[place.start : place.end].decode()
    return replace(finding, place=reports.place(place.path, text, files=files))


def test_a_rule_of_two_levels_has_a_count_for_each() -> None:
    fixable = next(finding for finding in reports.REPORT.findings if finding.fix)
    unlike = Level.INFO if fixable.level is not Level.INFO else Level.ERROR
    report = Report(findings=(fixable, fixable, replace(fixable, level=unlike, fix=None)))
    shown = render("text", report, replace(VIEW, statistics=True))
    rows = [line.split() for line in shown.splitlines() if re.match(rf"\d \w+ +{fixable.code}", line)]
    assert [(row[0], row[1], row[5:]) for row in rows] == [
        ("2", fixable.level, ["2", "fixable"]),
        ("1", unlike, []),
    ]


def test_many_of_a_kind_in_a_file_are_told_in_a_line_each() -> None:
    source = "".join(f"bad({number});\n" for number in range(12)).encode()
    lines = Lines("x.js", source)
    starts = [source.index(f"bad({number})".encode()) for number in range(12)]
    findings = tuple(
        Finding("CX1", "bad-call", f"`bad` is given {number}", lines.place(at, at + 6), Level.INFO)
        for number, at in enumerate(starts)
    )
    sources = Sources(known={"x.js": source})

    shown = render("text", Report(findings=findings, files=1), View(sources=sources, width=80))
    assert shown.rpartition("    3 │ bad(2);\n")[2] == (
        "      │ ━━━━━━\n"
        "    4 │ bad(3);\n"
        "\n"
        "  info CX1 bad-call · 9 more\n"
        "     4:1  `bad` is given 3\n"
        "     5:1  `bad` is given 4\n"
        "     6:1  `bad` is given 5\n"
        "     7:1  `bad` is given 6\n"
        "     8:1  `bad` is given 7\n"
        "     9:1  `bad` is given 8\n"
        "    10:1  `bad` is given 9\n"
        "    11:1  `bad` is given 10\n"
        "    12:1  `bad` is given 11\n"
        "\n"
        "12 findings in 1 file: 12 info\n"
        "checked: 1 file, 0 functions in 0.00 s\n"
    )
    whole = render("text", Report(findings=findings, files=1), View(sources=sources, whole=True))
    assert whole.count("━━━━━━") == 12
    four = render("text", Report(findings=findings[:4], files=1), View(sources=sources))
    assert four.count("━━━━━━") == 4


def test_long_lines_show_the_place() -> None:
    source = f"{'a' * 500}; bad(); {'b' * 500}\n".encode()
    place = Lines("x.js", source).place(502, 507)
    report = Report(findings=(Finding("CX1", "long-line", "too long", place, Level.INFO),), files=1)
    shown = render("text", report, View(sources=Sources(known={"x.js": source}), width=50))
    assert shown == (
        "x.js · 1 info\n"
        "\n"
        "  info CX1 long-line\n"
        "  too long\n"
        "      ╭╴x.js:1:503\n"
        "    1 │ …aaaaaaa; bad(); bbbbbbbbbbbbbbbbbbbbbbbb…\n"
        "      │           ━━━━━\n"
        "\n"
        "1 finding in 1 file: 1 info\nchecked: 1 file, 0 functions in 0.00 s\n"
    )


def test_wide_characters_keep_the_mark_in_place() -> None:
    source = "f('日本', g());\n".encode()
    place = Lines("x.js", source).place(source.index(b"g("), source.index(b"g(") + 3)
    report = Report(findings=(Finding("CX1", "wide", "here", place, Level.INFO),))
    shown = render("text", report, View(sources=Sources(known={"x.js": source})))
    assert "    1 │ f('日本', g());\n      │           ━━━\n" in shown


def test_much_evidence_is_cut() -> None:
    many = replace(reports.SCAN, evidence=reports.SCAN.evidence * 9)
    shown = render("text", Report(findings=(many,)), VIEW)
    assert shown.count("├╴convex/schema.ts") == 6
    assert "├╴and 3 more\n" in shown


def test_a_file_that_has_gone_is_not_quoted() -> None:
    shown = render("text", Report(findings=(reports.FLOATING,)), View(sources=Sources(HERE)))
    assert "      ╭╴convex/messages.ts:13:2\n      ╰╴try: await it\n" in shown
