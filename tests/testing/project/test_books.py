"""Tests as an owner of the project writes them. They are run by test_plugin.py, in a pytest of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from convex import ConvexError
from convex.http_client import ConvexExecutionError

from scaffold.testing.service import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.testing import AsUser, Contract
    from scaffold.testing.client import Client
    from scaffold.testing.plugin import Clock
    from scaffold.testing.service import Service
    from scaffold.testing.target import Target


def test_nobody_is_refused(convex: Client) -> None:
    with pytest.raises(ConvexError) as caught:
        convex.query("books:mine")
    assert caught.value.data == {"code": "unauthenticated"}


def test_users_see_their_own(as_user: AsUser) -> None:
    alice, bob = as_user("alice"), as_user("bob", role="admin")
    alice.mutation("books:add", {"title": "Emma"})
    assert alice.query("books:mine") == ["Emma: new"]
    assert bob.query("books:mine") == []
    assert bob.query("books:role") == "admin"


def test_every_test_begins_without_data(as_user: AsUser) -> None:
    assert as_user("alice").query("books:mine") == []


def test_a_subscription_sees_the_change(as_user: AsUser) -> None:
    alice = as_user("alice")
    with alice.subscribe("books:mine") as watched:
        assert watched.next() == []
        alice.mutation("books:add", {"title": "Emma"})
        assert watched.until(lambda books: books) == ["Emma: new"]
    assert alice.wait_until("books:mine", {}, lambda books: len(books) == 1) == ["Emma: new"]
    with pytest.raises(TimeoutError, match=r"books:mine \{\}: not within 0.2 s; last: \['Emma: new'\]"):
        alice.wait_until("books:mine", {}, lambda books: len(books) == 2, timeout=0.2)


def test_who_watches_is_told_of_what_shows(as_user: AsUser, contract: Contract) -> None:
    alice, bob = as_user("alice"), as_user("bob")
    with contract.tells_watchers(alice, "books:mine", {}):
        alice.mutation("books:add", {"title": "Emma"})
    with (
        pytest.raises(pytest.skip.Exception, match="books:mine shows nothing of the change"),
        contract.tells_watchers(alice, "books:mine", {}, if_shown=True),
    ):
        bob.mutation("books:add", {"title": "Persuasion"})
    with (
        pytest.raises(pytest.fail.Exception, match="books:mine does not tell its watchers"),
        contract.tells_watchers(alice, "books:mine", {}),
    ):
        bob.mutation("books:add", {"title": "Persuasion"})


def test_what_cannot_be_watched_or_changed_tells_nothing(
    as_user: AsUser, convex: Client, contract: Contract
) -> None:
    with (
        pytest.raises(pytest.skip.Exception, match="gives its watcher the error unauthenticated"),
        contract.tells_watchers(convex, "books:mine", {}),
    ):
        pytest.fail("it cannot be watched")
    with (
        pytest.raises(pytest.skip.Exception, match="cannot be changed: the error unauthenticated"),
        contract.tells_watchers(as_user("alice"), "books:mine", {}),
    ):
        convex.mutation("books:add", {"title": "Emma"})


def test_time_moves_on(as_user: AsUser, convex_clock: Clock) -> None:
    alice = as_user("alice")
    alice.mutation("books:add", {"title": "Emma"})
    assert convex_clock.advance(timedelta(minutes=59)) == 0
    assert convex_clock.advance(60) == 1
    assert alice.query("books:mine") == ["Emma: old"]


def test_a_payment_is_retried_with_its_key(as_user: AsUser, http_service: Callable[[str], Service]) -> None:
    payments = http_service("PAYMENTS_URL")
    payments.answer("POST", "/charges", {"id": "ch_1"})
    payments.once("POST", "/charges", Answer(status=503))
    payments.once("POST", "/charges", Answer(drop=True))
    alice = as_user("alice")
    book = alice.mutation("books:add", {"title": "Emma"})
    with pytest.raises(ConvexError) as caught:
        alice.action("books:sell", {"id": book})
    assert caught.value.data == {"code": "payment_failed", "status": 503}
    with pytest.raises(ConvexExecutionError):
        alice.action("books:sell", {"id": book})
    assert alice.action("books:sell", {"id": book}) == "ch_1"
    assert [(call.header("idempotency-key"), call.json()) for call in payments.calls] == [
        (book, {"book": book})
    ] * 3
    assert alice.query("books:mine") == ["Emma: ch_1"]


@pytest.mark.usefixtures("convex_offline")
def test_nobody_else_is_reached_offline(
    convex: Client, convex_backend: Target, http_service: Callable[[str], Service], as_user: AsUser
) -> None:
    http_service("PAYMENTS_URL").answer("POST", "/charges", {"id": "ch_1"})
    book = as_user("alice").mutation("books:add", {"title": "Emma"})
    assert convex.action("books:sell", {"id": book}) == "ch_1"
    for host in ("http://192.0.2.1", "https://pay.example.com"):  # the first would not answer for long
        convex_backend.control.set_variables({"PAYMENTS_URL": host})
        with pytest.raises(ConvexExecutionError, match="TypeError: fetch failed"):
            convex.action("books:sell", {"id": book})


def test_internal_functions_are_for_admins(convex: Client, convex_admin: Client, as_user: AsUser) -> None:
    book = as_user("alice").mutation("books:add", {"title": "Emma"})
    with pytest.raises(ConvexExecutionError):
        convex.mutation("books:mark", {"id": book, "state": "lost"})
    convex_admin.mutation("books:mark", {"id": book, "state": "lost"})
    assert as_user("alice").query("books:mine") == ["Emma: lost"]
