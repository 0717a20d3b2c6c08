"""`convex-scaffold adopt`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode, NotAProjectError
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.git.trees import Store
    from scaffold.lifecycle.adopting.plan import Adoption, AdoptPlan
    from scaffold.lifecycle.adopting.prepare import Preparation


@dataclass(frozen=True, kw_only=True)
class _Options:
    path: Path
    only: tuple[str, ...]
    data: tuple[str, ...]
    template: str | None
    ref: str | None
    trust: bool
    preview: bool
    diff: bool
    as_json: bool
    yes: bool

    @property
    def asks(self) -> bool:
        """Whether there is somebody to ask, who wants to be."""
        return console.is_interactive() and not self.as_json and not self.yes


@click.command(
    epilog="""\b
Examples:
  convex-scaffold adopt                             look, choose, confirm
  convex-scaffold adopt --preview                   look, and nothing else
  convex-scaffold adopt --yes                       record the project; take no file of the template
  convex-scaffold adopt --only ci --only AGENTS.md  a group of files, and one file
  convex-scaffold adopt --only all --preview --diff
  convex-scaffold adopt --data auth=oidc --yes
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option(
    "--only",
    multiple=True,
    metavar="GROUP|PATH",
    help="Take this group (ci, tests, reliability, standards, backend, project, all) or file. Repeatable.",
)
@click.option("--data", multiple=True, metavar="NAME=VALUE", help="Answer a question. Can be repeated.")
@click.option("--template", metavar="URL|PATH", help="Use another Copier template.")
@click.option("--ref", metavar="VERSION", help="Use this version of the template instead of the newest.")
@click.option("--trust", is_flag=True, help="Let another template run its own extensions.")
@click.option("--preview", is_flag=True, help="Show what would happen; write nothing.")
@click.option("--diff", is_flag=True, help="Show it line by line too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON. Asks nothing.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing.")
def command(**options: object) -> int:
    """Bring the existing Convex project at PATH under the template, no further than you choose.

    Finds out what the project is built with, and shows file by file what the template would bring. Files
    that only the template has are added; a file of yours is joined with the template's, or left in conflict
    for you to resolve, if you name it, and never replaced. Then the answers, scaffold.toml and a baseline of
    today's findings are written, so that `check` fails for new findings only. Everything is staged.

    In a project that follows a template already, --only takes more of the version it follows.
    """
    return _run(_Options(**options))  # type: ignore[arg-type]  # click has checked each


def _run(options: _Options) -> int:
    from scaffold.core.git.trees import store_beside  # noqa: PLC0415
    from scaffold.lifecycle.adopting.plan import Adoption  # noqa: PLC0415
    from scaffold.lifecycle.adopting.prepare import Wishes, prepare  # noqa: PLC0415
    from scaffold.templates import answers  # noqa: PLC0415

    wishes = Wishes(
        folder=options.path,
        only=options.only,
        data=answers.from_options(options.data),
        template=options.template,
        ref=options.ref,
        trust=options.trust,
    )
    with prepare(wishes) as preparation, store_beside(preparation.repository) as store:
        with console.working("comparing the project with the template"):
            adoption = Adoption(preparation, store)
        return _go(options, preparation, adoption, store)


def _go(options: _Options, preparation: Preparation, adoption: Adoption, store: Store) -> int:
    from scaffold.lifecycle.update import plan as plans  # noqa: PLC0415

    todo = adoption.plan(options.only)
    if not options.as_json:
        _show_answers(preparation)
        if not options.only:
            _show_offers(todo)
    if options.asks and not options.preview and not options.only:
        todo = adoption.plan(_ask_groups(todo))
    if not options.as_json:
        _show_fates(todo)
    if options.diff:
        (console.note if options.as_json else console.out)(f"\n{plans.diff(todo.update, store).rstrip()}")
    if options.preview:
        return _end(options, preparation, todo, "previewed", 0)
    if options.asks and not _confirmed():
        console.note("Nothing was changed.")
        return ExitCode.INTERRUPTED
    with console.working("writing"):
        accepted = _write(todo, store, with_baseline=preparation.follows is None)
    return _end(options, preparation, todo, "adopted", accepted)


def _write(todo: AdoptPlan, store: Store, *, with_baseline: bool) -> int:
    """Apply the plan, and accept the findings there are in the same step; how many there are."""
    from scaffold.cli import plans  # noqa: PLC0415
    from scaffold.lifecycle.update import apply  # noqa: PLC0415

    accepted = [0]

    def accept() -> None:
        accepted[0] = _write_baseline(todo)

    plans.say_undone(apply.apply(todo.update, store, then=accept if with_baseline else None))
    return accepted[0]


def _write_baseline(todo: AdoptPlan) -> int:
    """Accept the findings there are, and stage the list; how many there are."""
    from datetime import datetime  # noqa: PLC0415

    from scaffold.check import workspace  # noqa: PLC0415
    from scaffold.check.extends import Cache  # noqa: PLC0415
    from scaffold.check.run import Request, run  # noqa: PLC0415
    from scaffold.core import files  # noqa: PLC0415
    from scaffold.rules import registry  # noqa: PLC0415

    project = todo.update.project
    request = Request(
        start=project.root,
        today=datetime.now().astimezone().date(),
        cache=Cache(folder=files.cache_folder()),
        write_baseline=True,
    )
    cache = files.cache_folder() / "facts"
    try:
        outcome = run(request, registry.load(), lambda root, config: workspace.read(root, config, cache))
    except NotAProjectError:  # a convex/ folder without anything in it yet
        return 0
    project.repository.run("add", "--", f"{project.repository.prefix}{todo.baseline}")
    return outcome.report.baselined


