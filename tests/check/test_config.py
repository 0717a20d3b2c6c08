from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from support import tree

from scaffold.check import config
from scaffold.check.config import Builder, CheckConfig, PathSettings, Threshold, Word
from scaffold.check.extends import Cache
from scaffold.core.errors import ScaffoldError
from scaffold.core.findings import Confidence, Level, Profile
from scaffold.core.package import PACKAGE
from scaffold.core.settings import SETTINGS
from scaffold.core.spec import json_schema
from scaffold.rules.registry import Selection

FULL = """\
profile = "strict"
select = ["CX1", "CX201"]
extend-select = ["CX112"]
ignore = ["CX117"]
min-confidence = "medium"
exclude = ["convex/vendored/**"]
access-checks = ["requireUser", "requireMember"]

[levels]
CX2 = "error"
CX210 = "off"

[rules.CX405]
minimum-seconds = 30

[[paths]]
glob = "convex/legacy/**"
ignore = ["CX103"]
levels = { CX102 = "warning", CX1 = "off" }

[builders.authedQuery]
based-on = "query"
access-check = true

[builders.openMutation]
based-on = "mutation"
instrumented = true

[suppressions]
require-until = true

[baseline]
file = "ci/known.txt"

[team]
ast-grep = "rules"
prefix = "ACME"

[template]
deviations = [{ path = ".nvmrc", reason = "we run on Node 24" }]
"""


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(folder=tmp_path_factory.mktemp("cache"))


def failure(cache: Cache) -> tuple[str, str]:
    with pytest.raises(ScaffoldError) as caught:
        config.load(Path.cwd(), cache)
    text = caught.value.message + "\n" + caught.value.hint
    return caught.value.exit_code.name, text.replace(str(Path.cwd()), "@CWD@")


def test_every_key(folder: Path, cache: Cache) -> None:
    tree.write(folder, {"scaffold.toml": FULL})

    assert config.load(folder, cache) == CheckConfig(
        root=folder,
        file=folder / "scaffold.toml",
        selection=Selection(
            profile=Profile.STRICT, select=("CX1", "CX201"), extend=("CX112",), ignore=("CX117",)
        ),
        min_confidence=Confidence.MEDIUM,
        exclude=("convex/vendored/**",),
        access_checks=("requireUser", "requireMember"),
        levels={"CX2": Level.ERROR, "CX210": None},
        thresholds=(Threshold(code="CX405", name="minimum-seconds", value=30, place="scaffold.toml:14"),),
        paths=(
            PathSettings(
                globs=("convex/legacy/**",),
                ignore=frozenset({"CX103"}),
                levels={"CX102": Level.WARNING, "CX1": None},
            ),
        ),
        builders=(
            Builder(name="authedQuery", based_on="query", access_check=True),
            Builder(name="openMutation", based_on="mutation", instrumented=True),
        ),
        require_until=True,
        baseline=Path("ci/known.txt"),
        ast_grep=folder / "rules",
        prefix="ACME",
        words=(
            Word(text="CX1", place="scaffold.toml:2"),
            Word(text="CX201", place="scaffold.toml:2"),
            Word(text="CX112", place="scaffold.toml:3"),
            Word(text="CX117", place="scaffold.toml:4"),
            Word(text="CX2", place="scaffold.toml:10"),
            Word(text="CX210", place="scaffold.toml:11"),
            Word(text="CX405", place="scaffold.toml:13"),
            Word(text="CX103", place="scaffold.toml:18"),
            Word(text="CX102", place="scaffold.toml:19"),
            Word(text="CX1", place="scaffold.toml:19"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        (FULL, True),
        ("", True),
        ('extends = ["a", "b"]', True),
        ('profil = "strict"', False),
        ('profile = "strictest"', False),
        ("levels = { cx1 = 'off' }", False),
        ("[[paths]]\nignore = []", False),
        ("[builders.a]\naccess-check = true", False),
    ],
)
def test_editors_are_told_the_same_by_the_schema(
    folder: Path, cache: Cache, text: str, *, is_valid: bool
) -> None:
    schema = json.loads((PACKAGE / "data" / "scaffold.schema.json").read_text("utf-8"))
    tree.write(folder, {"scaffold.toml": text, "a": "", "b": ""})

    assert Draft7Validator(schema).is_valid(tomllib.loads(text)) is is_valid
    if is_valid:
        config.load(folder, cache)
    else:
        failure(cache)


def test_an_empty_file_and_no_file_mean_the_defaults(folder: Path, cache: Cache) -> None:
    assert config.load(folder, cache) == CheckConfig(root=folder)
    tree.write(folder, {"scaffold.toml": ""})
    assert config.load(folder, cache) == CheckConfig(root=folder, file=folder / "scaffold.toml")


def test_the_nearest_file_up_to_the_repository_counts(tmp_path: Path, cache: Cache) -> None:
    tree.write(tmp_path, {"scaffold.toml": "", "repo/.git/HEAD": "", "repo/a/b/x": ""})
    deep = tmp_path / "repo" / "a" / "b"

    assert config.load(deep, cache) == CheckConfig(root=tmp_path / "repo")
    tree.write(tmp_path, {"repo/a/scaffold.toml": ""})
    assert config.load(deep, cache).root == tmp_path / "repo" / "a"


def test_a_file_named_by_hand_leaves_the_root_where_it_is(folder: Path, cache: Cache) -> None:
    tree.write(folder, {"scaffold.toml": "", "ci/strict.toml": 'profile = "strict"'})

    read = config.load(folder, cache, folder / "ci" / "strict.toml")

    assert (read.root, read.selection.profile) == (folder, Profile.STRICT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('profile = "recomended"', "1: profile is 'recomended'\ndid you mean 'recommended'?"),
        ("[level]\nCX1 = 'off'", "1: unknown key 'level'\ndid you mean levels?"),
        ("[levels]\nCX1 = 'warn'", "2: levels.CX1 is 'warn'\ndid you mean 'warning'?"),
        (
            "[levels]\nfilter-scan = 'off'",
            "2: 'filter-scan' in levels is not a code, a family or a prefix (CX201, CX2, CX)\n"
            "give a code, a family or a prefix (CX201, CX2, CX)",
        ),
        (
            "ignore = ['cx1']",
            '1: ignore[1] is \'cx1\'\ngive it a code, a family or a prefix, as in "CX201", "CX2" or "CX"',
        ),
        (
            "[rules.CX4]\n[rules.cx405]\n",
            "2: 'cx405' in rules is not the code of a rule\ngive the code of a rule",
        ),
        ("[[paths]]\nignore = ['CX1']", None),
        (
            "access-checks = ['require user']",
            "1: access-checks[1] is 'require user'\ngive it the name of a function, as in \"requireUser\"",
        ),
    ],
)
def test_mistakes(folder: Path, cache: Cache, text: str, message: str | None) -> None:
    tree.write(folder, {"scaffold.toml": text})

    expected = message or (
        "1: paths[1] has no glob\n"
        "add glob: the files it is for, from the folder of scaffold.toml: `convex/legacy/**`"
    )
    assert failure(cache) == ("USAGE", f"scaffold.toml:{expected}")


