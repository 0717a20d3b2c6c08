from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from support import cli, tree

from scaffold.core.findings import Level, Profile
from scaffold.model.module import Module
from scaffold.reporters.formats import FORMATS
from scaffold.rules import registry
from scaffold.rules.registry import Registry
from scaffold.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.findings import Finding

SCHEMA = "export default defineSchema({});\n"
BAD = "// scaffold-ignore CX904\nexport const a = 1;\n"
PROJECT = {"convex/schema.ts": SCHEMA, "convex/a.ts": BAD}
ONLY = ("--select", "CX904")  # the rule that speaks of comments: the others have tests of their own

FLOATING = """\
import { mutation } from "./_generated/server";

export const add = mutation({
  args: {},
  handler: async (ctx) => {
    ctx.db.insert("notes", {});
  },
});
"""

TEXT = """\
convex/a.ts · 1 error

  error CX904 bad-suppression
  the suppression gives no reason
      ╭╴convex/a.ts:1:1
    1 │ // scaffold-ignore CX904
      │ ━━━━━━━━━━━━━━━━━━━━━━━━
    2 │ export const a = 1;
      ╰╴try: say why after a colon, so that others can tell when it may go

1 finding in 1 file: 1 error
checked: 2 files, 0 functions in @S@ s
"""


def test_findings_fail_and_are_explained(folder: Path) -> None:
    tree.write(folder, PROJECT)

    assert cli.run("check", *ONLY) == cli.Result(1, TEXT, "")
    assert cli.run("check", *ONLY, "--exit-zero") == cli.Result(0, TEXT, "")


def test_all_findings_of_a_rule_that_was_asked_for_are_shown_whole(folder: Path) -> None:
    tree.write(folder, {**PROJECT, "convex/a.ts": BAD * 6})

    assert "CX904 bad-suppression · 3 more\n" in cli.run("check").out
    assert cli.run("check", *ONLY).out.count("the suppression gives no reason\n      ╭╴") == 6


def test_a_clean_project(folder: Path) -> None:
    tree.write(folder, {"convex/schema.ts": SCHEMA})

    assert cli.run("check", *ONLY) == cli.Result(0, "✓ no findings · 1 file, 0 functions in @S@ s\n", "")


@pytest.mark.usefixtures("folder")
def test_nothing_to_check() -> None:
    assert cli.run("check") == cli.Result(
        3,
        "",
        "error: no Convex project in @CWD@: no folder with Convex functions was found\n"
        "try: go to the project's folder, or create one: convex-scaffold new my-backend\n",
    )
    assert cli.run("check", "--format", "json", "--exit-zero").code == 3


CONCISE = "convex/a.ts:1:1: CX904 error the suppression gives no reason\n"


def test_paths_decide_what_is_reported_and_where_the_run_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(folder, {f"app/{path}": text for path, text in PROJECT.items()} | {"app/package.json": "{}"})
    concise = (*ONLY, "--format", "concise")

    assert cli.run("check", "app", *concise).out == CONCISE
    assert cli.run("check", "app/convex/a.ts", *concise).out == CONCISE
    assert cli.run("check", "app/convex/schema.ts", *concise) == cli.Result(0, "", "")
    monkeypatch.chdir(folder / "app" / "convex")
    assert cli.run("check", *concise).out == CONCISE


@pytest.mark.usefixtures("folder")
def test_a_path_that_is_not_there() -> None:
    result = cli.run("check", "nowhere")

    assert (result.code, result.err) == (
        2,
        "error: Invalid value for '[PATHS]...': Path 'nowhere' does not exist.\n"
        "try: convex-scaffold check --help\n",
    )


def test_paths_without_convex_code(folder: Path) -> None:
    clients = {
        "web/page.tsx": 'import { api } from "../convex/_generated/api";\nexport const x = api.a.list;\n',
        "web/style.ts": "export const red = 1;\n",
    }
    tree.write(folder, PROJECT | clients | {"README.md": "Hello.\n", "old/a.ts": BAD, "package.json": "{}"})
    refused = (
        "error: nothing to check: no Convex code lies in @CWD@/README.md{}\n"
        "try: leave the path out, or name one that holds some: convex-scaffold check @CWD@/convex\n"
    )

    for command in ("check", "fix"):
        assert cli.run(command, *ONLY, "README.md") == cli.Result(3, "", refused.format(""))
    several = cli.run("check", *ONLY, "--exit-zero", "README.md", "old", "web/style.ts", "package.json")
    assert several.err == refused.format(", @CWD@/old, @CWD@/web/style.ts and 1 more")
    assert cli.run("check", *ONLY, "--format", "concise", "README.md", "convex/a.ts") == cli.Result(
        1, CONCISE, "@CWD@/README.md: no Convex code lies there\n"
    )
    for path in ("web", "web/page.tsx", "."):
        assert cli.run("check", *ONLY, path).err == ""


