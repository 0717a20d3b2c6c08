"""`convex-scaffold new`."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode, MissingNameError, ScaffoldError, TwoNamesError, UnansweredError
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scaffold.core.node import Toolchain
    from scaffold.lifecycle.naming import ProjectName
    from scaffold.lifecycle.new import Created
    from scaffold.lifecycle.verify import StepResult
    from scaffold.templates.rendering import Form
    from scaffold.templates.sources import Snapshot


@dataclass(frozen=True, kw_only=True)
class _Options:
    name: str | None
    parent: Path
    take_defaults: bool
    data: tuple[str, ...]
    data_file: Path | None
    template: str | None
    ref: str | None
    trust: bool
    verify: bool
    git: bool
    preview: bool
    as_json: bool


@click.command(
    epilog="""\b
Examples:
  convex-scaffold new                               ask everything
  convex-scaffold new my-backend --defaults         ask nothing
  convex-scaffold new my-backend --data auth=auth0 --data domains=orders --defaults
  convex-scaffold new my-backend --preview          show the files, write nothing
  convex-scaffold new my-backend --template gh:acme/convex-template --ref v2.1.0
"""
)
@click.argument("name", required=False)
@click.option(
    "--in",
    "parent",
    type=click.Path(path_type=Path),
    default=".",
    help="The folder to create the project in.",
)
@click.option("--defaults", "take_defaults", is_flag=True, help="Take the default of what is not answered.")
@click.option("--data", multiple=True, metavar="NAME=VALUE", help="Answer a question. Can be repeated.")
@click.option("--data-file", type=click.Path(path_type=Path), help="Answer questions from a YAML file.")
@click.option("--template", metavar="URL|PATH", help="Use another Copier template.")
@click.option("--ref", metavar="VERSION", help="Use this version of the template instead of the newest.")
@click.option("--trust", is_flag=True, help="Let another template run its own tasks and extensions.")
@click.option(
    "--verify/--no-verify",
    default=True,
    help="Install the packages and run the project's checks. On by default; exit 5 when one fails.",
)
@click.option("--git/--no-git", default=True, help="Start a repository with a first commit. On by default.")
@click.option("--preview", is_flag=True, help="List the files that would be made; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON. Asks nothing.")
def command(**options: object) -> int:
    """Create a Convex backend in a new folder NAME, and prove that it works.

    Asks its questions on a terminal. Elsewhere every question must be answered with --data or --data-file,
    or left to --defaults.
    """
    return _run(_Options(**options))  # type: ignore[arg-type]  # click has checked each


def _run(options: _Options) -> int:
    from scaffold.core import node  # noqa: PLC0415
    from scaffold.lifecycle import naming, new  # noqa: PLC0415
    from scaffold.templates import answers, sources  # noqa: PLC0415
    from scaffold.templates.rendering import Form  # noqa: PLC0415

    data = answers.from_file(options.data_file) if options.data_file else {}
    data |= answers.from_options(options.data)
    asks = console.is_interactive() and not options.as_json and not options.take_defaults
    name = _name(options, data, asks=asks)
    target = new.check_target(options.parent.expanduser(), name.folder)
    tools = node.find() if options.verify and not options.preview else None
    with ExitStack() as stack:
        template = stack.enter_context(sources.open_template(options.template, options.ref))
        form = Form(template, folder=target, data=data, trust=options.trust)
        if form.asks_for("project_name"):
            form.answer("project_name", name.package)
        if not _complete(form, options, asks=asks):
            console.note("Nothing was created.")
            return ExitCode.INTERRUPTED
        if asks and form.asks_for("project_name"):  # it may have been changed
            name = naming.parse(str(form.answer_to("project_name")))
            target = new.check_target(options.parent.expanduser(), name.folder)
        if options.preview:
            return _preview(options, name, new.preview(form, name.folder))
        message = f"Create {name.folder} with convex-scaffold {template.version or ''}".rstrip()
        with console.working("writing the project"):
            created = new.create(form, target, with_git=options.git, message=message)
        return _finish(_Outcome(options, name, template, form, created), tools)


def _name(options: _Options, data: dict[str, object], *, asks: bool) -> ProjectName:
    """The project's name, from the argument, an answer, or the user."""
    from scaffold.lifecycle import naming  # noqa: PLC0415

    answer = data.get("project_name")
    if options.name is not None and answer not in {None, options.name}:
        raise TwoNamesError(options.name, str(answer))
    given = options.name if options.name is not None else answer
    if given is not None:
        return naming.parse(str(given))
    if not asks:
        raise MissingNameError
    from scaffold.cli import interview  # noqa: PLC0415

    return naming.parse(interview.ask_name(_name_complaint(options)))


def _name_complaint(options: _Options) -> Callable[[str], str | None]:
    """Why a name typed at the prompt cannot be the project's, or None."""
    from scaffold.lifecycle import naming, new  # noqa: PLC0415

    def complaint(text: str) -> str | None:
        try:
            new.check_target(options.parent.expanduser(), naming.parse(text).folder)
        except ScaffoldError as error:
            return error.message
        return None

    return complaint


def _complete(form: Form, options: _Options, *, asks: bool) -> bool:
    """Answer what is open; False when the user decided against the project."""
    if options.take_defaults:
        form.take_defaults()
    open_questions = [question.name for question in form.open_questions()]
    if not open_questions:
        return True
    if not asks:
        raise UnansweredError(open_questions)
    from scaffold.cli import interview  # noqa: PLC0415

    return interview.fill_in(form, name_complaint=_name_complaint(options))


