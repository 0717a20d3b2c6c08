"""The page of `inspect --graph` in a browser: what somebody sees who follows a node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import browser, cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.browser import Page

EVERYTHING = [
    ["src/App.tsx"],
    ["charge again"],
    ["orders:charge", "orders:mine", "orders:pay"],
    ["fetch", "orders", "users"],
]


@pytest.fixture
def page(shop: Path) -> Iterator[Page]:
    program = browser.installed()
    if program is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    assert cli.run("inspect", "--graph", "-o", "graph.html").code == 0
    with browser.running(program, shop / "profile") as chromium:
        opened = chromium.open((shop / "graph.html").as_uri(), width=1400, height=900)
        opened.wait("document.querySelectorAll('.node').length", expected=8)
        yield opened


def columns(page: Page) -> list[list[str]]:
    """The names on the page, from left to right, each column from top to bottom."""
    found = """
        [...document.querySelectorAll(".node")].map((node) => {
          const { left, top } = node.getBoundingClientRect();
          return [Math.round(left), top, node.querySelector("text").textContent];
        })
    """
    boxes = sorted(page.evaluate(found))
    lefts = sorted({left for left, _, _ in boxes})
    return [[name for at, _, name in boxes if at == left] for left in lefts]


def follow(page: Page, name: str) -> None:
    """Click what has this name, and wait until the page looks at it."""
    label = (
        f"[...document.querySelectorAll('.node > text')].find((e) => e.textContent === {json.dumps(name)})"
    )
    page.evaluate(f"{label}.parentNode.dispatchEvent(new MouseEvent('click'))")
    page.wait("document.querySelector('.node.it text')?.textContent", expected=name)


def verbs(page: Page) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('.verb')].map((e) => e.textContent)")
    return found


@pytest.mark.slow
def test_everything_is_there_by_kind(page: Page) -> None:
    assert columns(page) == EVERYTHING
    assert page.text("#count") == "8 nodes, 6 relations; click one to follow it"


@pytest.mark.slow
def test_a_node_is_followed_one_step_and_all_the_way(page: Page) -> None:
    follow(page, "orders:charge")

    assert columns(page) == [["charge again", "orders:pay"], ["orders:charge"], ["fetch"]]
    assert verbs(page) == ["runs", "schedules", "calls"]

    follow(page, "fetch")
    assert columns(page) == [["orders:charge"], ["fetch"]]

    page.click("input[type=checkbox]")
    assert columns(page) == [["charge again", "orders:pay"], ["orders:charge"], ["fetch"]]
    assert page.text("h2") == "fetch in convex"


@pytest.mark.slow
def test_there_are_ways_back(page: Page) -> None:
    follow(page, "orders")
    assert columns(page) == [["orders:mine", "orders:pay"], ["orders"]]
    page.evaluate("history.back()")
    page.wait("document.querySelectorAll('.node').length", expected=8)

    follow(page, "users")
    page.click(".following button")
    page.wait("document.querySelectorAll('.node').length", expected=8)

    follow(page, "orders:pay")
    page.evaluate("document.querySelector('.it').dispatchEvent(new MouseEvent('click'))")
    page.wait("document.querySelectorAll('.node').length", expected=8)


@pytest.mark.slow
def test_a_name_filters(page: Page) -> None:
    page.type("input[type=search]", "MINE")

    assert columns(page) == [["src/App.tsx"], ["orders:mine"], ["orders"]]
    page.evaluate("document.querySelector('input[type=search]').select()")
    page.type("input[type=search]", "nobody")
    assert columns(page) == []
    assert page.text("#count") == "nothing has that name"


@pytest.mark.slow
@pytest.mark.parametrize("address", ["#7%20table%20orders", "#0%20table%20gone", "#%E0%A4%A"])
def test_an_address_that_looks_at_nothing_shows_everything(address: str, page: Page) -> None:
    follow(page, "orders")
    page.evaluate(f"location.hash = {json.dumps(address)}")

    page.wait("document.querySelectorAll('.node').length", expected=8)
    assert columns(page) == EVERYTHING
