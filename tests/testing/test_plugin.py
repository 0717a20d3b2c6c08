"""The fixtures in a pytest of their own, as a project's owner runs them, and against a "deployment"."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.backends import copy_project

from scaffold.backend.options import Options
from scaffold.backend.server import Server
from scaffold.model import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.slow
_ALONE = ("-p", "no:cacheprovider", "-p", "no:xdist")
_PROJECT = Path(__file__).parent / "project"


@pytest.fixture
def project(tmp_path: Path, template_modules: Path) -> Path:
    return copy_project(_PROJECT, tmp_path / "books", template_modules)


def test_on_the_embedded_backend(project: Path) -> None:
    assert (
        _pytest(project, {})
        == """\
test_nobody_is_refused PASSED
test_users_see_their_own PASSED
test_every_test_begins_without_data PASSED
test_a_subscription_sees_the_change PASSED
test_who_watches_is_told_of_what_shows PASSED
test_what_cannot_be_watched_or_changed_tells_nothing PASSED
test_time_moves_on PASSED
test_a_payment_is_retried_with_its_key PASSED
test_nobody_else_is_reached_offline PASSED
test_internal_functions_are_for_admins PASSED
"""
    )


def test_on_a_deployment_what_cannot_run_is_skipped_with_the_reason(project: Path) -> None:
    with Server.start(layout.find(project), Options()) as server:
        told = _pytest(project, {"CONVEX_URL": server.url})

    user = "SKIPPED (to act as a user of a deployment, set CONVEX_DEPLOY_KEY)"
    embedded = "SKIPPED (only the embedded backend can be controlled; unset CONVEX_URL to use it)"
    admin = "SKIPPED (to call internal functions of a deployment, set CONVEX_DEPLOY_KEY)"
    assert told.splitlines() == [
        "test_nobody_is_refused PASSED",
        f"test_users_see_their_own {user}",
        f"test_every_test_begins_without_data {user}",
        f"test_a_subscription_sees_the_change {user}",
        f"test_who_watches_is_told_of_what_shows {embedded}",
        f"test_what_cannot_be_watched_or_changed_tells_nothing {embedded}",
        f"test_time_moves_on {embedded}",
        f"test_a_payment_is_retried_with_its_key {embedded}",
        f"test_nobody_else_is_reached_offline {embedded}",
        f"test_internal_functions_are_for_admins {admin}",
    ]


def _pytest(project: Path, environment: Mapping[str, str]) -> str:
    """The outcome of each test in order."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CONVEX_", "PYTEST_"))}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--rootdir",
            project,
            project,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**kept, **environment, "COLUMNS": "300"},
    )
    lines = re.findall(r"::(\w+ (?:PASSED|FAILED|ERROR|SKIPPED)(?: \(.*\))?) +\[", done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    return "".join(f"{line}\n" for line in lines)
