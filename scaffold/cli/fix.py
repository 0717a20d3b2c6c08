"""`convex-scaffold fix`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console, plans
from scaffold.cli.check import request_for, words
from scaffold.core.errors import ExitCode, RuleFailedError
from scaffold.core.text import count

if TYPE_CHECKING:
    from scaffold.check.fixing import Plan
    from scaffold.check.run import Request
    from scaffold.core.findings import Finding


@click.command(
    epilog="""\b
Examples:
  convex-scaffold fix --diff                   look first
  convex-scaffold fix                          make the safe fixes, which never change what the program does
  convex-scaffold fix --unsafe --select CX207  make the others too, here those of one rule; review them
"""
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--unsafe", is_flag=True, help="Make fixes too that may change what the program does.")
@click.option("--diff", is_flag=True, help="Write nothing: print the changes, and exit 1 if there are any.")
@click.option("--select", multiple=True, callback=words, metavar="CODES", help="Fix these rules only.")
@click.option("--ignore", multiple=True, callback=words, metavar="CODES", help="Do not fix these rules.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read this file instead of the nearest scaffold.toml.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was fixed as JSON.")
def command(  # noqa: PLR0913 - one for each option
    paths: tuple[Path, ...],
    *,
    unsafe: bool,
    diff: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> int:
    """Fix what `check` finds, as far as that can be done by itself.

    A fix is made only if the code parses after it and its finding is gone; fixes that make room for others
    are followed by those. All files are written as one step: a run that is killed is undone by the next.

    Exits 1 if a fix could not be made, and with --diff if there is anything to fix.
    """
    from scaffold.check import fixing  # noqa: PLC0415
    from scaffold.core import transaction  # noqa: PLC0415
    from scaffold.reporters import summary  # noqa: PLC0415

    request = request_for(paths, select=select, ignore=ignore, config=config)
    root = _root(request)
    with transaction.locked(root):
        plans.say_undone(transaction.undo(root))
        if not diff:
            plan = _plan(request, unsafe=unsafe)
            fixing.write(plan)
    if diff:  # which takes its time, and nobody needs to wait for it
        plan = _plan(request, unsafe=unsafe)
    if as_json:
        _print_json(plan, written=not diff)
    elif diff:
        _print_difference(plan)
    else:
        _print(plan)
    for note in filter(None, (*plan.notes, summary.not_seen(plan.report))):
        console.note(note)
    for rule, error in plan.failures:
        raise RuleFailedError(rule.code, rule.name) from error
    failed = plan.mended.refused or (diff and plan.mended.changed)
    return ExitCode.FINDINGS if failed else ExitCode.OK


def _root(request: Request) -> Path:
    from scaffold.check import config  # noqa: PLC0415

    return config.load(request.start, request.cache, request.config).root


def _plan(request: Request, *, unsafe: bool) -> Plan:
    from scaffold.check import fixing, workspace  # noqa: PLC0415
    from scaffold.core import files  # noqa: PLC0415
    from scaffold.rules import registry  # noqa: PLC0415

    cache = files.cache_folder() / "facts"
    return fixing.plan(
        request,
        registry.load(),
        lambda root, settings, contents: workspace.read(root, settings, cache, contents),
        unsafe=unsafe,
    )


def _print(plan: Plan) -> None:
    style = console.style()
    shown = [(finding, "") for finding in plan.mended.fixed] + list(plan.mended.refused.values())
    for path, group in groupby(
        sorted(shown, key=lambda item: item[0].place), lambda item: item[0].place.path
    ):
        console.out(style.paint(style.plain(path), "strong"), colour=style.colour)
        for finding, problem in group:
            console.out(_line(finding, problem), colour=style.colour)
    files = f" in {count(len(plan.mended.changed), 'file')}" if plan.mended.changed else ""
    console.out(f"{count(len(plan.mended.fixed), 'finding')} fixed{files}{_left(plan)}")
    if plan.mended.refused:
        console.note(f"{len(plan.mended.refused)} could not be fixed; the code there is as it was")


def _line(finding: Finding, problem: str) -> str:
    style = console.style()
    place = f"{finding.place.line}:{finding.place.column}"
    title = style.plain(finding.fix.title if finding.fix else finding.message)
    why = style.paint(f" - {problem}", "dim") if problem else ""
    mark = style.paint(style.sign("✗"), "error") if problem else style.paint(style.sign("✓"), "good")
    return f"  {mark} {finding.code} {title} {style.paint(place, 'dim')}{why}"


def _left(plan: Plan) -> str:
    left = plan.report.findings
    unsafe = sum(finding.fix is not None for finding in left) - len(plan.mended.refused)
    more = f", {unsafe} of them fixable with --unsafe" if unsafe > 0 else ""
    return f"; {len(left)} left{more}" if left else ""


def _print_difference(plan: Plan) -> None:
    from scaffold.check import fixing  # noqa: PLC0415

    style = console.style()
    tones = {"+": "good", "-": "error", "@": "info"}
    for line in fixing.difference(plan):
        console.out(style.paint(line, tones[line[0]]) if line[:1] in tones else line, colour=style.colour)
    console.note(f"{count(len(plan.mended.fixed), 'finding')} would be fixed{_left(plan)}")


def _print_json(plan: Plan, *, written: bool) -> None:
    def entry(finding: Finding) -> dict[str, object]:
        title = finding.fix.title if finding.fix else ""
        return {"code": finding.code, "place": str(finding.place), "title": title}

    console.data(
        {
            "schemaVersion": 1,
            "written": written,
            "files": list(plan.mended.changed),
            "fixed": [entry(finding) for finding in plan.mended.fixed],
            "refused": [
                entry(finding) | {"reason": reason} for finding, reason in plan.mended.refused.values()
            ],
            "left": len(plan.report.findings),
        }
    )
