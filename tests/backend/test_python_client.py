"""The PyPI package `convex`: its WebSocket client and its HTTP client.

Waiting for the next result of a subscription blocks all of Python, other threads too: never wait for what
has not been caused yet.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

convex = pytest.importorskip("convex")
from convex.http_client import ConvexHttpClient  # noqa: E402

if TYPE_CHECKING:
    from support.backends import Backend


@pytest.fixture
def client(chat: Backend) -> Any:
    return convex.ConvexClient(chat.url)


def test_calls_over_the_websocket(client: Any) -> None:
    sent = client.mutation("messages:send", {"author": "ada", "body": "hello"})

    assert [message["_id"] for message in client.query("messages:list")] == [sent]
    assert client.action("files:make", {"text": "x"})["text"] == "x"


def test_values_over_the_websocket(client: Any) -> None:
    values = client.query("values:all")

    assert math.isnan(values.pop("nan"))
    assert math.copysign(1, values.pop("minusZero")) == -1
    assert values.pop("int64") == convex.ConvexInt64(9007199254740993)
    assert values == {
        "bytes": b"\x01\x02\xff",
        "half": 0.5,
        "infinity": math.inf,
        "large": 1e21,
        "list": [1.0, [True, None]],
        "minusInfinity": -math.inf,
        "text": 'a "quoted" text',
        "whole": 17.0,
    }


def test_a_subscription_sees_the_effect_of_a_mutation(chat: Backend, client: Any) -> None:
    watched = client.subscribe("messages:by", {"author": "ada"})
    assert next(watched) == []

    client.mutation("messages:send", {"author": "ada", "body": "by this client"})
    assert next(watched) == ["by this client"]
    chat.value("mutation", "messages:send", {"author": "ada", "body": "by another"})
    assert next(watched) == ["by this client", "by another"]


def test_a_failing_subscription_recovers(chat: Backend, client: Any) -> None:
    watched = client.subscribe("messages:by", {"author": "ada"})
    assert next(watched) == []

    chat.server.control.seed({"messages": [{"author": "ada", "body": "seeded"}]})

    assert next(watched) == ["seeded"]


def test_errors_over_the_websocket(client: Any) -> None:
    with pytest.raises(convex.ConvexError) as caught:
        client.mutation("messages:refuse")
    assert caught.value.data == {"code": "NO", "limit": 3.0, "big": convex.ConvexInt64(7)}

    with pytest.raises(Exception, match="Could not find public function for 'messages:count'"):
        client.query("messages:count")


def test_identity_over_the_websocket(chat: Backend, client: Any) -> None:
    client.set_auth(chat.server.control.token("ada", claims={"email": "ada@example.com"}))

    assert client.query("people:whoami")["email"] == "ada@example.com"
    assert client.action("people:whoamiInAction") == "ada"
    client.clear_auth()
    assert client.query("people:whoami") is None


def test_an_admin_may_call_internal_functions(chat: Backend, client: Any) -> None:
    client.set_admin_auth(chat.server.admin_key)

    assert client.query("messages:count") == 0


def test_calls_over_http(chat: Backend) -> None:
    client = ConvexHttpClient(chat.url)

    sent = client.mutation("messages:send", {"author": "ada", "body": "hello"})

    assert [message["_id"] for message in client.query("messages:list", {})] == [sent]
    assert client.query("values:echo", {"value": convex.ConvexInt64(5)}) == convex.ConvexInt64(5)
    with pytest.raises(convex.ConvexError) as caught:
        client.mutation("messages:refuse", {})
    assert caught.value.data["code"] == "NO"


def test_many_clients_see_each_other(chat: Backend) -> None:
    clients = [convex.ConvexClient(chat.url) for _ in range(8)]
    watched = [client.subscribe("messages:by", {"author": "all"}) for client in clients]
    assert [next(one) for one in watched] == [[]] * 8

    clients[3].mutation("messages:send", {"author": "all", "body": "hi"})

    assert [next(one) for one in watched] == [["hi"]] * 8
