"""From a project and its owner's wishes to a plan: versions, answers, renders, merge, what follows it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import migrations
from scaffold.core.errors import OutsideError, UncommittedError
from scaffold.lifecycle.update import following, generated, ledger, merge, migrate, plan, typed_api
from scaffold.lifecycle.update.ignored import Plans, plan_ignored
from scaffold.lifecycle.update.journal import settled
from scaffold.lifecycle.update.project import answers_committed, open_project
from scaffold.lifecycle.update.rendered import render
from scaffold.templates import manifest, notes, sources, versions
from scaffold.templates.addresses import is_ours
from scaffold.templates.answers import FILE
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.core.git.trees import Store, Tree
    from scaffold.lifecycle.update.migrate import Ran
    from scaffold.lifecycle.update.plan import Change, Plan
    from scaffold.lifecycle.update.project import Project
    from scaffold.lifecycle.update.rendered import Rendered
    from scaffold.migrations.migration import Migration
    from scaffold.templates.manifest import Manifest
    from scaffold.templates.sources import Snapshot, Source


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the owner of a project asks for.

    `to` is a version, or None for the newest that is not passed over; `only` limits the update to these paths
    ; `restore` gives managed files the template's text back;
    `complete` does what plain Copier left out of an update: codemods and generated code.
    """

    folder: Path
    answers_file: str = FILE
    to: str | None = None
    template: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    only: tuple[Path, ...] = ()
    restore: bool = False
    complete: bool = False
    trust: bool = False


class Preparation:
    """An update before it is planned: the versions are known, and the new one's questions may be open."""

    def __init__(self, wishes: Wishes, project: Project, source: Source) -> None:
        self._wishes = wishes
        self._source = source
        self.project = project
        self.old_version = versions.named(project.recorded.version, source.versions)
        to = self.old_version if wishes.complete else wishes.to
        self.new_version = versions.named(to, source.versions) if to else self._newest()
        self.template = source.name

    @property
    def is_level(self) -> bool:
        """Whether the project has that version already, and nothing else is asked for."""
        wishes = self._wishes
        more = wishes.data or wishes.restore or wishes.template or wishes.complete
        return self.old_version == self.new_version and not more

    def load(self) -> Form:
        """Fetch both versions, and return the new one's form, some of whose questions may be open."""
        wishes, recorded = self._wishes, self.project.recorded
        self._old = self._source.at(self.old_version)
        self._new = self._source.at(self.new_version)
        self._form = Form(
            self._new,
            folder=self.project.root,
            data=wishes.data,
            recorded=recorded,
            trust=wishes.trust,
        )
        # Nobody recorded a secret, and asking for it at every update helps nobody.
        for question in self._form.open_questions():
            if question.secret and not question.required:
                self._form.answer(question.name, question.default)
        return self._form

    def plan(self, store: Store) -> Plan:
        """The plan; every question must be answered, and `store` be beside the project's repository."""
        planner = _Planner(self._wishes, self.project, store, (self._old, self._new))
        return planner.plan(self._form, self._notes())

    def _newest(self) -> str:
        """The newest version that is not passed over, or else the one the project has."""
        tags = self._source.versions
        skipped = {versions.named(version, tags) for version in self.project.config.skips}
        later = versions.later(self.old_version, tags, skipped)
        return later[-1] if later else self.old_version

    def _notes(self) -> tuple[notes.Note, ...]:
        texts = notes.ours() if self._source.is_ours else notes.of_template(self._new.root)
        return notes.between(self._source.versions, self.old_version, self.new_version, texts)


@contextmanager
def prepare(wishes: Wishes) -> Iterator[Preparation]:
    """Look at the project and open its template.

    Raises:
        ScaffoldError: the project cannot be updated as it is; the message says what to do.
    """
    with settled(wishes.folder.resolve()):
        project = open_project(wishes.folder, wishes.answers_file)
        committed = answers_committed(project)
    if not committed:  # an update starts from what is recorded, so that must be what is committed
        raise UncommittedError([project.repository.prefix + project.answers_file])
    recorded = None if wishes.template else project.recorded.source
    with sources.open_source(wishes.template or project.recorded.source, recorded=recorded) as source:
        yield Preparation(wishes, project, source)


