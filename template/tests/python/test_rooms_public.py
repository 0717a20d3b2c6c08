"""Tests of rooms/public.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions
from scaffold.testing.plugin import Clock

from api import (
    RoomMessagesId,
    RoomsId,
    RoomsPublicCreateArgs,
    RoomsPublicMessagesArgs,
    rooms,
)
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


@pytest.fixture
def ann(as_user: AsUser) -> Client:
    return as_user("ann", name="Ann")


@pytest.fixture
def room(ann: Client) -> RoomsId:
    """A room that Ann has made."""
    return rooms.public.create(ann, {"requestId": "1", "name": "Lobby"})


def say(client: Client, room: RoomsId, body: str) -> RoomMessagesId:
    """Send a message."""
    return rooms.public.send(client, {"roomId": room, "requestId": body, "body": body})


def present(client: Client, room: RoomsId) -> list[tuple[str, bool]]:
    """Who is there, and who of them is the caller."""
    people = rooms.public.present(client, {"roomId": room})
    return sorted((person["name"], person["isMe"]) for person in people)


def test_create_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`create` is for those who have signed in."""
    alice = as_user("alice")
    contract.refuses(
        convex,
        "rooms/public:create",
        {"requestId": "text", "name": "text"},
        unlike=alice,
    )


def test_create_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:create")


def test_create_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:create", "alice")


def test_create_is_idempotent(contract: Contract) -> None:
    """A call that is repeated with its `requestId` changes nothing more."""
    contract.replays("rooms/public:create", "requestId", "alice")


def test_create_behaves(ann: Client, room: RoomsId) -> None:
    """One room for each request, with a name."""
    again: RoomsPublicCreateArgs = {"requestId": "1", "name": "Lobby"}
    assert rooms.public.create(ann, again) == room

    nameless: RoomsPublicCreateArgs = {"requestId": "2", "name": " "}
    assert code_of(rooms.public.create, ann, nameless) == "INVALID_ARGUMENT"


def test_list_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`list` is for those who have signed in."""
    alice = as_user("alice")
    documents.add("rooms", owner=alice)
    contract.refuses(
        convex,
        "rooms/public:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:list", "alice")


def test_list_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "rooms/public:list", args):
        documents.add("rooms", owner=alice)


def test_list_behaves(as_user: AsUser, room: RoomsId) -> None:
    """Everybody's rooms are everybody's to see, newest first."""
    bob = as_user("bob")
    newer = rooms.public.create(bob, {"requestId": "1", "name": "Garden"})

    page = rooms.public.list(bob, {"paginationOpts": PAGE})["page"]
    assert [each["roomId"] for each in page] == [newer, room]


def test_get_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`get` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    contract.refuses(convex, "rooms/public:get", {"roomId": room}, unlike=alice)


def test_get_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:get")


def test_get_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:get", "alice")


def test_get_behaves(as_user: AsUser, room: RoomsId) -> None:
    """A room by its id."""
    found = rooms.public.get(as_user("bob"), {"roomId": room})
    assert found == {"roomId": room, "name": "Lobby"}


def test_send_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`send` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    contract.refuses(
        convex,
        "rooms/public:send",
        {"roomId": room, "requestId": "text", "body": "text"},
        unlike=alice,
    )


def test_send_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:send")


def test_send_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:send", "alice")


def test_send_is_idempotent(contract: Contract) -> None:
    """A call that is repeated with its `requestId` changes nothing more."""
    contract.replays("rooms/public:send", "requestId", "alice")


def test_send_behaves(ann: Client, room: RoomsId) -> None:
    """A message that is sent twice is there once, and counted once."""
    assert say(ann, room, "Hello") == say(ann, room, "Hello")
    assert rooms.public.messageCount(ann, {"roomId": room}) == 1


def test_remove_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`remove` is for those who have signed in."""
    alice = as_user("alice")
    message = documents.add("roomMessages", owner=alice)
    contract.refuses(
        convex, "rooms/public:remove", {"messageId": message}, unlike=alice
    )


