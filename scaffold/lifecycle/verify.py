"""Proof that a created project works: its packages install, and its own checks pass."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import processes
from scaffold.core.errors import ScaffoldError
from scaffold.lifecycle import codegen
from scaffold.model import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scaffold.core.node import Toolchain

_TAIL = 60  # lines of a failed step's output that are shown

LOCKFILES = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock", "bun": "bun.lock"}

_INSTALL = {
    "npm": ("install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"),
    "pnpm": ("install", "--prefer-offline", "--reporter=append-only"),
    "yarn": ("install",),
    "bun": ("install",),
}

# Title of the step, and the script of package.json that is it.
_SCRIPTS = (("types", "typecheck"), ("lint", "lint"), ("tests", "test"))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to run in a project. `command` is what a user would type; empty for what we do ourselves."""

    title: str
    command: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The command as text to type."""
        return shlex.join(self.command) if self.command else "convex-scaffold codegen --check"


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """How a step ended. `output` is the end of what it printed; `seconds` is wall time."""

    step: Step
    passed: bool
    seconds: float
    output: str


def package_manager(project: Path, answer: object) -> str:
    """The manager that was chosen, or the one whose lock file lies there, or npm."""
    if answer in LOCKFILES:
        return str(answer)
    return next((name for name, lockfile in LOCKFILES.items() if (project / lockfile).is_file()), "npm")


def scripts(project: Path) -> dict[str, str]:
    """The scripts of the project's package.json; none if it has none that can be read."""
    try:
        manifest = json.loads((project / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    found = manifest.get("scripts") if isinstance(manifest, dict) else None
    return found if isinstance(found, dict) else {}


def steps(project: Path, manager: str) -> Iterator[Step]:
    """What verifies this project: what its package.json offers of install, types, lint and tests."""
    if not (project / "package.json").is_file():
        return
    yield Step(title="install packages", command=(manager, *_install(project, manager)))
    offered = scripts(project)
    for title, script in _SCRIPTS:
        if script in offered:
            yield Step(title=title, command=(manager, "run", script))
    if (project / "convex.json").is_file() or (project / "convex").is_dir():
        yield Step(title="generated code")


def run(steps: Iterable[Step], project: Path, tools: Toolchain) -> Iterator[StepResult]:
    """Run the steps: the first alone, since all need what it installs, the others side by side.

    Results come in the order of the steps. After one that failed, nothing more is started.

    Raises:
        ToolMissingError: the package manager is not installed.
    """
    first, *others = steps
    result = _run(first, project, tools)
    yield result
    if not result.passed:
        return
    with processes.side_by_side() as pool:
        for future in [pool.submit(_run, step, project, tools) for step in others]:
            yield future.result()


def _run(step: Step, project: Path, tools: Toolchain) -> StepResult:
    if not step.command:
        return _check_generated(step, project)
    manager, *arguments = step.command
    done = processes.run([tools.manager(manager), *arguments], cwd=project, env=tools.environment())
    return StepResult(step=step, passed=done.returncode == 0, seconds=done.seconds, output=done.tail(_TAIL))


def _install(project: Path, manager: str) -> tuple[str, ...]:
    arguments = _INSTALL[manager]
    if manager == "npm" and (project / LOCKFILES["npm"]).is_file():
        return ("ci", *arguments[1:])
    return arguments


def _check_generated(step: Step, project: Path) -> StepResult:
    start = processes.now()
    try:
        todo = codegen.plan(layout.find(project))
        output = "\n".join(f"differs: {name}" for name in (*todo.changed, *todo.stale))
    except ScaffoldError as error:
        output = error.message
    return StepResult(step=step, passed=not output, seconds=processes.now() - start, output=output)
