"""What `scaffold.toml` may hold: every table of it, whichever part of the tool reads it."""

from __future__ import annotations

from scaffold.core.findings import Confidence, Level, Profile
from scaffold.core.spec import Anything, Flag, Key, ListOf, MapOf, Table, Text

FILE = "scaffold.toml"
"""The name of the configuration file."""

OFF = "off"
"""The level that switches a rule off."""

_SELECTOR = r"[A-Z]+\d*"
_CODE = r"[A-Z]+\d+"
_SELECTORS = ListOf(
    item=Text(pattern=_SELECTOR, what="a code, a family or a prefix", example='"CX201", "CX2" or "CX"')
)
_LEVELS = MapOf(
    value=Text(choices=(*Level, OFF)), pattern=_SELECTOR, what="a code, a family or a prefix (CX201, CX2, CX)"
)
_NAME = Text(
    pattern=r"[A-Za-z_$][\w$]*",
    what="the name of a function",
    example='"requireUser"',
)

_PATHS = Table(
    keys=(
        Key(
            name="glob",
            shape=ListOf(item=Text(), or_one=True),
            doc="the files it is for, from the folder of scaffold.toml: `convex/legacy/**`",
            required=True,
        ),
        Key(name="ignore", shape=_SELECTORS, doc="Rules that are not reported in these files."),
        Key(name="levels", shape=_LEVELS, doc="Levels of rules in these files."),
    )
)

_BUILDER = Table(
    keys=(
        Key(
            name="based-on",
            shape=Text(
                choices=(
                    *("query", "mutation", "action", "httpAction"),
                    *("internalQuery", "internalMutation", "internalAction"),
                )
            ),
            doc="the builder of Convex it ends in: says class and visibility",
            required=True,
        ),
        Key(
            name="access-check",
            shape=Flag(),
            doc="Whether it refuses callers that may not call, before the handler runs.",
            default=False,
        ),
        Key(
            name="instrumented",
            shape=Flag(),
            doc="Whether it logs duration and outcome of every call.",
            default=False,
        ),
    )
)

_SUPPRESSIONS = Table(
    keys=(
        Key(
            name="require-until",
            shape=Flag(),
            doc="Every suppression comment needs `until=YYYY-MM-DD`.",
            default=False,
        ),
        Key(name="require-by", shape=Flag(), doc="Every suppression comment needs `by=name`.", default=False),
    )
)

_BASELINE = Table(
    keys=(
        Key(
            name="file",
            shape=Text(),
            doc="The file of accepted findings, from the folder of scaffold.toml.",
            default="scaffold.baseline",
        ),
    )
)

_TEAM = Table(
    keys=(
        Key(
            name="ast-grep",
            shape=Text(),
            doc="A folder of ast-grep rules, from the folder of the file that names it.",
        ),
        Key(
            name="prefix",
            shape=Text(pattern=r"[A-Z]+", what="capital letters", example='"ACME"'),
            doc="What the codes of these rules start with.",
            default="TEAM",
        ),
    )
)

_REASON = Key(name="reason", shape=Text(), doc="why", required=True)

_TEMPLATE = Table(
    keys=(
        Key(
            name="adopted",
            shape=ListOf(item=Text()),
            doc="What of the template is followed, if not all: groups, folders, files. `adopt` writes it.",
        ),
        Key(
            name="deviations",
            shape=ListOf(
                item=Table(
                    keys=(
                        Key(name="path", shape=Text(), doc="the file that differs on purpose", required=True),
                        _REASON,
                    )
                )
            ),
            doc="Files that differ from the template on purpose.",
            adds=True,
        ),
        Key(
            name="skips",
            shape=ListOf(
                item=Table(
                    keys=(
                        Key(name="version", shape=Text(), doc="the version not taken", required=True),
                        _REASON,
                    )
                )
            ),
            doc="Versions of the template that are passed over.",
            adds=True,
        ),
    )
)

SETTINGS = Table(
    keys=(
        Key(
            name="extends",
            shape=ListOf(item=Text(), or_one=True),
            doc="Configurations this one is laid over: paths, `git+URL@REF`, or `package:NAME`.",
        ),
        Key(
            name="profile",
            shape=Text(choices=tuple(Profile)),
            doc="Which rules run; each profile holds the ones before it.",
            default="recommended",
        ),
        Key(name="select", shape=_SELECTORS, doc="Run exactly these rules instead of the profile's."),
        Key(name="extend-select", shape=_SELECTORS, doc="Run these rules too.", adds=True),
        Key(name="ignore", shape=_SELECTORS, doc="Do not run these rules.", adds=True),
        Key(
            name="min-confidence",
            shape=Text(choices=tuple(Confidence)),
            doc="Show findings the rule is at least this sure of.",
            default="high",
        ),
        Key(
            name="exclude",
            shape=ListOf(item=Text()),
            doc="Globs of files in which nothing is reported.",
            adds=True,
        ),
        Key(
            name="access-checks",
            shape=ListOf(item=_NAME),
            doc="Functions that refuse callers, where that cannot be seen from their code.",
            adds=True,
        ),
        Key(name="levels", shape=_LEVELS, doc="Levels of rules, by code, family or prefix."),
        Key(
            name="rules",
            shape=MapOf(value=MapOf(value=Anything()), pattern=_CODE, what="the code of a rule"),
            doc="Thresholds of rules, by code; a rule's page names them.",
        ),
        Key(name="paths", shape=ListOf(item=_PATHS), doc="Settings for some of the files.", adds=True),
        Key(
            name="builders",
            shape=MapOf(value=_BUILDER, pattern=r"[A-Za-z_$][\w$]*", what="a builder's name"),
            doc="Builders of functions whose nature cannot be seen from their code.",
        ),
        Key(name="suppressions", shape=_SUPPRESSIONS, doc="What suppression comments must say."),
        Key(name="baseline", shape=_BASELINE, doc="Findings that are accepted for now."),
        Key(name="team", shape=_TEAM, doc="Rules of your own."),
        Key(name="template", shape=_TEMPLATE, doc="What `status` and `update` leave alone."),
    )
)
