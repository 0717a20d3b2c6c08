"""What a reporter is given besides the findings."""

from __future__ import annotations

import msgspec

from scaffold.core.findings import Level, Profile
from scaffold.core.sources import Sources


class RuleCard(msgspec.Struct, frozen=True, kw_only=True):
    """What formats tell about a rule, whether it found something or not."""

    code: str
    name: str
    level: Level
    profile: Profile = Profile.RECOMMENDED
    summary: str = ""
    why: str = ""
    way_out: str = ""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How to show a report: the texts to quote, the rules that ran, and what the terminal can do.

    `width` is in columns. `statistics` asks for counts by rule, in formats for people; `whole` for
    the code of every finding, also where a file has many of a rule. `above` is the way
    from the top of the repository to the root of the run (`apps/web/`), for services that count from there.
    """

    sources: Sources = msgspec.field(default_factory=Sources)
    rules: tuple[RuleCard, ...] = ()
    colour: bool = False
    unicode: bool = True
    width: int = 100
    statistics: bool = False
    whole: bool = False
    above: str = ""
