from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.backends import CHAT, copy_project, installed_packages, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.backends import Backend


@pytest.fixture(scope="session")
def chat_project(tmp_path_factory: pytest.TempPathFactory, template_modules: Path) -> Path:
    return copy_project(CHAT, tmp_path_factory.mktemp("backend") / "chat", template_modules)


@pytest.fixture(scope="session")
def packages() -> Path:
    """React, and components, which the template does not have."""
    return installed_packages()


@pytest.fixture(scope="module")
def chat_server(chat_project: Path) -> Iterator[Backend]:
    with running(chat_project) as backend:
        yield backend


@pytest.fixture
def chat(chat_server: Backend) -> Backend:
    """The chat project, served, without data."""
    chat_server.server.control.reset()
    chat_server.events.clear()
    return chat_server