def test_paths_that_the_configuration_excludes(folder: Path) -> None:
    tree.write(folder, PROJECT | {"convex/old/b.ts": BAD, "scaffold.toml": 'exclude = ["convex/old"]'})

    result = cli.run("check", *ONLY, "convex/old")
    assert (result.code, result.err) == (0, "@CWD@/convex/old: the configuration excludes it\n")
    assert cli.run("check", *ONLY, "convex").err == cli.run("check", *ONLY).err == ""

    tree.write(folder, {"scaffold.toml": 'exclude = ["convex"]'})
    result = cli.run("check", *ONLY)
    assert (result.code, result.err) == (0, "the configuration excludes all Convex code there is\n")


FILE_NOT_READ = "1 file not read whole (convex/b.ts:1:1: it does not parse here; the rest was read)"


def test_what_was_not_seen_is_told_in_every_format(folder: Path) -> None:
    tree.write(folder, PROJECT | {"convex/b.ts": "const = = =;\n"})

    for name in FORMATS:
        result = cli.run("check", *ONLY, "--format", name)
        told = "" if name in {"text", "json", "sarif"} else f"not seen: {FILE_NOT_READ}\n"
        assert (result.code, result.err) == (1, told)
        assert name in {"concise", "gitlab"} or "it does not parse here" in result.out
    assert cli.run("fix", *ONLY).err == f"not seen: {FILE_NOT_READ}\n"


def test_one_package_of_a_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"packages/{name}/{path}": text for name in "ab" for path, text in PROJECT.items()}
    tree.repository(folder, files | {"packages/a/package.json": "{}", "web/package.json": "{}"})
    concise = ("check", *ONLY, "--format", "concise")

    assert cli.run(*concise).out == f"packages/a/{CONCISE}packages/b/{CONCISE}"
    monkeypatch.chdir(folder / "packages" / "a" / "convex")
    assert cli.run(*concise).out == f"packages/a/{CONCISE}"
    assert cli.run(*concise, "../../b").out == f"packages/b/{CONCISE}"
    monkeypatch.chdir(folder / "web")  # no Convex here: it is the others' that matter
    assert cli.run(*concise).out == f"packages/a/{CONCISE}packages/b/{CONCISE}"
    assert cli.run(*concise, ".") == cli.Result(
        3,
        "",
        "error: nothing to check: no Convex code lies in @CWD@\n"
        "try: leave the path out, or name one that holds some: "
        f"convex-scaffold check {folder}/packages/a/convex\n",
    )


def test_paths_of_different_projects_are_refused(folder: Path) -> None:
    files = {f"{name}/{path}": text for name in "ab" for path, text in PROJECT.items()}
    tree.write(folder, files | {"a/scaffold.toml": "", "b/package.json": "{}"})

    assert cli.run("check", "a/convex/a.ts", "b/convex", "a") == cli.Result(
        2,
        "",
        "error: @CWD@/a/convex/a.ts and @CWD@/b/convex belong to different projects: "
        "@CWD@/a/scaffold.toml and @CWD@/b\n"
        "try: check them one after the other\n",
    )
    assert cli.run("check", "a/convex/a.ts", "a/convex", *ONLY).code == 1


def test_other_formats_go_to_files(folder: Path) -> None:
    tree.write(folder, PROJECT)

    assert cli.run("check", *ONLY, "--format", "sarif", "-o", "out/check.sarif") == cli.Result(1, "", "")

    report = json.loads((folder / "out" / "check.sarif").read_text("utf-8"))
    (run,) = report["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CX904"]
    assert [result["ruleId"] for result in run["results"]] == ["CX904"]


def test_a_dash_is_stdout(folder: Path) -> None:
    tree.write(folder, PROJECT)

    assert cli.run("check", *ONLY, "-o", "-") == cli.Result(1, TEXT, "")
    assert cli.run("inspect", "-o", "-") == cli.run("inspect")
    assert not (folder / "-").exists()


