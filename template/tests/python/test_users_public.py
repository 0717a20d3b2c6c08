"""Tests of users/public.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

from scaffold.testing import AsUser, Client, Contract, Target

from api import users


def test_me_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`me` is for those who have signed in."""
    alice = as_user("alice")
    contract.refuses(convex, "users/public:me", {}, unlike=alice)


def test_me_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("users/public:me")


def test_me_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("users/public:me", "alice")


def test_me_behaves(convex_backend: Target) -> None:
    """Nothing before somebody is stored, and then what their token says."""
    ann = convex_backend.as_user("ann", {"name": "Ann"})
    assert users.public.me(ann) is None

    user = users.public.store(ann)
    assert users.public.me(ann) == {"userId": user, "role": "member", "name": "Ann"}


def test_store_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`store` is for those who have signed in."""
    alice = as_user("alice")
    contract.refuses(convex, "users/public:store", {}, unlike=alice)


def test_store_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("users/public:store")


def test_store_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("users/public:store", "alice")


def test_store_behaves(as_user: AsUser) -> None:
    """One row for each person, with the newest claims."""
    first = users.public.store(as_user("ann", name="Ann"))
    again = as_user("ann", name="Ann B.")

    assert users.public.store(again) == first
    assert users.public.store(as_user("bob")) != first
    profile = users.public.me(again)
    assert profile is not None
    assert profile.get("name") == "Ann B."
