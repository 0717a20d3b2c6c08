"""Tests of orders/public.

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
from scaffold.testing.service import Answer

from api import (
    OrdersId,
    OrdersPublicPlaceArgs,
    OrdersPublicQuoteShippingArgs,
    WantedItem,
    orders,
)
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


def draft(request: str) -> OrdersPublicPlaceArgs:
    """Two mugs."""
    mugs: WantedItem = {"sku": "mug", "quantity": 2}
    return {"requestId": request, "currency": "EUR", "items": [mugs]}


@pytest.fixture
def ann(as_user: AsUser) -> Client:
    return as_user("ann")


@pytest.fixture
def order(ann: Client) -> OrdersId:
    """An order of Ann's."""
    return orders.public.place(ann, draft("request-1"))


@pytest.fixture
def carrier(http_service: Callable[[str], Service]) -> Service:
    """Who ships, and asks 5.90 for it."""
    service = http_service("SHIPPING_API_URL")
    service.answer("GET", "/quotes", {"amount": 590, "currency": "EUR"})
    return service


def test_place_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`place` is for those who have signed in."""
    alice = as_user("alice")
    contract.refuses(
        convex,
        "orders/public:place",
        {"requestId": "text", "currency": "EUR", "items": []},
        unlike=alice,
    )


def test_place_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("orders/public:place")


def test_place_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("orders/public:place", "alice")


def test_place_is_idempotent(contract: Contract) -> None:
    """A call that is repeated with its `requestId` changes nothing more."""
    contract.replays(
        "orders/public:place", "requestId", "alice", args=dict(draft("request-1"))
    )


def test_place_behaves(ann: Client) -> None:
    """One order for each request, at our prices."""
    first = orders.public.place(ann, draft("request-1"))
    assert orders.public.place(ann, draft("request-1")) == first
    second = orders.public.place(ann, draft("request-2"))

    page = orders.public.list(ann, {"paginationOpts": PAGE})["page"]
    assert [(each["orderId"], each["total"]) for each in page] == [
        (second, 2400),
        (first, 2400),
    ]


def test_list_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`list` is for those who have signed in."""
    alice = as_user("alice")
    documents.add("orders", owner=alice)
    contract.refuses(
        convex,
        "orders/public:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("orders/public:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("orders/public:list", "alice")


def test_list_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "orders/public:list", args):
        documents.add("orders", owner=alice)


def test_list_behaves(ann: Client, as_user: AsUser) -> None:
    """Pages of the caller's orders, newest first."""
    older, newer = (orders.public.place(ann, draft(name)) for name in ("1", "2"))
    orders.public.place(as_user("bob"), draft("1"))

    first = orders.public.list(ann, {"paginationOpts": {"numItems": 1, "cursor": None}})
    rest: PaginationOptions = {"numItems": 9, "cursor": first["continueCursor"]}
    second = orders.public.list(ann, {"paginationOpts": rest})
    found = [each["orderId"] for each in (*first["page"], *second["page"])]
    assert found == [newer, older]


def test_get_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`get` is for those who have signed in."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    contract.refuses(convex, "orders/public:get", {"orderId": order}, unlike=alice)


def test_get_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    contract.refuses(
        as_user("mallory"), "orders/public:get", {"orderId": order}, unlike=alice
    )


def test_get_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("orders/public:get")


def test_get_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("orders/public:get", "alice")


def test_get_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is changed."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    with contract.tells_watchers(alice, "orders/public:get", {"orderId": order}):
        alice.mutation("orders/public:cancel", {"orderId": order})


def test_get_behaves(ann: Client, order: OrdersId, convex_admin: Client) -> None:
    """An open page sees that the order is paid, which happens once."""
    with orders.public.get.subscribe(ann, {"orderId": order}) as states:
        assert states.next()["state"]["kind"] == "unpaid"
        convex_admin.mutation("orders/internal:markPaid", {"orderId": order})
        paid = states.until(lambda now: now["state"]["kind"] == "paid")

    convex_admin.mutation("orders/internal:markPaid", {"orderId": order})
    assert orders.public.get(ann, {"orderId": order}) == paid


def test_an_order_that_nobody_pays_expires(
    ann: Client, order: OrdersId, convex_clock: Clock
) -> None:
    convex_clock.advance(timedelta(hours=1))

    found = orders.public.get(ann, {"orderId": order})
    assert found["state"]["kind"] == "expired"


def test_cancel_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`cancel` is for those who have signed in."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    contract.refuses(convex, "orders/public:cancel", {"orderId": order}, unlike=alice)


def test_cancel_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    contract.refuses(
        as_user("mallory"), "orders/public:cancel", {"orderId": order}, unlike=alice
    )


def test_cancel_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("orders/public:cancel")


def test_cancel_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("orders/public:cancel", "alice")


def test_cancel_behaves(ann: Client, order: OrdersId, convex_admin: Client) -> None:
    """An unpaid order is cancelled; a paid one is not."""
    orders.public.cancel(ann, {"orderId": order})
    assert orders.public.get(ann, {"orderId": order})["state"]["kind"] == "cancelled"

    paid = orders.public.place(ann, draft("request-2"))
    convex_admin.mutation("orders/internal:markPaid", {"orderId": paid})
    assert code_of(orders.public.cancel, ann, {"orderId": paid}) == "CONFLICT"


def test_quote_shipping_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`quoteShipping` is for those who have signed in."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    contract.refuses(
        convex,
        "orders/public:quoteShipping",
        {"orderId": order, "country": "text"},
        unlike=alice,
    )


@pytest.mark.usefixtures("carrier")  # or alice would be refused, too
def test_quote_shipping_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice")
    order = documents.add("orders", owner=alice)
    contract.refuses(
        as_user("mallory"),
        "orders/public:quoteShipping",
        {"orderId": order, "country": "DE"},
        unlike=alice,
    )


def test_quote_shipping_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("orders/public:quoteShipping")


def test_quote_shipping_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("orders/public:quoteShipping", "alice")


def test_quote_shipping_behaves(ann: Client, order: OrdersId, carrier: Service) -> None:
    """The carrier's price is told, and kept with the order."""
    assert orders.public.quoteShipping(ann, {"orderId": order, "country": "DE"}) == 590

    kept = orders.public.get(ann, {"orderId": order}).get("shipping")
    assert kept is not None
    assert (kept["amount"], kept["country"]) == (590, "DE")
    (call,) = carrier.calls
    assert call.path == "/quotes"


@pytest.mark.parametrize(
    "answer", [Answer(503), Answer(drop=True), Answer(body={"amount": "much"})], ids=str
)
def test_a_carrier_that_fails_changes_nothing(
    answer: Answer, ann: Client, order: OrdersId, carrier: Service
) -> None:
    carrier.once("GET", "/quotes", answer)

    args: OrdersPublicQuoteShippingArgs = {"orderId": order, "country": "DE"}
    assert code_of(orders.public.quoteShipping, ann, args) == "UPSTREAM_FAILED"
    assert "shipping" not in orders.public.get(ann, {"orderId": order})
    assert orders.public.quoteShipping(ann, args) == 590
