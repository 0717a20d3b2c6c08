"""The backend's JavaScript modules, by tests of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scaffold.core.package import PACKAGE

_HERE = Path(__file__).parent
_FORMATTED = ("js", "clients")


def test_the_javascript_modules() -> None:
    files = sorted(str(file) for file in (_HERE / "js").glob("*.test.mjs"))

    done = subprocess.run(["node", "--test", *files], capture_output=True, text=True, check=False)

    assert files
    assert done.returncode == 0, done.stdout[-4000:]


def test_the_javascript_is_formatted(template_modules: Path) -> None:
    folders = [PACKAGE / "backend" / "js", *(_HERE / name for name in _FORMATTED)]
    prettier = template_modules / ".bin" / "prettier"

    done = subprocess.run(
        [prettier, "--no-config", "--ignore-path", "", "--print-width", "110", "--check", *folders],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
