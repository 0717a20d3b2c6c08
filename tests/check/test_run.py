from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs
from support import tree
from support.modules import workspace

from scaffold.check import since
from scaffold.check.extends import Cache
from scaffold.check.run import Outcome, Request, run
from scaffold.check.select import Wish
from scaffold.check.workspace import read
from scaffold.core.errors import ExitCode, ScaffoldError
from scaffold.core.findings import Confidence, Level, Profile
from scaffold.model.module import Module
from scaffold.model.wiring import Mention
from scaffold.rules.registry import Registry
from scaffold.rules.rule import Rule
from scaffold.rules.standards.cx904_bad_suppression import check as bad_suppression

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.findings import Finding

TODAY = date(2026, 11, 21)


def _calls(name: str, confidence: Confidence = Confidence.HIGH) -> Any:
    """A rule that reports every call of `name`, with more arguments than allowed (`most`, one if unset)."""

    def check(module: Module, rule: Rule) -> Iterator[Finding]:
        most = rule.setting("most", 1)
        for match in re.finditer(rb"\b%s\(([^)]*)\)" % name.encode(), module.lines.source):
            if match[1].count(b",") + 1 > most or not match[1]:
                place = module.place(*match.span())
                yield rule.finding(place, f"calls {name}", way_out="do not", confidence=confidence)

    return check


def _fails(module: Module, rule: Rule) -> Iterator[Finding]:
    yield from _calls("crash")(module, rule)
    if b"crash" in module.lines.source:
        raise RuntimeError("it crashed")


def _rule(code: str, check: Any, profile: Profile = Profile.RECOMMENDED, *, needs: str = "") -> Rule:
    return Rule(
        code=code,
        name=f"no-{code.lower()}",
        level=Level.WARNING,
        profile=profile,
        subject=Module,
        check=check,
        doc="",
        needs=needs,
    )


RULES = Registry(
    (
        _rule("CX201", _calls("scan")),
        _rule("CX202", _calls("read"), Profile.STRICT),
        _rule("CX301", _calls("guess", Confidence.MEDIUM)),
        _rule("CX302", _calls("fresh"), needs="1.40"),
        _rule("CX801", _fails),
        bad_suppression,
    )
)


def check(folder: Path, **options: Any) -> Outcome:
    request = Request(start=folder, today=TODAY, cache=Cache(folder=folder / ".cache"), **options)
    return run(request, RULES, lambda root, _settings: workspace(root))


def told(outcome: Outcome) -> list[str]:
    return [f"{each.place} {each.code} {each.level}" for each in outcome.report.findings]


def test_findings_are_sorted_and_fail_the_run(folder: Path) -> None:
    tree.write(folder, {"convex/b.ts": "scan();\nread();", "convex/a.ts": "x();\n  scan(); scan();\n"})

    outcome = check(folder)

    assert told(outcome) == [
        "convex/a.ts:2:3 CX201 warning",
        "convex/a.ts:2:11 CX201 warning",
        "convex/b.ts:1:1 CX201 warning",
    ]
    assert outcome.exit_code == ExitCode.FINDINGS
    assert (outcome.report.files, outcome.root) == (2, folder)


def test_a_clean_project_and_none(folder: Path) -> None:
    with pytest.raises(ScaffoldError) as caught:
        check(folder)
    assert (caught.value.exit_code, caught.value.message) == (
        ExitCode.NOTHING_TO_DO,
        f"no Convex project in {folder}: no folder with Convex functions was found",
    )

    tree.write(folder, {"convex/a.ts": "fine();"})
    assert check(folder).exit_code == ExitCode.OK


