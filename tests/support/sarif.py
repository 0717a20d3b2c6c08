"""The official schema of SARIF 2.1.0, from the one package whose sources carry it."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

# The OASIS committee's file, byte for byte. No wheel and no small npm package has it.
_PACKAGE = "sarif-pydantic==0.6.2"
_SDIST = "sarif_pydantic-0.6.2.tar.gz"
_MEMBER = "sarif_pydantic-0.6.2/sarif-schema-2.1.0.json"
_CACHE = Path(__file__).parents[2] / ".cache" / "sarif"


def schema() -> dict[str, Any]:
    """The schema; the first use on a machine fetches it from the package registry, 55 kB."""
    if not (_CACHE / _SDIST).is_file():
        _fetch()
    with tarfile.open(_CACHE / _SDIST) as sdist:
        member = sdist.extractfile(_MEMBER)
        assert member
        loaded: dict[str, Any] = json.load(member)
    return loaded


def _fetch() -> None:
    """Into a folder of its own first: other workers of the same run may fetch it at the same time."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=sarif-pydantic"]
        command = [*pip, "--dest", folder, _PACKAGE]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"the schema of SARIF cannot be fetched:\n{done.stderr}")
        (Path(folder) / _SDIST).replace(_CACHE / _SDIST)
