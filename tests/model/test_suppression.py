from __future__ import annotations

import pytest
from support.modules import module

from scaffold.model import suppression
from scaffold.model.suppression import END

# The text of a file; then what its comments say: directive, codes, reason, until, by, first and last line.
OURS = {
    "beside code": ("a(); // scaffold-ignore CX201: small", [("CX201", "small", "", "", 1, 1)]),
    "above": ("// scaffold-ignore CX201: small\na();", [("CX201", "small", "", "", 2, 2)]),
    "above, with blank lines and comments between": (
        "// scaffold-ignore CX201: small\n\n// more\n/* and\n more */\n/* x */\na();\n",
        [("CX201", "small", "", "", 7, 7)],
    ),
    "two above": (
        "// scaffold-ignore CX201: a\n// scaffold-ignore CX202: b\na();",
        [("CX201", "a", "", "", 3, 3), ("CX202", "b", "", "", 3, 3)],
    ),
    "block": ("/* scaffold-ignore CX201: small */ a();", [("CX201", "small", "", "", 1, 1)]),
    "block of several lines": (
        "/**\n * scaffold-ignore CX201: small,\n *   it is\n */\na();",
        [("CX201", "small, it is", "", "", 5, 5)],
    ),
    "several codes and options": (
        "// scaffold-ignore CX201, CX202 ACME7 by=ada: why: until=2027-01-31\na();",
        [("CX201 CX202 ACME7", "why:", "2027-01-31", "ada", 2, 2)],
    ),
    "options with an address in the reason": (
        "// scaffold-ignore CX201: see https://x.y/?by=me until=soon\na();",
        [("CX201", "see https://x.y/?by=me", "soon", "", 2, 2)],
    ),
    "an option without a value": (
        "// scaffold-ignore CX201 until=: small\na();",
        [("CX201 until=", "small", "", "", 2, 2)],
    ),
    "an option without a value in the reason": (
        "// scaffold-ignore CX201: small until= by=\na();",
        [("CX201", "small until= by=", "", "", 2, 2)],
    ),
    "comments above one another": (
        "// scaffold-ignore CX1: x\n/* a\n b */\n// scaffold-ignore CX2: y\n\na();",
        [("CX1", "x", "", "", 6, 6), ("CX2", "y", "", "", 6, 6)],
    ),
    "no reason": ("// scaffold-ignore CX201\na();", [("CX201", "", "", "", 2, 2)]),
    "no code": ("// scaffold-ignore\na();", [("", "", "", "", 2, 2)]),
    "end of file": ("a();\n// scaffold-ignore CX201: x", [("CX201", "x", "", "", 3, 3)]),
    "windows": ("// scaffold-ignore CX201: x\r\n\r\na();\r\n", [("CX201", "x", "", "", 3, 3)]),
    "after a byte order mark": ("\ufeff// scaffold-ignore CX201: x\na();", [("CX201", "x", "", "", 2, 2)]),
    "not a directive": ("// write scaffold-ignore CX201: x\nb('// scaffold-ignore CX201: x');", []),
    "whole file": (
        '/* licence */\n"use node";\n// scaffold-ignore-file CX201: x\nimport a from "a";',
        [("CX201", "x", "", "", 1, END)],
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_our_comments(name: str) -> None:
    text, expected = OURS[name]

    assert [
        (" ".join(each.codes), each.reason, each.until, each.by, each.first, each.last)
        for each in suppression.ours(module(text))
    ] == expected


def test_comments_in_jsx() -> None:
    text = "const a = (\n  <ul>\n    {/* scaffold-ignore CX1001: few */}\n    {b.map(f)}\n  </ul>\n);\n"

    found = list(suppression.ours(module(text, "src/a.tsx")))

    assert [(each.codes, each.first, each.last) for each in found] == [(("CX1001",), 4, 4)]


def test_a_file_is_silenced_from_its_top_only() -> None:
    text = "// scaffold-ignore-file CX1: a\nimport a from 'a';\n// scaffold-ignore-file CX2: b\n"

    assert [each.misplaced for each in suppression.ours(module(text))] == [False, True]


# The rules a comment switches off, their lines and its reason.
FOREIGN = {
    "line": ("a(); // eslint-disable-line a/b, c", [("a/b", 1, 1, ""), ("c", 1, 1, "")]),
    "next line": ("// eslint-disable-next-line a/b -- why not\na();", [("a/b", 2, 2, "why not")]),
    "next line, as a block": ("/* eslint-disable-next-line\n  a/b\n*/\na();", [("a/b", 4, 4, "")]),
    "everything": ("a(); // eslint-disable-line", [("", 1, 1, "")]),
    "to the end": ("a();\n/* eslint-disable a/b */\nb();", [("a/b", 2, END, "")]),
    "until it is enabled": (
        "/* eslint-disable a/b, c */\nb();\n/* eslint-enable c */\nd();\n/* eslint-enable */",
        [("a/b", 1, 5, ""), ("c", 1, 3, "")],
    ),
    "what ESLint does not heed": ("// eslint-disable a/b\n// eslint-disabled-line c\na();", []),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_comments_for_eslint(name: str) -> None:
    text, expected = FOREIGN[name]

    assert [
        (each.rule, each.first, each.last, each.reason) for each in suppression.foreign(module(text))
    ] == expected


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a();\n  // scaffold-ignore CX1: x\nb();\n", "a();\nb();\n"),
        ("a();\r\n// scaffold-ignore CX1: x\r\nb();\r\n", "a();\r\nb();\r\n"),
        ("a();  // scaffold-ignore CX1: x\nb();\n", "a();\nb();\n"),
        ("a();\n// scaffold-ignore CX1: x", "a();\n"),
        ("f(/* scaffold-ignore CX1: x */ 1);", "f( 1);"),
    ],
)
def test_a_comment_is_taken_out_without_a_trace(text: str, left: str) -> None:
    made = module(text)
    (found,) = suppression.ours(made)

    start, end = suppression.removal(made, found.place)

    assert text[:start] + text[end:] == left