def test_remove_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice")
    message = documents.add("roomMessages", owner=alice)
    contract.refuses(
        as_user("mallory"), "rooms/public:remove", {"messageId": message}, unlike=alice
    )


def test_remove_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:remove")


def test_remove_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:remove", "alice")


def test_remove_behaves(ann: Client, room: RoomsId) -> None:
    """A message that is taken away is seen and counted no more."""
    kept, gone = say(ann, room, "Hello"), say(ann, room, "Oops")
    rooms.public.remove(ann, {"messageId": gone})

    args: RoomsPublicMessagesArgs = {"roomId": room, "paginationOpts": PAGE}
    page = rooms.public.messages(ann, args)["page"]
    assert [message["messageId"] for message in page] == [kept]
    assert rooms.public.messageCount(ann, {"roomId": room}) == 1


def test_messages_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`messages` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    args = {"roomId": room, "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(convex, "rooms/public:messages", args, unlike=alice)


def test_messages_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:messages")


def test_messages_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:messages", "alice")


def test_messages_behaves(as_user: AsUser, ann: Client, room: RoomsId) -> None:
    """Whoever watches sees what others write, and whose it is."""
    args: RoomsPublicMessagesArgs = {"roomId": room, "paginationOpts": PAGE}
    with rooms.public.messages.subscribe(as_user("bob"), args) as pages:
        assert pages.next()["page"] == []
        say(ann, room, "Hello")
        (message,) = pages.next()["page"]

    assert (message["authorName"], message["isMine"]) == ("Ann", False)
    assert message["body"] == "Hello"


def test_message_count_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`messageCount` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    contract.refuses(
        convex, "rooms/public:messageCount", {"roomId": room}, unlike=alice
    )


def test_message_count_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:messageCount")


def test_message_count_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:messageCount", "alice")


def test_message_count_behaves(ann: Client, room: RoomsId) -> None:
    """All messages of the room, and of no other."""
    other = rooms.public.create(ann, {"requestId": "2", "name": "Garden"})
    for number in range(3):
        say(ann, room, str(number))

    assert rooms.public.messageCount(ann, {"roomId": room}) == 3
    assert rooms.public.messageCount(ann, {"roomId": other}) == 0


def test_present_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`present` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    contract.refuses(convex, "rooms/public:present", {"roomId": room}, unlike=alice)


def test_present_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:present")


def test_present_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:present", "alice")


def test_present_behaves(as_user: AsUser, ann: Client, room: RoomsId) -> None:
    """Those who are in the room, and which of them one is oneself."""
    rooms.public.beat(ann, {"roomId": room})
    rooms.public.beat(as_user("bob", name="Bob"), {"roomId": room})

    assert present(ann, room) == [("Ann", True), ("Bob", False)]


def test_beat_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`beat` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    contract.refuses(convex, "rooms/public:beat", {"roomId": room}, unlike=alice)


def test_beat_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:beat")


def test_beat_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:beat", "alice")


def test_beat_behaves(ann: Client, room: RoomsId, convex_clock: Clock) -> None:
    """Who no longer says that they are there is gone."""
    rooms.public.beat(ann, {"roomId": room})
    assert present(ann, room) == [("Ann", True)]

    convex_clock.advance(timedelta(minutes=5))
    assert present(ann, room) == []


def test_leave_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`leave` is for those who have signed in."""
    alice = as_user("alice")
    room = documents.add("rooms")
    contract.refuses(convex, "rooms/public:leave", {"roomId": room}, unlike=alice)


def test_leave_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("rooms/public:leave")


def test_leave_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("rooms/public:leave", "alice")


def test_leave_behaves(ann: Client, room: RoomsId) -> None:
    """Who leaves is gone at once, and may leave twice."""
    rooms.public.beat(ann, {"roomId": room})
    for _ in range(2):
        rooms.public.leave(ann, {"roomId": room})
        assert present(ann, room) == []
