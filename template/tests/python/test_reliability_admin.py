"""Tests of reliability/admin.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

import time

import pytest
from scaffold.testing import AsUser, Client, Contract, Documents, PaginationOptions

from api import (
    IdempotencyKeysId,
    KeyStateKind,
    ReliabilityAdminAbandonArgs,
    ReliabilityAdminListKeysArgs,
    ReliabilityAdminListRunsArgs,
    ReliabilityAdminReleaseKeyArgs,
    ReliabilityAdminReplayArgs,
    RetryRunsId,
    RunStateKind,
    reliability,
)
from support import code_of

PAGE: PaginationOptions = {"numItems": 10, "cursor": None}

FAILED = {"kind": "failed", "error": "The bank is closed."}
SUCCEEDED = {"kind": "success", "returnValue": "ch_1"}


@pytest.fixture
def boss(as_user: AsUser) -> Client:
    # Replaying and releasing ask for a recent sign-in.
    return as_user("boss", role="admin", auth_time=time.time())


def ended(documents: Documents, result: dict[str, str]) -> RetryRunsId:
    """A run that has ended so."""
    state = {"kind": "completed", "result": result, "completedAt": 1.0}
    return RetryRunsId(documents.add("retryRuns", state=state, args={}))


def claimed(documents: Documents, state: dict[str, object]) -> IdempotencyKeysId:
    """A key in this state."""
    return IdempotencyKeysId(documents.add("idempotencyKeys", state=state))


def runs(boss: Client, kind: RunStateKind) -> list[RetryRunsId]:
    """The runs in one state."""
    args: ReliabilityAdminListRunsArgs = {"kind": kind, "paginationOpts": PAGE}
    return [run["runId"] for run in reliability.admin.listRuns(boss, args)["page"]]


def keys(boss: Client, kind: KeyStateKind) -> list[IdempotencyKeysId]:
    """The keys in one state."""
    args: ReliabilityAdminListKeysArgs = {"kind": kind, "paginationOpts": PAGE}
    return [key["claimId"] for key in reliability.admin.listKeys(boss, args)["page"]]


def test_recent_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`recent` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("retryRuns", owner=alice)
    contract.refuses(convex, "reliability/admin:recent", {}, unlike=alice)


def test_recent_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("retryRuns", owner=alice)
    contract.refuses(as_user("mallory"), "reliability/admin:recent", {}, unlike=alice)


def test_recent_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:recent")


def test_recent_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:recent", "alice", role="admin")


def test_recent_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added, if it shows."""
    alice = as_user("alice", role="admin")
    with contract.tells_watchers(alice, "reliability/admin:recent", {}, if_shown=True):
        documents.add("retryRuns", owner=alice)


def test_recent_behaves(boss: Client, documents: Documents) -> None:
    """What failed is shown with its outcome, what is stuck apart."""
    run = ended(documents, FAILED)
    key = claimed(documents, {"kind": "stuck", "sweptAt": 1.0})

    now = reliability.admin.recent(boss)
    assert [(each["runId"], each["status"]) for each in now["runs"]] == [
        (run, "failed")
    ]
    assert [each["claimId"] for each in now["stuck"]] == [key]
    assert now["undelivered"] == []


