"""What a rule is: a function over one kind of fact, with a code, a level and a page of documentation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar

from scaffold.core.findings import Confidence, Evidence, Finding, Fix, Level, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.core.places import Place
    from scaffold.model.project import Project

ByModule: TypeAlias = Literal["any", "all"]
Subject_contra = TypeVar("Subject_contra", contravariant=True)


class Check(Protocol[Subject_contra]):
    """The function of a rule: one fact in, findings out. It reads no file and prints nothing."""

    def __call__(self, subject: Subject_contra, rule: Rule, /) -> Iterable[Finding]:
        """The findings on one fact, under the settings of `rule`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A check with its identity, and with the settings of the run that it may ask for.

    `subject` is the type of the model it looks at; `mapped` names rules of other tools that mean the same,
    as `eslint-disable` comments spell them; `needs` is the lowest version of `convex` it makes sense for.

    `by_module` rules may be shown one module's functions, crons and routes at a time, with all that these
    come to; they can still ask for what stands elsewhere by its name, and for who mentions a function. What
    they find at one place counts if "any" module's functions bring it about, or only if "all" do that come
    to the place. Other rules see the whole project, which takes longer.

    `gather` takes from one module at a time what a rule must know of all of them, as plain values that JSON
    could hold; the rule's own function is then run once, on the project, with all of it in `gathered`. It may
    ask for the schema besides, and sees nothing else of the project.
    """

    code: str
    name: str
    level: Level
    profile: Profile
    subject: type
    check: Callable[[Any, Rule], Iterable[Finding]]
    doc: str
    mapped: tuple[str, ...] = ()
    needs: str = ""
    settings: dict[str, Any] | None = None
    by_module: ByModule | None = None
    gather: Callable[[Project, Rule], Iterable[Any]] | None = None
    gathered: tuple[Any, ...] = ()

    def run(self, subject: object) -> Iterator[Finding]:
        """The findings on one subject."""
        return iter(self.check(subject, self))

    def setting(self, name: str, default: Any) -> Any:
        """A threshold of the configuration (`[rules.CX405] minimum-seconds = 60`), or its default."""
        return (self.settings or {}).get(name, default)

    def configured(self, settings: dict[str, Any], level: Level | None) -> Rule:
        """The same rule under a configuration."""
        return replace(self, settings=settings, level=level or self.level)

    def finding(  # noqa: PLR0913 - a finding has that many parts, all but two by name
        self,
        place: Place,
        message: str,
        *,
        way_out: str,
        symbol: str = "",
        evidence: Iterable[Evidence] = (),
        fix: Fix | None = None,
        confidence: Confidence = Confidence.HIGH,
        level: Level | None = None,
    ) -> Finding:
        """A finding of this rule. `level` overrides the rule's own, where the catalogue has two."""
        return Finding(
            code=self.code,
            rule=self.name,
            message=message,
            place=place,
            level=level or self.level,
            confidence=confidence,
            way_out=way_out,
            symbol=symbol,
            evidence=tuple(evidence),
            fix=fix,
        )


def rule(  # noqa: PLR0913 - the identity of a rule, all by name
    code: str,
    name: str,
    subject: type[Subject_contra],
    *,
    level: Level,
    profile: Profile = Profile.RECOMMENDED,
    mapped: tuple[str, ...] = (),
    needs: str = "",
    by_module: ByModule | None = None,
    gather: Callable[[Project, Rule], Iterable[Any]] | None = None,
) -> Callable[[Check[Subject_contra]], Rule]:
    """Declare a rule; its page is the docstring of the module that the function stands in."""

    def declare(check: Check[Subject_contra]) -> Rule:
        import sys  # noqa: PLC0415 - only to find the docstring

        doc = sys.modules[check.__module__].__doc__ or ""
        return Rule(
            code=code,
            name=name,
            level=level,
            profile=profile,
            subject=subject,
            check=check,
            doc=doc,
            mapped=mapped,
            needs=needs,
            by_module=by_module,
            gather=gather,
        )

    return declare
