"""Runs rules over a workspace. A rule that fails is a bug of ours, and costs nobody the other findings."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from scaffold.check.memory import Keys, Memory, is_known
from scaffold.check.parts import Part, bodies, by_path, decoded, entered_by, merged
from scaffold.core import forks
from scaffold.model.subjects import subjects
from scaffold.model.suppression import Standing
from scaffold.model.unknowns import unknowns
from scaffold.model.view import View
from scaffold.rules.registry import fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scaffold.check.parts import Rows
    from scaffold.core.findings import Blind, Finding
    from scaffold.model.module import Module
    from scaffold.model.project import Project, Workspace
    from scaffold.rules.rule import Rule

# Below, starting a copy of the process costs more than it saves.
_FUNCTIONS_A_WORKER = 200


class Raw(msgspec.Struct, kw_only=True):
    """What the rules said, before anything is settled.

    `ran` are the codes that ran to their end, by the folder of each project; `failures` what went wrong;
    `blind` the facts that nobody can tell without running the code.
    """

    findings: list[Finding] = msgspec.field(default_factory=list)
    ran: dict[str, set[str]] = msgspec.field(default_factory=dict)
    failures: list[tuple[Rule, Exception]] = msgspec.field(default_factory=list)
    blind: list[Blind] = msgspec.field(default_factory=list)


class _Task(NamedTuple):
    """What rules are to say of one view, and the key that it is remembered by."""

    project: Project
    rules: Sequence[Rule]
    key: bytes
    view: Callable[[], View]


def run(workspace: Workspace, rules: Iterable[Rule]) -> Raw:
    """The findings of all rules on all projects, each once, sorted by place and code."""
    chosen = [rule for rule in rules if rule.subject is not Standing]  # those are judged when all have run
    memory = Memory(workspace, chosen)
    asking = [_Asking(project, chosen, memory) for project in workspace.projects]
    for stage in (_Asking.own, _Asking.strays):
        tasks = [stage(each) for each in asking]
        parts = iter(_shared([task for each in tasks for task in each], memory))
        for each, its in zip(asking, tasks, strict=True):
            each.parts += islice(parts, len(its))
    raw = Raw()
    for each in asking:
        each.ask_all(memory)
        each.tell(raw)
    memory.save()
    raw.findings = ordered(raw.findings)
    return raw


class _Asking:
    """A project while it is asked: module by module, then their strays, then what concerns the whole."""

    def __init__(self, project: Project, rules: Iterable[Rule], memory: Memory) -> None:
        self._project = project
        self._rules = [rule for rule in rules if fits(rule, project.version or None)]
        self._apart = [rule for rule in self._rules if _is_apart(rule)]
        self._modules = list(project.modules.values())
        self._keys = memory.keys(project)
        self.parts: list[Part] = []

    def own(self) -> list[_Task]:
        """What to ask of each module."""
        return self._tasks(self._keys.own(), self._project.part)

    def strays(self) -> list[_Task]:
        """What to ask of the bodies in each module that only functions elsewhere come to."""
        entered = entered_by(self.parts)

        def strays_of(module: Module) -> View:
            return self._project.strays_of(module, bodies(module.path, entered.get(module.path, ())))

        return self._tasks(self._keys.strays(entered), strays_of)

    def _tasks(self, keys: Iterable[bytes], view: Callable[[Module], View]) -> list[_Task]:
        return [
            _Task(self._project, self._apart, key, partial(view, module))
            for module, key in zip(self._modules, keys, strict=True)
        ]

    def ask_all(self, memory: Memory) -> None:
        """Ask what has to be asked of the whole, and those who gathered from its parts."""
        self.parts += [_asked(self._project, [rule]) for rule in self._rules if not _is_apart(rule)]
        said = list(self.parts)
        for rule in self._rules:
            if rule.gather:
                rows = [part.rows.get(rule.code, []) for part in said]
                self.parts.append(_judged(self._project, rule, rows, self._keys, memory))

    def tell(self, raw: Raw) -> None:
        """Put what was said to what all projects' rules said."""
        raw.findings += merged(self.parts, {rule.code for rule in self._rules if rule.by_module == "all"})
        failures = [failure for part in self.parts for failure in part.failures]
        failed = {rule.code for rule, _ in failures}
        raw.failures += {rule.code: (rule, error) for rule, error in reversed(failures)}.values()
        raw.ran[self._project.folder] = {rule.code for rule in self._rules} - failed
        raw.blind += (blind for part in self.parts for blind in part.blind)


