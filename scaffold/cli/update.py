"""`convex-scaffold update`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode, UnansweredError
from scaffold.core.text import count

if TYPE_CHECKING:
    from scaffold.core.git.trees import Store
    from scaffold.lifecycle.update.plan import Plan
    from scaffold.lifecycle.update.prepare import Preparation, Wishes
    from scaffold.lifecycle.verify import StepResult
    from scaffold.templates.rendering import Form


@dataclass(frozen=True, kw_only=True)
class _Options:
    path: Path
    to: str | None
    preview: bool
    diff: bool
    as_json: bool
    take_defaults: bool
    data: tuple[str, ...]
    only: tuple[Path, ...]
    branch: str | None
    restore: bool
    complete: bool
    verify: bool | None
    abort: bool
    skip: str | None
    reason: str | None
    template: str | None
    answers_file: str
    trust: bool

    @property
    def asks(self) -> bool:
        """Whether there is somebody to ask, who wants to be."""
        return console.is_interactive() and not self.as_json and not self.take_defaults


@click.command(
    epilog="""\b
Examples:
  convex-scaffold update                      show the plan, then apply it
  convex-scaffold update --preview --diff     show it to the last line, write nothing
  convex-scaffold update --abort              back to the state before
  convex-scaffold update --to v0.2.0          to this version, also a lower one
  convex-scaffold update --only convex/lib    part of it; the rest can follow
  convex-scaffold update --branch template-update     a commit on a new branch, no file touched
  convex-scaffold update --skip v0.3.0 --reason "we pin our own linter"
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--to", metavar="VERSION", help="Go to this version instead of the newest; it may be lower.")
@click.option("--preview", is_flag=True, help="Show the plan; write nothing.")
@click.option("--diff", is_flag=True, help="Show the plan line by line too.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan, and what became of it, as JSON.")
@click.option(
    "--defaults", "take_defaults", is_flag=True, help="Ask nothing; new questions get their default."
)
@click.option("--data", multiple=True, metavar="NAME=VALUE", help="Answer a question anew. Can be repeated.")
@click.option(
    "--only",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Update only this file or folder. Can be repeated.",
)
@click.option("--branch", metavar="NAME", help="Commit the result on a new branch; touch no file.")
@click.option("--restore", is_flag=True, help="Give managed files that were changed by hand their text back.")
@click.option("--complete", is_flag=True, help="Add what plain Copier, as Renovate runs it, left out.")
@click.option(
    "--verify/--no-verify", default=None, help="Run the project's checks afterwards, or do not ask."
)
@click.option("--abort", is_flag=True, help="Take back the last update, finished or not, if not committed.")
@click.option("--skip", metavar="VERSION", help="Pass over a version from now on; needs --reason.")
@click.option("--reason", metavar="TEXT", help="Why --skip; it is recorded in scaffold.toml.")
@click.option("--template", metavar="URL|PATH", help="Take the template from here from now on: it has moved.")
@click.option(
    "--answers-file", default=".copier-answers.yml", show_default=True, help="Which template's answers."
)
@click.option("--trust", is_flag=True, help="Let another template run its own tasks and extensions.")
def command(**options: object) -> int:
    """Bring the project at PATH to the newest version of its template, and lose nothing.

    Renders the version the project has and the new one, and merges the difference into the project as git
    merges a branch. The whole plan is known before anything is written. The result is staged, not committed;
    conflicts are ordinary conflicts of git, with exit code 4.
    """
    return _run(_Options(**options))  # type: ignore[arg-type]  # click has checked each


def _run(options: _Options) -> int:
    if options.abort:
        return _abort(options)
    if options.skip is not None:
        return _skip(options, options.skip)
    from scaffold.core.git.trees import store_beside  # noqa: PLC0415
    from scaffold.lifecycle.update import apply, prepare  # noqa: PLC0415

    with prepare.prepare(_wishes(options)) as preparation:
        if options.branch:
            apply.check_branch(preparation.project.repository, options.branch)
        if preparation.is_level:
            return _level(options, preparation)
        _complete(preparation.load(), options)
        with store_beside(preparation.project.repository) as store:
            with console.working("working out the plan"):
                plan = preparation.plan(store)
            return _go(options, plan, store)


def _wishes(options: _Options) -> Wishes:
    from scaffold.lifecycle.update.prepare import Wishes  # noqa: PLC0415
    from scaffold.templates import answers  # noqa: PLC0415

    return Wishes(
        folder=options.path,
        answers_file=options.answers_file,
        to=options.to,
        template=options.template,
        data=answers.from_options(options.data),
        only=options.only,
        restore=options.restore,
        complete=options.complete,
        trust=options.trust,
    )


def _level(options: _Options, preparation: Preparation) -> int:
    if options.as_json:
        version = preparation.old_version
        document = {"schemaVersion": 1, "template": preparation.template, "from": version, "to": version}
        console.data(
            {**document, "notes": [], "files": [], "migrations": [], "remarks": [], "state": "level"}
        )
    else:
        console.out(f"level with {preparation.template} {preparation.old_version}; nothing to do")
    return ExitCode.OK


def _complete(form: Form, options: _Options) -> None:
    """Answer the new version's questions."""
    if options.take_defaults:
        form.take_defaults()
    open_questions = [question.name for question in form.open_questions()]
    if open_questions and not options.asks:
        raise UnansweredError(open_questions)
    if open_questions:
        from scaffold.cli import interview  # noqa: PLC0415

        interview.ask_open(form)


