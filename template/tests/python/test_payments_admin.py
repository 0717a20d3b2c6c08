"""Tests of payments/admin.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import PaymentsAdminListByStateArgs, PaymentsId, payments

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}

REVIEW = {"kind": "review", "doubt": "unknownOutcome", "since": 1.0}


def test_list_by_state_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listByState` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("payments", owner=alice)
    args = {"kind": "charging", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(convex, "payments/admin:listByState", args, unlike=alice)


def test_list_by_state_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("payments", owner=alice)
    args = {"kind": "charging", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(
        as_user("mallory"), "payments/admin:listByState", args, unlike=alice
    )


def test_list_by_state_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("payments/admin:listByState")


def test_list_by_state_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("payments/admin:listByState", "alice", role="admin")


def test_list_by_state_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice", role="admin")
    args = {"kind": "charging", "paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "payments/admin:listByState", args):
        documents.add("payments", owner=alice)


def test_list_by_state_behaves(as_user: AsUser, documents: Documents) -> None:
    """Everybody's payments in one state, with what there is to decide by."""
    ann, boss = as_user("ann"), as_user("boss", role="admin")
    waiting = documents.add("payments", owner=ann, state=REVIEW)
    documents.add("payments", owner=ann, state={"kind": "declined", "declinedAt": 1.0})

    args: PaymentsAdminListByStateArgs = {"kind": "review", "paginationOpts": PAGE}
    (found,) = payments.admin.listByState(boss, args)["page"]
    assert (found["paymentId"], found["state"]) == (waiting, REVIEW)


def test_ask_again_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`askAgain` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    payment = documents.add("payments")
    contract.refuses(
        convex, "payments/admin:askAgain", {"paymentId": payment}, unlike=alice
    )


def test_ask_again_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    payment = documents.add("payments")
    contract.refuses(
        as_user("mallory"),
        "payments/admin:askAgain",
        {"paymentId": payment},
        unlike=alice,
    )


def test_ask_again_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("payments/admin:askAgain")


def test_ask_again_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("payments/admin:askAgain", "alice", role="admin")


def test_ask_again_behaves(as_user: AsUser, documents: Documents) -> None:
    """What a person has looked at waits for them no more."""
    boss = as_user("boss", role="admin")
    waiting = PaymentsId(documents.add("payments", state=REVIEW))

    payments.admin.askAgain(boss, {"paymentId": waiting})
    args: PaymentsAdminListByStateArgs = {"kind": "review", "paginationOpts": PAGE}
    assert payments.admin.listByState(boss, args)["page"] == []
