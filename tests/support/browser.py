"""Pages in a headless browser, each in a profile of its own, driven by the browser's debugging protocol."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.websockets import Connection, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 30.0  # seconds, for what should take one


def installed() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """A browser that has been started. Each page it opens has cookies and storage of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)

    def send(self, method: str, session: str | None = None, **params: Any) -> Any:
        """One command and its result; events are passed over."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": params}
        self._connection.send(command if session is None else command | {"sessionId": session})
        while True:
            message = self._connection.receive()
            if message.get("id") == number:
                assert "error" not in message, (method, message)
                return message["result"]

    def open(self, url: str, width: int = 1200, height: int = 800) -> Page:
        """A page in a new profile."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.resize(width, height)
        self.send("Page.navigate", session, url=url)
        return page


@dataclass
class Page:
    """What somebody at this page sees and does."""

    browser: Browser
    session: str

    def evaluate(self, expression: str) -> Any:
        """The value of JavaScript in the page."""
        answer = self.browser.send(
            "Runtime.evaluate", self.session, expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def text(self, selector: str) -> str | None:
        """What the first such element shows, or None if there is none."""
        text = self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")
        return None if text is None else re.sub(r"\s+", " ", text).strip()

    def texts(self, selector: str) -> list[str]:
        """What each such element shows."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.innerText)"
        return [re.sub(r"\s+", " ", text).strip() for text in self.evaluate(found)]

    def wait(self, expression: str, *, expected: object = True) -> None:
        """Until JavaScript has this value."""
        self._until(lambda: self.evaluate(expression), expected, expression)

    def wait_text(self, selector: str, expected: str) -> None:
        """Until the first such element shows this."""
        self._until(lambda: self.text(selector), expected, selector)

    def wait_texts(self, selector: str, expected: list[str]) -> None:
        """Until these elements show this, in this order, and there is no other."""
        self._until(lambda: self.texts(selector), expected, selector)

    def click(self, selector: str) -> None:
        """Click the first such element, once it is there."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"{found} !== null")
        self.evaluate(f"{found}.click()")

    def type(self, selector: str, text: str) -> None:
        """Put text into a field, once it is there, and press Enter."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"{found} !== null")
        self.evaluate(f"{found}.focus()")
        self.browser.send("Input.insertText", self.session, text=text)
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        for kind in ("keyDown", "keyUp"):
            self.browser.send("Input.dispatchKeyEvent", self.session, type=kind, **key)

    def resize(self, width: int, height: int) -> None:
        """Make the window this large, in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.browser.send("Emulation.setDeviceMetricsOverride", self.session, **size)

    def screenshot(self, file: Path) -> None:
        """A picture of the window."""
        data = self.browser.send("Page.captureScreenshot", self.session, format="png")["data"]
        file.write_bytes(base64.b64decode(data))

    def _until(self, look: Callable[[], object], expected: object, where: str) -> None:
        end = time.monotonic() + _PATIENCE
        while (seen := look()) != expected:
            assert time.monotonic() < end, f"{where}: {seen!r}, not {expected!r}, on: {self.text('body')}"
            time.sleep(0.02)


@contextmanager
def running(program: str, profile: Path) -> Iterator[Browser]:
    """A headless browser with its files in `profile`."""
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command = [program, *options, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            port, path = _address(process, profile / "DevToolsActivePort")
            with connect(f"http://127.0.0.1:{port}", path) as connection:
                yield Browser(connection)
        finally:
            process.kill()


def _address(process: subprocess.Popen[bytes], file: Path) -> list[str]:
    """Where the browser takes commands: it writes that when it is ready."""
    end = time.monotonic() + _PATIENCE
    while not file.is_file() or len(lines := file.read_text().split()) != 2:
        assert process.poll() is None, "the browser ended while it started"
        assert time.monotonic() < end, "the browser does not start"
        time.sleep(0.02)
    return lines
