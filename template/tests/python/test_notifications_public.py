"""Tests of notifications/public.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import NotificationsId, notifications

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


def test_list_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`list` is for those who have signed in."""
    alice = as_user("alice")
    documents.add("notifications", owner=alice)
    contract.refuses(
        convex,
        "notifications/public:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("notifications/public:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("notifications/public:list", "alice")


def test_list_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "notifications/public:list", args):
        documents.add("notifications", owner=alice)


def test_list_behaves(as_user: AsUser, documents: Documents) -> None:
    """What the caller was told, newest first."""
    ann, bob = as_user("ann"), as_user("bob")
    told = [documents.add("notifications", owner=ann, title=title) for title in "ab"]
    documents.add("notifications", owner=bob)

    page = notifications.public.list(ann, {"paginationOpts": PAGE})["page"]
    assert [(each["notificationId"], each["title"]) for each in page] == [
        (told[1], "b"),
        (told[0], "a"),
    ]


def test_mark_read_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`markRead` is for those who have signed in."""
    alice = as_user("alice")
    notification = documents.add("notifications", owner=alice)
    contract.refuses(
        convex,
        "notifications/public:markRead",
        {"notificationId": notification},
        unlike=alice,
    )


def test_mark_read_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice")
    notification = documents.add("notifications", owner=alice)
    contract.refuses(
        as_user("mallory"),
        "notifications/public:markRead",
        {"notificationId": notification},
        unlike=alice,
    )


def test_mark_read_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("notifications/public:markRead")


def test_mark_read_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("notifications/public:markRead", "alice")


def test_mark_read_behaves(as_user: AsUser, documents: Documents) -> None:
    """The first time counts."""
    ann = as_user("ann")
    told = NotificationsId(documents.add("notifications", owner=ann))

    def read_at() -> float | None:
        page = notifications.public.list(ann, {"paginationOpts": PAGE})["page"]
        return page[0].get("readAt")

    assert read_at() is None
    notifications.public.markRead(ann, {"notificationId": told})
    first = read_at()
    notifications.public.markRead(ann, {"notificationId": told})
    assert first is not None
    assert read_at() == first
