"""The backend's JavaScript modules, by tests of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path


def test_the_javascript_modules() -> None:
    files = sorted(str(file) for file in (Path(__file__).parent / "js").glob("*.test.mjs"))

    done = subprocess.run(["node", "--test", *files], capture_output=True, text=True, check=False)

    assert files
    assert done.returncode == 0, done.stdout[-4000:]
