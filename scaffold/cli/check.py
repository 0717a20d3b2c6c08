"""`convex-scaffold check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec.structs import replace

from scaffold.cli import console
from scaffold.core.errors import ExitCode, RuleFailedError
from scaffold.core.findings import Confidence, Profile
from scaffold.reporters.formats import FORMATS

if TYPE_CHECKING:
    from scaffold.check.run import Outcome, Request
    from scaffold.reporters.view import RuleCard

_OF_RULES = frozenset({"sarif"})  # formats that tell about rules that found nothing


class _Options(msgspec.Struct, frozen=True, kw_only=True):
    paths: tuple[Path, ...]
    format: str
    output: Path | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    profile: str | None
    min_confidence: str | None
    base: str
    write_baseline: bool
    prune_baseline: bool
    config: Path | None
    no_cache: bool
    statistics: bool
    exit_zero: bool
    watch: bool
    test_rules: bool


def words(_context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Codes, given one by one or with commas between; to select none is a variable that is not set."""
    found = tuple(word for each in value for word in each.replace(",", " ").split())
    if value and not found and parameter.name == "select":
        raise click.BadParameter("it names no rule.")
    return found


def _revision(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """A revision; an empty one is a variable that is not set, and would let everything count as new."""
    if value is not None and not value.strip():
        raise click.BadParameter("it names no revision.")
    return value or ""


@click.command(
    epilog="""\b
Examples:
  convex-scaffold check                                  the package around the current folder
  convex-scaffold check convex/messages.ts --select CX2  one file, one family of rules
  convex-scaffold check --base origin/main               only what this branch brought
  convex-scaffold check --write-baseline                 accept what there is; from now on only new ones fail
  convex-scaffold check --format sarif -o check.sarif    for code scanning
"""
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="; ".join(f"{name}: {what}" for name, what in FORMATS.items()) + ". Default: text.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=console.output_file,
    help="Write the report to a file instead of to stdout.",
)
@click.option("--select", multiple=True, callback=words, metavar="CODES", help="Run these rules only.")
@click.option("--ignore", multiple=True, callback=words, metavar="CODES", help="Do not run these rules.")
@click.option(
    "--profile", type=click.Choice([each.value for each in Profile]), help="Run the rules of this profile."
)
@click.option(
    "--min-confidence",
    type=click.Choice([each.value for each in Confidence]),
    help="Show what a rule is at least this sure of. Default: high.",
)
@click.option("--base", callback=_revision, metavar="REV", help="Show what is new since the branch left REV.")
@click.option("--write-baseline", is_flag=True, help="Accept the findings there are, in a file.")
@click.option("--prune-baseline", is_flag=True, help="Take what is mended out of that file.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read this file instead of the nearest scaffold.toml.",
)
@click.option("--no-cache", is_flag=True, help="Read every file anew, and fetch extended configurations.")
@click.option("--statistics", is_flag=True, help="Print counts by rule too.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there are findings.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@click.option("--test-rules", is_flag=True, help="Run the tests of the team's own rules instead.")
def command(**options: object) -> int:
    """Hold Convex code against the standards, and say what to do about what is found.

    Reports on the package around the current folder, or on what PATHS name. The whole repository is read all
    the same, to know who calls what. CODES are those of rules (CX201), families (CX2) or prefixes (CX).

    Exits 1 if there are findings, and 3 if there is no Convex project, or no Convex code in PATHS.
    """
    return _run(_Options(**options))  # type: ignore[arg-type]  # click has checked each


def _run(options: _Options) -> int:
    if options.write_baseline and options.prune_baseline:
        raise click.UsageError("--write-baseline and --prune-baseline: writing prunes already")
    if options.write_baseline and options.base:
        raise click.UsageError("--write-baseline and --base: a baseline holds all findings there are")
    if options.watch and (options.write_baseline or options.prune_baseline):
        raise click.UsageError("--watch and a baseline: write or prune it once, then watch")
    if options.test_rules:
        from scaffold.cli import rule_tests  # noqa: PLC0415

        return rule_tests.test(_request(options))
    if options.watch:
        from scaffold.check import config  # noqa: PLC0415
        from scaffold.cli.watching import watch  # noqa: PLC0415

        request = _request(options)
        watch(config.load(request.start, request.cache, request.config).root, lambda: _check(options))
    return _check(options)


def _check(options: _Options) -> int:
    from scaffold.check import workspace  # noqa: PLC0415
    from scaffold.check.run import run  # noqa: PLC0415
    from scaffold.core import files  # noqa: PLC0415
    from scaffold.core.processes import without_collector  # noqa: PLC0415
    from scaffold.rules import registry  # noqa: PLC0415

    cache = None if options.no_cache else files.cache_folder() / "facts"
    with without_collector():
        outcome = run(
            _request(options), registry.load(), lambda root, config: workspace.read(root, config, cache)
        )
    _print(outcome, options)
    for note in outcome.notes:
        console.note(note)
    for rule, error in outcome.failures:
        raise RuleFailedError(rule.code, rule.name) from error
    return ExitCode.OK if options.exit_zero else outcome.exit_code


def request_for(
    paths: tuple[Path, ...],
    *,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    config: Path | None = None,
    fresh: bool = False,
) -> Request:
    """What `check` and `fix` have in common: today's request for some paths, or for the current folder."""
    from datetime import datetime  # noqa: PLC0415

    from scaffold.check.extends import Cache  # noqa: PLC0415
    from scaffold.check.places import start_of  # noqa: PLC0415
    from scaffold.check.run import Request  # noqa: PLC0415
    from scaffold.check.select import Wish  # noqa: PLC0415
    from scaffold.core import files  # noqa: PLC0415

    resolved = tuple(path.resolve() for path in paths)
    return Request(
        start=start_of(resolved, Path.cwd()),
        today=datetime.now().astimezone().date(),
        cache=Cache(folder=files.cache_folder(), fresh=fresh),
        paths=resolved,
        config=config.absolute() if config else None,
        wish=Wish(select=select, ignore=ignore),
    )


def _request(options: _Options) -> Request:
    request = request_for(
        options.paths,
        select=options.select,
        ignore=options.ignore,
        config=options.config,
        fresh=options.no_cache,
    )
    return replace(
        request,
        wish=replace(request.wish, profile=Profile(options.profile) if options.profile else None),
        min_confidence=Confidence(options.min_confidence) if options.min_confidence else None,
        base=options.base,
        write_baseline=options.write_baseline,
        prune_baseline=options.prune_baseline,
    )


def _print(outcome: Outcome, options: _Options) -> None:
    from scaffold.check import places  # noqa: PLC0415
    from scaffold.core import files  # noqa: PLC0415
    from scaffold.reporters import formats  # noqa: PLC0415
    from scaffold.reporters.view import View  # noqa: PLC0415

    cards: tuple[RuleCard, ...] = ()
    if options.format in _OF_RULES:
        from scaffold.check import pages  # noqa: PLC0415

        cards = tuple(map(pages.card, outcome.rules))
    style = console.style()
    to_file = options.output is not None
    view = View(
        sources=outcome.sources,
        rules=cards,
        colour=style.colour and not to_file,
        unicode=style.unicode or to_file,
        width=console.width_of_file() if to_file else console.width(),
        statistics=options.statistics,
        whole=bool(options.select),
        above=places.above(outcome.root),
    )
    text = formats.render(options.format, outcome.report, view)
    if options.output is not None:
        files.write_output(options.output, text)
    else:
        console.out(text.removesuffix("\n"), colour=view.colour) if text else None
    if unsaid := formats.unsaid(options.format, outcome.report):
        console.note(unsaid)
