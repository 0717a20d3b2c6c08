"""The web page in a real browser, on a backend in memory: what two people see of each other, and when."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from support import browser, fresh
from support.backends import Backend, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.browser import Browser, Page

pytestmark = pytest.mark.slow

MESSAGES = 45

# Vite's own server, with its cache in the project and not among the packages, which all tests share.
SERVE = """
const { createServer } = await import("vite");
const server = await createServer({
  root: "web",
  cacheDir: process.cwd() + "/.vite",
  server: { port: 0, host: "127.0.0.1", fs: { strict: false } },
});
await server.listen();
console.log(server.resolvedUrls.local[0]);
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, template_modules: Path) -> Path:
    folder = fresh.generated(tmp_path_factory.mktemp("web") / "shop", domains=["web"])
    (folder / "node_modules").symlink_to(template_modules)
    return folder


@pytest.fixture(scope="module")
def backend(project: Path) -> Iterator[Backend]:
    with running(project) as backend:
        yield backend


@pytest.fixture(scope="module")
def site(project: Path, backend: Backend) -> Iterator[str]:
    with subprocess.Popen(
        ["node", "--input-type=module", "--eval", SERVE],
        cwd=project,
        env={**os.environ, "VITE_CONVEX_URL": backend.url},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = browser.installed()
    if program is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with browser.running(program, tmp_path_factory.mktemp("profile")) as started:
        yield started


def signed_in(chromium: Browser, url: str, name: str) -> Page:
    page = chromium.open(url)
    page.type("#name", name)
    page.wait_text(".person span", name)
    return page


@contextmanager
def standing_still(backend: Backend) -> Iterator[None]:
    """The backend gets what is sent, and does not answer."""
    process = backend.server._process  # noqa: SLF001 - no user stops it half-way
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@pytest.fixture
def foyer(backend: Backend) -> Room:
    """A room in which somebody has said a lot, and nothing else."""
    backend.server.control.reset()
    user = {"tokenIdentifier": "tests|eve", "role": "member", "name": "eve"}
    by_eve = {"roomId": {"$ref": "rooms/0"}, "ownerId": {"$ref": "users/0"}, "authorName": "eve"}
    room, *_ = backend.server.control.seed(
        {
            "users": [user],
            "rooms": [{"name": "Foyer", "createdBy": {"$ref": "users/0"}, "requestId": "1"}],
            "roomMessages": [{**by_eve, "body": str(n), "requestId": str(n)} for n in range(MESSAGES)],
            "roomCounters": [{"roomId": {"$ref": "rooms/0"}, "shard": 0, "messages": MESSAGES}],
        }
    )["rooms"]
    backend.events.clear()
    return Room(backend, room)


@dataclass
class Room:
    """A room, seen from the backend."""

    backend: Backend
    room_id: str

    def does(self, name: str, function: str, **args: object) -> None:
        """What somebody without a page does in the room."""
        token = self.backend.server.control.token(name, claims={"name": name})
        for path, given in (("users/public:store", {}), (function, {"roomId": self.room_id, **args})):
            status, answer = self.backend.post(
                "/api/mutation", {"path": path, "args": given}, headers={"Authorization": f"Bearer {token}"}
            )
            assert (status, answer["status"]) == (200, "success"), answer

    def runs(self) -> Counter[str]:
        """How often each query has run so far."""
        return Counter(event["name"] for event in self.backend.events if event["event"] == "log")


def opened(chromium: Browser, site: str, room: Room, name: str) -> Page:
    """Somebody who is in the room and sees the last page of what was said."""
    page = signed_in(chromium, f"{site}#/rooms/{room.room_id}", name)
    page.wait_text(".log li:last-child .body", str(MESSAGES - 1))
    page.wait("document.querySelectorAll('.presence li').length > 0")
    return page


def test_two_people_see_what_the_other_does(chromium: Browser, site: str, backend: Backend) -> None:
    backend.server.control.reset()
    ada = signed_in(chromium, site, "ada")
    ada.wait_text("nav", "No rooms yet.")
    ada.type("#new-room", "Foyer")
    ada.wait_text("h2", "Foyer")
    ada.wait_text(".log", "Nobody has said anything yet.")
    bob = signed_in(chromium, site, "bob")
    bob.click(".rooms a")
    ada.wait_texts(".presence li", ["You", "bob"])

    ada.type("#message", "hello")
    bob.wait_texts(".log .author b, .log .body", ["ada", "hello"])
    bob.type("#message", "hi")
    ada.wait_texts(".log .author b, .log .body", ["You", "hello", "bob", "hi"])
    ada.wait_text(".count", "2 messages")
    ada.click(".log .mine button")
    bob.wait_texts(".log .body", ["hi"])
    bob.click("h1 a")
    ada.wait_texts(".presence li", ["You"])
    assert ada.texts(".log .body") == ["hi"]


def test_who_signs_out_is_gone(chromium: Browser, site: str, foyer: Room) -> None:
    ada, bob = (opened(chromium, site, foyer, name) for name in ("ada", "bob"))
    ada.wait_texts(".presence li", ["You", "bob"])

    bob.click(".person button")

    bob.wait_text("h1", "Who are you?")
    bob.wait_text(".subscriptions summary", "0 subscriptions")
    ada.wait_texts(".presence li", ["You"])
    assert bob.texts(".presence li") == []


def test_a_message_is_there_before_the_backend_has_answered(
    chromium: Browser, site: str, foyer: Room
) -> None:
    ada, bob = (opened(chromium, site, foyer, name) for name in ("ada", "bob"))

    with standing_still(foyer.backend):
        ada.type("#message", "hello")
        ada.wait_text(".log li:last-child", "You sending… hello")
        ada.wait_text(".count", f"{MESSAGES + 1} messages")
        assert bob.text(".log li:last-child .body") == str(MESSAGES - 1)

    bob.wait_text(".log li:last-child .body", "hello")
    ada.wait_text(".log li:last-child .author button", "Remove")
    assert "sending" not in (ada.text(".log") or "")


def test_what_is_no_longer_shown_is_no_longer_watched(chromium: Browser, site: str, foyer: Room) -> None:
    ada = opened(chromium, site, foyer, "ada")
    ada.click("summary")
    room = ["get", "list", "messageCount", "messages", "present"]
    watched = ".subscriptions li"
    ada.wait(names(watched), expected=[f"rooms/public:{name}" for name in room])
    ada.wait_text(".subscriptions summary", "5 subscriptions")

    ada.click("h1 a")
    ada.wait(names(watched), expected=["rooms/public:list"])
    assert ada.text(".subscriptions summary") == "1 subscription"
    ada.wait_text(".subscriptions summary", "1 subscription")
    ada.click(".rooms a")
    ada.wait_text(".subscriptions summary", "5 subscriptions")


def names(selector: str) -> str:
    """JavaScript for the names of the functions that are listed there."""
    return f"[...document.querySelectorAll('{selector}')].map((e) => e.innerText.split(' ')[0])"


def test_only_what_changed_is_asked_for_again(chromium: Browser, site: str, foyer: Room) -> None:
    ada = opened(chromium, site, foyer, "ada")
    foyer.does("bob", "rooms/public:beat")
    ada.wait_texts(".presence li", ["You", "bob"])

    before = foyer.runs()
    for _ in range(5):
        foyer.does("bob", "rooms/public:beat")
    foyer.does("bob", "rooms/public:send", requestId="1", body="hello")
    ada.wait_text(".log li:last-child .body", "hello")
    ada.wait_text(".count", f"{MESSAGES + 1} messages")

    again = {name.split(":")[1]: count for name, count in (foyer.runs() - before).items()}
    assert again == {"store": 6, "beat": 5, "send": 1, "messages": 1, "messageCount": 1}


def test_earlier_messages_come_when_asked_for(chromium: Browser, site: str, foyer: Room) -> None:
    ada = opened(chromium, site, foyer, "ada")
    assert ada.texts(".log .body") == [str(n) for n in range(MESSAGES - 30, MESSAGES)]

    ada.click(".log > button")

    ada.wait_texts(".log .body", [str(n) for n in range(MESSAGES)])
    assert ada.text(".log > button") is None


def test_on_a_phone_there_is_one_column_at_a_time(chromium: Browser, site: str, foyer: Room) -> None:
    ada = opened(chromium, site, foyer, "ada")
    shown = "['.side', '.room'].filter((s) => document.querySelector(s)?.checkVisibility())"
    assert ada.evaluate(shown) == [".side", ".room"]

    ada.resize(375, 600)
    ada.wait(shown, expected=[".room"])
    ada.wait(LEFT_OF_LOG, expected=0)  # who saw the newest message still does
    assert ada.evaluate("document.documentElement.scrollWidth") == 375
    ada.click(".back")
    ada.wait(shown, expected=[".side"])


def test_a_scroll_that_comes_with_another_size_loses_nobody_the_newest_message(
    chromium: Browser, site: str, foyer: Room
) -> None:
    ada = opened(chromium, site, foyer, "ada")
    ada.wait(LEFT_OF_LOG, expected=0)

    ada.evaluate(f"(() => {{ const log = document.querySelector('.log'); {SHORTER} }})()")
    ada.wait(LEFT_OF_LOG, expected=0)
    assert ada.evaluate("document.querySelector('.log').offsetHeight") == 120


# Browsers tell of a scroll before they tell of a size.
SHORTER = "log.style.flex = '0 0 120px'; log.scrollTop -= 1; log.scrollTop;"

LEFT_OF_LOG = """(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector(".log");
    return Math.floor(scrollHeight - scrollTop - clientHeight);
})()"""


def test_whatever_can_be_used_has_a_name(chromium: Browser, site: str, foyer: Room) -> None:
    ada = opened(chromium, site, foyer, "ada")
    ada.type("#message", "hello")
    ada.wait("document.querySelector('.mine button') !== null")
    tree = chromium.send("Accessibility.getFullAXTree", ada.session)["nodes"]
    named = {
        (node["role"]["value"], node["name"]["value"])
        for node in tree
        if not node["ignored"] and node["role"]["value"] in {"button", "link", "log", "navigation", "textbox"}
    }

    assert named == {
        *(("link", name) for name in ("Rooms", "Foyer")),
        *(("button", name) for name in ("Open", "Sign out", "Earlier messages", "Remove: hello", "Send")),
        *(("textbox", name) for name in ("Name of a new room", "Message")),
        ("navigation", "Rooms"),
        ("log", "Messages"),
    }


def test_what_cannot_be_sent_comes_back(chromium: Browser, site: str, foyer: Room) -> None:
    ada = opened(chromium, site, foyer, "ada")
    ada.evaluate("document.querySelector('#message').removeAttribute('maxlength')")

    ada.type("#message", "x" * 2001)

    ada.wait_text(".composer [role=alert]", "This cannot be sent: it is empty or too long.")
    assert ada.evaluate("document.querySelector('#message').value.length") == 2001
    ada.wait_text(".log li:last-child .body", str(MESSAGES - 1))


@pytest.mark.usefixtures("foyer")
def test_an_address_that_leads_nowhere(chromium: Browser, site: str) -> None:
    ada = signed_in(chromium, f"{site}#/rooms/nothing", "ada")

    ada.wait_text("main [role=alert] p", "This room cannot be shown.")
    assert ada.texts(".rooms a") == ["Foyer"]
    ada.click(".rooms a")
    ada.wait_text("h2", "Foyer")


def test_a_backend_that_gives_out_no_tokens(chromium: Browser, site: str) -> None:
    page = chromium.open(site)
    page.wait("document.querySelector('#name') !== null")
    page.evaluate("window.fetch = async () => new Response('', { status: 404 })")

    page.type("#name", "ada")

    page.wait_text(
        "[role=alert]", "This backend gives out no tokens for names. Start it with convex-scaffold serve."
    )
    assert page.text("h1") == "Who are you?"


@pytest.mark.parametrize(
    ("address", "title"), [("https://example.com", "Sign-in is not connected"), ("", "No backend")]
)
def test_a_built_page_has_no_stand_ins(
    chromium: Browser, project: Path, tmp_path: Path, address: str, title: str
) -> None:
    variables = {**os.environ, "VITE_CONVEX_URL": address} if address else None
    build = ["npx", "vite", "build", "web", "--outDir", str(tmp_path), "--logLevel", "error"]
    subprocess.run(build, cwd=project, env=variables, check=True)

    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.open(f"http://127.0.0.1:{server.server_port}/")
        page.wait_text("h1", title)
        assert page.text(".subscriptions") is None
        server.shutdown()
