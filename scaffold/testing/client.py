"""A client of a Convex project for tests: one-shot calls over HTTP, subscriptions over the WebSocket."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

R = TypeVar("R")


class Client:
    """Calls functions as one user, or as nobody.

    Values are those of the PyPI package `convex`: numbers are floats, 64-bit integers `ConvexInt64`, binary
    data `bytes`. A function that throws a `ConvexError` raises `convex.ConvexError` with its data; any other
    failure raises `convex.http_client.ConvexExecutionError`.
    """

    def __init__(self, url: str, *, token: str = "", admin: str = "") -> None:
        from convex.http_client import ConvexHttpClient  # noqa: PLC0415 - a dependency of the extra `testing`

        self.url = url
        self._token = token
        self._admin = admin
        self._http = ConvexHttpClient(url)
        if token:
            self._http.set_auth(token)
        elif admin:
            self._http.set_admin_auth(admin)

    @property
    def token_identifier(self) -> str:
        """Who the user is, as `getUserIdentity()` tells it: issuer and subject. Empty for nobody."""
        claims = self._claims()
        return f"{claims['iss']}|{claims['sub']}" if claims else ""

    @property
    def subject(self) -> str:
        """The user's id at the identity provider. Empty for nobody."""
        return str(self._claims().get("sub", ""))

    def _claims(self) -> dict[str, Any]:
        if not self._token:
            return {}
        payload = self._token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims

    def query(self, name: str, args: Mapping[str, Any] | None = None) -> Any:
        """The result of a query, as of now."""
        return self._http.query(name, dict(args or {}))

    def mutation(self, name: str, args: Mapping[str, Any] | None = None) -> Any:
        """Run a mutation; its result."""
        return self._http.mutation(name, dict(args or {}))

    def action(self, name: str, args: Mapping[str, Any] | None = None) -> Any:
        """Run an action; its result."""
        return self._http.action(name, dict(args or {}))

    def subscribe(self, name: str, args: Mapping[str, Any] | None = None) -> Subscription[Any]:
        """A live query: results as they change. To be closed, or used in a `with`."""
        from convex import ConvexClient  # noqa: PLC0415 - a dependency of the extra `testing`

        client = ConvexClient(self.url)
        if self._token:
            client.set_auth(self._token)
        elif self._admin:
            client.set_admin_auth(self._admin)
        return Subscription(client.subscribe(name, dict(args or {})), f"{name} {dict(args or {})}")

    def wait_until(
        self,
        name: str,
        args: Mapping[str, Any] | None,
        condition: Callable[[Any], object],
        *,
        timeout: float = 5.0,
    ) -> Any:
        """Watch a query until its result fulfils a condition; that result.

        Raises:
            TimeoutError: it did not within `timeout` seconds; the message has the last result.
        """
        with self.subscribe(name, args) as watched:
            return watched.until(condition, timeout=timeout)


class Subscription(Generic[R]):
    """The results of one live query, in order. A query that fails raises what it failed with."""

    def __init__(self, results: Any, told: str) -> None:
        self._results = results
        self._told = told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the subscription."""
        self._results.unsubscribe()

    def next(self, *, timeout: float = 5.0) -> R:
        """The next result.

        Raises:
            TimeoutError: none came within `timeout` seconds.
        """
        # Iterating in a thread would hold the interpreter's lock for as long as nothing comes.
        try:
            return asyncio.run(asyncio.wait_for(self._first(), timeout))
        except TimeoutError:
            raise TimeoutError(f"{self._told}: no new result in {timeout:g} s") from None

    async def _first(self) -> R:
        async for result in self._results:
            return cast("R", result)
        raise TimeoutError

    def until(self, condition: Callable[[R], object], *, timeout: float = 5.0) -> R:
        """The first result, from the next one on, that fulfils a condition.

        Raises:
            TimeoutError: none did within `timeout` seconds; the message has the last one.
        """
        deadline = time.monotonic() + timeout
        last: object = "nothing"
        while True:
            try:
                last = result = self.next(timeout=max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise TimeoutError(f"{self._told}: not within {timeout:g} s; last: {last!r}") from None
            if condition(result):
                return result


class AsUser(Protocol):
    """What the fixture `as_user` gives."""

    def __call__(self, subject: str, **claims: Any) -> Client:
        """A client of that user, with these claims in its token."""
        ...


class OnSignIn(Protocol):
    """What the fixture `on_sign_in` gives."""

    def __call__(self, client: Client, claims: dict[str, Any], /) -> None:
        """Do what the project does when this user comes for the first time."""
        ...