class _Planner:
    """The steps of one plan, over one store."""

    def __init__(
        self, wishes: Wishes, project: Project, store: Store, pair: tuple[Snapshot, Snapshot]
    ) -> None:
        self._wishes = wishes
        self._project = project
        self._store = store
        self._old, self._new = pair
        self._ours: Tree = project.repository.tree
        self._only = [_below(project.root, path) for path in wishes.only]

    def plan(self, form: Form, change_notes: tuple[notes.Note, ...]) -> Plan:
        new = self._render(form, "new")
        old = new if self._wishes.complete else self._render_old(form, new)
        classes = manifest.read(self._new.root, self._new.name)
        sides = merge.Sides(ours=self._ours, old=self._without_generated(old.tree, new.tree), new=new.tree)
        skipped = frozenset(form.leaves_alone({*old.tree, *new.tree, *old.ignored, *new.ignored}))
        moves = self._moves()
        self._followed = following.of(
            self._store, self._project.config, sides, moves, everything=self._adds_feature
        )
        followed = {before: after for before, after in moves.items() if self._is_chosen(after)}
        moved = sides.moved(followed)
        outcome = merge.merge(self._store, moved, self._policy(classes, moved, skipped))
        after, ran, remarks = self._finish(outcome, form, new.tree)
        self._followed.record(self._store, after)
        remarks = (*remarks, *self._followed.remarks(sides, self._project.answers_file))
        ignored, changed = self._ignored(old, new, classes, skipped)
        why = plan.Reasons(notes=_notes(ran, outcome.tree, after), moves=followed)
        listed = plan.changes(self._store, sides, outcome, after, why)
        return plan.Plan(
            project=self._project,
            old=self._project.recorded.version,
            new=self._new.version or "",
            template=self._new.name,
            before=self._ours,
            after=after,
            unmerged=outcome.unmerged,
            ignored=ignored,
            changes=tuple(sorted((*listed, *changed), key=lambda change: change.path)),
            notes=change_notes,
            migrations=ran,
            remarks=remarks,
        )

    def _old_form(self) -> Form:
        form = Form(
            self._old,
            folder=self._project.root,
            data={},
            recorded=self._project.recorded,
            trust=self._wishes.trust,
        )
        form.take_defaults()
        return form

    def _render_old(self, newer: Form, new: Rendered) -> Rendered:
        """The old version, without what the new one leaves to the project."""
        form = self._old_form()
        old = self._render(form, "old")
        gone = {*old.tree, *old.ignored} - {*new.tree, *new.ignored}
        return old.without(form.gives_up(gone, newer))

    def _render(self, form: Form, name: str) -> Rendered:
        return render(form, self._project, self._store, name, self._ours)

    def _without_generated(self, old: Tree, new: Tree) -> Tree:
        """The old version as if it had what the project has of generated files that the new one drops."""
        classes = manifest.read(self._old.root, self._old.name)
        gone = [path for path in old if path not in new and classes.class_of(path) == "generated"]
        return old | {path: self._ours[path] for path in gone if path in self._ours}

    def _moves(self) -> dict[str, str]:
        if not is_ours(self._new.url):
            return {}
        return migrations.moves(self._project.recorded.version, self._new.version or "")

    @property
    def _adds_feature(self) -> bool:
        """Whether new files come because somebody asked for them, and not because the template got them."""
        return bool(self._wishes.data) and self._new.version == self._project.recorded.version

    def _policy(self, classes: Manifest, sides: merge.Sides, skipped: frozenset[str]) -> merge.Policy:
        restored = self._restored(classes, sides) if self._wishes.restore else frozenset()
        return merge.Policy(
            manifest=classes,
            answers_file=self._project.answers_file,
            labels=("yours", f"template {self._new.version}"),
            skipped=skipped,
            restored=restored,
            is_chosen=self._is_chosen,
        )

    def _restored(self, classes: Manifest, sides: merge.Sides) -> frozenset[str]:
        """The managed files that get their text back; what is not committed could not be undone."""
        managed = {
            path
            for path in sides.old
            if classes.class_of(path) == "managed"
            and path not in self._project.config.deviations
            and path in self._followed
        }
        prefix, dirty = self._project.repository.prefix, self._project.repository.dirty()
        uncommitted = sorted(prefix + path for path in managed if prefix + path in dirty)
        if uncommitted:
            raise UncommittedError(uncommitted)
        return frozenset(path for path in managed if sides.ours.get(path) != sides.old[path])

    def _is_chosen(self, path: str) -> bool:
        named = not self._only or any(path == item or path.startswith(f"{item}/") for item in self._only)
        return named and path in self._followed

    def _finish(
        self, outcome: merge.Outcome, form: Form, new: Tree
    ) -> tuple[Tree, tuple[Ran, ...], tuple[str, ...]]:
        """What follows the merge: codemods and generated code."""
        remarks = [f"the answer to {name} no longer counts: {why}" for name, why in form.dropped.items()]
        if self._wishes.only:
            return self._partial(outcome, remarks)
        if form.has_migrations:
            remarks.append("the template has migrations of Copier's, which are not run")
        after, ran = migrate.migrate(self._store, outcome.tree, self._codemods(), outcome.unmerged)
        after, more = generated.refresh(self._store, self._project, after, outcome.unmerged, new)
        after, also = typed_api.refresh(self._store, self._project, after, outcome.unmerged)
        after, blocked = generated.unobstructed(outcome.tree, after)
        return after, ran, (*remarks, *blocked, *more, *also)

    def _codemods(self) -> tuple[Migration, ...]:
        """Those of the versions in between; to complete an update, all that the ledger does not know."""
        version = self._new.version or ""
        if not is_ours(self._new.url):
            return ()
        if not self._wishes.complete:
            return migrations.between(self._project.recorded.version, version)
        entry = self._ours.get(ledger.FILE)
        known = ledger.names(self._store.content(entry.oid).decode("utf-8", "replace")) if entry else set()
        return tuple(one for one in migrations.between("0", version) if one.name not in known)

    def _partial(
        self, outcome: merge.Outcome, remarks: list[str]
    ) -> tuple[Tree, tuple[Ran, ...], tuple[str, ...]]:
        """Part of an update leaves the project at its version, so that the rest can follow."""
        after = dict(outcome.tree)
        answers = self._project.answers_file
        if answers in self._ours:
            after[answers] = self._ours[answers]
        remarks.append(f"the project stays at {self._project.recorded.version}: update again for the rest")
        return after, (), tuple(remarks)

    def _ignored(
        self, old: Rendered, new: Rendered, classes: Manifest, skipped: frozenset[str]
    ) -> tuple[Plans, tuple[Change, ...]]:
        chosen = {path for path in {*old.ignored, *new.ignored} if self._is_chosen(path)}
        return plan_ignored(
            self._store,
            self._project.root,
            {path: content for path, content in old.ignored.items() if path in chosen},
            {path: content for path, content in new.ignored.items() if path in chosen},
            lambda path: path in skipped or classes.class_of(path) in {"seeded", "generated"},
        )


def _below(root: Path, path: Path) -> str:
    """The path of something in the project, as its trees have it."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link in the project is meant itself
    if not absolute.is_relative_to(root):
        raise OutsideError(path, root)
    return absolute.relative_to(root).as_posix()


def _notes(ran: tuple[Ran, ...], merged: Tree, after: Tree) -> dict[str, str]:
    """Why files differ that the merge alone does not explain."""
    reasons = {path: "generated" for path in after if merged.get(path) != after[path]}
    reasons[ledger.FILE] = "what the migrations did"
    for one in ran:
        reasons |= dict.fromkeys(one.files, f"migration {one.migration.name}")
    return reasons
