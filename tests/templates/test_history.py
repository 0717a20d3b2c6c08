"""The released history: complete, reproducible, and level with the checkout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import tree

from scaffold import __version__
from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import history, notes

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["release"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    tree.git(tmp_path, "clone", "--quiet", str(history.BUNDLE), "repository", "--no-checkout")
    return tmp_path / "repository"


def test_the_list_of_versions_is_that_of_the_bundle(repository: Path) -> None:
    assert tree.git(repository, "tag", "--list", "--sort=v:refname").split() == list(history.versions())
    assert history.versions()[-1] == f"v{__version__}" == history.NEWEST


def test_the_newest_version_is_the_checkout(repository: Path, release: ModuleType) -> None:
    tree.git(repository, "checkout", "--quiet", history.NEWEST)
    tracked = tree.git(ROOT, "ls-files", "-z", "--", *release.CONTENT).split("\0")

    checkout = {name: (TEMPLATE_ROOT / name).read_bytes().decode("utf-8") for name in tracked if name}
    released = tree.read(repository)
    assert released == checkout, "the template changed since it was released: make release VERSION=…"


def test_the_same_template_gives_the_same_bytes(release: ModuleType) -> None:
    *older, newest = history.versions()

    assert release.bundle(older, newest) == history.BUNDLE.read_bytes()


def test_the_notes_are_those_of_the_changelog(release: ModuleType) -> None:
    assert notes.ours() == release.change_notes(list(history.versions()))
