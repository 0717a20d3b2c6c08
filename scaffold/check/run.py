"""One run of `check`, from a request to a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec.structs import replace

from scaffold.check import asked, baseline, config, engine, rulebook, select
from scaffold.check.baseline import Entry
from scaffold.check.select import Wish
from scaffold.check.survey import Terms, survey
from scaffold.core import transaction
from scaffold.core.errors import ExitCode
from scaffold.core.findings import Confidence, Report, Suppressed
from scaffold.core.fingerprints import fingerprints
from scaffold.core.globs import matches
from scaffold.core.processes import now
from scaffold.core.sources import Sources
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from scaffold.check.baseline import Baseline
    from scaffold.check.config import CheckConfig
    from scaffold.check.extends import Cache
    from scaffold.check.survey import Survey
    from scaffold.core.findings import Blind, Finding
    from scaffold.model.project import Workspace
    from scaffold.rules.registry import Registry
    from scaffold.rules.rule import Rule

_CONFIDENCES = tuple(Confidence)  # from sure to unsure


class Load(Protocol):
    """How a workspace is read."""

    def __call__(self, root: Path, settings: CheckConfig, /) -> Workspace:
        """All projects below `root`."""
        ...


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check, and how. `start` is where the configuration is looked for from.

    `paths` are absolute files and folders to report on; none means the package around `start`. `cache` is
    where fetched configurations are kept; `today` decides which suppressions are past their date. `contents`
    are those that `load` was told to read in the place of files.
    """

    start: Path
    today: date
    cache: Cache
    paths: tuple[Path, ...] = ()
    config: Path | None = None
    wish: Wish = msgspec.field(default_factory=Wish)
    min_confidence: Confidence | None = None
    base: str = ""
    write_baseline: bool = False
    prune_baseline: bool = False
    contents: Mapping[str, bytes] = msgspec.field(default_factory=dict)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A report, what it was made by, and notes on what was done besides.

    `failures` are rules that ended with an exception: bugs, to be reported after the findings.
    """

    report: Report
    root: Path
    rules: tuple[Rule, ...]
    sources: Sources
    failures: tuple[tuple[Rule, Exception], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Whether there are findings."""
        return ExitCode.FINDINGS if self.report.findings else ExitCode.OK


def run(request: Request, registry: Registry, load: Load) -> Outcome:
    """Check what is asked for.

    Raises:
        ConfigurationError: the configuration is wrong.
        UnknownRuleError: a word names no rule.
        NotAProjectError: there is no Convex project to check.
        NothingToCheckError: no Convex code lies in the paths that were asked for.
        UnknownRevisionError: there is nothing to compare with.
    """
    started = now()
    settings = config.load(request.start, request.cache, request.config)
    registry = rulebook.completed(registry, settings)
    settings = select.wished(settings, request.wish, registry)
    rules = select.rules_for(settings, registry)
    terms = Terms(config=settings, rules=rules, registry=registry, today=request.today)
    workspace = load(settings.root, settings)
    asked.demand_project(workspace, request.start)
    notes = asked.notes(request.paths, workspace, settings)
    notes += [] if rules else ["no rule was run: all are ignored, or off"]
    sources = Sources(settings.root, {**request.contents, **workspace.contents})
    found = survey(workspace, terms)
    sorting = _Sorting(request, terms, workspace, found, sources)
    known = _known_before(request, terms, load, workspace) if request.base else frozenset()
    report = sorting.report(known)
    return Outcome(
        report=replace(report, seconds=now() - started),
        root=settings.root,
        rules=rules,
        sources=sources,
        failures=found.failures,
        notes=(*notes, *sorting.notes),
    )


