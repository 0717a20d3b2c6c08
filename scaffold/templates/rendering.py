"""The one module that imports Copier: it asks nothing, prints nothing, and runs no clone.

Copier's renderer is private, so its version is pinned in pyproject.toml; tests compare our trees with
those of `copier copy`.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager, redirect_stderr
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from copier import errors as copier_errors
from copier._jinja_ext import SandboxedEnvironment
from copier._main import Worker, _operation
from copier._settings import SettingsModel
from copier._template import Template
from copier._types import MISSING, LazyDict
from copier._user_data import AnswersMap, load_answersfile_data
from copier._user_data import Question as CopierQuestion
from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError
from packaging.version import InvalidVersion, Version

from scaffold.core import processes
from scaffold.core.errors import (
    InvalidAnswerError,
    MachineError,
    NoDefaultError,
    ScaffoldError,
    TemplateError,
    UnknownAnswerError,
    UntrustedTemplateError,
)
from scaffold.core.text import nearest
from scaffold.templates import wording
from scaffold.templates.addresses import is_ours
from scaffold.templates.environment import Sparing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scaffold.templates.answers import Recorded
    from scaffold.templates.questions import Question
    from scaffold.templates.sources import Snapshot


class _Environment(Sparing, SandboxedEnvironment):
    """Copier's environment, sparing."""


class _Worker(Worker):
    """Copier's worker, rendering into a new folder that no git repository knows."""

    @cached_property
    def jinja_env(self) -> SandboxedEnvironment:
        environment = super().jinja_env
        environment.__class__ = _Environment  # it is built in one place, by Copier, from a name we cannot set
        return environment

    def _sync_git_index_executable_bit(self, dst_relpath: Path, src_mode: int) -> None:
        """Nothing is tracked in a new folder; the probe would cost one git process a file."""

    def _execute_tasks(self, tasks: Sequence[Any]) -> None:
        """They are told to print on stderr: our own output may be for a program."""
        if tasks:
            with processes.stdout_as_stderr():
                super()._execute_tasks(tasks)

    @cached_property
    def project(self) -> Path:
        """The folder of the project, which is not always the one that is rendered into."""
        return self.dst_path

    def _external_data(self) -> LazyDict[str, Any]:
        """What the template reads of the project: where it is rendered to, nothing is yet."""
        return LazyDict(
            {name: partial(self._read, path) for name, path in self.template.external_data.items()}
        )

    def _read(self, path: str) -> Any:
        name = Path(self._render_string(path))
        if not self.unsafe and not (self.project / name).resolve().is_relative_to(self.project.resolve()):
            raise copier_errors.ForbiddenPathError(path=name)
        return load_answersfile_data(self.project, name, warn_on_missing=True)


def _known(snapshot: Snapshot) -> Template:
    """The template, with what Copier would find out with some fifty git calls."""
    template = Template(url=snapshot.url, ref=snapshot.version)
    template.__dict__.update(
        local_abspath=snapshot.root.resolve(),
        commit=snapshot.version,
        commit_hash=snapshot.commit or snapshot.version,
        vcs="git" if snapshot.version else None,
        version=_version(snapshot.version),
        url_expanded=snapshot.url,
        git_index_modes={},
    )
    return template


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None


