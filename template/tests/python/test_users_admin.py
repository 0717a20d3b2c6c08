"""Tests of users/admin.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

import time

from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import UsersAdminSetRoleArgs, users
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


def test_list_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`list` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("users")
    contract.refuses(
        convex,
        "users/admin:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("users")
    contract.refuses(
        as_user("mallory"),
        "users/admin:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("users/admin:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("users/admin:list", "alice", role="admin")


def test_list_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added."""
    alice = as_user("alice", role="admin")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(alice, "users/admin:list", args):
        documents.add("users")


def test_list_behaves(as_user: AsUser) -> None:
    """Everybody, newest first, without their addresses."""
    as_user("ann", name="Ann", email="ann@example.com")
    root = as_user("root", role="admin")

    page = users.admin.list(root, {"paginationOpts": PAGE})["page"]
    assert [person.get("name") for person in page] == [None, "Ann"]
    assert not any("email" in person for person in page)


def test_set_role_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`setRole` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    user = documents.add("users")
    contract.refuses(
        convex, "users/admin:setRole", {"userId": user, "role": "member"}, unlike=alice
    )


def test_set_role_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    user = documents.add("users")
    contract.refuses(
        as_user("mallory"),
        "users/admin:setRole",
        {"userId": user, "role": "member"},
        unlike=alice,
    )


def test_set_role_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("users/admin:setRole")


def test_set_role_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("users/admin:setRole", "alice", role="admin")


def test_set_role_behaves(as_user: AsUser) -> None:
    """An open profile sees its new role; nobody changes their own."""
    now = time.time()  # who changes roles has just signed in
    ann = as_user("ann", auth_time=now)
    root = as_user("root", role="admin", auth_time=now)

    with users.public.me.subscribe(ann) as profiles:
        profile = profiles.next()
        assert profile is not None
        user = profile["userId"]
        users.admin.setRole(root, {"userId": user, "role": "admin"})
        profiles.until(lambda me: me is not None and me["role"] == "admin")

    args: UsersAdminSetRoleArgs = {"userId": user, "role": "member"}
    assert code_of(users.admin.setRole, ann, args) == "CONFLICT"