def test_profile_selection_levels_and_paths(folder: Path) -> None:
    files = {f"convex/{name}.ts": "scan();read();" for name in ("a", "old/b", "gone/c")}
    settings = """\
profile = "strict"
exclude = ["convex/gone"]
[levels]
CX2 = "error"
[[paths]]
glob = "convex/old/**"
ignore = ["CX202"]
levels = { CX201 = "info" }
"""
    tree.write(folder, {**files, "scaffold.toml": settings})

    assert told(check(folder)) == [
        "convex/a.ts:1:1 CX201 error",
        "convex/a.ts:1:8 CX202 error",
        "convex/old/b.ts:1:1 CX201 info",
    ]
    assert told(check(folder, wish=Wish(select=("CX202",)))) == ["convex/a.ts:1:8 CX202 error"]
    assert told(check(folder, wish=Wish(profile=Profile.RECOMMENDED, ignore=("CX201",)))) == []


def test_a_level_of_off_switches_off_and_the_command_line_on_again(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "scan();", "scaffold.toml": "levels = { CX2 = 'off' }"})

    assert told(check(folder)) == []
    assert told(check(folder, wish=Wish(select=("CX201",)))) == ["convex/a.ts:1:1 CX201 warning"]


def test_what_is_off_may_be_on_for_some_files_and_the_other_way_round(folder: Path) -> None:
    settings = """\
levels = { CX201 = "off" }
[[paths]]
glob = "convex/new"
levels = { CX201 = "error" }
[[paths]]
glob = "convex/new/old.ts"
levels = { CX2 = "off" }
"""
    files = {f"convex/{name}.ts": "scan();" for name in ("a", "new/b", "new/old")}
    tree.write(folder, {**files, "scaffold.toml": settings})

    assert told(check(folder)) == ["convex/new/b.ts:1:1 CX201 error"]


def test_a_profile_on_the_command_line_stands_for_the_selection_of_the_file(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "scan();read();", "scaffold.toml": 'select = ["CX3"]'})

    assert told(check(folder)) == []
    assert len(told(check(folder, wish=Wish(profile=Profile.RECOMMENDED)))) == 1
    assert len(told(check(folder, wish=Wish(profile=Profile.STRICT)))) == 2


def test_thresholds(folder: Path) -> None:
    tree.write(
        folder, {"convex/a.ts": "scan(1);\nscan(1, 2, 3);", "scaffold.toml": "[rules.CX201]\nmost = 2"}
    )
    assert told(check(folder)) == ["convex/a.ts:2:1 CX201 warning"]

    for settings, message, hint in (
        ("[rules.CX201]\nmost = '2'", "most of CX201 is '2'", "give it a value like its default, 1"),
        ("[rules.CX201]\nmos = 2", "CX201 has no setting 'mos'", "did you mean most?"),
        ("[rules.CX904]\nmost = 2", "CX904 has no setting 'most'", "take it out: the rule has no settings"),
        (
            "[rules.CX904]\nlevel = 'info'",
            "CX904 has no setting 'level'",
            'levels have a table of their own: [levels] CX904 = "warning"',
        ),
        ("[rules.CX2]\nmost = 2", "CX2 is no rule", "thresholds belong to one rule, as in [rules.CX405]"),
        ("\nignore = ['CX299']", "there is no rule 'CX299'", "did you mean CX202?"),
    ):
        tree.write(folder, {"scaffold.toml": settings})
        with pytest.raises(ScaffoldError) as caught:
            check(folder)
        assert (caught.value.message, caught.value.hint) == (f"scaffold.toml:2: {message}", hint)


def test_paths_limit_the_report_but_not_what_is_read(folder: Path) -> None:
    tree.write(folder, {f"convex/{name}.ts": "scan();" for name in ("a", "b/c", "bc")})

    assert told(check(folder, paths=(folder / "convex" / "b", folder / "convex" / "a.ts"))) == [
        "convex/a.ts:1:1 CX201 warning",
        "convex/b/c.ts:1:1 CX201 warning",
    ]


def test_what_a_rule_is_less_sure_of_is_hidden(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "scan();\nguess();"})

    assert (told(check(folder)), check(folder).report.hidden) == (["convex/a.ts:1:1 CX201 warning"], 1)
    assert len(told(check(folder, min_confidence=Confidence.MEDIUM))) == 2
    tree.write(folder, {"scaffold.toml": "min-confidence = 'low'"})
    assert len(told(check(folder))) == 2


