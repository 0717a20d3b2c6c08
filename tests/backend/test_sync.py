"""The sync protocol, message by message."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from support.websockets import Connection, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.backends import Backend


@pytest.fixture
def client(chat: Backend) -> Iterator[Connection]:
    with connect(chat.url) as connection:
        _hello(connection, "x")
        yield connection


def _hello(connection: Connection, session: str) -> None:
    known = {"connectionCount": 0, "lastCloseReason": None}
    connection.send({"type": "Connect", "sessionId": session, **known})


def _add(query: int, path: str, **args: Any) -> dict[str, Any]:
    return {"type": "Add", "queryId": query, "udfPath": path, "args": [args]}


def _modify(base: int, *modifications: dict[str, Any]) -> dict[str, Any]:
    change = {"baseVersion": base, "newVersion": base + 1, "modifications": modifications}
    return {"type": "ModifyQuerySet", **change}


def _mutation(request: int, path: str, **args: Any) -> dict[str, Any]:
    return {"type": "Mutation", "requestId": request, "udfPath": path, "args": [args]}


def _ts(encoded: str) -> int:
    return int.from_bytes(base64.b64decode(encoded), "little")


def test_versions_follow_each_other(client: Connection) -> None:
    client.send(_modify(0, _add(0, "messages:list"), _add(1, "failing:throws")))
    client.send(_modify(1, {"type": "Remove", "queryId": 1}))
    client.send({"type": "Authenticate", "tokenType": "None", "baseVersion": 0})

    first, second, third = (client.receive() for _ in range(3))

    assert (first["startVersion"], _ts(first["startVersion"]["ts"])) == (
        {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="},
        0,
    )
    assert (first["endVersion"], second["endVersion"]) == (second["startVersion"], third["startVersion"])
    assert (third["endVersion"]["querySet"], third["endVersion"]["identity"]) == (2, 1)
    assert _ts(first["endVersion"]["ts"]) < _ts(second["endVersion"]["ts"]) < _ts(third["endVersion"]["ts"])
    updated, failed = first["modifications"]
    assert updated == {
        "queryId": 0,
        "type": "QueryUpdated",
        "value": [],
        "logLines": [],
        "journal": None,
    }
    assert (failed["queryId"], failed["type"]) == (1, "QueryFailed")
    assert "Uncaught TypeError: no such thing" in failed["errorMessage"]
    assert second["modifications"] == [{"type": "QueryRemoved", "queryId": 1}]
    assert third["modifications"] == []


def test_a_mutation_is_answered_and_then_seen(client: Connection) -> None:
    client.send(_modify(0, _add(0, "messages:by", author="ada")))
    client.receive()
    client.send(_mutation(0, "messages:send", author="ada", body="x"))
    client.send(_mutation(1, "values:nothing"))
    client.send(_mutation(2, "messages:refuse"))

    got = [client.receive() for _ in range(5)]

    responses = {message["requestId"]: message for message in got if message["type"] == "MutationResponse"}
    transitions = [message for message in got if message["type"] == "Transition"]
    values = [change["value"] for message in transitions for change in message["modifications"]]
    assert [responses[0]["success"], responses[1]["result"], responses[2]["success"]] == [True, None, False]
    assert responses[2]["errorData"] == {"code": "NO", "limit": 3.0, "big": {"$integer": "BwAAAAAAAAA="}}
    assert values == [["x"]]
    assert _ts(transitions[-1]["endVersion"]["ts"]) >= _ts(responses[1]["ts"])


def test_nothing_is_sent_for_what_did_not_change(chat: Backend, client: Connection) -> None:
    client.send(_modify(0, _add(0, "messages:by", author="ada")))
    client.receive()

    chat.value("mutation", "messages:send", {"author": "bob", "body": "not hers"})  # the same table
    chat.value("action", "files:make", {"text": "x"})  # another table
    chat.value("mutation", "messages:send", {"author": "ada", "body": "hers"})

    assert client.receive()["modifications"][0]["value"] == ["hers"]


def test_who_does_not_read_is_told_of_the_latest_alone(chat: Backend, client: Connection) -> None:
    chat.value("mutation", "messages:send", {"author": "ada", "body": "x" * 900_000})
    client.send(_modify(0, _add(0, "messages:by", author="ada")))
    client.receive()
    for number in range(80):
        chat.value("mutation", "messages:send", {"author": "ada", "body": str(number)})

    told = 0
    bodies: list[str] = []
    while len(bodies) < 81:
        bodies = client.receive()["modifications"][0]["value"]
        told += 1

    assert bodies[1:] == [str(number) for number in range(80)]
    assert told < 60  # of 80 that are a megabyte each


def test_mutations_of_one_client_run_in_order(chat: Backend, client: Connection) -> None:
    for number in range(20):
        client.send(_mutation(number, "messages:send", author="ada", body=str(number)))
    answered: list[int] = []
    while len(answered) < 20:
        message = client.receive()
        if message["type"] == "MutationResponse":
            answered.append(message["requestId"])

    assert answered == list(range(20))
    assert chat.value("query", "messages:by", {"author": "ada"}) == [str(number) for number in range(20)]


def _response(connection: Connection) -> Any:
    while (message := connection.receive())["type"] != "MutationResponse":
        pass
    return message


def _send_again(url: str, session: str, *messages: Any) -> list[Any]:
    with connect(url) as connection:
        _hello(connection, session)
        for message in messages:
            connection.send(message)
        return [_response(connection) for _ in messages]


def test_a_mutation_that_is_sent_again_after_a_lost_connection_runs_once(chat: Backend) -> None:
    first, second = (_mutation(number, "messages:send", author="ada", body=str(number)) for number in (0, 1))
    with connect(chat.url) as lost:
        _hello(lost, "s")
        lost.send(first)
        answered = _response(lost)
        lost.send(second)  # and its answer never arrives

    again = _send_again(chat.url, "s", first, second)

    assert chat.value("query", "messages:by", {"author": "ada"}) == ["0", "1"]
    assert [(answer["success"], answer["result"]) for answer in again] == [
        (True, answered["result"]),
        (True, chat.value("query", "messages:list")[1]["_id"]),
    ]


def test_mutations_are_told_apart_by_client_and_run_again_where_they_failed(chat: Backend) -> None:
    send = _mutation(0, "messages:send", author="ada", body="x")
    refused = _mutation(1, "messages:refuse")

    answers = [_send_again(chat.url, session, send, refused) for session in ("a", "b", "b")]

    assert chat.value("query", "messages:by", {"author": "ada"}) == ["x", "x"]
    failures = [failure["result"] for _, failure in answers]
    assert len(set(failures)) == 3  # each names its own request


def test_an_action_is_answered(client: Connection) -> None:
    client.send({"type": "Action", "requestId": 7, "udfPath": "failing:nested", "args": [{}]})

    assert client.receive() == {
        "type": "ActionResponse",
        "requestId": 7,
        "success": True,
        "result": "failed on schedule",
        "logLines": [],
    }


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (b"no json", "the message is no JSON"),
        ({"type": "Nonsense"}, 'unknown message type "Nonsense"'),
        ({}, "unknown message type undefined"),
        ({"type": "__proto__"}, 'unknown message type "__proto__"'),
        (_modify(5), "Base version 5 passed up doesn't match the current version 0"),
        (_modify(0, _add(0, "a:b:c")), "a:b:c is not a valid path to a Convex function."),
    ],
)
def test_what_is_no_proper_message_ends_the_connection(
    chat: Backend, client: Connection, message: Any, error: str
) -> None:
    client.send(message)

    assert client.receive() == {"type": "FatalError", "error": error}
    assert client.receive() is None
    assert chat.value("query", "values") == "the default export"


def test_a_bad_token_is_an_error_of_authentication(client: Connection) -> None:
    client.send({"type": "Authenticate", "tokenType": "User", "value": "nonsense", "baseVersion": 0})

    answer = client.receive()

    assert (answer["type"], answer["baseVersion"], answer["authUpdateAttempted"]) == ("AuthError", 0, True)
    assert client.receive() is None