def test_layers_come_together(folder: Path, cache: Cache) -> None:
    tree.write(
        folder,
        {
            "scaffold.toml": 'extends = "team"\nselect = ["CX3"]\nignore = ["CX301"]\n'
            "[levels]\nCX2 = 'info'\n[[paths]]\nglob = 'b'\n"
            "[rules.CX405]\nminimum-seconds = 9\n[builders.a]\nbased-on = 'action'\n",
            "team/scaffold.toml": 'extends = ["./base.toml"]\nprofile = "strict"\nselect = ["CX1"]\n'
            "ignore = ['CX201']\n[levels]\nCX2 = 'error'\nCX1 = 'off'\n[[paths]]\nglob = 'a'\n"
            "[builders.a]\nbased-on = 'query'\naccess-check = true\n",
            "team/base.toml": 'profile = "pedantic"\n[suppressions]\nrequire-by = true\n'
            "[team]\nast-grep = 'rules'\n[rules.CX405]\nminimum-seconds = 5\nother = 1\n",
        },
    )

    read = config.load(folder, cache)

    assert read.selection == Selection(profile=Profile.STRICT, select=("CX3",), ignore=("CX201", "CX301"))
    assert read.levels == {"CX2": Level.INFO, "CX1": None}
    assert [each.globs for each in read.paths] == [("a",), ("b",)]
    assert read.builders == (Builder(name="a", based_on="action", access_check=True),)
    assert (read.require_by, read.ast_grep) == (True, folder / "team" / "rules")
    assert [(each.name, each.value, each.place) for each in read.thresholds] == [
        ("minimum-seconds", 5, "team/base.toml:7"),
        ("other", 1, "team/base.toml:8"),
        ("minimum-seconds", 9, "scaffold.toml:9"),
    ]


