from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest
from support import tree

BIN = Path(sys.executable).parent / "convex-scaffold"
GOOD = 'import { internalQuery } from "./_generated/server";\nexport const a = internalQuery({ args: {}, '
FILES = {
    "package.json": '{ "name": "x", "dependencies": { "convex": "1.48.0" } }\n',
    "convex/a.ts": GOOD + "handler: async () => 1 });\n",
}
FLOATING = GOOD + "handler: async (ctx) => {\n  ctx.scheduler.runAfter(0, b, {});\n} });\n"


@pytest.fixture
def project(folder: Path) -> Path:
    return tree.write(folder, FILES)


def test_each_change_is_checked_until_ctrl_c(project: Path) -> None:
    environment = os.environ | {"TERM": "xterm", "NO_COLOR": "1", "XDG_CACHE_HOME": str(project / ".cache")}
    child = pexpect.spawn(
        str(BIN), ["check", "--watch", "--select", "CX301"], env=environment, encoding="utf-8", timeout=60
    )
    child.expect_exact("no findings")
    child.expect_exact("watching; Ctrl-C ends it")
    tree.write(project, {"convex/a.ts": FLOATING})
    child.expect_exact("changed: convex/a.ts")
    child.expect_exact("error CX301 floating-promise")
    child.expect_exact("watching; Ctrl-C ends it")
    tree.write(project, {"scaffold.toml": "[check\n"})
    child.expect_exact("changed: scaffold.toml")
    child.expect_exact("error:")
    child.expect_exact("watching; Ctrl-C ends it")
    (project / "scaffold.toml").unlink()
    child.expect_exact("1 finding in 1 file")
    child.expect_exact("watching; Ctrl-C ends it")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_a_baseline_is_not_written_again_and_again(project: Path) -> None:
    assert pexpect.run(f"{BIN} check --watch --write-baseline", cwd=project, withexitstatus=True)[1] == 2
