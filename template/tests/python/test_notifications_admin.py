"""Tests of notifications/admin.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import (
    NotificationsAdminListByDeliveryArgs,
    NotificationsAdminResendArgs,
    NotificationsId,
    notifications,
)
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


def test_list_by_delivery_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listByDelivery` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("notifications", owner=alice)
    args = {"kind": "inboxOnly", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(convex, "notifications/admin:listByDelivery", args, unlike=alice)


def test_list_by_delivery_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("notifications", owner=alice)
    args = {"kind": "inboxOnly", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(
        as_user("mallory"), "notifications/admin:listByDelivery", args, unlike=alice
    )


def test_list_by_delivery_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("notifications/admin:listByDelivery")


def test_list_by_delivery_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared(
        "notifications/admin:listByDelivery", "alice", role="admin"
    )


def test_list_by_delivery_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice", role="admin")
    args = {"kind": "inboxOnly", "paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "notifications/admin:listByDelivery", args):
        documents.add("notifications", owner=alice)


def test_list_by_delivery_behaves(as_user: AsUser, documents: Documents) -> None:
    """Whether messages arrived, and not what they say."""
    boss = as_user("boss", role="admin")
    lost = {"kind": "undelivered", "gaveUpAt": 1.0}
    told = documents.add("notifications", delivery=lost)
    documents.add("notifications", delivery={"kind": "inboxOnly"})

    args: NotificationsAdminListByDeliveryArgs = {
        "kind": "undelivered",
        "paginationOpts": PAGE,
    }
    (found,) = notifications.admin.listByDelivery(boss, args)["page"]
    assert found["notificationId"] == told
    assert "body" not in found


def test_resend_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`resend` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    notification = documents.add("notifications")
    contract.refuses(
        convex,
        "notifications/admin:resend",
        {"notificationId": notification},
        unlike=alice,
    )


def test_resend_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    notification = documents.add("notifications")
    contract.refuses(
        as_user("mallory"),
        "notifications/admin:resend",
        {"notificationId": notification},
        unlike=alice,
    )


def test_resend_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("notifications/admin:resend")


def test_resend_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("notifications/admin:resend", "alice", role="admin")


def test_resend_behaves(as_user: AsUser, documents: Documents) -> None:
    """What did not arrive is sent again, and nothing else."""
    boss = as_user("boss", role="admin")
    lost = {"kind": "undelivered", "gaveUpAt": 1.0}
    told = NotificationsId(documents.add("notifications", delivery=lost))
    inbox = documents.add("notifications", delivery={"kind": "inboxOnly"})
    kept: NotificationsAdminResendArgs = {"notificationId": NotificationsId(inbox)}

    notifications.admin.resend(boss, {"notificationId": told})
    args: NotificationsAdminListByDeliveryArgs = {
        "kind": "undelivered",
        "paginationOpts": PAGE,
    }
    page = notifications.admin.listByDelivery(boss, args)["page"]
    assert [each for each in page if each["delivery"] == lost] == []
    assert code_of(notifications.admin.resend, boss, kept) == "CONFLICT"
