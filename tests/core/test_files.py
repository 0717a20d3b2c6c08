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


def test_a_file_is_written_elsewhere_first_where_that_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A move from one file system to another is refused; it is then written beside its place."""
    (tmp_path / "aside").mkdir()
    real = os.replace
    moved = []

    def replace(source: Path, target: Path) -> None:
        moved.append(source.parent.name)
        if len(moved) == refused:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    for refused, ways in ((0, ["aside"]), (1, ["aside", tmp_path.name])):
        moved.clear()
        files.replace(tmp_path / "a.ts", f"new {refused}", through=tmp_path / "aside")
        assert moved == ways
        assert (tmp_path / "a.ts").read_text() == f"new {refused}"
        assert list((tmp_path / "aside").iterdir()) == []


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    files.write_output(tmp_path / ("a" * 255), "new")

    assert (tmp_path / ("a" * 255)).read_text() == "new"


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


def test_what_killed_runs_left_beside_is_removed_once_it_is_old(tmp_path: Path) -> None:
    names = [".convex-scaffold-abcd1234", ".convex-scaffold-efgh5678", ".convex-scaffold-mine", "old.txt"]
    for name in names:
        (tmp_path / name).touch()
        if name != ".convex-scaffold-efgh5678":
            os.utime(tmp_path / name, (0, 0))

    files.replace(tmp_path / "a.txt", "new")

    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[1:3], "a.txt", "old.txt"]


def test_a_folder_is_searched_once_however_many_files_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[Path] = []
    real = os.scandir

    def searching(folder: Path) -> os._ScandirIterator[str]:
        searched.append(folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", searching)

    for number in range(20):
        files.replace(tmp_path / f"{number}.txt", "new")

    assert searched == [tmp_path]