def _preview(options: _Options, name: ProjectName, files: Sequence[str]) -> int:
    if options.as_json:
        console.data({"schemaVersion": 1, "project": {"name": name.package}, "files": list(files)})
        return ExitCode.OK
    for file in files:
        console.out(f"{name.folder}/{file}")
    console.note(f"{count(len(files), 'file')}; nothing was written")
    return ExitCode.OK


class _Outcome:
    """What is known once the project is in place."""

    def __init__(
        self, options: _Options, name: ProjectName, template: Snapshot, form: Form, created: Created
    ) -> None:
        from scaffold.lifecycle import verify  # noqa: PLC0415

        self.options = options
        self.name = name
        self.template = template
        self.created = created
        self.answers = {q.name: value for q, value in form.answered() if not q.secret}
        self.manager = verify.package_manager(created.path, self.answers.get("package_manager"))
        self.results: list[StepResult] = []

    @property
    def failed(self) -> StepResult | None:
        """The step that failed, if one did."""
        return next((result for result in self.results if not result.passed), None)

    def repeat(self) -> str:
        """The one command that makes the same project again."""
        from scaffold.templates.answers import to_option  # noqa: PLC0415

        words = ["convex-scaffold", "new", self.name.package]
        if self.options.parent != Path():
            words += ["--in", str(self.options.parent)]
        if self.options.template:
            words += ["--template", self.options.template]
        if self.template.version:
            words += ["--ref", self.template.version]
        for name, value in self.answers.items():
            if name != "project_name":
                words += ["--data", f"{name}={to_option(value)}"]
        words += ["--trust"] * self.options.trust
        words += ["--no-verify"] * (not self.options.verify)
        words += ["--no-git"] * (not self.options.git)
        return shlex.join(words)

    def next_commands(self) -> list[str]:
        """What to type now."""
        from scaffold.lifecycle import verify  # noqa: PLC0415

        folder = self.options.parent / self.name.folder
        commands = [shlex.join(["cd", str(folder)])]
        if not self.results and (self.created.path / "package.json").is_file():
            commands.append(f"{self.manager} install")
        scripts = verify.scripts(self.created.path)
        if "dev" in scripts:
            commands.append(f"{self.manager} run dev")
        elif (self.created.path / "convex").is_dir():
            commands.append("npx convex dev")
        if "test" in scripts:
            commands.append(f"{self.manager} run test")
        return commands[:3]


def _finish(outcome: _Outcome, tools: Toolchain | None) -> int:
    """Say what was made, verify it, and say what comes next."""
    as_json = outcome.options.as_json
    if not as_json:
        _print_created(outcome)
    if tools is not None:
        _verify(outcome, tools)
    if as_json:
        console.data(_as_json(outcome))
    failed = outcome.failed
    if failed is None:
        if not as_json:
            _print_next(outcome)
        return ExitCode.OK
    path = outcome.created.path
    console.failure(
        f"{path} was created, but its check {failed.step.title!r} failed: {failed.step.shown}",
        detail=failed.output,
        hint=shlex.join(["cd", str(path)]) + f" && {failed.step.shown}",
    )
    return ExitCode.TOOL


def _print_created(outcome: _Outcome) -> None:
    created, template = outcome.created, outcome.template
    for text in (*template.notes, *created.notes):
        console.warning(text)
    made = f"{count(len(created.files), 'file')} from {template.name} {template.version or ''}".rstrip()
    console.out(f"{console.strong('created')}  {created.path}  {console.dim(made)}")
    repository = {
        "committed": f"first commit {created.git.detail}",
        "staged": "everything is staged; git knows no name to commit under: git config --global user.name …",
        "inside": f"part of the repository {created.git.detail}; commit it there",
        "off": "",
    }[created.git.state]
    if repository:
        console.out(f"{console.strong('git')}      {repository}")


def _verify(outcome: _Outcome, tools: Toolchain) -> None:
    from scaffold.cli import checks  # noqa: PLC0415

    say = console.note if outcome.options.as_json else console.out
    outcome.results += checks.run(outcome.created.path, outcome.manager, tools, say)
    if outcome.results and outcome.failed is None:
        _commit_lockfile(outcome)


def _commit_lockfile(outcome: _Outcome) -> None:
    """Package managers other than npm make their lock file at the first install."""
    from scaffold.lifecycle import new, verify  # noqa: PLC0415

    lockfile = verify.LOCKFILES[outcome.manager]
    is_new = lockfile not in outcome.created.files and (outcome.created.path / lockfile).is_file()
    if is_new and outcome.created.git.state == "committed":
        new.commit_lockfile(outcome.created.path, lockfile)


def _print_next(outcome: _Outcome) -> None:
    console.out()
    console.out(console.strong("Next"))
    for line in outcome.next_commands():
        console.out(f"  {line}")
    console.out()
    console.out(console.strong("The same again"))
    console.out(f"  {outcome.repeat()}")


def _as_json(outcome: _Outcome) -> dict[str, object]:
    from scaffold.cli import checks  # noqa: PLC0415

    created = outcome.created
    return {
        "schemaVersion": 1,
        "project": {"name": outcome.name.package, "path": str(created.path)},
        "template": {"url": outcome.template.url, "version": outcome.template.version},
        "answers": outcome.answers,
        "files": list(created.files),
        "git": {"state": created.git.state, "detail": created.git.detail},
        "notes": [*outcome.template.notes, *created.notes],
        "checks": [checks.as_json(result) for result in outcome.results],
        "next": outcome.next_commands(),
        "repeat": outcome.repeat(),
    }