def test_list_runs_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listRuns` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("retryRuns", owner=alice)
    args = {"kind": "active", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(convex, "reliability/admin:listRuns", args, unlike=alice)


def test_list_runs_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("retryRuns", owner=alice)
    args = {"kind": "active", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(
        as_user("mallory"), "reliability/admin:listRuns", args, unlike=alice
    )


def test_list_runs_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:listRuns")


def test_list_runs_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:listRuns", "alice", role="admin")


def test_list_runs_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added, if it shows."""
    alice = as_user("alice", role="admin")
    args = {"kind": "active", "paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(
        alice, "reliability/admin:listRuns", args, if_shown=True
    ):
        documents.add("retryRuns", owner=alice)


def test_list_runs_behaves(boss: Client, documents: Documents) -> None:
    """Runs in one state."""
    run = ended(documents, SUCCEEDED)

    args: ReliabilityAdminListRunsArgs = {"kind": "completed", "paginationOpts": PAGE}
    (found,) = reliability.admin.listRuns(boss, args)["page"]
    assert (found["runId"], found["status"]) == (run, "success")
    assert runs(boss, "active") == []


def test_list_keys_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listKeys` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("idempotencyKeys", owner=alice)
    args = {"kind": "inProgress", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(convex, "reliability/admin:listKeys", args, unlike=alice)


def test_list_keys_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("idempotencyKeys", owner=alice)
    args = {"kind": "inProgress", "paginationOpts": {"numItems": 10, "cursor": None}}
    contract.refuses(
        as_user("mallory"), "reliability/admin:listKeys", args, unlike=alice
    )


def test_list_keys_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:listKeys")


def test_list_keys_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:listKeys", "alice", role="admin")


def test_list_keys_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added, if it shows."""
    alice = as_user("alice", role="admin")
    args = {"kind": "inProgress", "paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(
        alice, "reliability/admin:listKeys", args, if_shown=True
    ):
        documents.add("idempotencyKeys", owner=alice)


def test_list_keys_behaves(boss: Client, documents: Documents) -> None:
    """Keys in one state."""
    key = claimed(documents, {"kind": "failed", "failedAt": 1.0})

    assert keys(boss, "failed") == [key]
    assert keys(boss, "stuck") == []


def test_list_audit_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`listAudit` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    documents.add("reliabilityAudit", owner=alice)
    contract.refuses(
        convex,
        "reliability/admin:listAudit",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_audit_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    documents.add("reliabilityAudit", owner=alice)
    contract.refuses(
        as_user("mallory"),
        "reliability/admin:listAudit",
        {"paginationOpts": {"numItems": 10, "cursor": None}},
        unlike=alice,
    )


def test_list_audit_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:listAudit")


def test_list_audit_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:listAudit", "alice", role="admin")


def test_list_audit_tells_its_watchers(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Who watches sees what is added, if it shows."""
    alice = as_user("alice", role="admin")
    args = {"paginationOpts": {"numItems": 10, "cursor": None}}
    with contract.tells_watchers(
        alice, "reliability/admin:listAudit", args, if_shown=True
    ):
        documents.add("reliabilityAudit", owner=alice)


def test_list_audit_behaves(boss: Client, documents: Documents) -> None:
    """Every deed, with its reason."""
    key = claimed(documents, {"kind": "stuck", "sweptAt": 1.0})
    args: ReliabilityAdminReleaseKeyArgs = {"claimId": key, "reason": "ticket 7"}
    reliability.admin.releaseKey(boss, args)

    (line,) = reliability.admin.listAudit(boss, {"paginationOpts": PAGE})["page"]
    assert (line["deed"], line["reason"]) == ("releaseKey", "ticket 7")


def test_replay_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`replay` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    run = documents.add("retryRuns")
    contract.refuses(
        convex,
        "reliability/admin:replay",
        {"runId": run, "reason": "text"},
        unlike=alice,
    )


def test_replay_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    run = documents.add("retryRuns")
    contract.refuses(
        as_user("mallory"),
        "reliability/admin:replay",
        {"runId": run, "reason": "text"},
        unlike=alice,
    )


def test_replay_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:replay")


def test_replay_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:replay", "alice", role="admin")


def test_replay_behaves(boss: Client, documents: Documents) -> None:
    """What failed begins again; what succeeded would be done twice."""
    failed, done = ended(documents, FAILED), ended(documents, SUCCEEDED)
    reliability.admin.replay(boss, {"runId": failed, "reason": "ticket 7"})

    args: ReliabilityAdminReplayArgs = {"runId": done, "reason": "ticket 8"}
    assert code_of(reliability.admin.replay, boss, args) == "CONFLICT"
    (line,) = reliability.admin.listAudit(boss, {"paginationOpts": PAGE})["page"]
    assert (line["deed"], line["reason"]) == ("replay", "ticket 7")


def test_abandon_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`abandon` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    run = documents.add("retryRuns")
    contract.refuses(
        convex,
        "reliability/admin:abandon",
        {"runId": run, "reason": "text"},
        unlike=alice,
    )


def test_abandon_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    run = documents.add("retryRuns")
    contract.refuses(
        as_user("mallory"),
        "reliability/admin:abandon",
        {"runId": run, "reason": "text"},
        unlike=alice,
    )


def test_abandon_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:abandon")


def test_abandon_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:abandon", "alice", role="admin")


def test_abandon_behaves(boss: Client, documents: Documents) -> None:
    """A run whose outcome nobody takes is brought to its end."""
    state = {"kind": "delivering", "result": FAILED, "failedDeliveries": 3.0}
    run = RetryRunsId(documents.add("retryRuns", state=state, args={}))
    args: ReliabilityAdminAbandonArgs = {"runId": run, "reason": "ticket 7"}
    reliability.admin.abandon(boss, args)

    assert runs(boss, "delivering") == []
    assert runs(boss, "completed") == [run]
    assert code_of(reliability.admin.abandon, boss, args) == "CONFLICT"


def test_release_key_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`releaseKey` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    claim = documents.add("idempotencyKeys")
    contract.refuses(
        convex,
        "reliability/admin:releaseKey",
        {"claimId": claim, "reason": "text"},
        unlike=alice,
    )


def test_release_key_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    claim = documents.add("idempotencyKeys")
    contract.refuses(
        as_user("mallory"),
        "reliability/admin:releaseKey",
        {"claimId": claim, "reason": "text"},
        unlike=alice,
    )


def test_release_key_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:releaseKey")


def test_release_key_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:releaseKey", "alice", role="admin")


def test_release_key_behaves(boss: Client, documents: Documents) -> None:
    """The next one may begin, but not with what is done."""
    stuck = claimed(documents, {"kind": "stuck", "sweptAt": 1.0})
    done = claimed(documents, {"kind": "done", "result": None, "doneAt": 1.0})
    reliability.admin.releaseKey(boss, {"claimId": stuck, "reason": "ticket 7"})

    args: ReliabilityAdminReleaseKeyArgs = {"claimId": done, "reason": "ticket 7"}
    assert code_of(reliability.admin.releaseKey, boss, args) == "CONFLICT"
    assert keys(boss, "failed") == [stuck]


def test_abandon_key_refuses_anonymous(
    contract: Contract, convex: Client, as_user: AsUser, documents: Documents
) -> None:
    """`abandonKey` is for those who have signed in."""
    alice = as_user("alice", role="admin")
    claim = documents.add("idempotencyKeys")
    contract.refuses(
        convex,
        "reliability/admin:abandonKey",
        {"claimId": claim, "reason": "text"},
        unlike=alice,
    )


def test_abandon_key_refuses_other_roles(
    contract: Contract, as_user: AsUser, documents: Documents
) -> None:
    """Only the role admin may."""
    alice = as_user("alice", role="admin")
    claim = documents.add("idempotencyKeys")
    contract.refuses(
        as_user("mallory"),
        "reliability/admin:abandonKey",
        {"claimId": claim, "reason": "text"},
        unlike=alice,
    )


def test_abandon_key_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("reliability/admin:abandonKey")


def test_abandon_key_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("reliability/admin:abandonKey", "alice", role="admin")


def test_abandon_key_behaves(boss: Client, documents: Documents) -> None:
    """Whoever sends it again is refused."""
    key = claimed(documents, {"kind": "stuck", "sweptAt": 1.0})
    reliability.admin.abandonKey(boss, {"claimId": key, "reason": "ticket 7"})

    assert keys(boss, "abandoned") == [key]
