"""Tests of orders/admin.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import OrdersId, StateKind, orders

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


def test_list_by_state_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listByState` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("orders", owner=alice)
    args = {"kind": "unpaid", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(convex, "orders/admin:listByState", args, unlike=alice)


def test_list_by_state_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("orders", owner=alice)
    args = {"kind": "unpaid", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(as_user("mallory"), "orders/admin:listByState", args, unlike=alice)


def test_list_by_state_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("orders/admin:listByState")


def test_list_by_state_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("orders/admin:listByState", "alice", role="admin")


def test_list_by_state_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice", role="admin")
    args = {"kind": "unpaid", "paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "orders/admin:listByState", args):
        documents.add("orders", owner=alice)


def test_list_by_state_behaves(as_user: AsUser, documents: Documents) -> None:
    """Everybody's orders in one state."""
    ann, root = as_user("ann"), as_user("root", role="admin")
    unpaid, paid = (
        documents.add("orders", owner=ann, state=state)
        for state in (
            {"kind": "unpaid", "payBefore": 1.0},
            {"kind": "paid", "paidAt": 1.0},
        )
    )

    assert of_state(root, "unpaid") == [unpaid]
    assert of_state(root, "paid") == [paid]


def of_state(client: Client, kind: StateKind) -> list[OrdersId]:
    """The orders in one state."""
    found = orders.admin.listByState(client, {"kind": kind, "paginationOpts": PAGE})
    return [order["orderId"] for order in found["page"]]
