"""What `stubs` would write, worked out before anything changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.lifecycle import changes
from scaffold.lifecycle.stubs import conftest, files, ledger, writing
from scaffold.lifecycle.stubs.api import api_module
from scaffold.lifecycle.stubs.api_file import PATH, is_ours
from scaffold.lifecycle.stubs.claims import claims
from scaffold.lifecycle.stubs.facts import facts_of, public_functions
from scaffold.lifecycle.stubs.feeds import with_feeders
from scaffold.lifecycle.stubs.settings import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.lifecycle.changes import Change
    from scaffold.lifecycle.stubs.facts import Facts
    from scaffold.lifecycle.stubs.files import Outcome
    from scaffold.model.project import Project

FOLDER = "tests/python"
_SHARED = "conftest.py"


@dataclass(frozen=True, kw_only=True)
class StubsPlan:
    """The files to write, and what becomes of each test: names as pytest has them, `file.py::test`."""

    changes: tuple[Change, ...]
    emptied: tuple[str, ...]
    """Files that no test is left in."""
    functions: int
    missing: tuple[str, ...]
    behind: tuple[str, ...]
    edited: tuple[str, ...]
    removed: tuple[str, ...]
    stale: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether nothing is missing, behind, or left of a function that is gone."""
        return not self.changes and not self.stale and not self.emptied


def plan(root: Path, project: Project) -> StubsPlan:
    """Work out the tests of a project's public functions, and how its files differ from them.

    Raises:
        UnreadableTestsError: a file of tests, or the ledger, cannot be understood.
    """
    folder = root / FOLDER
    noted = ledger.read(folder / ledger.NAME)
    table = conftest.users_table(project)
    known = claims(project)
    facts = with_feeders(
        (function, facts_of(function, table, known)) for function in public_functions(project)
    )
    columns = width(root)
    outcomes = _outcomes(folder, _wanted(facts, columns), noted)
    emptied = [name for name, each in outcomes.items() if each.is_empty]
    kept = {name: each for name, each in outcomes.items() if not each.is_empty}
    written = {name: each.text.encode() for name, each in kept.items()}
    # Files that were noted and are not there are those of a part of the template that was not chosen.
    absent = {name: tests for name, tests in noted.items() if name not in outcomes}
    notes = absent | {name: each.notes for name, each in kept.items()}
    if facts and (text := _shared(folder, project, noted)):
        written[_SHARED] = text.encode()
        notes[_SHARED] = {"": ledger.digest(text)}
    if written or noted:
        written[ledger.NAME] = ledger.write(notes)
    files_ = {f"{FOLDER}/{name}": content for name, content in written.items()}
    return StubsPlan(
        changes=changes.changes(root, files_ | _client(root, project, columns, needed=bool(facts))),
        emptied=tuple(f"{FOLDER}/{name}" for name in emptied),
        functions=len(facts),
        missing=_told(outcomes, "missing"),
        behind=_told(outcomes, "behind"),
        edited=_told(outcomes, "edited"),
        removed=_told(outcomes, "gone"),
        stale=_told(outcomes, "stale"),
        left_out=_told(outcomes, "left_out"),
    )


def _outcomes(
    folder: Path, wanted: Mapping[str, tuple[str, dict[str, str]]], noted: ledger.Ledger
) -> dict[str, Outcome]:
    """What becomes of each file of tests."""
    found: dict[str, Outcome] = {}
    for name in sorted((wanted.keys() | noted.keys()) - {_SHARED}):
        module, tests = wanted.get(name, ("functions that are gone", {}))
        path = folder / name
        before = path.read_bytes() if path.is_file() else None
        if tests or before is not None:
            found[name] = files.update(path, before, module, tests, noted.get(name, {}))
    return found


def _shared(folder: Path, project: Project, noted: ledger.Ledger) -> str:
    """The conftest.py, where there is none and was none; one that somebody removed stays away."""
    return "" if (folder / _SHARED).exists() or _SHARED in noted else conftest.text(project)


def _client(root: Path, project: Project, columns: int, *, needed: bool) -> dict[str, bytes]:
    """The typed functions; a file of that name that is somebody's own stays."""
    path = root / PATH
    if path.is_file():
        needed = is_ours(path.read_text("utf-8", "replace"))
    return {PATH: api_module(project, width=columns).encode()} if needed else {}


def _wanted(facts: Iterable[Facts], columns: int) -> dict[str, tuple[str, dict[str, str]]]:
    """The tests of each file, by its name, with the module that they are of."""
    by_module: dict[str, list[Facts]] = defaultdict(list)
    for each in facts:
        by_module[each.module].append(each)
    names = _file_names(by_module)
    return {names[module]: (module, _tests_of(functions, columns)) for module, functions in by_module.items()}


def _tests_of(functions: list[Facts], columns: int) -> dict[str, str]:
    taken = Counter(writing.snake(each.name) for each in functions)
    found: dict[str, str] = {}
    for each in functions:
        alike = taken[writing.snake(each.name)] > 1
        for name, text in writing.texts_of(each, width=columns).items():
            unique = f"{name}_of_{each.name}" if alike else name
            found[unique] = text.replace(f"def {name}(", f"def {unique}(", 1)
    return found


def _file_names(modules: Iterable[str]) -> dict[str, str]:
    """`orders/public` -> `test_orders_public.py`; modules that would share one get longer names."""
    plain = {module: str(PurePosixPath(module)).replace("/", "_").replace(".", "_") for module in modules}
    taken = Counter(plain.values())
    return {
        module: f"test_{name if taken[name] == 1 else module.replace('_', '__').replace('/', '_')}.py"
        for module, name in plain.items()
    }


def _told(outcomes: dict[str, Outcome], what: str) -> tuple[str, ...]:
    return tuple(f"{file}::{test}" for file, each in outcomes.items() for test in getattr(each, what))
