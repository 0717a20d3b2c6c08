"""Components: from packages, nested ones, and those in the project's own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.backends import COMPONENTS, copy_project, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.backends import Backend

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Iterator[Backend]:
    project = copy_project(COMPONENTS, tmp_path_factory.mktemp("components") / "jobs", packages)
    with running(project) as backend:
        yield backend


def test_all_components_are_found(jobs: Backend) -> None:
    # The work pool and the rate limiter bring one of their own each.
    assert jobs.server.details["components"] == 7
    assert jobs.server.details["unset"] == ["REQUIRED"]


def test_an_app_may_have_many(tmp_path: Path, packages: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = copy_project(COMPONENTS, tmp_path / "many", packages)
    config = project / "convex" / "convex.config.ts"
    more = "".join(f'app.use(counter, {{ name: "more{number}" }});\n' for number in range(20))
    config.write_text(config.read_text().replace("export default", f"{more}\nexport default"))

    with running(project) as backend:
        assert backend.server.details["components"] == 27

    assert capfd.readouterr().err == ""  # nothing of Node.js, of listeners that it thinks are too many


@pytest.mark.parametrize(
    ("failures", "result"),
    [
        (0, {"type": "success", "returnValue": 1}),
        (2, {"type": "success", "returnValue": 3}),
        (9, {"type": "failed", "error": "attempt 4"}),
    ],
)
def test_the_retrier_retries_as_time_goes_on(jobs: Backend, failures: int, result: dict[str, object]) -> None:
    control = jobs.server.control
    control.reset()
    control.freeze()
    run = jobs.value("action", "jobs:start", {"failures": failures})

    control.advance(10 * 60_000)

    status = jobs.value("query", "jobs:status", {"id": run})
    assert status["type"] == "completed"
    assert status["result"] == result


def test_the_rate_limiter_counts_in_windows_of_the_clock(jobs: Backend) -> None:
    control = jobs.server.control
    control.reset()
    control.freeze()
    assert [jobs.value("mutation", "jobs:limited") for _ in range(3)] == [True, True, False]

    control.advance(2 * 60_000)

    assert jobs.value("mutation", "jobs:limited") is True


def test_the_work_pool_with_its_nested_component_works(jobs: Backend) -> None:
    control = jobs.server.control
    control.reset()
    for name in ("a", "b", "c"):
        jobs.value("mutation", "jobs:enqueue", {"to": name})

    control.advance(60_000)

    assert sorted(jobs.value("query", "jobs:sent")) == ["a", "b", "c"]


def test_two_instances_of_a_local_component_have_tables_of_their_own(jobs: Backend) -> None:
    jobs.server.control.reset()

    assert jobs.value("mutation", "jobs:count", {"value": 1}) == [1, 10]
    assert jobs.value("mutation", "jobs:count", {"value": 2}) == [3, 30]
    assert jobs.value("query", "jobs:totals") == [3, 30]


def test_clients_cannot_call_into_components(jobs: Backend) -> None:
    answer = jobs.call("query", "counter/public:total")

    assert answer["errorMessage"].endswith("Could not find public function for 'counter/public:total'.")
