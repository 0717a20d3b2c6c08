"""Tests of organizations/public.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

import time

import pytest
from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import (
    InvitedRole,
    MembershipsId,
    MemberView,
    OrganizationsId,
    OrganizationsPublicCreateArgs,
    OrganizationsPublicGetArgs,
    OrganizationsPublicInviteArgs,
    OrganizationsPublicMembersArgs,
    OrganizationsPublicRemoveMemberArgs,
    OrganizationsPublicSetRoleArgs,
    organizations,
)
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}


@pytest.fixture
def ann(as_user: AsUser) -> Client:
    """Who owns the organization, and has just signed in."""
    return as_user("ann", name="Ann", auth_time=time.time())


@pytest.fixture
def club(ann: Client) -> OrganizationsId:
    """An organization of Ann's."""
    return organizations.public.create(ann, {"requestId": "1", "name": "Chess Club"})


def member(
    owner: Client, client: Client, club: OrganizationsId, role: InvitedRole = "member"
) -> MembershipsId:
    """Invite somebody, who joins."""
    invitation: OrganizationsPublicInviteArgs = {"organizationId": club, "role": role}
    code = organizations.public.invite(owner, invitation)
    organizations.public.join(client, {"code": code})
    return next(each["membershipId"] for each in people(client, club) if each["isMe"])


def people(client: Client, club: OrganizationsId) -> list[MemberView]:
    """Everybody in it."""
    args: OrganizationsPublicMembersArgs = {
        "organizationId": club,
        "paginationOpts": PAGE,
    }
    return organizations.public.members(client, args)["page"]


