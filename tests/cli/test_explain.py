from __future__ import annotations

import json

import pytest
from support import rules
from support.cli import Result, run

from scaffold.check import pages
from scaffold.reporters.style import Style
from scaffold.rules import registry

OVERVIEW = """\
CX201   filter-scan       warning  recommended  A filter on a database query with no index before…
CX301   floating-promise  error    strict       A call whose promise nobody waits for.
"""
PAGE = """\
CX201 filter-scan (warning, recommended, from convex 1.31, the same as @convex-dev/no-filter-in-query)

A filter on a database query with no index before it reads the whole table.

Why
Every document is read and billed, though few are returned; with growth the query fails at the read
limit.

Bad
  │ // convex/messages.ts
  │ export const list = query({
  │   args: { box: v.id("boxes") },
  │   handler: (ctx, { box }) =>
  │     ctx.db.query("messages").filter((q) => q.eq(q.field("box"), box)).collect(), // <- CX201
  │ });

Good
  │ ctx.db.query("messages").withIndex("by_box", (q) => q.eq("box", box)).take(100);

Way out
Declare an index that starts with the field, and read with `withIndex`.

Exceptions
- `.paginate()` after it: the page is filtered, which is what the docs advise.
- A query that an index range narrows first.

To keep it as it is
Write `// scaffold-ignore CX201: the reason` on the line or above it; `until=2030-01-31` and
`by=name` may follow the code.
"""
MARKDOWN = """\
# CX301 floating-promise

A call whose promise nobody waits for.

| | |
| --- | --- |
| level | error |
| profile | strict |
"""


@pytest.fixture(autouse=True)
def two_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "load", lambda: rules.REGISTRY)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], OVERVIEW),
        (["CX"], OVERVIEW),
        (["CX201"], PAGE),
        (["filter-scan"], PAGE),
        (["cx201"], PAGE),
    ],
)
def test_pages_and_lists(words: list[str], expected: str) -> None:
    assert run("explain", *words) == Result(0, expected, "")


def test_several_pages() -> None:
    result = run("explain", "CX201", "CX3")
    assert result.out.startswith(PAGE + "\n\nCX301 floating-promise (error, strict)\n\nA call whose")


def test_json() -> None:
    result = run("explain", "CX301", "--json")
    assert json.loads(result.out) == {
        "schemaVersion": 1,
        "rules": [
            {
                "code": "CX301",
                "name": "floating-promise",
                "level": "error",
                "profile": "strict",
                "mapped": [],
                "needsConvex": None,
                "summary": "A call whose promise nobody waits for.",
                "why": "Its failure is lost.",
                "bad": [],
                "good": [],
                "wayOut": "",
                "exceptions": "",
            }
        ],
    }


def test_unknown_word() -> None:
    assert run("explain", "CX202") == Result(
        2, "", "error: explain: there is no rule 'CX202'\ntry: did you mean CX201?\n"
    )
    assert run("explain", "cx2O1").err.endswith("try: did you mean CX201?\n")
    assert run("explain", "floating") == Result(
        2, "", "error: explain: there is no rule 'floating'\ntry: did you mean CX301?\n"
    )


def test_the_page_of_the_docs() -> None:
    page = pages.markdown(rules.FLOATING)
    assert page.startswith(MARKDOWN)
    assert page.endswith(
        "## To keep it as it is\n\nWrite `// scaffold-ignore CX301: the reason` on the line or above it; "
        "`until=2030-01-31` and `by=name` may follow the code.\n"
    )


def test_narrow_ascii_terminals() -> None:
    style = Style(colour=True, unicode=False)
    assert pages.overview(rules.REGISTRY, style, 50) == (
        "\x1b[1mCX201 \x1b[0m  filter-scan       \x1b[1;33mwarning\x1b[0m  recommended\n"
        "\x1b[1mCX301 \x1b[0m  floating-promise  \x1b[1;31merror  \x1b[0m  strict\n"
    )
    assert pages.terminal(rules.FILTER, style, 60).isascii()