def _go(options: _Options, plan: Plan, store: Store) -> int:
    """Show the plan, and do it."""
    from scaffold.cli import plans  # noqa: PLC0415
    from scaffold.lifecycle.update import apply  # noqa: PLC0415

    if not options.as_json:
        plans.show(plan)
    if options.diff:
        _print_diff(options, plan, store)
    if options.preview or plan.is_empty:
        return _end(options, plan, "previewed" if options.preview else "level")
    if options.asks and not _confirmed(options):
        console.note("Nothing was changed.")
        return ExitCode.INTERRUPTED
    if options.branch:
        apply.write_branch(plan, store, options.branch, f"Update the template to {plan.new}")
        return _end(options, plan, "branched")
    with console.working("writing"):
        undone = apply.apply(plan, store)
    plans.say_undone(undone)
    results = _verify(options, plan)
    return _end(options, plan, "applied", results)


def _print_diff(options: _Options, plan: Plan, store: Store) -> None:
    from scaffold.lifecycle.update import plan as plans  # noqa: PLC0415

    say = console.note if options.as_json else console.out
    say("")
    say(plans.diff(plan, store).rstrip())


def _confirmed(options: _Options) -> bool:
    from scaffold.cli import interview  # noqa: PLC0415

    return interview.confirm(f"Write the branch {options.branch}?" if options.branch else "Apply it?")


def _end(options: _Options, plan: Plan, state: str, results: tuple[StepResult, ...] = ()) -> int:
    """Say what became of the plan and what comes next, and return the exit code."""
    from scaffold.cli import checks, plans  # noqa: PLC0415

    left = len(plan.conflicts) if state in {"applied", "branched"} else 0
    if options.as_json:
        done = {"state": state, "branch": options.branch, "checks": [checks.as_json(r) for r in results]}
        console.data(plans.as_json(plan) | done)
    else:
        for line in _next(options, plan, state, left):
            console.out(line)
    failed = next((result for result in results if not result.passed), None)
    if failed is not None:
        console.failure(
            f"the update is in place, but the check {failed.step.title!r} failed: {failed.step.shown}",
            detail=failed.output,
            hint=f"mend it and commit, or go back: {_command(options, '--abort')}",
        )
        return ExitCode.TOOL
    return ExitCode.CONFLICTS if left else ExitCode.OK


def _next(options: _Options, plan: Plan, state: str, left: int) -> list[str]:
    if state == "previewed":
        return ["nothing was written"]
    if state == "level":
        return ["nothing to do"]
    if state == "branched":
        conflicts = f", with {count(left, 'conflict')} to resolve in it" if left else ""
        return [f"branch    {options.branch}{conflicts}", f"look      git diff HEAD...{options.branch}"]
    lines = [f"updated   {plan.project.root}  everything is staged"]
    if left:
        lines = [
            f"updated   {plan.project.root}  {count(left, 'conflict')} to resolve",
            "resolve   git mergetool, or edit the files and git add them",
        ]
    lines.append(f'commit    git commit -m "Update the template to {plan.new}"')
    lines.append(f"undo      {_command(options, '--abort')}")
    return lines


def _command(options: _Options, *words: str) -> str:
    place = [] if options.path == Path() else [str(options.path)]
    return " ".join(["convex-scaffold update", *place, *words])


def _verify(options: _Options, plan: Plan) -> tuple[StepResult, ...]:
    """Run the project's checks, if that is wanted and makes sense."""
    if plan.conflicts or options.verify is False or not (options.verify or options.asks):
        return ()
    if options.verify is None:
        from scaffold.cli import interview  # noqa: PLC0415

        if not interview.confirm("Run the project's checks?"):
            return ()
    from scaffold.cli import checks  # noqa: PLC0415
    from scaffold.core import node  # noqa: PLC0415
    from scaffold.lifecycle import verify  # noqa: PLC0415

    root = plan.project.root
    manager = verify.package_manager(root, plan.project.recorded.answers.get("package_manager"))
    say = console.note if options.as_json else console.out
    results = checks.run(root, manager, node.find(), say)
    say("")
    return tuple(results)


def _abort(options: _Options) -> int:
    from scaffold.lifecycle.update import undo  # noqa: PLC0415

    entry = undo.abort(options.path)
    if options.as_json:
        console.data({"schemaVersion": 1, "state": "aborted", "to": entry.version})
    else:
        console.out(f"taken back: the update to {entry.version}; the project is as it was before")
    return ExitCode.OK


def _skip(options: _Options, version: str) -> int:
    from scaffold.lifecycle.update import skip  # noqa: PLC0415

    if not (options.reason or "").strip():
        raise click.UsageError("--skip needs a --reason, for those who wonder later")
    skipped = skip.skip(options.path, options.answers_file, version, options.reason or "")
    if options.as_json:
        console.data({"schemaVersion": 1, "state": "skipped", "version": skipped.tag})
    elif skipped.already:
        console.out(
            f"passed over already: {skipped.tag}; another reason is for you to write into {skipped.path}"
        )
    else:
        console.out(f"passed over from now on: {skipped.tag}, as {skipped.path} says; commit it")
    return ExitCode.OK
