"""Everything the rules say of a workspace, with levels settled and comments heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.check import engine, select
from scaffold.check.suppress import Suppressions
from scaffold.core.findings import Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from scaffold.check.config import CheckConfig
    from scaffold.check.engine import Raw
    from scaffold.core.findings import Blind, Finding
    from scaffold.model.module import Module
    from scaffold.model.project import Workspace
    from scaffold.rules.registry import Registry
    from scaffold.rules.rule import Rule


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules run by."""

    config: CheckConfig
    rules: tuple[Rule, ...]
    registry: Registry
    today: date


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """Findings sorted by place, and those that comments silence.

    `ran` are the codes that ran to their end on every project; `failures` the rules that raised; `blind`
    is what cannot be told of the code.
    """

    findings: tuple[Finding, ...]
    silenced: tuple[Suppressed, ...]
    ran: frozenset[str]
    failures: tuple[tuple[Rule, Exception], ...]
    blind: tuple[Blind, ...]


def survey(workspace: Workspace, terms: Terms) -> Survey:
    """Run the rules, then settle what of their findings counts."""
    raw = engine.run(workspace, terms.rules)
    comments = Suppressions(
        modules(workspace), {rule.code: rule.mapped for rule in terms.registry if rule.mapped}, terms.today
    )
    kept: list[Finding] = []
    silenced: list[Suppressed] = []
    for finding in _settled(raw.findings, terms.config):
        reason = comments.reason(finding)
        if reason is None:
            kept.append(finding)
        else:
            silenced.append(Suppressed(finding, in_source=True, reason=reason))
    ran = _ran_on(workspace, raw)
    standings = comments.standings(
        lambda path: ran.get(path, frozenset()), terms.registry.by_code, terms.config
    )
    judged = engine.judge(terms.rules, standings, raw)
    return Survey(
        findings=tuple(engine.ordered([*kept, *_settled(judged, terms.config)])),
        silenced=tuple(silenced),
        ran=frozenset.intersection(*map(frozenset, raw.ran.values())) if raw.ran else frozenset(),
        failures=tuple(raw.failures),
        blind=tuple(raw.blind),
    )


def modules(workspace: Workspace) -> Iterator[Module]:
    """Every file that a finding may stand in, each once: of the backend, its helpers, and its callers."""
    seen: set[str] = set()
    for project in workspace.projects:
        callers = (mention.module for mention in project.mentions)
        for module in (*project.modules.values(), *project.helpers.values(), *callers):
            if module.path not in seen:
                seen.add(module.path)
                yield module


def _settled(findings: Iterable[Finding], config: CheckConfig) -> Iterator[Finding]:
    for finding in findings:
        settled = select.settled(finding, config)
        if settled is not None:
            yield settled


def _ran_on(workspace: Workspace, raw: Raw) -> dict[str, frozenset[str]]:
    """The codes that ran to their end on each file; none on one that does not parse, where rules see half."""
    ran: dict[str, frozenset[str]] = {}
    for project in workspace.projects:
        codes = frozenset(raw.ran[project.folder])
        for module in (*project.modules.values(), *project.helpers.values()):
            here = frozenset() if module.facts.errors else codes
            ran[module.path] = ran.get(module.path, here) & here
    return ran