class _Sorting:
    """Sorts the findings of a run into those to show and those that are known, hidden or not asked for."""

    def __init__(
        self, request: Request, terms: Terms, workspace: Workspace, found: Survey, sources: Sources
    ) -> None:
        self.notes: list[str] = []
        self._request = request
        self._root = terms.config.root
        self._asked = request.paths or (_surroundings(request.start, workspace),)
        self._config = terms.config
        self._workspace = workspace
        self._found = found
        self._names = dict(zip(fingerprints(found.findings, sources), found.findings, strict=True))
        least = request.min_confidence or terms.config.min_confidence
        self._shown = _CONFIDENCES[: _CONFIDENCES.index(least) + 1]

    def report(self, known: frozenset[str]) -> Report:
        """The report; `known` are the fingerprints of what was found before, elsewhere."""
        asked = {name: each for name, each in self._names.items() if self._is_asked_for(each.place.path)}
        sure = {name: each for name, each in asked.items() if each.confidence in self._shown}
        accepted = self._accepted(sure)
        older = [each for name, each in sure.items() if name in known or name in accepted.fingerprints]
        fresh = [each for name, each in sure.items() if name not in known | accepted.fingerprints]
        silenced = [each for each in self._found.silenced if self._is_asked_for(each.finding.place.path)]
        return Report(
            findings=tuple(fresh),
            suppressed=len(silenced),
            baselined=len(older),
            baseline_since=self._request.base or accepted.since,
            stale_baseline=len(self._mended(accepted)),
            hidden=len(asked) - len(sure),
            silenced=(*silenced, *(Suppressed(each, in_source=False) for each in older)),
            blind=tuple(self._blind()),
            files=len(self._workspace.contents),
            functions=sum(len(project.directory) for project in self._workspace.projects),
        )

    def _blind(self) -> Iterator[Blind]:
        """What could not be read, then what could not be told; each once."""
        unread = (each for project in self._workspace.projects for each in project.blind)
        for each in dict.fromkeys((*self._workspace.blind, *unread, *self._found.blind)):
            if self._is_asked_for(each.place.path):
                yield each

    def _accepted(self, sure: dict[str, Finding]) -> Baseline:
        """The baseline, written or pruned first if that was asked for; others may do so for other files."""
        if not (self._request.write_baseline or self._request.prune_baseline):
            return self._settled(sure)
        with transaction.locked(self._root):
            return self._settled(sure)

    def _settled(self, sure: dict[str, Finding]) -> Baseline:
        path = self._root / self._config.baseline
        name = self._config.baseline.as_posix()
        known = baseline.read(path, name, leniently=self._request.write_baseline)
        if self._request.write_baseline:
            kept = {each for each in known.entries if not self._is_judged(each)}
            found = {
                Entry(path=each.place.path, code=each.code, fingerprint=key) for key, each in sure.items()
            }
            known = replace(
                known, since=known.since or str(self._request.today), entries=frozenset(kept | found)
            )
            known.write(path)
            self.notes.append(f"wrote {name}: {count(len(known.entries), 'finding')} accepted for now")
        elif self._request.prune_baseline:
            known = self._pruned(known, path, name)
        return known

    def _pruned(self, known: Baseline, path: Path, name: str) -> Baseline:
        """The baseline without what is mended, written if that changes it."""
        if not path.exists():
            way_out = "to accept what is found: convex-scaffold check --write-baseline"
            self.notes.append(f"there is no {name} to prune; {way_out}")
            return known
        mended = self._mended(known)
        known = replace(known, entries=known.entries - mended)
        if mended:
            known.write(path)
        left = f"{count(len(known.entries), 'finding')} left"
        self.notes.append(f"took {count(len(mended), 'mended finding')} out of {name}, {left}")
        return known

    def _mended(self, known: Baseline) -> frozenset[Entry]:
        """Entries that are not found any more, of rules and files that this run looked at."""
        return frozenset(
            each for each in known.entries if each.fingerprint not in self._names and self._is_judged(each)
        )

    def _is_judged(self, entry: Entry) -> bool:
        return entry.code in self._found.ran and self._is_asked_for(entry.path)

    def _is_asked_for(self, path: str) -> bool:
        place = self._root / path
        return any(place.is_relative_to(each) for each in self._asked) and not matches(
            path, self._config.exclude
        )


def _surroundings(start: Path, workspace: Workspace) -> Path:
    """The package around `start`; the whole root if it has nothing to do with a Convex project."""
    package = config.package_of(start)
    folders = [workspace.root / project.folder for project in workspace.projects]
    near = any(each.is_relative_to(package) or package.is_relative_to(each) for each in folders)
    return package if near else workspace.root


def _known_before(request: Request, terms: Terms, load: Load, workspace: Workspace) -> frozenset[str]:
    """The fingerprints of what the same rules find where the branch started."""
    from scaffold.check import since  # noqa: PLC0415 - git, for the runs that compare

    root = terms.config.root
    folders = [project.folder for project in workspace.projects]
    with since.before(root, request.base) as before:
        since.link_packages(root, before.root, folders)
        then = load(before.root, terms.config)
        found = survey(then, terms).findings
        sources = before.sources({each.place.path for each in found})
    folders += [project.folder for project in then.projects]
    moved = [
        replace(
            each,
            place=replace(each.place, path=before.path_now(each.place.path)),
            symbol=before.symbol_now(each.symbol, folders),
        )
        for each in found
    ]
    return frozenset(fingerprints(engine.ordered(moved), sources))
