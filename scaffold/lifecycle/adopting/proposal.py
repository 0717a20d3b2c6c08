"""The answers that fit what a project is built with already, each with what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.lifecycle import naming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.model.surroundings import Surroundings
    from scaffold.templates.rendering import Form

# These issue tokens of their own; to the template they are one more provider of OpenID Connect.
_ISSUERS = {"convex-auth": "Convex Auth", "better-auth": "Better Auth"}


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """An answer, and why it is proposed."""

    value: object
    because: str


def propose(form: Form, found: Surroundings, given: Mapping[str, object], reason: str) -> dict[str, Proposed]:
    """Answer every question of the template: as given (for this reason), as found, or with its default.

    Raises:
        InvalidAnswerError, UnknownAnswerError: an answer that was given is none.
    """
    reasons = dict.fromkeys(given, reason)
    for name, proposed in _found(found):
        fits = name not in given and form.asks_for(name) and form.complaint(name, proposed.value) is None
        if fits:
            form.answer(name, proposed.value)
            reasons[name] = proposed.because
    form.take_defaults()
    return {
        question.name: Proposed(value=value, because=reasons.get(question.name, "the default"))
        for question, value in form.answered()
        if not question.secret
    }


def _found(found: Surroundings) -> Iterator[tuple[str, Proposed]]:
    name = found.name.value
    if naming.complaint(name) is not None:
        name = naming.suggest(name)
    yield "project_name", Proposed(value=name, because=found.name.because)
    auth = found.auth.value
    if auth:
        kind = _ISSUERS.get(auth)
        because = f"{found.auth.because}, {kind}" if kind else found.auth.because
        yield "auth", Proposed(value="oidc" if kind else auth, because=because)
    yield "domains", Proposed(value=[], because="the project has domains of its own")
    if found.package_manager.value:
        yield (
            "package_manager",
            Proposed(value=found.package_manager.value, because=found.package_manager.because),
        )
    yield "ci", Proposed(value=found.ci.value or "none", because=found.ci.because)
