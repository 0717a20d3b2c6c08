"""Starting and ending a backend, which is a Node.js process of ours.

    with Server.start(layout.find(Path.cwd()), Options()) as server:
        server.url                       # give it to any Convex client
        server.control.reset()           # see `scaffold.backend.control`

The process reads its options from its input and ends when that closes, so it never outlives us,
however we end. It writes events to its output, one JSON object a line.
"""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from scaffold.backend.control import Control
from scaffold.backend.failures import failure
from scaffold.core import node
from scaffold.core.errors import ToolFailedError
from scaffold.core.package import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.backend.options import Options
    from scaffold.model.layout import Layout

    Event = dict[str, Any]

MAIN = PACKAGE / "backend" / "js" / "main.mjs"
_START_LIMIT = 60.0  # seconds
_GRACE = 2.0  # seconds to end in


class Server:
    """A running backend.

    `url` is what clients connect to. `details` are the facts of its "ready" event: how many `functions`
    and `components`, the `versions` of convex and convex-test, and declared variables that are `unset`.
    """

    def __init__(self, process: subprocess.Popen[str], on_event: Callable[[Event], None] | None) -> None:
        self._process = process
        self._on_event = on_event
        self._first: queue.Queue[Event | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=[process.stdout], daemon=True)
        self._reader.start()
        self.details: Event = {}

    @classmethod
    def start(
        cls, project: Layout, options: Options, *, on_event: Callable[[Event], None] | None = None
    ) -> Server:
        """Start a backend, and return when it answers.

        `on_event` is called, from another thread, with what happens later: "log" (`name` of the function,
        `lines`), "reloaded" (`seconds`), "broken" (`message`, `problems`: the changed code does not load, the
        old runs on) and "restarted" (`reason`: a function had to be stopped).

        Raises:
            ToolMissingError: Node.js or a package of the project is missing.
            ServeError: the project's code does not load, or the port is taken.
        """
        toolchain = node.find()
        process = subprocess.Popen(  # noqa: S603 - Node.js, on our own code
            [shutil.which("node", path=toolchain.path) or "node", str(MAIN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=toolchain.environment(),
            cwd=project.root,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches us alone; we end it
        )
        server = cls(process, on_event)
        try:
            server._send(_as_input(project, options))
            server._wait_until_ready(project)
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return str(self.details["url"])

    @property
    def admin_key(self) -> str:
        """What an admin of a deployment would use: `client.set_admin_auth(server.admin_key)`."""
        return str(self.details["adminKey"])

    @property
    def control(self) -> Control:
        """Its data, clock, crons and tokens, for tests."""
        return Control(self.url)

    def wait(self) -> None:
        """Block until the process ends by itself."""
        self._process.wait()

    def stop(self) -> None:
        """End it. To be called any number of times."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_GRACE)
        if self._process.stdout:
            self._process.stdout.close()
        for left in Path(tempfile.gettempdir()).glob(f"convex-scaffold-serve-{self._process.pid}-*"):
            shutil.rmtree(left, ignore_errors=True)  # it was killed while it loaded the project

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _send(self, message: dict[str, Any]) -> None:
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(message) + "\n")
                self._process.stdin.flush()

    def _wait_until_ready(self, project: Layout) -> None:
        try:
            event = self._first.get(timeout=_START_LIMIT)
        except queue.Empty:
            event = {"event": "failed", "kind": "slow", "message": f"not ready in {_START_LIMIT:.0f} s"}
        if event is None:
            raise ToolFailedError("the backend", f"node {MAIN}", "it ended before it was ready")
        if event["event"] == "failed":
            raise failure(event, project)
        self.details = event

    def _read(self, output: IO[str]) -> None:
        """Hand on events: the first "ready" or "failed" to whoever starts us, all others to the listener."""
        for line in output:
            try:
                event = json.loads(line)
            except ValueError:  # something printed past us
                event = {"event": "log", "name": "", "lines": [line.rstrip()]}
            if not self.details and event["event"] in {"ready", "failed"}:
                self._first.put(event)
            elif self._on_event:
                self._on_event(event)
        self._first.put(None)


def _as_input(project: Layout, options: Options) -> dict[str, Any]:
    return {
        "root": str(project.root.resolve()),
        "functions": str(project.functions.resolve()),
        "port": options.port,
        "auth": options.auth,
        "variables": dict(options.variables),
        "seed": options.seed,
        "watch": options.watch,
        "limits": options.limits,
        "timeLimit": options.time_limit,
    }