def test_services_count_from_the_top_of_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"apps/my web/{path}": text for path, text in PROJECT.items()}
    tree.repository(folder, files | {"apps/my web/scaffold.toml": ""})
    monkeypatch.chdir(folder / "apps" / "my web")
    out = {name: cli.run("check", *ONLY, "--format", name).out for name in FORMATS}

    assert "file=apps/my web/convex/a.ts,line=1," in out["github"]
    (issue,) = json.loads(out["gitlab"])
    assert issue["location"]["path"] == "apps/my web/convex/a.ts"
    (result,) = json.loads(out["sarif"])["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "apps/my%20web/convex/a.ts"
    assert out["concise"] == CONCISE
    monkeypatch.chdir(folder)
    (again,) = json.loads(cli.run("check", *ONLY, "--format", "gitlab", "apps").out)
    assert again["location"] == issue["location"]


def test_selection(folder: Path) -> None:
    tree.write(folder, PROJECT)

    assert cli.run("check", "--select", "CX9, CX904", "--ignore", "CX9").code == 1
    assert cli.run("check", "--select", "CX9", "--ignore", "CX904").code == 0
    assert cli.run("check", "--select", "CX9O4") == cli.Result(
        2, "", "error: --select: there is no rule 'CX9O4'\ntry: did you mean CX904?\n"
    )


def test_variables_that_are_not_set(folder: Path) -> None:
    tree.write(folder, PROJECT)

    for option, reason in (("--select", "it names no rule."), ("--base", "it names no revision.")):
        assert cli.run("check", option, " ") == cli.Result(
            2,
            "",
            f"error: Invalid value for '{option}': {reason}\ntry: convex-scaffold check --help\n",
        )


def test_no_rule_left(folder: Path) -> None:
    tree.write(folder, PROJECT)

    result = cli.run("check", "--select", "CX9", "--ignore", "CX9", "--format", "concise")
    assert result == cli.Result(0, "", "no rule was run: all are ignored, or off\n")


def test_profiles_and_confidence_by_their_names(folder: Path) -> None:
    tree.write(folder, PROJECT)

    for profile in ("recommended", "strict", "pedantic"):
        assert cli.run("check", "--profile", profile, "--min-confidence", "low", "--exit-zero").code == 0
    assert cli.run("check", "--profile", "high").code == 2


def test_a_configuration(folder: Path) -> None:
    tree.write(
        folder, PROJECT | {"scaffold.toml": 'levels = { CX904 = "info" }', "other.toml": "ignore = ['CX']"}
    )

    assert cli.run("check", *ONLY, "--format", "concise").out == CONCISE.replace("error", "info")
    assert cli.run("check", "--config", "other.toml").code == 0
    tree.write(folder, {"scaffold.toml": 'profil = "strict"\nlevels = 3\n'})
    assert cli.run("check") == cli.Result(
        2,
        "",
        "error: scaffold.toml:1: unknown key 'profil'\n"
        "  │ and 1 more error:\n"
        "  │ scaffold.toml:2: levels is 3; make it a table: [levels]\n"
        "try: did you mean profile?\n",
    )


def test_a_baseline(folder: Path) -> None:
    tree.write(folder, PROJECT)

    written = cli.run("check", *ONLY, "--write-baseline")
    assert (written.code, written.err) == (0, "wrote scaffold.baseline: 1 finding accepted for now\n")
    again = cli.run("check", *ONLY)
    assert again.code == 0
    assert again.out.startswith("✓ no new findings · ")
    assert "baseline: 1 older finding left since 20" in again.out

    tree.write(folder, {"convex/b.ts": BAD, "convex/a.ts": "export const a = 1;\n"})
    assert cli.run("check", *ONLY, "--format", "concise").out == CONCISE.replace("a.ts", "b.ts")
    assert cli.run("check", *ONLY, "--prune-baseline").err == (
        "took 1 mended finding out of scaffold.baseline, 0 findings left\n"
    )


def test_a_baseline_that_is_not_there_is_not_pruned(folder: Path) -> None:
    tree.write(folder, PROJECT)

    assert cli.run("check", *ONLY, "--prune-baseline") == cli.Result(
        1,
        TEXT,
        "there is no scaffold.baseline to prune; to accept what is found: "
        "convex-scaffold check --write-baseline\n",
    )
    assert not (folder / "scaffold.baseline").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--write-baseline", "--prune-baseline"),
            "--write-baseline and --prune-baseline: writing prunes already",
        ),
        (
            ("--write-baseline", "--base", "main"),
            "--write-baseline and --base: a baseline holds all findings there are",
        ),
    ],
)
def test_options_that_contradict(folder: Path, options: tuple[str, ...], message: str) -> None:
    tree.write(folder, PROJECT)

    result = cli.run("check", *options)

    assert (result.code, result.err) == (2, f"error: {message}\ntry: convex-scaffold check --help\n")
    assert not (folder / "scaffold.baseline").exists()


def test_what_a_branch_brought(folder: Path) -> None:
    tree.repository(folder, PROJECT)
    tree.write(folder, {"convex/b.ts": BAD})

    result = cli.run("check", *ONLY, "--format", "concise", "--base", "HEAD")

    assert result == cli.Result(1, CONCISE.replace("a.ts", "b.ts"), "")
    assert cli.run("check", "--base", "gone") == cli.Result(
        2,
        "",
        "error: there is no revision 'gone' in the repository around @CWD@\n"
        "try: fetch it first: git fetch origin gone\n",
    )


