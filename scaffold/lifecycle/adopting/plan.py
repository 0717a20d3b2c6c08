"""Adopting a project, worked out to the last byte: what is taken, what is joined, and what is recorded."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import config
from scaffold.core.errors import InTheWayError, TemplateError
from scaffold.core.git import merging, trees
from scaffold.lifecycle.adopting import offers, rivals
from scaffold.lifecycle.adopting.joining import joiner
from scaffold.lifecycle.groups import KEPT, Adopted
from scaffold.lifecycle.update import generated
from scaffold.lifecycle.update.merge import LOCKFILES
from scaffold.lifecycle.update.plan import Change, Plan
from scaffold.lifecycle.update.rendered import render
from scaffold.templates import manifest
from scaffold.templates.answers import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.core.git.trees import Store, Tree
    from scaffold.lifecycle.adopting.offers import Offer
    from scaffold.lifecycle.adopting.prepare import Preparation
    from scaffold.templates.manifest import Manifest

BASELINE = "scaffold.baseline"
"""Where accepted findings stand if scaffold.toml does not say otherwise."""

_RECORDS = (FILE, config.FILE, BASELINE)  # never offered: adopting writes them itself
_STANDARD = (
    '# What this project holds itself to; `convex-scaffold check` reads it.\nprofile = "recommended"\n'
)
_NOT_TAKEN = "not taken when the template was adopted"  # what versions before 0.5.0 wrote


@dataclass(frozen=True, kw_only=True)
class AdoptPlan:
    """All offers, and the update that takes the chosen ones and records that they were taken.

    `baseline` is the file of accepted findings: in the update it is empty, for `check` to fill.
    """

    offers: tuple[Offer, ...]
    update: Plan
    baseline: str

    @property
    def fates(self) -> dict[str, Change]:
        """What becomes of each file that changes, by path."""
        return {change.path: change for change in self.update.changes}


class Adoption:
    """A project beside the template rendered for it; parts of it can be chosen."""

    def __init__(self, preparation: Preparation, store: Store) -> None:
        self._layout = preparation.layout
        self._follows = preparation.follows is not None
        self._snapshot = preparation.snapshot
        self._store = store
        self._project = preparation.project()
        self._classes: Manifest = manifest.read(self._snapshot.root, self._snapshot.name)
        self._ours: Tree = preparation.repository.tree
        self._theirs: Tree = render(preparation.form, self._project, store, "new", self._ours).tree
        self._known = preparation.surroundings.dependencies
        self.remarks: list[str] = list(self._snapshot.notes)
        self._blocked = trees.obstacles(self._ours, [*self._theirs, *self._records])
        self._files = self._comparable()

    def offers(self, only: Sequence[str]) -> list[Offer]:
        """What the template would bring, with what `only` chooses of it.

        Raises:
            UnknownPartError: a word names neither a group nor a file of the template.
        """
        return offers.choose(self._files, only)

    def plan(self, only: Sequence[str]) -> AdoptPlan:
        """The plan of taking what `only` chooses.

        Raises:
            UnknownPartError: a word names neither a group nor a file of the template.
            InTheWayError: what adopting writes itself cannot be written.
        """
        for path in self._records:
            if path in self._blocked:
                raise InTheWayError(path, self._blocked[path])
        found = self.offers(only)
        after, unmerged, listed = self._take(found)
        remarks = [*self.remarks, *offers.missing_exports(found), *self._remarks(found, listed)]
        if any(offer.chosen and offer.path.startswith("convex/") for offer in found):
            after, more = generated.refresh(self._store, self._project, after, unmerged, self._theirs)
            after, blocked = generated.unobstructed(self._ours, after)
            remarks += [*blocked, *more]
            listed += [
                _changed(path, self._ours)
                for path in sorted(after)
                if "/_generated/" in path and after[path] != self._ours.get(path)
            ]
        listed += self._record(after, found, only)
        return AdoptPlan(
            offers=tuple(found),
            update=Plan(
                project=self._project,
                old="",
                new=self._project.recorded.version,
                template=self._snapshot.name,
                before=self._ours,
                after=after,
                unmerged=unmerged,
                ignored={},
                changes=tuple(sorted(listed, key=lambda change: change.path)),
                notes=(),
                remarks=tuple(remarks),
            ),
            baseline=self._baseline,
        )

    def _comparable(self) -> dict[str, tuple[bytes | None, bytes]]:
        """The contents of both sides, for every file that could be taken."""
        paths = [path for path in self._theirs if self._can_be_taken(path)]
        ours = {path: self._ours[path].oid for path in paths if path in self._ours}
        theirs = {path: self._theirs[path].oid for path in paths}
        contents = self._store.contents([*ours.values(), *theirs.values()])
        return {
            path: (contents[ours[path]] if path in ours else None, contents[theirs[path]]) for path in paths
        }

    def _can_be_taken(self, path: str) -> bool:
        if path in _RECORDS or self._classes.class_of(path) == "generated":
            return False
        if path in LOCKFILES:  # it would not fit a package.json that is the project's own
            return "package.json" not in self._ours
        if path.startswith("convex/") and self._layout.functions != self._layout.root / "convex":
            folder = self._layout.show(self._layout.functions)
            self._remark(
                f"the template keeps functions in convex/, this project in {folder}: "
                "none of those files are offered"
            )
            return False
        if path in self._blocked:
            self._remark(f"the project has {self._blocked[path]}: what the template has there is not offered")
            return False
        rival = rivals.rival_of(path, self._ours)
        if rival is not None:
            self._remark(f"{path} is not offered: the project has {rival}")
        return rival is None

    def _remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)

    def _take(self, found: Sequence[Offer]) -> tuple[Tree, dict[str, dict[int, trees.Entry]], list[Change]]:
        """The project's tree with what is chosen, what of it is in conflict, and what became of each file."""
        after, changes, clashing = dict(self._ours), [], []
        for offer in found:
            if not offer.chosen or offer.state == "same":
                continue
            note = offer.chosen if offer.chosen.startswith("needed") else ""
            if offer.ours is None:
                after[offer.path] = self._theirs[offer.path]
                changes.append(Change(kind="added", path=offer.path, note=note))
                continue
            join = joiner(offer.path)
            joined = join(offer.ours, offer.theirs) if join is not None else None
            if joined is not None:
                if joined != offer.ours:
                    after[offer.path] = trees.Entry(self._ours[offer.path].mode, self._store.add(joined))
                    changes.append(
                        Change(kind="merged", path=offer.path, note=note or "what it lacked is added")
                    )
            elif offer.chosen == "name":
                clashing.append(offer.path)
                changes.append(
                    Change(kind="conflict", path=offer.path, note="you have it and the template too")
                )
            else:
                changes.append(
                    Change(kind="kept", path=offer.path, note=f"yours; to merge: --only {offer.path}")
                )
        unmerged = self._clash(after, clashing)
        return after, unmerged, changes

    def _clash(self, after: Tree, paths: Sequence[str]) -> dict[str, dict[int, trees.Entry]]:
        """Merge with nothing as the base: what both have alike stays, the rest is a conflict."""
        if not paths:
            return {}
        ours = {path: self._ours[path] for path in paths}
        theirs = {path: self._theirs[path] for path in paths}
        labels = ("yours", f"template {self._snapshot.version}")
        merged = merging.merge(self._store, {}, ours, theirs, labels=labels)
        after.update(merged.tree)
        return merged.unmerged

    def _remarks(self, found: Sequence[Offer], listed: Sequence[Change]) -> Iterator[str]:
        takes_code = any(offer.chosen and offer.path.startswith("convex/") for offer in found)
        if takes_code and "package.json" in self._files:
            wanted = json.loads(self._files["package.json"][1]).get("dependencies", {}).get("convex", "")
            has = self._known.get("convex", "")
            if has and _minor(has) < _minor(wanted):
                yield f"the template's code is written for convex {wanted}, and package.json asks for {has}"
        if any(change.path == "package.json" and change.kind != "kept" for change in listed):
            yield "package.json may have got packages: install them"

    def _record(self, after: Tree, found: Sequence[Offer], only: Sequence[str]) -> list[Change]:
        """Write down what was adopted, what the project keeps of its own, and where accepted findings go."""
        taken = {offer.path for offer in found if after.get(offer.path) == self._theirs[offer.path]}
        kept = [
            offer.path
            for offer in found
            if offer.path not in taken and offer.ours is not None and self._stays(offer, after)
        ]
        if FILE not in self._theirs:
            reason = f"it writes no {FILE}, so nothing could be updated"
            raise TemplateError(self._snapshot.name, reason, "use a template that records its answers")
        after.setdefault(FILE, self._theirs[FILE])
        text = self._standard(kept, self._words(found, only))
        after[config.FILE] = trees.Entry("100644", self._store.add(text.encode()))
        if self._baseline not in after:
            after[self._baseline] = trees.Entry("100644", self._store.add(b""))
        return [_changed(path, self._ours) for path in self._records if after[path] != self._ours.get(path)]

    def _stays(self, offer: Offer, after: Tree) -> bool:
        """Whether the project's file stands where the template would have its own."""
        untouched = after.get(offer.path) == self._ours[offer.path]
        return self._classes.class_of(offer.path) == "managed" or (bool(offer.chosen) and untouched)

    def _words(self, found: Sequence[Offer], only: Sequence[str]) -> tuple[str, ...] | None:
        """What is followed of the template from now on, or None for all of it."""
        before = self._project.config.adopted
        if offers.EVERYTHING in only or (self._follows and before is None):
            return None
        named = dict.fromkeys([*(before or ()), *(word.strip("/") for word in only)])
        adopted = Adopted(words=tuple(named))
        needed = (offer.path for offer in found if offer.chosen and offer.path not in adopted)
        return (*named, *needed)

    @property
    def _records(self) -> tuple[str, ...]:
        return (FILE, config.FILE, self._baseline)

    @property
    def _baseline(self) -> str:
        path = self._layout.root / config.FILE
        table = tomllib.loads(path.read_text("utf-8-sig")).get("baseline", {}) if path.is_file() else {}
        return str(table.get("file", BASELINE)) if isinstance(table, dict) else BASELINE

    def _standard(self, kept: Sequence[str], words: tuple[str, ...] | None) -> str:
        """The project's scaffold.toml, or the template's, with what is followed and what is kept."""
        side = self._ours if config.FILE in self._ours else self._theirs
        text = _STANDARD
        if config.FILE in side:
            text = self._store.content(side[config.FILE].oid).decode("utf-8-sig", "replace")
        known = config.read(self._layout.root).deviations
        for path, reason in known.items():
            if path not in kept and reason in {_NOT_TAKEN, KEPT}:  # it has been taken since
                text = text.replace(_entry(path, reason), "")
        added = "".join(_entry(path, KEPT) for path in kept if path not in known)
        joined = config.with_adopted(text, words).rstrip() + "\n" + added
        try:
            tomllib.loads(joined)
        except tomllib.TOMLDecodeError:
            self.remarks.append(f"{config.FILE} lists deviations in its own way: status will name the rest")
            return text
        return joined


def _entry(path: str, reason: str) -> str:
    return f"\n[[template.deviations]]\npath = {json.dumps(path)}\nreason = {json.dumps(reason)}\n"


def _changed(path: str, ours: Tree) -> Change:
    return Change(kind="changed" if path in ours else "added", path=path)


def _minor(version: str) -> tuple[int, ...]:
    parts = version.lstrip("^~>=v ").split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())
