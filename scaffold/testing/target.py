"""What the tests run against: the embedded backend, or a deployment that `CONVEX_URL` names."""

from __future__ import annotations

import base64
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from scaffold.testing.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.backend.control import Control
    from scaffold.backend.server import Server

_ISSUER = "https://tests.invalid"


class Target:
    """Where functions run. `url` is what any Convex client connects to.

    `server` is the embedded backend, None on a deployment. `key` is a deployment's deploy key: with it tests
    can act as users there, and call internal functions.
    """

    def __init__(self, url: str, *, server: Server | None = None, key: str = "") -> None:
        self.url = url.rstrip("/")
        self._server = server
        self._key = key

    @property
    def control(self) -> Control:
        """Data, clock, crons and variables of the embedded backend. A test that asks elsewhere is skipped."""
        if self._server is None:
            skip("only the embedded backend can be controlled; unset CONVEX_URL to use it")
        return self._server.control

    def reset(self) -> None:
        """Forget all data. A deployment keeps its own: tests there must not count on an empty one."""
        if self._server is not None:
            self._server.control.reset()

    def anonymous(self) -> Client:
        """A client that nobody has signed in with."""
        return Client(self.url)

    def as_user(self, subject: str, claims: Mapping[str, Any]) -> Client:
        """A client that a user of the identity provider has signed in with."""
        if self._server is not None:
            return Client(self.url, token=self._server.control.token(subject, claims=claims))
        if not self._key:
            skip("to act as a user of a deployment, set CONVEX_DEPLOY_KEY")
        identity = {
            "subject": subject,
            "issuer": _ISSUER,
            "tokenIdentifier": f"{_ISSUER}|{subject}",
            **claims,
        }
        acting = base64.b64encode(json.dumps(identity).encode()).decode()
        return Client(self.url, admin=f"{self._key}:{acting}")

    def as_admin(self) -> Client:
        """A client that may call internal functions too, as a deployment's dashboard does."""
        if self._server is not None:
            return Client(self.url, admin=self._server.admin_key)
        if not self._key:
            skip("to call internal functions of a deployment, set CONVEX_DEPLOY_KEY")
        return Client(self.url, admin=self._key)


@contextmanager
def running(project: Path) -> Iterator[Target]:
    """The target that the environment asks for, for as long as the tests run."""
    url = os.environ.get("CONVEX_URL", "")
    if url:
        yield Target(url, key=os.environ.get("CONVEX_DEPLOY_KEY", ""))
        return
    from scaffold.backend.options import Options  # noqa: PLC0415 - not on a deployment
    from scaffold.backend.server import Server  # noqa: PLC0415
    from scaffold.model import layout  # noqa: PLC0415

    with Server.start(layout.find(project), Options()) as server:
        yield Target(server.url, server=server)


def skip(reason: str) -> NoReturn:
    """Skip the running test."""
    import pytest  # noqa: PLC0415 - a dependency of the extra `testing`

    pytest.skip(reason)
