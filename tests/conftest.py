"""Every test runs as on a machine that knows nothing of its user."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

# Copier reads these when it is imported, which pytest-copie does as a plugin: before any fixture runs.
_COPIER = Path(tempfile.mkdtemp(prefix="convex-scaffold-tests-"))
os.environ["COPIER_SETTINGS_PATH"] = str(_COPIER / "settings.yml")
os.environ["COPIER_CACHE_DIR"] = str(_COPIER / "cache")
(_COPIER / "settings.yml").write_text("{}\n")

import pytest  # noqa: E402

from scaffold.core.package import TEMPLATE_ROOT  # noqa: E402

_IDENTITY = {
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
}


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background by a shell: programs under test would inherit that, and not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No configuration of the developer's git, no colours, no CI."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name in (
        "CI",
        "CONVEX_SCAFFOLD_CACHE_DIR",
        "NO_COLOR",
        "FORCE_COLOR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("COLUMNS", "100")
    for name, value in _IDENTITY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pytest_sessionfinish() -> None:
    """Copier's private cache goes with the session."""
    shutil.rmtree(_COPIER, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, so that the last worker is not left alone with one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def template_modules() -> Path:
    """The installed Node packages of the template, to link into rendered projects."""
    modules = TEMPLATE_ROOT / "node_modules"
    if not modules.is_dir():
        pytest.fail("the template's packages are not installed: make .cache/node/ready")
    return modules
