"""Writing where the user said to: files, links, and what is neither."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from scaffold.core import files
from scaffold.core.errors import CannotWriteError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_file_and_its_folders(tmp_path: Path) -> None:
    files.write_output(tmp_path / "reports" / "a.json", "new")

    assert (tmp_path / "reports" / "a.json").read_text() == "new"


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")

    files.write_output(tmp_path / "link", "new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


def test_what_is_no_file_is_written_into_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    files.write_output(pipe, "new")

    assert os.read(reader, 99) == b"new"
    assert pipe.is_fifo()


def test_a_folder_is_no_place_for_text(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="Is a directory"):
        files.write_output(tmp_path, "new")


def test_places_that_cannot_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotWriteError, match="File name too long"):
        files.write_output(tmp_path / ("a" * 300), "new")

    def refuse(path: object = None, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "stat", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(CannotWriteError, match="Permission denied"):
        files.write_output(tmp_path / "closed" / "report.json", "new")