def test_comments_silence_and_are_judged(folder: Path) -> None:
    tree.write(
        folder,
        {
            "convex/a.ts": "// scaffold-ignore CX201: small\nscan();\n",
            "convex/b.ts": "// scaffold-ignore CX201: small\n\n// scaffold-ignore CX202: off\nread();\n",
            "convex/broken.ts": "// scaffold-ignore CX201: small\n} oops (\n",
        },
    )

    outcome = check(folder)

    assert told(outcome) == ["convex/b.ts:1:1 CX904 error"]
    assert outcome.report.suppressed == 1
    assert [(each.finding.place.path, each.reason) for each in outcome.report.silenced] == [
        ("convex/a.ts", "small")
    ]


def test_comments_in_client_code_silence_too(folder: Path) -> None:
    def check_mention(mention: Mention, rule: Rule) -> Iterator[Finding]:
        if mention.by == "client":
            yield rule.finding(mention.place, "calls it", way_out="do not")

    client = """\
import { api } from "../convex/_generated/api";
export const A = () => (
  <ul>
    {/* scaffold-ignore CX1001: few rows */}
    <li>{useQuery(api.a.list)}</li>
    <li>{useQuery(api.a.list)}</li>
  </ul>
);
"""
    tree.write(
        folder,
        {
            "convex/schema.ts": "export default defineSchema({});",
            "convex/a.ts": 'import { query } from "./_generated/server";\n'
            "export const list = query({ args: {}, handler: async () => 1 });\n",
            "src/App.tsx": client,
        },
    )
    rule = replace(_rule("CX1001", check_mention), subject=Mention)
    request = Request(start=folder, today=TODAY, cache=Cache(folder=folder / ".cache"))

    outcome = run(request, Registry((rule, bad_suppression)), read)

    assert (told(outcome), outcome.report.suppressed) == (["src/App.tsx:6:19 CX1001 warning"], 1)


def test_a_rule_that_raises_costs_nobody_the_other_findings(folder: Path) -> None:
    files = {
        "convex/a.ts": "scan();",
        "convex/b.ts": "crash(); // scaffold-ignore CX801: x",
        "convex/c.ts": "scan();",
    }
    tree.write(folder, files)

    outcome = check(folder)

    assert told(outcome) == ["convex/a.ts:1:1 CX201 warning", "convex/c.ts:1:1 CX201 warning"]
    assert [(rule.code, str(error)) for rule, error in outcome.failures] == [("CX801", "it crashed")]


def test_a_baseline_lets_only_new_findings_fail(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "scan();\nscan();\n", "convex/b.ts": "scan(); guess();"})

    written = check(folder, write_baseline=True)

    assert written.notes == ("wrote scaffold.baseline: 3 findings accepted for now",)
    assert (told(written), written.report.baselined) == ([], 3)
    first = (folder / "scaffold.baseline").read_text()
    assert re.sub(r"[0-9a-f]{16}", "@", first).splitlines() == [
        "# Findings that `convex-scaffold check` accepts for now, since 2026-11-21. Only new ones fail.",
        "# `convex-scaffold check --prune-baseline` removes those that are mended.",
        "convex/a.ts CX201 @",
        "convex/a.ts CX201 @-2",
        "convex/b.ts CX201 @",
    ]

    tree.write(folder, {"convex/a.ts": "// moved\n\n  scan();\nscan();\nscan();\n"})
    outcome = check(folder)
    assert told(outcome) == ["convex/a.ts:5:1 CX201 warning"]
    assert (outcome.report.baselined, outcome.report.baseline_since) == (3, "2026-11-21")
    assert [each.in_source for each in outcome.report.silenced] == [False, False, False]


