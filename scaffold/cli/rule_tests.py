"""`check --test-rules`: the tests of a team's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.cli import console
from scaffold.core.errors import ConfigurationError, ExitCode
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.check.run import Request
    from scaffold.check.trials import Outcome
    from scaffold.core.findings import Finding


def test(request: Request) -> ExitCode:
    """Run the tests of all rules that are not ours, and print those that fail.

    Raises:
        ConfigurationError: there are no such rules, or one is not well-formed.
    """
    outcomes = list(_outcomes(request))
    if not outcomes:
        raise ConfigurationError(
            "scaffold.toml",
            "the team has no rules of its own",
            'name their folder: [team] ast-grep = "rules"',
        )
    style = console.style()
    failed = [outcome for outcome in outcomes if outcome.problem]
    for outcome in failed:
        mark = style.paint(style.sign("✗"), "error")
        told = f"{mark} {outcome.rule} {outcome.problem} {style.paint(outcome.place, 'dim')}"
        console.out(told, colour=style.colour)
    rules = count(len({outcome.rule for outcome in outcomes}), "rule")
    console.out(f"{count(len(outcomes), 'test')} of {rules}: {len(failed) or 'none'} failed")
    return ExitCode.FINDINGS if failed else ExitCode.OK


def _outcomes(request: Request) -> Iterator[Outcome]:
    from scaffold.check import config, trials  # noqa: PLC0415
    from scaffold.rules import packages  # noqa: PLC0415

    settings = config.load(request.start, request.cache, request.config)
    if settings.ast_grep is not None:
        yield from trials.of_folder(settings.ast_grep, settings.prefix)
    yield from trials.of_pages(packages.installed(), lambda folder: _findings(request, folder))


def _findings(request: Request, folder: Path) -> tuple[Finding, ...]:
    """What all rules say of an example, however sure they are."""
    from msgspec.structs import replace  # noqa: PLC0415

    from scaffold.check import run, workspace  # noqa: PLC0415
    from scaffold.check.select import Wish  # noqa: PLC0415
    from scaffold.core.findings import Confidence, Profile  # noqa: PLC0415
    from scaffold.rules import registry  # noqa: PLC0415

    asked = replace(
        request,
        start=folder,
        paths=(),
        config=None,
        wish=Wish(profile=Profile.PEDANTIC),
        min_confidence=Confidence.LOW,
    )
    return run.run(asked, registry.load(), workspace.read).report.findings
