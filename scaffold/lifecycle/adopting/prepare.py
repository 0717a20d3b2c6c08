"""An existing project before it is adopted: where it is, what it is built with, and the answers that fit."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core import config
from scaffold.core.errors import AlreadyAdoptedError, TemplateError
from scaffold.core.git import repository
from scaffold.lifecycle.adopting import proposal
from scaffold.lifecycle.update.journal import settled
from scaffold.lifecycle.update.project import Project
from scaffold.model import layout as layouts
from scaffold.model.surroundings import survey
from scaffold.templates import sources, versions
from scaffold.templates.answers import FILE, Recorded, recorded
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.core.git.repository import Repository
    from scaffold.lifecycle.adopting.proposal import Proposed
    from scaffold.model.layout import Layout
    from scaffold.model.surroundings import Surroundings
    from scaffold.templates.sources import Snapshot


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the owner of a project asks for. `only` names groups and files of the template."""

    folder: Path
    only: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    template: str | None = None
    ref: str | None = None
    trust: bool = False


class Preparation:
    """A project that can be adopted, and the answers proposed for it.

    `follows` is set where it was adopted before, and only more of the same version is taken.
    """

    def __init__(
        self,
        wishes: Wishes,
        layout: Layout,
        found: Repository,
        snapshot: Snapshot,
        follows: Recorded | None = None,
    ) -> None:
        self.follows = follows
        self.layout = layout
        self.snapshot = snapshot
        self.repository = found
        self.surroundings: Surroundings = survey(layout, found.top)
        given = follows.answers if follows else wishes.data
        self.form = Form(snapshot, folder=layout.root, data=given, trust=wishes.trust)
        reason = "recorded" if follows else "you said so"
        self.answers: dict[str, Proposed] = proposal.propose(self.form, self.surroundings, given, reason)

    def project(self) -> Project:
        """The project as an update sees it: as if it had recorded these answers already."""
        snapshot, root = self.snapshot, self.layout.root
        answers = {name: proposed.value for name, proposed in self.answers.items()}
        return Project(
            repository=self.repository,
            recorded=Recorded(
                path=root / FILE, source=snapshot.url, version=snapshot.version or "", answers=answers
            ),
            config=config.read(root),
        )


@contextmanager
def prepare(wishes: Wishes) -> Iterator[Preparation]:
    """Look at the project and open the template.

    Raises:
        NotAProjectError: there is no Convex project.
        AlreadyAdoptedError: it follows a template already, and no more of that is asked for.
        NotARepositoryError, NoCommitError: git does not hold it.
        UpdatePendingError, BusyRepositoryError: another run is writing there, or was interrupted.
    """
    folder = wishes.folder.resolve()
    layouts.find(folder)  # whatever goes on in the rest of the repository
    with settled(folder):
        layout = layouts.find(folder)
        found = repository.find(layout.root)
        is_adopted = (layout.root / FILE).exists()
        if is_adopted and (not wishes.only or wishes.data or wishes.template or wishes.ref):
            raise AlreadyAdoptedError(layout.root / FILE)
        follows = recorded(layout.root) if is_adopted else None
    if follows is not None:
        with sources.open_source(follows.source, recorded=follows.source) as source:
            yield Preparation(
                wishes, layout, found, source.at(versions.named(follows.version, source.versions)), follows
            )
        return
    with sources.open_template(wishes.template, wishes.ref) as snapshot:
        if snapshot.version is None:
            reason = "it is no git repository with versions, so nothing could be updated"
            raise TemplateError(snapshot.name, reason, "name a repository with tags: --template URL")
        yield Preparation(wishes, layout, found, snapshot)
