"""Backends for tests: a copy of a small project, served."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.backend.options import Options
from scaffold.backend.server import Server
from scaffold.lifecycle import codegen
from scaffold.model import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TESTS = Path(__file__).parent.parent
CHAT = _TESTS / "backend" / "project"
COMPONENTS = _TESTS / "backend" / "components"
_PACKAGES = _TESTS / "backend" / "packages"
_CACHE = _TESTS.parent / ".cache"


def installed_packages() -> Path:
    """The Node packages that only these tests need, installed once for all runs.

    Raises:
        subprocess.CalledProcessError: npm failed, as it does without a network.
    """
    lock = (_PACKAGES / "package-lock.json").read_bytes()
    folder = _CACHE / f"backend-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not folder.is_dir():
        _CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE, prefix="backend-") as made:
            shutil.copytree(_PACKAGES, made, dirs_exist_ok=True)
            npm = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
            subprocess.run(npm, cwd=made, check=True, capture_output=True)
            with suppress(OSError):  # another process was faster
                shutil.copytree(made, f"{made}-done", symlinks=True)
                Path(f"{made}-done").rename(folder)
    return folder / "node_modules"


def copy_project(source: Path, target: Path, modules: Path) -> Path:
    """Copy a project, link the installed packages, and make its generated code where it has none."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules"))
    (target / "node_modules").symlink_to(modules)
    if not (target / "convex" / "_generated").is_dir():
        codegen.apply(codegen.plan(layout.read(target)))
    return target


@dataclass
class Backend:
    """A running server and all that it has reported."""

    server: Server
    project: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server.url

    def post(
        self, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """POST JSON to the server; status and JSON of the answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json", **(headers or {})}
        status, text = self.request("POST", path, data, sent)
        return status, json.loads(text)

    def request(
        self, method: str, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Any request; status and text of the answer."""
        address = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(address, data, dict(headers or {}), method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def call(self, kind: str, path: str, args: Any = None, **more: Any) -> dict[str, Any]:
        """Call a function over HTTP; the whole answer."""
        status, answer = self.post(f"/api/{kind}", {"path": path, "args": args or {}, **more})
        assert status == 200, answer
        return answer

    def value(self, kind: str, path: str, args: Any = None) -> Any:
        """Call a function over HTTP; its result."""
        answer = self.call(kind, path, args)
        assert answer["status"] == "success", answer
        return answer["value"]


@contextmanager
def running(project: Path, options: Options | None = None) -> Iterator[Backend]:
    """A backend of the project in this folder."""
    events: list[dict[str, Any]] = []
    started = Server.start(layout.read(project), options or Options(), on_event=events.append)
    with started as server:
        yield Backend(server, project, events)
