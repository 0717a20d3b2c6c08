from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import tree
from support.cli import Result, run

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
id: no-log
language: TypeScript
rule: {pattern: console.log($A)}
message: $A is printed
note: use the logger
fix: logger.info($A)
metadata: {code: 7}
"""
TESTS = """\
id: no-log
valid: [logger.info(1)]
invalid:
  - console.log(1)
"""
FILES = {
    "package.json": '{ "name": "x", "dependencies": { "convex": "1.48.0" } }\n',
    "scaffold.toml": '[team]\nast-grep = "rules"\nprefix = "ACME"\n',
    "rules/no-log.yml": RULE,
    "rules/tests.yml": TESTS,
    "convex/a.ts": (
        'import { internalQuery } from "./_generated/server";\n'
        "export const a = internalQuery({ args: {}, handler: async () => console.log(1) });\n"
    ),
}


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / ".cache"))
    return tree.write(folder, FILES)


@pytest.mark.usefixtures("project")
def test_they_are_rules_as_ours_are() -> None:
    assert run("check", "--select", "ACME", "--format", "concise") == Result(
        1, "convex/a.ts:2:65: ACME7 warning 1 is printed\n", ""
    )
    assert run("check", "--select", "ACME8").code == 2
    assert run("explain", "ACME7").out == (
        "ACME7 no-log (warning, recommended)\n"
        "\n"
        "$A is printed\n"
        "\n"
        "Way out\n"
        "use the logger\n"
        "\n"
        "To keep it as it is\n"
        "Write `// scaffold-ignore ACME7: the reason` on the line or above it; `until=2030-01-31` and\n"
        "`by=name` may follow the code.\n"
    )


def test_they_can_be_suppressed_and_fixed(project: Path) -> None:
    text = FILES["convex/a.ts"]
    tree.write(
        project, {"convex/b.ts": text.replace("export", "// scaffold-ignore ACME7: it must be\nexport")}
    )
    assert run("fix", "--select", "ACME7", "--unsafe").code == 0
    assert (project / "convex/a.ts").read_text() == text.replace("console.log(1)", "logger.info(1)")
    assert "console.log(1)" in (project / "convex/b.ts").read_text()


def test_their_tests_are_run(project: Path) -> None:
    assert run("check", "--test-rules") == Result(0, "2 tests of 1 rule: none failed\n", "")
    tree.write(project, {"rules/tests.yml": TESTS + "  - console.log(2, 3)\n"})
    assert run("check", "--test-rules") == Result(
        1,
        "✗ no-log misses what is invalid: console.log(2, 3) rules/tests.yml:1\n3 tests of 1 rule: 1 failed\n",
        "",
    )


def test_there_must_be_some(project: Path) -> None:
    (project / "scaffold.toml").write_text("")
    assert run("check", "--test-rules") == Result(
        2,
        "",
        "error: scaffold.toml: the team has no rules of its own\n"
        'try: name their folder: [team] ast-grep = "rules"\n',
    )
