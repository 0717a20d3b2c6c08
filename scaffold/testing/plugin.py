"""The fixtures. Every name begins with `convex` or says what it gives; each can be overridden in a conftest.

def test_an_order_is_paid_once(convex, as_user, http_service, convex_clock):
    payments = http_service("PAYMENTS_URL")
    …
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.testing.client import AsUser, Client, OnSignIn
    from scaffold.testing.contract import Contract
    from scaffold.testing.documents import Documents
    from scaffold.testing.service import Service
    from scaffold.testing.target import Target


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting that names the project."""
    parser.addini(
        "convex_project", "the folder of the Convex project, from the root of the tests", default="."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of tests that wait for somebody to write them."""
    config.addinivalue_line(
        "markers",
        "untested(function): what this function is for has no test yet; it is skipped with its text",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is yet to be written, saying which function waits for it."""
    for item in items:
        marker = item.get_closest_marker("untested")
        if marker is not None:
            what = marker.args[0] if marker.args else item.name
            item.add_marker(pytest.mark.skip(reason=f"untested: {what}"))


@pytest.fixture(scope="session")
def convex_project(pytestconfig: pytest.Config) -> Path:
    """The folder of the Convex project: the setting `convex_project`, or the root of the tests."""
    return Path(pytestconfig.rootpath, pytestconfig.getini("convex_project"))


@pytest.fixture(scope="session")
def convex_target(convex_project: Path) -> Iterator[Target]:
    """What all tests run against: one embedded backend, or the deployment that CONVEX_URL names."""
    from scaffold.testing.target import running  # noqa: PLC0415 - this module is imported by every pytest

    with running(convex_project) as target:
        yield target


@pytest.fixture
def convex_backend(convex_target: Target) -> Target:
    """The same without data, at the beginning of every test. A deployment keeps its data."""
    convex_target.reset()
    return convex_target


@pytest.fixture
def convex(convex_backend: Target) -> Client:
    """A client that nobody has signed in with."""
    return convex_backend.anonymous()


@pytest.fixture
def as_user(convex_backend: Target, on_sign_in: OnSignIn) -> AsUser:
    """Clients of signed-in users: `as_user("alice", role="admin")`. Keywords are claims of the token."""

    def sign_in(subject: str, **claims: Any) -> Client:
        client = convex_backend.as_user(subject, claims)
        on_sign_in(client, {"subject": subject, **claims})
        return client

    return sign_in


@pytest.fixture
def on_sign_in() -> OnSignIn:
    """What a project does when a user comes for the first time. Override it to store the user, or a role."""
    return lambda _client, _claims: None


@pytest.fixture
def convex_admin(convex_backend: Target) -> Client:
    """A client that may call internal functions."""
    return convex_backend.as_admin()


@pytest.fixture
def documents(convex_backend: Target) -> Documents:
    """Puts documents into tables: `documents.add("orders", owner=alice)`. Skips the test on a deployment."""
    from scaffold.testing.documents import Documents  # noqa: PLC0415 - this module is imported by every pytest

    _ = convex_backend.control
    return Documents(convex_backend)


@pytest.fixture
def convex_offline(convex_backend: Target) -> Iterator[None]:
    """For the time of the test, functions reach this machine alone; other calls fail as without a network."""
    convex_backend.control.set_variables({"CONVEX_SCAFFOLD_OFFLINE": "1"})
    yield
    convex_backend.control.set_variables({"CONVEX_SCAFFOLD_OFFLINE": None})


@pytest.fixture
def contract(
    convex_backend: Target,
    documents: Documents,
    as_user: AsUser,
    convex_project: Path,
    convex_offline: None,  # noqa: ARG001 - calls are made up: nobody else shall get them
) -> Contract:
    """Holds functions to their validators and access checks: what `convex-scaffold stubs` writes uses it."""
    from scaffold.model import layout  # noqa: PLC0415 - this module is imported by every pytest
    from scaffold.testing.contract import Contract  # noqa: PLC0415

    return Contract(convex_backend, documents, as_user, layout.find(convex_project).functions)


@pytest.fixture
def convex_clock(convex_backend: Target) -> Clock:
    """The backend's time. Skips the test on a deployment."""
    return Clock(convex_backend)


@pytest.fixture
def http_service(convex_backend: Target) -> Iterator[Callable[[str], Service]]:
    """Local stand-ins for external services: `http_service("PAYMENTS_URL")` sets that variable to its URL."""
    from scaffold.testing.service import Service  # noqa: PLC0415 - this module is imported by every pytest

    control = convex_backend.control
    started: dict[str, Service] = {}

    def start(variable: str) -> Service:
        started[variable] = Service()
        control.set_variables({variable: started[variable].url})
        return started[variable]

    yield start
    for service in started.values():
        service.close()
    control.set_variables(dict.fromkeys(started))


class Clock:
    """The time of the embedded backend."""

    def __init__(self, target: Target) -> None:
        self._control = target.control

    def now(self) -> float:
        """Milliseconds since the epoch, as `Date.now()` gives in functions."""
        return self._control.now()

    def advance(self, by: timedelta | float) -> int:
        """Move on, by seconds or a timedelta, and do what becomes due; how many runs that were."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._control.advance(seconds * 1000)

    def freeze(self) -> None:
        """Stop the clock until the end of the test."""
        self._control.freeze()

    def settle(self) -> None:
        """Wait until all that is due now is done, and what that schedules at once.

        Raises:
            TimeoutError: something still runs, or is due again, after ten seconds.
        """
        if not self._control.settle():
            raise TimeoutError("scheduled functions still run after 10 s")