def test_pruning_takes_out_what_is_mended_and_was_looked_at(folder: Path) -> None:
    tree.write(
        folder, {"convex/a.ts": "scan();\nscan();", "convex/b.ts": "scan();", "convex/c.ts": "scan();"}
    )
    check(folder, write_baseline=True)
    before = (folder / "scaffold.baseline").read_text()
    tree.write(folder, {"convex/a.ts": "scan();", "convex/c.ts": "fine();", "convex/d.ts": "fine();"})
    (folder / "convex" / "b.ts").unlink()
    assert check(folder).report.stale_baseline == 3

    for options in ({"wish": Wish(select=("CX3",))}, {"paths": (folder / "convex" / "d.ts",)}):
        check(folder, prune_baseline=True, **options)
        assert (folder / "scaffold.baseline").read_text() == before
    partly = check(folder, prune_baseline=True, paths=(folder / "convex" / "c.ts",))
    assert partly.notes == ("took 1 mended finding out of scaffold.baseline, 3 findings left",)
    outcome = check(folder, prune_baseline=True)

    assert outcome.notes == ("took 2 mended findings out of scaffold.baseline, 1 finding left",)
    assert (outcome.report.stale_baseline, outcome.report.baselined) == (0, 1)
    assert check(folder, prune_baseline=True).notes == (
        "took 0 mended findings out of scaffold.baseline, 1 finding left",
    )


def test_writing_again_keeps_the_day_and_what_was_not_looked_at(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "scan();", "scaffold.toml": "baseline.file = 'ci/known'"})
    check(folder, write_baseline=True)
    path = folder / "ci" / "known"
    path.write_text(path.read_text().replace("2026-11-21", "2026-05-01"))
    tree.write(folder, {"convex/b.ts": "scan();"})

    outcome = check(folder, write_baseline=True, paths=(folder / "convex" / "b.ts",))

    assert outcome.notes == ("wrote ci/known: 2 findings accepted for now",)
    assert check(folder).report.baseline_since == "2026-05-01"
    assert told(check(folder)) == []


@pytest.mark.parametrize(("start", "end"), [("", "\r\n"), ("\ufeff", "\n")])
def test_a_baseline_that_an_editor_saved_in_its_way(folder: Path, start: str, end: str) -> None:
    tree.write(folder, {"convex/a.ts": "scan();"})
    check(folder, write_baseline=True)
    text = (folder / "scaffold.baseline").read_text("utf-8")
    (folder / "scaffold.baseline").write_bytes((start + text.replace("\n", end)).encode())

    report = check(folder).report
    assert (report.baselined, report.stale_baseline, report.baseline_since) == (1, 0, str(TODAY))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("<<<<<<< HEAD", "keep both sides of the conflict: what is mended is pruned later"),
        ("nonsense", "take the line out, or write the file anew: convex-scaffold check --write-baseline"),
    ],
)
def test_a_broken_baseline_is_refused(folder: Path, line: str, hint: str) -> None:
    tree.write(folder, {"convex/a.ts": "", "scaffold.baseline": f"# since\n{line}\n"})

    with pytest.raises(ScaffoldError) as caught:
        check(folder)

    assert (caught.value.message, caught.value.hint) == (
        f"scaffold.baseline:2: is no entry of a baseline: {line!r}",
        hint,
    )
    assert check(folder, write_baseline=True).notes == (
        "wrote scaffold.baseline: 0 findings accepted for now",
    )
    check(folder)


def test_a_baseline_that_is_a_folder(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "", "scaffold.baseline/x": ""})

    with pytest.raises(ScaffoldError) as caught:
        check(folder, write_baseline=True)

    assert caught.value.message == "scaffold.baseline: cannot be read: Is a directory"


