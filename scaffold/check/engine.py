"""Runs rules over a workspace. A rule that fails is a bug of ours, and costs nobody the other findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core import forks
from scaffold.model.subjects import subjects
from scaffold.model.suppression import Standing
from scaffold.rules.registry import fits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.findings import Finding
    from scaffold.model.project import Project, Workspace
    from scaffold.rules.rule import Rule

# Below, starting a copy of the process costs more than it saves.
_FUNCTIONS_A_WORKER = 400


@dataclass(kw_only=True)
class Raw:
    """What the rules said, before anything is settled.

    `ran` are the codes that ran to their end, by the folder of each project; `failures` what went wrong.
    """

    findings: list[Finding] = field(default_factory=list)
    ran: dict[str, set[str]] = field(default_factory=dict)
    failures: list[tuple[Rule, Exception]] = field(default_factory=list)


def run(workspace: Workspace, rules: Iterable[Rule]) -> Raw:
    """The findings of all rules on all projects, each once, sorted by place and code."""
    chosen = [rule for rule in rules if rule.subject is not Standing]  # those are judged when all have run
    functions = sum(len(project.functions) for project in workspace.projects)
    processes = min(forks.workers(), functions // _FUNCTIONS_A_WORKER + 1)
    if processes > 1:
        for project in workspace.projects:
            project.prepare()
    raw = Raw(ran={project.folder: set() for project in workspace.projects})
    for share in forks.each(lambda number: _share(workspace, chosen[number]), len(chosen), processes):
        raw.findings += share.findings
        raw.failures += share.failures
        for folder, codes in share.ran.items():
            raw.ran[folder].update(codes)
    raw.findings = ordered(raw.findings)
    return raw


def _share(workspace: Workspace, rule: Rule) -> Raw:
    """What one rule says. A failure cannot leave a copy of the process: its share is done again here."""
    raw = Raw()
    for project in workspace.projects:
        ran = raw.ran.setdefault(project.folder, set())
        if fits(rule, project.version or None) and _run(rule, project, raw):
            ran.add(rule.code)
    return raw


def judge(rules: Iterable[Rule], standings: Iterable[Standing], raw: Raw) -> list[Finding]:
    """What rules say of suppression comments, once it is known what those silenced."""
    chosen = [rule for rule in rules if rule.subject is Standing]
    told = Raw(failures=raw.failures)
    for standing in standings if chosen else ():
        for rule in chosen:
            _collect(rule, standing, told)
    for codes in raw.ran.values():
        codes.update(rule.code for rule in chosen)
    return told.findings


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by place, without those that say the same of the same place."""
    distinct = {(each.place, each.code, each.message): each for each in findings}
    return [distinct[key] for key in sorted(distinct)]


def _run(rule: Rule, project: Project, raw: Raw) -> bool:
    try:
        found = list(subjects(project, rule.subject))
    except Exception as error:  # noqa: BLE001 - reported as the bug it is, when all else has been said
        raw.failures.append((rule, error))
        return False
    outcomes = [_collect(rule, subject, raw) for subject in found]
    return all(outcomes)


def _collect(rule: Rule, subject: object, raw: Raw) -> bool:
    try:
        for finding in rule.run(subject):
            raw.findings.append(finding)
    except Exception as error:  # noqa: BLE001 - see above
        raw.failures.append((rule, error))
        return False
    return True