def test_create_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`create` is for those who have signed in."""
    alice = as_user("alice")
    contract.refuses(
        convex,
        "organizations/public:create",
        {"requestId": "text", "name": "text"},
        unlike=alice,
    )


def test_create_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:create")


def test_create_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:create", "alice")


def test_create_is_idempotent(contract: Contract) -> None:
    """A call that is repeated with its `requestId` changes nothing more."""
    contract.replays("organizations/public:create", "requestId", "alice")


def test_create_behaves(ann: Client, club: OrganizationsId) -> None:
    """One organization for each request, which its maker owns."""
    again: OrganizationsPublicCreateArgs = {"requestId": "1", "name": "Chess Club"}
    assert organizations.public.create(ann, again) == club

    assert [(each["isMe"], each["role"]) for each in people(ann, club)] == [
        (True, "owner")
    ]


def test_list_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`list` is for those who have signed in."""
    alice = as_user("alice")
    documents.add("memberships", owner=alice)
    contract.refuses(
        convex,
        "organizations/public:list",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:list", "alice")


def test_list_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added, if it shows."""
    alice = as_user("alice")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(
        alice, "organizations/public:list", args, if_shown=True
    ):
        documents.add("memberships", owner=alice)


def test_list_behaves(ann: Client, club: OrganizationsId, as_user: AsUser) -> None:
    """Those that one is in, with one's role."""
    bob = as_user("bob")
    assert organizations.public.list(bob, {"paginationOpts": PAGE})["page"] == []

    member(ann, bob, club)
    found = organizations.public.list(bob, {"paginationOpts": PAGE})["page"]
    assert [(each["organizationId"], each["role"]) for each in found] == [
        (club, "member")
    ]


def test_get_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`get` is for those who have signed in."""
    alice = as_user("alice", role="member")
    organization = documents.add("organizations")
    contract.refuses(
        convex,
        "organizations/public:get",
        {"organizationId": organization},
        unlike=alice,
    )


def test_get_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:get")


def test_get_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:get", "alice", role="member")


def test_get_behaves(ann: Client, club: OrganizationsId, as_user: AsUser) -> None:
    """For those who are in it; others are told that there is none."""
    found = organizations.public.get(ann, {"organizationId": club})
    assert (found["name"], found["role"]) == ("Chess Club", "owner")

    args: OrganizationsPublicGetArgs = {"organizationId": club}
    assert code_of(organizations.public.get, as_user("bob"), args) == "NOT_FOUND"


def test_members_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`members` is for those who have signed in."""
    alice = as_user("alice", role="member")
    organization = documents.add("organizations")
    args = {
        "organizationId": organization,
        "paginationOpts": {"numItems": 10, "cursor": None},
    }
    contract.refuses(convex, "organizations/public:members", args, unlike=alice)


def test_members_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:members")


def test_members_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:members", "alice", role="member")


def test_members_behaves(ann: Client, club: OrganizationsId, as_user: AsUser) -> None:
    """Members see each other by name."""
    bob = as_user("bob", name="Bob")
    member(ann, bob, club)

    found = {
        (each.get("name"), each["role"], each["isMe"]) for each in people(bob, club)
    }
    assert found == {("Ann", "owner", False), ("Bob", "member", True)}

    args: OrganizationsPublicMembersArgs = {
        "organizationId": club,
        "paginationOpts": PAGE,
    }
    eve = as_user("eve")
    assert code_of(organizations.public.members, eve, args) == "NOT_FOUND"


def test_invite_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`invite` is for those who have signed in."""
    alice = as_user("alice")
    organization = documents.add("organizations")
    contract.refuses(
        convex,
        "organizations/public:invite",
        {"organizationId": organization, "role": "member"},
        unlike=alice,
    )


def test_invite_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:invite")


def test_invite_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:invite", "alice")


def test_invite_behaves(ann: Client, club: OrganizationsId, as_user: AsUser) -> None:
    """Administrators may invite, members may not."""
    bob = as_user("bob")
    member(ann, bob, club)

    args: OrganizationsPublicInviteArgs = {"organizationId": club, "role": "member"}
    assert code_of(organizations.public.invite, bob, args) == "FORBIDDEN"
    assert organizations.public.invite(ann, args) != organizations.public.invite(
        ann, args
    )


def test_join_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser
) -> None:
    """`join` is for those who have signed in."""
    alice = as_user("alice")
    contract.refuses(
        convex, "organizations/public:join", {"code": "text"}, unlike=alice
    )


def test_join_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:join")


def test_join_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:join", "alice")


def test_join_behaves(ann: Client, club: OrganizationsId, as_user: AsUser) -> None:
    """An invitation is for one person, who may use it again."""
    bob, eve = as_user("bob"), as_user("eve")
    code = organizations.public.invite(ann, {"organizationId": club, "role": "member"})

    assert organizations.public.join(bob, {"code": code}) == club
    assert organizations.public.join(bob, {"code": code}) == club
    assert len(people(ann, club)) == 2
    assert code_of(organizations.public.join, eve, {"code": code}) == "NOT_FOUND"


def test_set_role_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`setRole` is for those who have signed in."""
    alice = as_user("alice")
    membership = documents.add("memberships", owner=alice)
    contract.refuses(
        convex,
        "organizations/public:setRole",
        {"membershipId": membership, "role": "member"},
        unlike=alice,
    )


def test_set_role_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:setRole")


def test_set_role_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("organizations/public:setRole", "alice")


def test_set_role_behaves(ann: Client, club: OrganizationsId, as_user: AsUser) -> None:
    """An owner makes owners, and does not change their own role."""
    bob = as_user("bob", auth_time=time.time())
    hers = people(ann, club)[0]["membershipId"]
    his = member(ann, bob, club)
    demote: OrganizationsPublicSetRoleArgs = {"membershipId": hers, "role": "member"}

    assert code_of(organizations.public.setRole, bob, demote) == "FORBIDDEN"
    organizations.public.setRole(ann, {"membershipId": his, "role": "owner"})
    assert code_of(organizations.public.setRole, ann, demote) == "CONFLICT"
    organizations.public.setRole(bob, demote)


def test_remove_member_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`removeMember` is for those who have signed in."""
    alice = as_user("alice", role="member")
    membership = documents.add("memberships", owner=alice)
    contract.refuses(
        convex,
        "organizations/public:removeMember",
        {"membershipId": membership},
        unlike=alice,
    )


def test_remove_member_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role member may."""
    alice = as_user("alice", role="member")
    membership = documents.add("memberships", owner=alice)
    contract.refuses(
        as_user("mallory"),
        "organizations/public:removeMember",
        {"membershipId": membership},
        unlike=alice,
    )


def test_remove_member_refuses_another_user(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """What is alice's is not mallory's."""
    alice = as_user("alice", role="member")
    membership = documents.add("memberships", owner=alice)
    contract.refuses(
        as_user("mallory"),
        "organizations/public:removeMember",
        {"membershipId": membership},
        unlike=alice,
    )


def test_remove_member_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("organizations/public:removeMember")


def test_remove_member_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared(
        "organizations/public:removeMember", "alice", role="member"
    )


def test_remove_member_behaves(
    ann: Client, club: OrganizationsId, as_user: AsUser
) -> None:
    """Members leave; owners have to be demoted first."""
    bob = as_user("bob")
    his = member(ann, bob, club)
    hers = next(each["membershipId"] for each in people(ann, club) if each["isMe"])
    owner: OrganizationsPublicRemoveMemberArgs = {"membershipId": hers}

    assert code_of(organizations.public.removeMember, ann, owner) == "CONFLICT"
    assert code_of(organizations.public.removeMember, bob, owner) == "FORBIDDEN"
    organizations.public.removeMember(bob, {"membershipId": his})
    assert [each["isMe"] for each in people(ann, club)] == [True]
