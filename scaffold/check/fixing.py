"""From a request to fixed files: what can be mended, as a difference to look at, and as one step on disk."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.check.mend import Mended, mend
from scaffold.check.run import Outcome, run
from scaffold.core import transaction
from scaffold.core.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scaffold.check.config import CheckConfig
    from scaffold.check.run import Request
    from scaffold.core.findings import Report
    from scaffold.model.project import Workspace
    from scaffold.rules.registry import Registry
    from scaffold.rules.rule import Rule

    Read = Callable[[Path, CheckConfig, Mapping[str, bytes]], Workspace]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What fixes would make of the files below `root`.

    `report` is of what would still be wrong; `notes` are on what was asked for.
    """

    root: Path
    mended: Mended
    report: Report
    notes: tuple[str, ...]
    failures: tuple[tuple[Rule, Exception], ...]


def plan(request: Request, registry: Registry, read: Read, *, unsafe: bool) -> Plan:
    """Work out all fixes in memory. `read` is told the contents that stand in for files.

    Raises:
        ScaffoldError: as `run.run`.
    """
    seen: dict[tuple[tuple[str, bytes], ...], Outcome] = {}

    def look(contents: Mapping[str, bytes]) -> Outcome:
        """Each state once: it is looked at to find fixes, to prove them, and to say what is left."""
        state = tuple(sorted(contents.items()))
        if state not in seen:
            asked = replace(request, contents=contents)
            seen[state] = run(asked, registry, lambda root, settings: read(root, settings, contents))
        return seen[state]

    root = look({}).root
    mended = mend(
        lambda contents: look(contents).report.findings,
        Sources(root),
        lambda finding: finding.fix is not None and (finding.fix.safe or unsafe),
    )
    final = look(mended.contents)
    return Plan(root=root, mended=mended, report=final.report, notes=final.notes, failures=final.failures)


def difference(plan: Plan) -> Iterator[str]:
    """The changes as a patch that `git apply` takes, lines without their line feeds."""
    for path, new in plan.mended.changed.items():
        old, now = _lines(plan.mended.before[path]), _lines(new)
        for line in difflib.unified_diff(old, now, f"a/{path}", f"b/{path}"):
            yield line.removesuffix("\n")
            if not line.endswith("\n"):
                yield "\\ No newline at end of file"


def _lines(content: bytes) -> list[str]:
    """The lines as git sees them: ended by line feeds alone, carriage returns and all else within."""
    *whole, last = content.decode("utf-8", "replace").split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def write(plan: Plan) -> None:
    """Write the files, all or none.

    Raises:
        ScaffoldError: as `transaction.commit`.
    """
    if plan.mended.changed:
        transaction.commit(plan.root, plan.mended.before, plan.mended.changed)
