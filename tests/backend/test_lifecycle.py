"""Starting, reloading, surviving and ending."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from support.backends import CHAT, Backend, copy_project, running

from scaffold.backend.control import ControlError
from scaffold.backend.options import Options, read_seed
from scaffold.backend.server import Server
from scaffold.core.errors import ServeError, ToolFailedError, ToolMissingError
from scaffold.model import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


_MEND = "mend the code, then repeat the command"


@pytest.fixture(scope="module")
def short(chat_project: Path) -> Iterator[Backend]:
    """A backend that has little patience."""
    with running(chat_project, Options(time_limit=1)) as backend:
        yield backend


def wait_for(condition: Callable[[], Any], seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    pytest.fail("it did not happen in time")


@pytest.mark.parametrize("path", ["failing:loops", "failing:hangs"])
def test_a_function_that_does_not_end_is_stopped_and_nothing_is_lost(short: Backend, path: str) -> None:
    short.server.control.reset()
    short.value("mutation", "messages:send", {"author": "ada", "body": "kept"})

    answer = short.call("mutation", path)

    assert answer["errorMessage"].endswith("Function execution timed out (maximum duration: 1s)")
    assert [row["body"] for row in short.value("query", "messages:list")] == ["kept"]
    assert short.value("query", "timing:notes") == []


def test_no_id_is_given_twice(short: Backend) -> None:
    short.server.control.reset()
    send = {"author": "ada", "body": "x"}
    first = short.value("mutation", "messages:send", send)
    short.value("mutation", "messages:remove", {"id": first})

    short.call("action", "failing:exits")

    assert short.value("mutation", "messages:send", send) > first


def test_a_function_that_ends_the_process_ends_only_itself(short: Backend) -> None:
    answer = short.call("action", "failing:exits")

    assert answer["errorMessage"].endswith("The function ended the process that it runs in")
    assert short.value("query", "values") == "the default export"


def test_a_function_that_eats_all_memory_is_stopped(short: Backend) -> None:
    with running(short.project, Options(time_limit=30)) as backend:
        backend.value("mutation", "messages:send", {"author": "ada", "body": "kept"})

        assert "memory" in backend.call("query", "failing:eats")["errorMessage"]
        assert len(backend.value("query", "messages:list")) == 1


def test_a_scheduled_function_that_does_not_end_is_stopped_once(short: Backend) -> None:
    short.server.control.reset()
    short.events.clear()

    short.value("mutation", "failing:loopLater")
    wait_for(lambda: [event for event in short.events if event["event"] == "restarted"])

    (job,) = short.value("query", "timing:jobs")
    assert job["state"] == {"kind": "failed", "error": "The function was stopped: it ran for too long."}
    time.sleep(1.5)  # it is not tried again
    assert len([event for event in short.events if event["event"] == "restarted"]) == 1


def test_what_waits_behind_a_function_that_is_stopped_still_runs(short: Backend) -> None:
    short.server.control.reset()
    send = {"author": "ada", "body": "waited"}
    with ThreadPoolExecutor() as pool:
        loop = pool.submit(short.call, "mutation", "failing:loops")
        time.sleep(0.2)
        waiting = [pool.submit(short.call, "mutation", "messages:send", send) for _ in range(3)]

        assert "timed out" in loop.result()["errorMessage"]
        assert [call.result()["status"] for call in waiting] == ["success"] * 3
    assert len(short.value("query", "messages:list")) == 3


def test_many_calls_that_take_long_together_are_not_too_long(short: Backend) -> None:
    with ThreadPoolExecutor() as pool:
        calls = [pool.submit(short.call, "mutation", "failing:busy", {"milliseconds": 150}) for _ in range(8)]

        assert [call.result()["status"] for call in calls] == ["success"] * 8


def test_errors_that_nobody_waits_for_are_reported(short: Backend) -> None:
    short.events.clear()

    assert short.value("action", "failing:strays") is None

    def lines() -> str:
        return "\n".join(line for event in short.events for line in event.get("lines", []))

    wait_for(lambda: "nobody waits for this" in lines() and "nor for this" in lines())


def test_what_a_function_deletes_is_there_for_the_next(short: Backend) -> None:
    for _ in range(2):
        assert short.value("mutation", "failing:deletes") == ["undefined", "undefined", 4]
        assert short.value("query", "failing:uses") == ["string", "object", 1]


def test_a_flood_of_log_lines_is_cut(short: Backend) -> None:
    answer = short.call("query", "failing:floods", {"lines": 20_000})

    assert len(answer["logLines"]) == 256
    assert answer["logLines"][-1] == "[ERROR] 'Log overflow (maximum 256). Remaining log lines omitted.'"


def test_logs_that_nobody_reads_do_not_stop_the_server(chat_project: Path) -> None:
    reading = threading.Event()

    def wait(_: object) -> None:
        reading.wait(20)

    with Server.start(layout.read(chat_project), Options(), on_event=wait) as server:
        backend = Backend(server, chat_project)
        for _ in range(60):  # two megabytes; a pipe takes 64 kilobytes
            assert backend.value("query", "failing:floods", {"lines": 300}) == 300
        reading.set()


def test_changed_files_are_loaded_and_the_data_stays(tmp_path: Path, template_modules: Path) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    module = project / "convex" / "values.ts"
    with running(project, Options(watch=True)) as backend:
        backend.value("mutation", "messages:send", {"author": "ada", "body": "kept"})
        start = time.monotonic()
        module.write_text(module.read_text().replace("the default export", "the new export"))
        wait_for(lambda: backend.value("query", "values") == "the new export")
        assert time.monotonic() - start < 5  # half a second on an idle machine
        assert [row["body"] for row in backend.value("query", "messages:list")] == ["kept"]

        module.write_text("export const broken = ;")
        broken = wait_for(lambda: [e for e in backend.events if e["event"] == "broken"])
        assert broken[0]["message"] == 'convex/values.ts:1:23: Unexpected ";"'
        assert backend.value("query", "values") == "the new export"


def test_a_schema_that_the_data_does_not_fit_is_not_loaded(tmp_path: Path, template_modules: Path) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    schema = project / "convex" / "schema.ts"
    with running(project, Options(watch=True)) as backend:
        backend.value("mutation", "messages:send", {"author": "ada", "body": "kept"})
        schema.write_text(schema.read_text().replace("body: v.string()", "body: v.number()"))
        (broken,) = wait_for(lambda: [e for e in backend.events if e["event"] == "broken"])

        assert broken["message"] == "stored documents do not fit the schema"
        assert len(backend.value("query", "messages:list")) == 1


def test_documents_of_a_seed_are_there_again_after_a_reset(chat_project: Path, tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text('{"notes": [{"text": "planted"}]}')
    with running(chat_project, Options(seed=read_seed(file))) as backend:
        assert backend.value("query", "timing:notes") == ["planted"]
        backend.value("mutation", "messages:send", {"author": "ada", "body": "gone"})
        backend.server.control.reset()
        assert backend.value("query", "timing:notes") == ["planted"]
        assert backend.value("query", "messages:list") == []


def test_a_document_of_a_seed_names_another(short: Backend) -> None:
    control = short.server.control
    control.reset()
    picture = short.value("action", "files:make", {"text": "x"})

    ids = control.seed({"notes": [{"text": "a"}], "pictures": [{"file": picture["id"]}]})

    assert [row["_id"] for row in control.table("notes")] == ids["notes"]
    with pytest.raises(ControlError, match="Expected ID for table"):
        control.seed({"notes": [{"text": "b"}], "pictures": [{"file": {"$ref": "notes/0"}}]})
    with pytest.raises(ControlError, match="names no document that was inserted before it"):
        control.seed({"pictures": [{"file": {"$ref": "notes/0"}}]})


def test_a_seed_that_does_not_fit_is_named(chat_project: Path) -> None:
    with pytest.raises(ServeError, match="the seed cannot be loaded: Validator error: Unexpected field"):
        Server.start(layout.read(chat_project), Options(seed={"notes": [{"text": "x", "more": 1}]}))


def test_missing_generated_code_is_named_with_its_command(tmp_path: Path, template_modules: Path) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    shutil.rmtree(project / "convex" / "_generated")

    with pytest.raises(ServeError) as caught:
        Server.start(layout.read(project), Options())

    assert caught.value.hint == "convex-scaffold codegen"


def test_missing_packages_are_named_with_their_command(tmp_path: Path) -> None:
    (tmp_path / "convex").mkdir()

    with pytest.raises(ServeError) as caught:
        Server.start(layout.read(tmp_path), Options())

    assert caught.value.message.endswith(": convex and convex-test")
    assert caught.value.hint == "npm install convex convex-test"


def test_a_convex_that_is_too_old_for_convex_test_is_named(tmp_path: Path, template_modules: Path) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    modules = project / "node_modules"
    modules.unlink()
    exports = {"./server": "./x.js", "./values": "./x.js"}
    peers = {"convex": "^1.43.0"}
    files = {
        "convex/package.json": json.dumps({"version": "1.42.1", "exports": exports}),
        "convex/x.js": "export const v = 1;\n",
        "convex-test/package.json": json.dumps(
            {"version": "0.0.60", "main": "x.js", "peerDependencies": peers}
        ),
        "convex-test/x.js": 'import { CommitTsPlaceholder } from "convex/values";\n',
    }
    for name, text in files.items():
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(text)
    for name in ("esbuild", "ws"):
        (modules / name).symlink_to(template_modules / name)

    with pytest.raises(ToolMissingError) as caught:
        Server.start(layout.read(project), Options())

    assert caught.value.message.startswith("convex 1.43.0 or newer is needed for convex-test 0.0.60")
    assert caught.value.message.endswith("; convex 1.42.1 is installed")
    assert caught.value.hint == "npm install convex@latest"


@pytest.mark.parametrize(
    ("text", "expected", "hint"),
    [
        ("import './nowhere';\n", 'convex/values.ts:1:8: Could not resolve "./nowhere"', _MEND),
        ("import '@acme/x';\n", 'convex/values.ts:1:8: Could not resolve "@acme/x"', "npm install"),
        ("export const x = ;\n", 'convex/values.ts:1:18: Unexpected ";"', _MEND),
        ("export const x = 1; throw new Error('at load');\n", "at load", _MEND),
    ],
)
def test_code_that_does_not_load_is_named(
    tmp_path: Path, template_modules: Path, text: str, expected: str, hint: str
) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    (project / "convex" / "values.ts").write_text(text)

    with pytest.raises(ServeError) as caught:
        Server.start(layout.read(project), Options())

    assert caught.value.message == f"the functions of {project} do not load: {expected}"
    assert caught.value.hint == hint


def test_a_taken_port_is_named(short: Backend) -> None:
    port = int(short.url.rpartition(":")[2])

    with pytest.raises(ServeError, match=f"port {port} cannot be used"):
        Server.start(layout.read(short.project), Options(port=port))


def test_nothing_is_left_of_one_that_is_killed_while_it_starts(
    tmp_path: Path, template_modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    (project / "convex" / "values.ts").write_text("for (;;);\nexport {};\n")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)

    with ThreadPoolExecutor() as pool:
        starting = pool.submit(Server.start, layout.read(project), Options())
        folder = wait_for(lambda: next(temporary.glob("convex-scaffold-serve-*/functions.mjs"), None)).parent
        os.kill(int(folder.name.split("-")[3]), signal.SIGKILL)

        with pytest.raises(ToolFailedError, match="the backend failed"):
            starting.result(10)

    assert list(temporary.iterdir()) == []


def test_it_leaves_nothing_behind(
    chat_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(chat_project.rglob("*"))

    with running(chat_project) as backend:
        assert sorted(tmp_path.iterdir()) == []
        process = backend.server._process  # noqa: SLF001 - that it has ended is the point

    assert process.poll() is not None
    assert sorted(tmp_path.iterdir()) == []
    assert sorted(chat_project.rglob("*")) == before