class Form:
    """The questions of one template and the answers so far; what is complete can be rendered.

    `data` holds answers by name, as parsed values or as text in the question's own syntax. Answers to
    questions that do not apply are dropped, as Copier drops them. `recorded` are the answers of an existing
    project: those that the template no longer asks for, or no longer allows, count as not given.

    Raises (here and in every method):
        TemplateError: the template cannot be read or rendered.
        UntrustedTemplateError: the template runs code, and `trust` is off.
        InvalidAnswerError, UnknownAnswerError: an answer does not fit.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        folder: Path,
        data: Mapping[str, object],
        recorded: Recorded | None = None,
        trust: bool = False,
    ) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._trust = trust
        self._answers_file = recorded.path.name if recorded else None
        self._operation: Literal["copy", "update"] = "update" if recorded else "copy"
        self._given: dict[str, object] = dict(data)
        self._parsed: dict[str, object] = {}
        self._last: dict[str, object] = {}
        self._obsolete: dict[str, object] = {}
        self.dropped: dict[str, str] = {}
        """Recorded answers that are no longer allowed, each with the reason."""
        with self._translated():
            self._worker = self._worker_for(folder, {})
            self._worker._check_unsafe("copy")  # noqa: SLF001
            known = list(self._worker.template.questions_data)
        for name in data:
            if name not in known:
                raise UnknownAnswerError(name, known, nearest(name, known))
        answers = recorded.answers if recorded else {}
        self._recorded = {name: value for name, value in answers.items() if name in known}
        # All of them can be read from the start: a default may be taken from one that is no longer asked for.
        self._last = dict(answers)
        self._obsolete = {name: value for name, value in answers.items() if name not in known}

    def asks_for(self, name: str) -> bool:
        """Whether the template has a question of this name."""
        with self._translated():
            return name in self._worker.template.questions_data

    @property
    def reads_project(self) -> bool:
        """Whether what is rendered hangs on files of the project besides that of the answers."""
        with self._translated():
            return bool(self._worker.template.external_data)

    @property
    def has_migrations(self) -> bool:
        """Whether Copier would run migrations of the template's own."""
        with self._translated():
            return bool(self._worker.template.config_data.get("migrations"))

    def open_questions(self) -> Iterator[Question]:
        """The questions nobody has answered, each as it stands if those before it keep their default."""
        for question, answered in self._walk():
            if not answered:
                yield question

    def answered(self) -> Iterator[tuple[Question, object]]:
        """The questions that apply and have an answer, in the template's order."""
        for question, answered in self._walk():
            if answered:
                yield question, self._parsed[question.name]

    def answer_to(self, name: str) -> object:
        """The answer to one question, or None."""
        return next((value for question, value in self.answered() if question.name == name), None)

    def answer(self, name: str, value: object) -> None:
        """Record an answer; it is checked when the questions are walked next."""
        self._given[name] = value
        self._parsed.pop(name, None)

    def complaint(self, name: str, value: object) -> str | None:
        """Why `value` cannot be the answer to `name`, or None if it can."""
        before = dict(self._given), dict(self._parsed), dict(self._recorded)
        try:
            self.answer(name, value)
            for question, _ in self._walk():
                if question.name == name:
                    break
        except InvalidAnswerError as error:
            return error.reason
        finally:
            self._given, self._parsed, self._recorded = before
        return None

    def take_defaults(self) -> None:
        """Answer every open question with its default.

        Raises:
            NoDefaultError: some have none.
        """
        while questions := list(self.open_questions()):
            if questions[0].required:
                raise NoDefaultError([question.name for question in questions if question.required])
            self.answer(questions[0].name, questions[0].default)

    def leaves_alone(self, paths: Iterable[str]) -> list[str]:
        """Which of these paths the template only writes where nothing is (`_skip_if_exists`)."""
        with self._translated():
            worker = self._answering()
            return [path for path in paths if worker.match_skip(Path(path))]

    def gives_up(self, paths: Iterable[str], newer: Form) -> list[str]:
        """Which of these paths the `newer` version leaves to the project, by the answers of this one.

        It excludes what it no longer cares for, while what it has removed it does not name.
        """
        with self._translated(), self._operating():
            worker = self._answering(exclude=newer._worker.template.exclude)
            return [path for path in paths if worker.match_exclude(Path(path))]

    def render(self, destination: Path) -> None:
        """Write the project into `destination`, a folder that does not exist yet."""
        answers = {question.name: value for question, value in self.answered()}
        with self._translated(), self._operating(), self._worker_for(destination, answers) as worker:
            worker.run_copy()

    def _worker_for(
        self, destination: Path, answers: Mapping[str, object], exclude: Sequence[str] = ()
    ) -> _Worker:
        worker = _Worker(
            answers_file=None if self._answers_file is None else Path(self._answers_file),
            src_path=self._snapshot.url,
            vcs_ref=self._snapshot.version,
            dst_path=destination,
            data={**self._obsolete, **answers},
            exclude=exclude,
            defaults=True,
            overwrite=True,
            quiet=True,
            unsafe=self._trust,
            settings=SettingsModel(),  # not the user's: two people with the same answers get the same files
        )
        worker.__dict__.update(template=_known(self._snapshot), project=self._folder)
        return worker

    def _answering(self, exclude: Sequence[str] = ()) -> _Worker:
        """A worker that renders nothing, and knows the answers."""
        answers = {question.name: value for question, value in self.answered()}
        worker = self._worker_for(self._folder, answers, exclude)
        worker.answers = AnswersMap(
            init={**self._obsolete, **answers},
            metadata=worker.template.metadata,
            external=worker._external_data(),  # noqa: SLF001
        )
        return worker

    @contextmanager
    def _operating(self) -> Iterator[None]:
        """Templates can ask which of Copier's operations it is."""
        before = _operation.set(self._operation)
        try:
            yield
        finally:
            _operation.reset(before)

    def _walk(self) -> list[tuple[Question, bool]]:
        """Every question that applies, and whether it is answered.

        What stands behind a question without an answer and a default may hang on that answer: it is walked as
        far as it goes, and what fails there is not the template's fault.
        """
        walked: list[tuple[Question, bool]] = []
        with self._translated():
            self._worker.answers = AnswersMap(
                last=dict(self._last),
                metadata=self._worker.template.metadata,
                external=self._worker._external_data(),  # noqa: SLF001
            )
            for name in self._worker.template.questions_data:
                waits = any(question.required and not answered for question, answered in walked)
                try:
                    self._ask(name, walked)
                except InvalidAnswerError:
                    raise
                except Exception:
                    if waits:
                        break
                    raise
        return walked

    def _ask(self, name: str, walked: list[tuple[Question, bool]]) -> None:
        """Walk one question, if it applies."""
        worker = self._worker
        context = worker._render_context()  # noqa: SLF001
        worker.answers.last.pop(name, None)  # which would count as its default; see `_recall`
        question = CopierQuestion(
            answers=worker.answers,
            context=context,
            jinja_env=worker.jinja_env,
            settings=worker.settings,
            var_name=name,
            **worker.template.questions_data[name],
        )
        question.get_type_name(), question._formatted_choices  # noqa: SLF001 - broken ones raise
        default = _default(question)
        keeps = name in self._recorded or name in self._given  # `ask: false` locks an answer
        answered = False
        if question.get_when() and (question.get_ask() or keeps):
            answered = name in self._given or self._recall(question)
            if answered:
                self._parse(question)
            walked.append((wording.describe(question, default, missing=MISSING), answered))
        value = self._parsed[name] if answered else default
        if value is not MISSING:
            worker.answers.user[name] = value

    def _recall(self, question: CopierQuestion) -> bool:
        """Take the recorded answer for given, if there is one that is still allowed."""
        name = question.var_name
        if name not in self._recorded:
            return False
        self._given[name] = self._recorded.pop(name)
        try:
            self._parse(question)
        except InvalidAnswerError as error:
            del self._given[name]
            self.dropped[name] = error.reason
        return name in self._given

    def _parse(self, question: CopierQuestion) -> None:
        name = question.var_name
        if name in self._parsed:
            return
        value = self._given[name]
        if question.multiselect and isinstance(value, str) and not value.lstrip().startswith(("[", "-")):
            value = [item.strip() for item in value.split(",") if item.strip()]
        try:
            if question.multiselect and isinstance(value, list):
                wording.refuse_unknown(question, value)
            answer = question.parse_answer(value)
            question.validate_answer(answer)
        except Exception as error:  # Copier lets through whatever its parsers raise
            choices = [choice.value for choice in question._formatted_choices]  # noqa: SLF001
            raise InvalidAnswerError(name, wording.reason(error, name), choices) from error
        self._parsed[name] = answer

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Copier's errors, and those it lets through, as ours."""
        name = self._snapshot.name
        hint = "mend the template, or use another one with --template or --ref"
        try:
            # Copier warns about what we decided, and prints some of its errors before it raises them.
            with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
                warnings.simplefilter("ignore")
                yield
        except copier_errors.UnsafeTemplateError as error:
            raise UntrustedTemplateError(name, wording.features(error)) from error
        except TemplateSyntaxError as error:
            place = f"{error.name or 'copier.yml'}:{error.lineno}"
            raise TemplateError(name, f"{place}: {error.message}", hint) from error
        except (copier_errors.CopierError, JinjaError, yaml.YAMLError) as error:
            raise TemplateError(name, wording.place_and_reason(error), hint) from error
        except ScaffoldError:
            raise
        except Exception as error:
            if is_ours(self._snapshot.url) or (isinstance(error, OSError) and MachineError.explains(error)):
                raise
            raise TemplateError(name, f"cannot be rendered: {wording.reason(error)}", hint) from error


def _default(question: CopierQuestion) -> Any:
    """The question's default, or MISSING; one that its own validator refuses counts as missing."""
    try:
        return question.get_default()
    except ValueError:
        return MISSING
