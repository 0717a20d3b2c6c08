"""Running a project's own checks, with a line for each as it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.cli import console
from scaffold.lifecycle import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scaffold.core.node import Toolchain
    from scaffold.lifecycle.verify import StepResult


def run(project: Path, manager: str, tools: Toolchain, say: Callable[[str], None]) -> list[StepResult]:
    """Run what the project offers, up to the first step that fails."""
    steps = list(verify.steps(project, manager))
    results = verify.run(steps, project, tools) if steps else iter(())
    done: list[StepResult] = []
    say("")
    for step in steps:
        with console.working(f"{step.title}  {console.dim(step.shown)}"):
            result = next(results, None)
        if result is None:
            break
        done.append(result)
        mark = console.mark(passed=result.passed)
        say(f"{mark} {step.title:<17} {result.seconds:5.1f} s  {console.dim(step.shown)}")
    return done


def as_json(result: StepResult) -> dict[str, object]:
    """A step's result as `--json` prints it."""
    return {
        "name": result.step.title,
        "command": result.step.shown,
        "passed": result.passed,
        "seconds": round(result.seconds, 3),
    }
