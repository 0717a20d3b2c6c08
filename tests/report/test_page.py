"""The page: complete by itself, readable without seeing it, and safe whatever functions are called."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from support import browser, cli
from support.events import KINDS, Deployment, Kind

if TYPE_CHECKING:
    from pathlib import Path

_VOID = {"meta", "input", "br", "link", "img", "line", "rect", "circle", "polyline"}


class _Outline(HTMLParser):
    """Tags in pairs, and the texts of what describes charts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.charts: list[dict[str, str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "svg":
            self.charts.append({"role": dict(attrs)["role"] or ""})
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if len(self.open) > 1 and self.open[-2] == "svg" and self.open[-1] in {"title", "desc"}:
            self.charts[-1].setdefault(self.open[-1], data)


def _page(folder: Path, monkeypatch: pytest.MonkeyPatch, deployment: Deployment, *more: str) -> str:
    monkeypatch.chdir(folder)
    (folder / "events.jsonl").write_text("\n".join(deployment.lines(1500)), "utf-8")
    done = cli.run("report", "events.jsonl", "--html", "report.html", *more)
    assert done.err == "written  report.html\n"
    return (folder / "report.html").read_text("utf-8")


def _outline(page: str) -> _Outline:
    outline = _Outline()
    outline.feed(page)
    assert outline.open == []
    return outline


def test_it_loads_nothing_and_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(tmp_path, monkeypatch, Deployment(7))
    outline = _outline(page)

    assert "http" not in re.sub(r"httpAction|HttpAction", "", page)
    assert not {"link", "img", "iframe"} & set(outline.tags)
    assert "@@" not in page
    for kind in KINDS:
        assert f"<th>{kind.name}</th>" in page


def test_every_chart_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outline = _outline(_page(tmp_path, monkeypatch, Deployment(7)))

    assert [chart["title"] for chart in outline.charts] == [
        "p50, p95 and p99 of each class",
        "Calls over time, by class",
        "Errors, refusals and write conflicts over time",
        *(
            f"Latency of class {name} over time"
            for name in (
                *("query", "mutation", "action"),
                *("internalQuery", "internalMutation", "internalAction", "httpAction"),
            )
        ),
    ]
    assert all(chart["role"] == "img" and chart["desc"] for chart in outline.charts)
    assert re.fullmatch(
        r"From 2026-11-18 11:00 to 2026-11-19 11:00: "
        r"\d+ at the start, at most \d+ at [-\d: ]+, \d+ at the end\.",
        outline.charts[1]["desc"],
    )


def test_the_tables_of_charts_have_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(tmp_path, monkeypatch, Deployment(7))
    table = page[page.index("Calls as a table") :].partition("</table>")[0]
    rows = re.findall(r"<tr><td>[^<]*</td>(.*?)</tr>", table)
    assert sum(int(cell) for row in rows for cell in re.findall(r"<td>(\d+)</td>", row)) == 1500


def test_names_are_text_and_never_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = 'POST /</script><img src=x onerror="alert(1)">&'
    deployment = Deployment(1, kinds=(Kind(evil, "httpAction", 1, 10, refused=0.5, broken=0.5),))
    page = _page(tmp_path, monkeypatch, deployment)
    outline = _outline(page)

    assert "img" not in outline.tags
    assert outline.tags.count("script") == 1
    assert "POST /&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;" in page


def test_the_verdict_stands_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.toml").write_text("[class.query]\np95-ms = 1\n", "utf-8")
    page = _page(tmp_path, monkeypatch, Deployment(7), "--budget", "b.toml")
    assert '<section class="verdict over"' in page
    assert "b.toml:2: class query: p95-ms" in page


def test_lines_without_times_make_a_page_without_courses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = {"schema": "function-call/1", "function": "a:b", "class": "query", "outcome": "ok"}
    (tmp_path / "lines.jsonl").write_text(json.dumps(line), "utf-8")
    assert cli.run("report", "lines.jsonl", "--html", "page.html").code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert _outline(page).charts == []
    assert "no times in these events" in page


@pytest.mark.slow
def test_in_a_browser_it_sorts_filters_and_fits_a_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = browser.installed()
    if program is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    _page(tmp_path, monkeypatch, Deployment(7))
    names = ".sortable tbody tr:not([hidden]) th"
    with browser.running(program, tmp_path / "profile") as chromium:
        page = chromium.open((tmp_path / "report.html").as_uri(), width=360, height=740)
        page.wait("document.readyState", expected="complete")

        assert page.evaluate("document.documentElement.scrollWidth <= 360")
        assert page.evaluate("document.querySelectorAll('svg').length") == 10
        assert page.texts(names)[0] == "orders/public:mine"
        page.click(".sortable thead th:nth-child(5) button")  # p95, the slowest first
        assert page.texts(names)[0] == "orders/internal:charge"
        page.click(".sortable thead th:nth-child(5) button")
        assert page.texts(names)[0] == "users/internal:caller"
        page.type("input[type=search]", "httpaction")
        assert sorted(page.texts(names)) == ["GET /me", "POST /payments/webhook"]