def _ask_groups(todo: AdoptPlan) -> Sequence[str]:
    """Which groups to take, of those that bring something."""
    from scaffold.cli import interview  # noqa: PLC0415
    from scaffold.lifecycle.groups import GROUPS  # noqa: PLC0415

    new = {
        group: sum(offer.group == group and offer.state == "new" for offer in todo.offers) for group in GROUPS
    }
    labels = {
        group: f"{group}: {what} ({count(new[group], 'new file')})"
        for group, what in GROUPS.items()
        if new[group]
    }
    return interview.choose_some("Which parts of the template do you want now? (none is fine)", labels)


def _confirmed() -> bool:
    from scaffold.cli import interview  # noqa: PLC0415

    return interview.confirm("Adopt it like this?")


def _show_answers(preparation: Preparation) -> None:
    from scaffold.templates.answers import to_option  # noqa: PLC0415

    snapshot, found = preparation.snapshot, preparation.surroundings
    console.out(f"{console.strong(snapshot.name)} {snapshot.version}  {preparation.layout.root}")
    console.out()
    rows = {name: (to_option(one.value), one.because) for name, one in preparation.answers.items()}
    rows["(functions)"] = (preparation.layout.show(preparation.layout.functions), "")
    rows["(framework)"] = (found.framework.value or "none", found.framework.because)
    rows["(domains)"] = (", ".join(found.domains) or "none", "")
    width = max(len(name) for name in rows)
    values = max(len(value) for value, _ in rows.values())
    for name, (value, because) in rows.items():
        console.out(
            f"  {name:<{width}}  {value:<{values}}  {console.dim(because)}"
            if because
            else f"  {name:<{width}}  {value}"
        )


def _show_offers(todo: AdoptPlan) -> None:
    """What the template would bring, by group."""
    from scaffold.lifecycle.groups import GROUPS  # noqa: PLC0415

    for group, what in GROUPS.items():
        files = [offer for offer in todo.offers if offer.group == group]
        if files:
            console.out(f"\n{console.strong(group)}  {console.dim(what)}")
        for offer in files:
            console.out(f"  {offer.state:<8} {offer.path}")
    known = {offer.path for offer in todo.offers}
    others = sum(path not in known for path in todo.update.before)
    console.out(f"\n{console.strong('yours')}  {count(others, 'file')} the template knows nothing of")


def _show_fates(todo: AdoptPlan) -> None:
    console.out(f"\n{console.strong('To be done')}")
    for change in todo.update.changes:
        note = console.dim(f"  ({change.note})") if change.note else ""
        console.out(f"  {change.kind:<8} {change.path}{note}")
    for remark in todo.update.remarks:
        console.warning(remark)


def _end(options: _Options, preparation: Preparation, todo: AdoptPlan, state: str, accepted: int) -> int:
    """Say what became of it and what comes next, and return the exit code."""
    conflicts = len(todo.update.conflicts) if state == "adopted" else 0
    if options.as_json:
        console.data(_as_json(preparation, todo, state, accepted))
    elif state == "previewed":
        console.out("\nnothing was written")
    else:
        console.out(f"\nadopted   {todo.update.project.root}  everything is staged")
        if conflicts:
            console.out(f"resolve   {count(conflicts, 'conflict')}: git mergetool, or edit and git add")
        if not preparation.follows:
            of_today = f"{count(accepted, 'finding')} of today; new ones fail: convex-scaffold check"
            console.out(f"accepted  {of_today}")
        console.out(f'commit    git commit -m "Adopt {todo.update.template} {todo.update.new}"')
        console.out("undo      convex-scaffold update --abort")
    return ExitCode.CONFLICTS if conflicts else ExitCode.OK


def _as_json(preparation: Preparation, todo: AdoptPlan, state: str, accepted: int) -> dict[str, object]:
    found, fates = preparation.surroundings, todo.fates
    return {
        "schemaVersion": 1,
        "state": state,
        "template": {"url": preparation.snapshot.url, "version": preparation.snapshot.version},
        "answers": {
            name: {"value": one.value, "because": one.because} for name, one in preparation.answers.items()
        },
        "detected": {
            "root": str(preparation.layout.root),
            "functions": preparation.layout.show(preparation.layout.functions),
            "framework": found.framework.value or None,
            "auth": found.auth.value or None,
            "packageManager": found.package_manager.value or None,
            "domains": list(found.domains),
        },
        "yours": sorted({*todo.update.before} - {offer.path for offer in todo.offers}),
        "files": [
            {
                "path": offer.path,
                "group": offer.group,
                "state": offer.state,
                "change": fates[offer.path].kind if offer.path in fates else None,
                "note": fates[offer.path].note if offer.path in fates else "",
            }
            for offer in todo.offers
        ],
        "records": [
            change.path
            for change in todo.update.changes
            if change.path not in {offer.path for offer in todo.offers}
        ],
        "remarks": list(todo.update.remarks),
        "acceptedFindings": accepted,
    }