@pytest.mark.parametrize("revision", ["HEAD~1", "HEAD:convex", "--help"])
def test_a_revision_that_cannot_be_fetched(folder: Path, revision: str) -> None:
    tree.repository(folder / "whole", PROJECT)
    tree.git(folder / "whole", "commit", "--quiet", "--allow-empty", "--message", "second")
    tree.git(folder, "clone", "--quiet", "--depth", "1", (folder / "whole").as_uri(), "part")
    way_out = {
        "whole": "name a branch, a tag or a commit: git log --oneline",
        "part": "this clone holds a part of the history; fetch the rest: git fetch --unshallow",
    }
    for name, hint in way_out.items():
        asked = revision.replace("~1", "~2") if name == "whole" else revision
        assert cli.run("check", name, f"--base={asked}") == cli.Result(
            2,
            "",
            f"error: there is no revision {asked!r} in the repository around @CWD@/{name}\ntry: {hint}\n",
        )


def test_what_a_branch_moved_is_not_new(folder: Path) -> None:
    """Findings go by the names of functions, and those by the file that they stand in."""
    moved = FLOATING.replace('"./_gen', '"../_gen')
    tree.repository(
        folder,
        {
            "convex/schema.ts": SCHEMA,
            "convex/notes.ts": FLOATING,
            "package.json": "{}",
        },
    )
    before = cli.run("check", "--format", "json")
    (folder / "convex" / "deep").mkdir()
    tree.git(folder, "mv", "convex/notes.ts", "convex/deep/notes2.ts")
    tree.write(folder, {"convex/deep/notes2.ts": moved, "convex/c.ts": FLOATING})

    now = cli.run("check", "--base", "HEAD", "--format", "json")

    found = [finding["symbol"] for finding in json.loads(before.out)["findings"]]
    assert sorted(set(found)) == ["notes:add", "notes:add:ctx.db.insert"]
    assert {finding["place"]["path"] for finding in json.loads(now.out)["findings"]} == {"convex/c.ts"}


def test_a_cache_that_is_damaged_or_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write(folder, PROJECT)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    expected = cli.Result(1, CONCISE, "")
    concise = ("check", *ONLY, "--format", "concise")

    assert cli.run(*concise) == expected
    kept = sorted((folder / "cache" / "convex-scaffold" / "facts").iterdir())
    assert [each.name.partition("-")[0] for each in kept] == ["facts", "functions", "parts"]
    for each in kept:
        each.write_bytes(each.read_bytes()[:-7])
        assert cli.run(*concise) == expected
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    assert cli.run(*concise) == expected
    assert cli.run(*concise, "--no-cache") == expected


def test_a_rule_that_fails_is_a_bug_and_the_other_findings_are_printed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_module: Module, _rule: Rule) -> Iterator[Finding]:
        raise KeyError("lost")

    broken = Rule(
        code="CX999",
        name="broken",
        level=Level.ERROR,
        profile=Profile.RECOMMENDED,
        subject=Module,
        check=fails,
        doc="",
    )
    every = Registry((*registry.load(), broken))
    monkeypatch.setattr(registry, "load", lambda: every)
    tree.write(folder, PROJECT)

    result = cli.run("check", "--select", "CX904,CX999", "--format", "concise")

    assert (result.code, result.out) == (70, CONCISE)
    assert result.err.startswith(
        "error: this is a bug in convex-scaffold: RuleFailedError: "
        "rule CX999 broken failed; the other findings are complete\ntry: paste "
    )


def test_what_the_configuration_explains_is_known_to_rules(folder: Path) -> None:
    code = """\
import { endpoint } from "@acme/convex";
export const list = endpoint({ handler: async (ctx) => await ctx.db.query("orders").take(3) });
"""
    tree.write(folder, {"convex/schema.ts": SCHEMA, "convex/a.ts": code})

    def found(settings: str) -> list[str]:
        tree.write(folder, {"scaffold.toml": settings})
        out = cli.run("check", "--select", "CX102,CX501", "--format", "concise").out
        return [line.split()[1] for line in out.splitlines()]

    assert found("") == []
    assert found('[builders.endpoint]\nbased-on = "query"') == ["CX102", "CX501"]
    assert found('[builders.endpoint]\nbased-on = "query"\naccess-check = true') == ["CX102"]
    assert found('[builders.endpoint]\nbased-on = "internalQuery"') == ["CX102"]


def test_a_report_or_baseline_that_cannot_be_written(folder: Path) -> None:
    tree.write(folder, PROJECT | {"taken": "a file", "scaffold.toml": 'baseline.file = "taken/known"'})
    refused = cli.Result(
        2,
        "",
        "error: cannot write @CWD@/taken/known: File exists; nothing was changed\n"
        "try: check the permissions and the space left\n",
    )

    assert cli.run("check", *ONLY, "--write-baseline") == refused
    assert cli.run("check", *ONLY, "-o", folder / "taken" / "known") == refused