def test_a_circle(folder: Path, cache: Cache) -> None:
    tree.write(folder, {"scaffold.toml": 'extends = "a.toml"', "a.toml": '\nextends = "./scaffold.toml"'})

    assert failure(cache) == (
        "USAGE",
        "a.toml:2: extends goes in a circle: scaffold.toml → a.toml → scaffold.toml\ntake one of them out",
    )


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("../gone.toml", "there is no file @CWD@/../gone.toml"),
        ("~nobody-here/team.toml", "there is no file @CWD@/~nobody-here/team.toml"),
        ("long" * 100, "there is no file @CWD@/longlong"),
        ("git+https://example.com/team", "names no tag or commit"),
        ("git+ssh://git@example.com/team", "names no tag or commit"),
        ("git+https://example.com/team@--upload-pack=x", "names no tag or commit"),
        ("https://example.com/team.git@v1", "is no git URL as pip writes them"),
        ("package:no such", "names no package"),
        ("package:scaffold/none.toml", "there is no file"),
    ],
)
def test_references_that_lead_nowhere(folder: Path, cache: Cache, reference: str, message: str) -> None:
    tree.write(folder, {"scaffold.toml": f'profile = "strict"\nextends = ["{reference}"]'})

    code, text = failure(cache)

    assert (code, text.splitlines()[1]) == (
        "USAGE",
        'write a path ("../team.toml"), "git+https://host/team/standards@v1.2.0", '
        'or "package:acme_standards"',
    )
    start = f"scaffold.toml:2: extends '{reference}'"
    assert text.startswith((f"{start}: {message}", f"{start} {message}"))


def test_an_installed_package(folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    site = folder / "site"
    tree.write(
        site / "acme_standards", {"__init__.py": "raise RuntimeError", "scaffold.toml": "ignore = ['CX1']"}
    )
    tree.write(folder, {"scaffold.toml": 'extends = "package:acme_standards"'})
    assert "no package acme_standards is installed beside convex-scaffold" in failure(cache)[1]

    monkeypatch.syspath_prepend(site)

    assert config.load(folder, cache).selection.ignore == ("CX1",)


def test_a_git_repository_is_fetched_once_and_then_kept(folder: Path, cache: Cache) -> None:
    team = tree.repository(
        folder / "team", {"scaffold.toml": "extends = 'more.toml'", "more.toml": "ignore = ['CX1']"}, tag="v1"
    )
    tree.write(folder / "app", {"scaffold.toml": f'extends = "git+file://{team}@v1"'})

    assert config.load(folder / "app", cache).selection.ignore == ("CX1",)

    team.rename(folder / "offline")
    assert config.load(folder / "app", cache).selection.ignore == ("CX1",)
    assert config.load(folder / "app", Cache(folder=cache.folder, fresh=True)).selection.ignore == ("CX1",)
    assert [path.name for path in (cache.folder / "extends").iterdir() if path.name.startswith(".")] == []


def test_fresh_fetches_what_has_moved(folder: Path, cache: Cache) -> None:
    team = tree.repository(folder / "team", {"scaffold.toml": "ignore = ['CX1']"})
    tree.write(folder / "app", {"scaffold.toml": f'extends = "git+file://{team}@main"'})
    config.load(folder / "app", cache)
    tree.write(team, {"scaffold.toml": "ignore = ['CX2']"})
    tree.git(team, "commit", "--quiet", "--all", "--message", "second")

    assert config.load(folder / "app", cache).selection.ignore == ("CX1",)
    assert config.load(folder / "app", Cache(folder=cache.folder, fresh=True)).selection.ignore == ("CX2",)


def test_an_address_may_hold_a_user(folder: Path, cache: Cache) -> None:
    tree.write(folder, {"scaffold.toml": 'extends = "git+ssh://me@localhost:1/team.git@v1#strict.toml"'})

    assert failure(cache) == (
        "TOOL",
        "scaffold.toml:1: extends 'git+ssh://me@localhost:1/team.git@v1#strict.toml' cannot be fetched, "
        "and was not fetched before\n"
        "check the address, the ref and the network: git ls-remote ssh://me@localhost:1/team.git",
    )


def test_a_repository_that_does_not_answer(folder: Path, cache: Cache) -> None:
    tree.write(folder, {"scaffold.toml": f'extends = "git+file://{folder}/none@v1"'})

    assert failure(cache) == (
        "TOOL",
        "scaffold.toml:1: extends 'git+file://@CWD@/none@v1' cannot be fetched, and was not fetched before\n"
        "check the address, the ref and the network: git ls-remote file://@CWD@/none",
    )


def test_the_shipped_schema_is_that_of_the_settings() -> None:
    schema = json.loads((PACKAGE / "data" / "scaffold.schema.json").read_text("utf-8"))

    assert schema == json_schema(SETTINGS, title="scaffold.toml")
