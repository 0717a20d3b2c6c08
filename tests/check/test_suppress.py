from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.modules import module

from scaffold.check.config import CheckConfig
from scaffold.check.suppress import Suppressions
from scaffold.core.findings import Finding, Level
from scaffold.rules.standards.cx904_bad_suppression import check

TODAY = date(2026, 11, 21)
KNOWN = ("CX201", "CX202", "CX301")
MAPPED = {"CX201": ("@convex-dev/no-filter-in-query",)}


def judge(
    text: str,
    *codes: str,
    ran: tuple[str, ...] = KNOWN,
    config: CheckConfig | None = None,
    until: str = "scan",
) -> tuple[list[str | None], list[str]]:
    """What silences findings of these codes that stand from `scan` to `until`, and what CX904 says."""
    made = module(text)
    suppressions = Suppressions([made], MAPPED, TODAY)
    start = text.index("scan")
    end = text.index(until, start) + len(until)
    findings = [
        Finding(code=code, rule="r", message="m", place=made.place(start, end), level=Level.ERROR)
        for code in codes
    ]
    reasons = [suppressions.reason(finding) for finding in findings]
    config = config or CheckConfig(root=Path())
    standings = suppressions.standings(lambda _path: frozenset(ran), (*KNOWN, "CX904"), config)
    told = [f"{found.message}; {found.way_out}" for each in standings for found in check.run(each)]
    return reasons, told


def test_silences_the_codes_it_names() -> None:
    text = "// scaffold-ignore CX201, CX202: small table\nscan();\n"

    assert judge(text, "CX201", "CX202", "CX301") == (["small table", "small table", None], [])


@pytest.mark.parametrize(
    "text",
    [
        "scan(); // scaffold-ignore CX201: x",
        "// scaffold-ignore-file CX201: x\na();\nscan();",
        "// scaffold-ignore CX201: x until=2026-11-21\nscan();",
        "/* eslint-disable-next-line other/no-filter-in-query -- x */\nscan();",
        "// eslint-disable-next-line -- x\nscan();",
    ],
)
def test_ways_to_silence(text: str) -> None:
    assert judge(text, "CX201") == (["x"], [])


def test_eslint_comments_hold_only_for_rules_that_mean_the_same() -> None:
    assert judge("scan(); // eslint-disable-line", "CX202") == ([None], [])
    assert judge("scan(); // eslint-disable-line @convex-dev/other", "CX201") == ([None], [])
    assert judge("scan(); // eslint-disable-line", "CX201") == (["eslint-disable"], [])


@pytest.mark.parametrize(
    ("text", "reasons", "told"),
    [
        (
            "// scaffold-ignore CX201\nscan();",
            [""],
            "the suppression gives no reason; say why after a colon, so that others can tell when it may go",
        ),
        (
            "// scaffold-ignore: x\nscan();",
            [None],
            "the suppression names no rule; write `// scaffold-ignore CX201: reason`",
        ),
        (
            "// scaffold-ignore cx201: x\nscan();",
            [None],
            "there is no rule `cx201` to suppress; did you mean CX201?",
        ),
        (
            "// scaffold-ignore-next-line CX201: x\nscan();",
            [None],
            "`scaffold-ignore-next-line` means nothing, so it silences nothing; write `scaffold-ignore`",
        ),
        (
            "a();\n// scaffold-ignore-file CX201: x\nscan();",
            [None],
            "`scaffold-ignore-file` stands below code, so it silences nothing; "
            "move it to the top of the file, above the imports",
        ),
        (
            "// scaffold-ignore CX201: x until=2026-11-20\nscan();",
            [None],
            "the suppression ran out on 2026-11-20; "
            "mend what it silences, or give it a new date and a reason that holds",
        ),
        (
            "// scaffold-ignore CX201: x until=21.11.2026\nscan();",
            ["x"],
            "`until=21.11.2026` is no day; write it as until=YYYY-MM-DD",
        ),
        (
            "// scaffold-ignore CX201: x until=\nscan();",
            ["x until="],
            "`until=` is empty; write until=YYYY-MM-DD, or take it out",
        ),
        (
            "// scaffold-ignore CX202: x\nscan();",
            [None],
            "the suppression of CX202 silences nothing; remove the comment",
        ),
        (
            "// scaffold-ignore CX201, CX202, CX301: x\nscan();",
            ["x"],
            "the suppression of CX202 and CX301 silences nothing; remove CX202 and CX301 from it",
        ),
    ],
)
def test_bad_ones_are_findings(text: str, reasons: list[str | None], told: str) -> None:
    assert judge(text, "CX201") == (reasons, [told])


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("scan();\n// scaffold-ignore CX201: x\nafter();", [None]),
        ("// scaffold-ignore CX201: x\nbefore();\nscan();", [None]),
        ("a\n  .scan(\n    1, // scaffold-ignore CX201: x\n  );", ["x"]),
        ("// scaffold-ignore CX201: x\na\n  .scan(\n    1,\n  );", ["x"]),
        ("// scaffold-ignore CX201: x\nconst b = await a\n  .c(1)\n  .scan(2);", ["x"]),
        ("// eslint-disable-next-line no-filter-in-query -- x\nawait a\n  .c(1)\n  .scan(2);", ["x"]),
        ("// scaffold-ignore CX201: x\nf(() => {\n  scan();\n});", [None]),
        ("// scaffold-ignore CX201: x\nf({\n  a: scan(),\n});", [None]),
    ],
)
def test_a_comment_speaks_for_its_line_and_for_what_spans_it(text: str, reasons: list[str | None]) -> None:
    assert judge(text, "CX201", until=")")[0] == reasons


def test_what_the_configuration_demands() -> None:
    config = CheckConfig(root=Path(), require_until=True, require_by=True)

    def told(options: str) -> list[str]:
        return judge(f"scan(); // scaffold-ignore CX201: x {options}", "CX201", config=config)[1]

    assert told("until=2027-01-01 by=ada") == []
    assert told("by=ada") == [
        "the suppression has no `until=`, which scaffold.toml demands; add until=YYYY-MM-DD"
    ]
    assert told("until=2027-01-01") == [
        "the suppression has no `by=`, which scaffold.toml demands; add by=name"
    ]


def test_a_rule_that_did_not_run_leaves_no_suppression_unused() -> None:
    assert judge("scan(); // scaffold-ignore CX202: x", ran=("CX201",)) == ([], [])
