"""The configuration of a run: `scaffold.toml`, what it extends, and defaults, as one typed thing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scaffold.check import extends
from scaffold.core.findings import Confidence, Level, Profile
from scaffold.core.settings import FILE, OFF
from scaffold.rules.registry import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.check.extends import Cache, Layer


class PathSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings for the files that fit one of `globs`; a level of None switches the rule off there."""

    globs: tuple[str, ...]
    ignore: frozenset[str] = frozenset()
    levels: Mapping[str, Level | None] = msgspec.field(default_factory=dict)


class Builder(msgspec.Struct, frozen=True, kw_only=True):
    """A builder that the configuration explains, because its code does not."""

    name: str
    based_on: str
    access_check: bool = False
    instrumented: bool = False


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word of the configuration that must name a rule, and where it stands."""

    text: str
    place: str


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of one rule, and where it stands."""

    code: str
    name: str
    value: Any
    place: str


class CheckConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What a run goes by. `root` is the folder that paths and globs start from.

    `levels` maps codes, families and prefixes; None switches off. `words` and `thresholds` are yet to be held
    against the rules, which `check.select` does once the team's own are known.
    """

    root: Path
    file: Path | None = None
    selection: Selection = msgspec.field(default_factory=Selection)
    min_confidence: Confidence = Confidence.HIGH
    exclude: tuple[str, ...] = ()
    access_checks: tuple[str, ...] = ()
    levels: Mapping[str, Level | None] = msgspec.field(default_factory=dict)
    thresholds: tuple[Threshold, ...] = ()
    paths: tuple[PathSettings, ...] = ()
    builders: tuple[Builder, ...] = ()
    require_until: bool = False
    require_by: bool = False
    baseline: Path = Path("scaffold.baseline")
    ast_grep: Path | None = None
    prefix: str = "TEAM"
    words: tuple[Word, ...] = ()


def find(start: Path) -> Path | None:
    """The `scaffold.toml` that a run in `start` goes by: the nearest one up to the root of the repository.

    One that cannot be read counts as well, a link to nothing too: to go on without it would forget its rules.
    """
    for folder in (start, *start.parents):
        if os.path.lexists(folder / FILE):
            return folder / FILE
        if (folder / ".git").exists():
            return None
    return None


def root_of(start: Path) -> Path:
    """The folder that a run without a configuration starts from: the repository, the package, or `start`."""
    around = (start, *start.parents)
    return next((folder for folder in around if (folder / ".git").exists()), package_of(start))


def package_of(start: Path) -> Path:
    """The nearest folder from `start` up that is a package of its own; `start` if none is."""
    signs = ("package.json", "convex.json", FILE, ".git")
    around = (start, *start.parents)
    return next((folder for folder in around if any((folder / sign).exists() for sign in signs)), start)


def load(start: Path, cache: Cache, file: Path | None = None) -> CheckConfig:
    """The configuration of a run in `start`; `file` is read instead of the one that would be found.

    Raises:
        ConfigurationError: a file of it is wrong or missing.
        UnreachableConfigError: git cannot fetch what it extends.
    """
    path = file or find(start)
    if path is None:
        return CheckConfig(root=root_of(start))
    found = extends.layers(path, cache)
    root = root_of(start) if file else path.parent
    return _typed(extends.merged(found), found, path, root)


def _typed(values: dict[str, Any], found: list[Layer], path: Path, root: Path) -> CheckConfig:
    suppressions = values.get("suppressions", {})
    folder = next((_rules_folder(layer) for layer in reversed(found) if _rules_folder(layer)), None)
    return CheckConfig(
        root=root,
        file=path,
        selection=Selection(
            profile=Profile(values.get("profile", Profile.RECOMMENDED)),
            select=tuple(values.get("select", ())),
            extend=tuple(values.get("extend-select", ())),
            ignore=tuple(values.get("ignore", ())),
        ),
        min_confidence=Confidence(values.get("min-confidence", Confidence.HIGH)),
        exclude=tuple(values.get("exclude", ())),
        access_checks=tuple(values.get("access-checks", ())),
        levels=_levels(values.get("levels", {})),
        thresholds=tuple(_thresholds(found)),
        paths=tuple(_path_settings(each) for each in values.get("paths", ())),
        builders=tuple(_builder(name, each) for name, each in values.get("builders", {}).items()),
        require_until=suppressions.get("require-until", False),
        require_by=suppressions.get("require-by", False),
        baseline=Path(values.get("baseline", {}).get("file", "scaffold.baseline")),
        ast_grep=folder,
        prefix=values.get("team", {}).get("prefix", "TEAM"),
        words=tuple(word for layer in found for word in _words(layer)),
    )


def _levels(values: dict[str, str]) -> dict[str, Level | None]:
    return {name: None if value == OFF else Level(value) for name, value in values.items()}


def _path_settings(values: dict[str, Any]) -> PathSettings:
    return PathSettings(
        globs=tuple(values["glob"]),
        ignore=frozenset(values.get("ignore", ())),
        levels=_levels(values.get("levels", {})),
    )


def _builder(name: str, values: dict[str, Any]) -> Builder:
    return Builder(
        name=name,
        based_on=values["based-on"],
        access_check=values.get("access-check", False),
        instrumented=values.get("instrumented", False),
    )


def _rules_folder(layer: Layer) -> Path | None:
    name = layer.values.get("team", {}).get("ast-grep")
    return layer.folder / name if name else None


def _thresholds(found: list[Layer]) -> Iterator[Threshold]:
    """Every threshold of every layer, so that later ones replace earlier ones."""
    for layer in found:
        for code, settings in layer.values.get("rules", {}).items():
            for name, value in settings.items():
                yield Threshold(
                    code=code, name=name, value=value, place=layer.document.place(("rules", code, name))
                )


def _words(layer: Layer) -> Iterator[Word]:
    """Every word that must name a rule."""
    values, place = layer.values, layer.document.place
    for key in ("select", "extend-select", "ignore"):
        for position, text in enumerate(values.get(key, ())):
            yield Word(text=text, place=place((key, position)))
    for key in ("levels", "rules"):
        for text in values.get(key, {}):
            yield Word(text=text, place=place((key, text)))
    for number, each in enumerate(values.get("paths", ())):
        for position, text in enumerate(each.get("ignore", ())):
            yield Word(text=text, place=place(("paths", number, "ignore", position)))
        for text in each.get("levels", {}):
            yield Word(text=text, place=place(("paths", number, "levels", text)))
