"""The one module that imports Copier: it asks nothing, prints nothing, and runs no clone.

Copier's renderer is private, so its version is pinned in pyproject.toml; tests compare our trees with
those of `copier copy`.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager, redirect_stderr
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import yaml
from copier import errors as copier_errors
from copier._jinja_ext import SandboxedEnvironment
from copier._main import Worker
from copier._settings import SettingsModel
from copier._template import Template
from copier._types import MISSING
from copier._user_data import AnswersMap
from copier._user_data import Question as CopierQuestion
from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError
from packaging.version import InvalidVersion, Version

from scaffold.core.errors import (
    InvalidAnswerError,
    NoDefaultError,
    TemplateError,
    UnknownAnswerError,
    UntrustedTemplateError,
)
from scaffold.core.text import nearest
from scaffold.templates.environment import Sparing
from scaffold.templates.questions import Choice, Kind, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.templates.answers import Recorded
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


def _worker(
    snapshot: Snapshot,
    destination: Path,
    data: Mapping[str, object],
    *,
    trust: bool,
    answers_file: str | None = None,
) -> _Worker:
    worker = _Worker(
        answers_file=None if answers_file is None else Path(answers_file),
        src_path=snapshot.url,
        dst_path=destination,
        data=dict(data),
        defaults=True,
        overwrite=True,
        quiet=True,
        unsafe=trust,
        settings=SettingsModel(),  # not the user's: two people with the same answers get the same files
    )
    template = Template(url=snapshot.url, ref=snapshot.version)
    # What Copier would find out with some fifty git calls, we know.
    template.__dict__.update(
        local_abspath=snapshot.root.resolve(),
        commit=snapshot.version,
        commit_hash=snapshot.version,
        vcs="git" if snapshot.version else None,
        version=_version(snapshot.version),
        url_expanded=snapshot.url,
        git_index_modes={},
    )
    worker.__dict__["template"] = template
    return worker


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
        self._given: dict[str, object] = dict(data)
        self._parsed: dict[str, object] = {}
        self.dropped: dict[str, str] = {}
        """Recorded answers that are no longer allowed, each with the reason."""
        with self._translated():
            self._worker = _worker(snapshot, folder, {}, trust=trust, answers_file=self._answers_file)
            self._worker._check_unsafe("copy")  # noqa: SLF001
            known = list(self._worker.template.questions_data)
        for name in data:
            if name not in known:
                raise UnknownAnswerError(name, known, nearest(name, known))
        answers = recorded.answers if recorded else {}
        self._recorded = {name: value for name, value in answers.items() if name in known}

    def asks_for(self, name: str) -> bool:
        """Whether the template has a question of this name."""
        with self._translated():
            return name in self._worker.template.questions_data

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
        answers = {question.name: value for question, value in self.answered()}
        with self._translated():
            worker = _worker(
                self._snapshot, self._folder, answers, trust=self._trust, answers_file=self._answers_file
            )
            worker.answers = AnswersMap(init=answers, metadata=worker.template.metadata)
            return [path for path in paths if worker.match_skip(Path(path))]

    def render(self, destination: Path) -> None:
        """Write the project into `destination`, a folder that does not exist yet."""
        answers = {question.name: value for question, value in self.answered()}
        with (
            self._translated(),
            _worker(
                self._snapshot, destination, answers, trust=self._trust, answers_file=self._answers_file
            ) as worker,
        ):
            worker.run_copy()

    def _walk(self) -> list[tuple[Question, bool]]:
        """Every question that applies, and whether it is answered.

        What stands behind a question without an answer and a default may hang on that answer: it is walked as
        far as it goes, and what fails there is not the template's fault.
        """
        walked: list[tuple[Question, bool]] = []
        with self._translated():
            self._worker.answers = AnswersMap(metadata=self._worker.template.metadata)
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
        question = CopierQuestion(
            answers=worker.answers,
            context=worker._render_context(),  # noqa: SLF001
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
            walked.append((_describe(question, default), answered))
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
                _refuse_unknown(question, value)
            answer = question.parse_answer(value)
            question.validate_answer(answer)
        except Exception as error:  # Copier lets through whatever its parsers raise
            choices = [choice.value for choice in question._formatted_choices]  # noqa: SLF001
            raise InvalidAnswerError(name, _reason(error, name), choices) from error
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
            raise UntrustedTemplateError(name, _features(error)) from error
        except TemplateSyntaxError as error:
            place = f"{error.name or 'copier.yml'}:{error.lineno}"
            raise TemplateError(name, f"{place}: {error.message}", hint) from error
        except (copier_errors.CopierError, JinjaError, yaml.YAMLError) as error:
            raise TemplateError(name, _place_and_reason(error), hint) from error
        except (TypeError, ValueError, KeyError) as error:
            raise TemplateError(name, f"cannot be rendered: {_reason(error)}", hint) from error


def _default(question: CopierQuestion) -> Any:
    """The question's default, or MISSING; one that its own validator refuses counts as missing."""
    try:
        return question.get_default()
    except ValueError:
        return MISSING


def _describe(question: CopierQuestion, default: Any) -> Question:
    kind = question.get_type_name()
    if kind not in get_args(Kind):
        kind = "yaml"
    choices = tuple(
        Choice(
            label=str(choice.title), value=question.cast_answer(choice.value), disabled=choice.disabled or ""
        )
        for choice in question._formatted_choices  # noqa: SLF001
    )
    return Question(
        name=question.var_name,
        help=str(question.render_value(question.help)).strip() or question.var_name,
        kind=kind,  # type: ignore[arg-type]  # checked above
        default=None if default is MISSING else default,
        required=default is MISSING,
        choices=choices,
        multiselect=question.multiselect,
        secret=question.secret,
        multiline=question.get_multiline(),
    )


def _refuse_unknown(question: CopierQuestion, values: list[object]) -> None:
    """Copier drops the items of a multiple choice that it does not know; a typo must not pass."""
    known = [question.cast_answer(choice.value) for choice in question._formatted_choices]  # noqa: SLF001
    for value in values:
        if question.cast_answer(value) not in known:
            raise ValueError(f"{value!r} is none of the choices")


def _place_and_reason(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, yaml.YAMLError) else error
    if isinstance(cause, yaml.MarkedYAMLError) and cause.problem_mark:
        return f"copier.yml:{cause.problem_mark.line + 1}: {cause.problem}"
    return _reason(cause)


def _features(error: copier_errors.UnsafeTemplateError) -> str:
    first_line = str(error).partition("\n")[0]
    return first_line.partition(": ")[2].rstrip(".") or first_line


def _reason(error: BaseException, name: str = "") -> str:
    text = str(error).strip() or type(error).__name__
    for prefix in (f"Validation error for question '{name}': ", f"Invalid choice for '{name}': "):
        text = text.removeprefix(prefix)
    return text.rstrip(".")
