"""A local HTTP service in the place of an external one: it records calls and fails as a test wants it to."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANY = "*"


@dataclass(frozen=True)
class Call:
    """One request that the service got."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """A header by its name in any case, or None."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Answer:
    """What the service does with one request, after it has noted it.

    `delay` in seconds comes first. `drop` ends the connection without an answer: the caller cannot know
    that the service has acted.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False


class Service:
    """The service. `url` is its base; `calls` what it got so far, in order.

        payments.answer("POST", "/charges", {"id": "ch_1"})           # from now on
        payments.once("POST", "/charges", Answer(status=503))         # but first this, one time
        payments.once("POST", "/charges", Answer(drop=True))          # and then this

    A path that nothing was said about is answered with 404.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._always: dict[tuple[str, str], Answer] = {}
        self._once: dict[tuple[str, str], deque[Answer]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Its base address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, method: str, path: str, body: Any = None, *, status: int = 200) -> None:
        """Answer all such requests with this JSON. The path `*` stands for every path."""
        self._always[method.upper(), path] = Answer(status, body)

    def once(self, method: str, path: str, answer: Answer) -> None:
        """Answer the next such request so; several are used up in order, before what `answer` says."""
        self._once[method.upper(), path].append(answer)

    def calls_of(self, method: str, path: str) -> list[Call]:
        """The requests of one method to one path."""
        return [call for call in self.calls if (call.method, call.path) == (method.upper(), path)]

    def take(self, call: Call) -> Answer:
        """Note a request, and decide on its answer."""
        with self._lock:
            self.calls.append(call)
            for key in ((call.method, call.path), (call.method, _ANY)):
                if self._once[key]:
                    return self._once[key].popleft()
            for key in ((call.method, call.path), (call.method, _ANY)):
                if key in self._always:
                    return self._always[key]
        return Answer(404, {"error": f"the test says nothing about {call.method} {call.path}"})

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            path = self.path.partition("?")[0]
            answer = service.take(Call(self.command, path, dict(self.headers), self.rfile.read(length)))
            time.sleep(answer.delay)
            self.close_connection = True
            if answer.drop:
                return
            body = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")  # else clients send on what is closing
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in http.server
            """Say nothing: what came in is in `calls`."""

    return Handler