def _is_apart(rule: Rule) -> bool:
    """Whether a rule is asked module by module. What it says is kept, so it has to be one of ours."""
    return bool(rule.by_module or rule.gather) and is_known(rule)


def _shared(tasks: Sequence[_Task], memory: Memory) -> list[Part]:
    """What rules say of each view: remembered, or else asked by processes that share the work.

    A failure cannot leave a copy of the process: what one did is done again here.
    """
    parts = [memory.recall(task.key) for task in tasks]
    views = {number: tasks[number].view() for number, part in enumerate(parts) if part is None}
    missing = list(views)
    functions = sum(len(view.functions) for view in views.values())
    processes = min(forks.workers(), functions // _FUNCTIONS_A_WORKER + 1)
    if processes > 1:
        for project in dict.fromkeys(task.project for task in tasks):
            _ = [table.document for table in project.tables.values()]  # once, and not in each process
    asked = forks.each(
        lambda each: _said(tasks[missing[each]], views[missing[each]]), len(missing), processes
    )
    for number, part in zip(missing, asked, strict=True):
        parts[number] = part
        memory.remember(tasks[number].key, part)
    return [part for part in parts if part is not None]


def _said(task: _Task, view: View) -> Part:
    """What rules say of one view, with what it comes to and what cannot be told of it."""
    if not view.modules and not view.bodies:
        return Part()
    with task.project.showing(view):
        part = _asked(task.project, task.rules)
        part.entered = by_path(view.entered)
        part.blind = list(unknowns(task.project, validators=False))
    return part


def _asked(project: Project, rules: Sequence[Rule]) -> Part:
    """What rules find in what is shown of a project, and gather from it."""
    part = Part()
    for subject, asked in _by_subject(rules).items():
        _ask(project, subject, asked, part)
    for rule in rules:
        if rule.gather:
            rows: list[Any] = []
            _collect(rule, rows, partial(_gathered, rule), project, part)
            part.rows[rule.code] = rows
    return part


def _gathered(rule: Rule, project: Project) -> Iterable[Any]:
    return rule.gather(project, rule) if rule.gather else ()


def _judged(project: Project, rule: Rule, rows: Sequence[Rows], keys: Keys, memory: Memory) -> Part:
    """What a rule makes of what it gathered. It is shown the schema besides, and nothing else."""
    key = keys.judged(rule, rows)
    part = memory.recall(key)
    if part is None:
        part = Part()
        gathered = tuple(row for each in rows for row in decoded(each))
        asked = replace(rule, gathered=gathered)
        with project.showing(View()):
            _collect(asked, part.findings, asked.run, project, part)
        memory.remember(key, part)
    return part


def _by_subject(rules: Iterable[Rule]) -> dict[type, list[Rule]]:
    found: dict[type, list[Rule]] = {}
    for rule in rules:
        if not rule.gather:
            found.setdefault(rule.subject, []).append(rule)
    return found


def judge(rules: Iterable[Rule], standings: Iterable[Standing], raw: Raw) -> list[Finding]:
    """What rules say of suppression comments, once it is known what those silenced."""
    chosen = [rule for rule in rules if rule.subject is Standing]
    told = Part()
    for standing in standings if chosen else ():
        for rule in chosen:
            _collect(rule, told.findings, rule.run, standing, told)
    raw.failures += told.failures
    for codes in raw.ran.values():
        codes.update(rule.code for rule in chosen)
    return told.findings


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by place, without those that say the same of the same place."""
    distinct = {(each.place, each.code, each.message): each for each in findings}
    return [distinct[key] for key in sorted(distinct)]


def _ask(project: Project, subject: type, rules: list[Rule], part: Part) -> None:
    """Show rules what they look at."""
    try:
        found = list(subjects(project, subject))
    except Exception as error:  # noqa: BLE001 - reported as the bug it is, when all else has been said
        part.failures += ((rule, error) for rule in rules)
        return
    for rule in rules:
        for each in found:
            _collect(rule, part.findings, rule.run, each, part)


def _collect(
    rule: Rule, into: list[Any], ask: Callable[[Any], Iterable[Any]], subject: object, part: Part
) -> None:
    try:
        into.extend(ask(subject))
    except Exception as error:  # noqa: BLE001 - see above
        part.failures.append((rule, error))
