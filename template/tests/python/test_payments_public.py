"""Tests of payments/public.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from scaffold.testing import (
    AsUser,
    Client,
    Contract,
    Documents,
    PaginationOptions,
    Service,
)
from scaffold.testing.plugin import Clock

from api import PaymentsId, PaymentsPublicGetArgs, payments
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


@pytest.fixture
def ann(as_user: AsUser) -> Client:
    return as_user("ann")


@pytest.fixture
def provider(http_service: Callable[[str], Service]) -> Service:
    """Who takes the money, and does not answer as yet."""
    service = http_service("PAYMENTS_API_URL")
    service.answer("POST", "/charges", {"error": "closed"}, status=503)
    return service


def pay(client: Client) -> PaymentsId:
    """Pay for the same thing with the same request."""
    return payments.public.start(
        client,
        {
            "requestId": "request-1",
            "product": "pro",
            "currency": "EUR",
            "method": "pm_card",
        },
    )


def charge_of(payment: PaymentsId) -> dict[str, object]:
    """What the provider says of a charge that went well."""
    return {
        "id": "ch_1",
        "reference": payment,
        "status": "succeeded",
        "amount": 9900,
        "currency": "EUR",
        "refunded": 0,
    }


def test_start_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`start` is for those who have signed in."""
    alice = as_user("alice")
    args = {"requestId": "text", "product": "text", "currency": "EUR", "method": "text"}
    contract.refuses(convex, "payments/public:start", args, unlike=alice)


def test_start_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("payments/public:start")


def test_start_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("payments/public:start", "alice")


def test_start_is_idempotent(contract: Contract) -> None:
    """A call that is repeated with its `requestId` changes nothing more."""
    contract.replays("payments/public:start", "requestId", "alice")


def test_start_behaves(ann: Client, provider: Service, convex_clock: Clock) -> None:
    """A provider that was down gets every attempt with one key; one thing is sold."""
    payment = pay(ann)
    convex_clock.settle()
    assert payments.public.get(ann, {"paymentId": payment})["state"] == "charging"

    provider.answer("POST", "/charges", charge_of(payment))
    convex_clock.advance(timedelta(minutes=10))
    assert pay(ann) == payment
    assert payments.public.get(ann, {"paymentId": payment})["state"] == "provisioned"

    attempts = provider.calls_of("POST", "/charges")
    assert len(attempts) > 1
    assert {call.header("Idempotency-Key") for call in attempts} == {payment}
    sold = payments.public.listEntitlements(ann, {"paginationOpts": PAGE})["page"]
    assert [each["product"] for each in sold] == ["pro"]


def test_get_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`get` is for those who have signed in."""
    alice = as_user("alice")
    payment = documents.add("payments", owner=alice)
    contract.refuses(
        convex, "payments/public:get", {"paymentId": payment}, unlike=alice
    )


def test_get_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice")
    payment = documents.add("payments", owner=alice)
    contract.refuses(
        as_user("mallory"), "payments/public:get", {"paymentId": payment}, unlike=alice
    )


def test_get_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("payments/public:get")


def test_get_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("payments/public:get", "alice")


def test_get_behaves(ann: Client, provider: Service, as_user: AsUser) -> None:
    """What it costs, at our price, for whoever pays."""
    payment = pay(ann)

    found = payments.public.get(ann, {"paymentId": payment})
    assert (found["product"], found["amount"], found["currency"]) == (
        "pro",
        9900,
        "EUR",
    )
    args: PaymentsPublicGetArgs = {"paymentId": payment}
    assert code_of(payments.public.get, as_user("bob"), args) == "NOT_FOUND"


def test_list_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`list` is for those who have signed in."""
    alice = as_user("alice")
    documents.add("payments", owner=alice)
    contract.refuses(
        convex,
        "payments/public:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("payments/public:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("payments/public:list", "alice")


def test_list_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "payments/public:list", args):
        documents.add("payments", owner=alice)


def test_list_behaves(ann: Client, as_user: AsUser, documents: Documents) -> None:
    """The caller's payments, newest first."""
    made = [documents.add("payments", owner=ann) for _ in range(2)]
    documents.add("payments", owner=as_user("bob"))

    page = payments.public.list(ann, {"paginationOpts": PAGE})["page"]
    assert [each["paymentId"] for each in page] == [made[1], made[0]]


def test_list_entitlements_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listEntitlements` is for those who have signed in."""
    alice = as_user("alice")
    documents.add("entitlements", owner=alice)
    contract.refuses(
        convex,
        "payments/public:listEntitlements",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_entitlements_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("payments/public:listEntitlements")


def test_list_entitlements_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("payments/public:listEntitlements", "alice")


def test_list_entitlements_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "payments/public:listEntitlements", args):
        documents.add("entitlements", owner=alice)


def test_list_entitlements_behaves(ann: Client, documents: Documents) -> None:
    """What was paid for, and whether it still holds."""
    documents.add("entitlements", owner=ann, product="pro", revokedAt=1.0)
    documents.add("entitlements", owner=ann, product="pro")

    page = payments.public.listEntitlements(ann, {"paginationOpts": PAGE})["page"]
    assert [each.get("revokedAt") for each in page] == [None, 1.0]