def test_base_shows_what_a_branch_brought(folder: Path) -> None:
    files = {
        "app/convex/a.ts": "scan();\n",
        "app/convex/b.ts": "scan();\nx();\ny();\n",
        "app/scaffold.toml": "",
    }
    tree.repository(folder, files)
    tree.git(folder, "checkout", "--quiet", "-b", "work")
    (folder / "app/convex/b.ts").rename(folder / "app/convex/moved.ts")
    tree.write(folder, {"app/convex/a.ts": "// more\nscan();\nscan();\n", "app/convex/new.ts": "scan();"})
    tree.git(folder, "add", "--all", "app/convex/moved.ts", "app/convex/b.ts")
    tree.git(folder, "commit", "--quiet", "--all", "--message", "work")
    tree.git(folder, "checkout", "--quiet", "main")
    tree.write(folder, {"app/convex/later.ts": "scan();"})
    tree.git(folder, "add", "app/convex/later.ts")
    tree.git(folder, "commit", "--quiet", "--all", "--message", "later")
    tree.git(folder, "checkout", "--quiet", "work")
    state = tree.git(folder, "status", "--porcelain")

    outcome = check(folder / "app", base="main")

    assert told(outcome) == ["convex/a.ts:3:1 CX201 warning", "convex/new.ts:1:1 CX201 warning"]
    assert (outcome.report.baselined, outcome.report.baseline_since) == (2, "main")
    assert tree.git(folder, "status", "--porcelain") == state


def test_base_takes_the_packages_that_are_installed(folder: Path) -> None:
    files = {
        "convex/schema.ts": "export default defineSchema({});",
        "convex/a.ts": "fresh();",
        "package.json": '{"dependencies": {"convex": "1.30.0"}}',
        ".gitignore": "node_modules\n.cache\n",
    }
    tree.repository(folder, files)
    request = Request(start=folder, today=TODAY, cache=Cache(folder=folder / ".cache"))
    assert told(run(request, RULES, read)) == []

    tree.write(folder, {"node_modules/convex/package.json": '{"version": "1.48.0"}'})

    assert told(run(request, RULES, read)) == ["convex/a.ts:1:1 CX302 warning"]
    assert told(run(structs.replace(request, base="HEAD"), RULES, read)) == []


@pytest.mark.parametrize("repository", [True, False])
def test_a_base_that_is_not_there(folder: Path, *, repository: bool) -> None:
    tree.write(folder, {"convex/a.ts": "scan();"})
    if repository:
        tree.repository(folder, {})

    with pytest.raises(ScaffoldError) as caught:
        check(folder, base="origin/--main")

    where = f"the repository around {folder}" if repository else f"{folder}, which is in no repository"
    assert caught.value.message == f"there is no revision 'origin/--main' in {where}"


def test_base_leaves_large_files_where_they_are(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.repository(
        folder, {"convex/a.ts": "scan();", "video.mov": "x" * 2000, "convex/sub dir/b.ts": "scan();"}
    )
    monkeypatch.setattr(since, "TOO_LARGE", 1000)

    with since.before(folder, "HEAD") as before:
        assert sorted(tree.read(before.root)) == ["convex/a.ts", "convex/sub dir/b.ts"]
    assert not before.root.exists()


def test_a_repository_that_git_distrusts_is_told_of(folder: Path) -> None:
    tree.write(folder, {"convex/a.ts": "scan();", ".git/HEAD": "nonsense"})

    with pytest.raises(ScaffoldError) as caught:
        check(folder, base="main")

    assert (caught.value.exit_code, "not a git repository" in caught.value.detail) == (ExitCode.TOOL, True)


def test_a_baseline_merges(folder: Path) -> None:
    tree.repository(
        folder,
        {
            "convex/d.ts": "scan();",
            "scaffold.baseline": "",
            ".gitignore": ".cache",
            ".gitattributes": "scaffold.baseline merge=union\n",
        },
    )
    check(folder, write_baseline=True)
    tree.git(folder, "commit", "--quiet", "--all", "--message", "baseline")
    for branch, files in (("one", ("c", "y")), ("two", ("b", "x"))):  # neighbours, so that the lines collide
        tree.git(folder, "checkout", "--quiet", "-b", branch, "main")
        tree.write(folder, {f"convex/{name}.ts": "scan();" for name in files})
        check(folder, write_baseline=True)
        tree.git(folder, "add", "--all")
        tree.git(folder, "commit", "--quiet", "--message", branch)
    tree.git(folder, "merge", "--quiet", "--no-edit", "one")

    outcome = check(folder)

    assert (told(outcome), outcome.report.baselined, outcome.report.stale_baseline) == ([], 5, 0)
