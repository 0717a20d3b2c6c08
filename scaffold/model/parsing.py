"""Files parsed to facts, by several processes where it pays."""

from __future__ import annotations

import os
import sys
from itertools import repeat
from typing import TYPE_CHECKING

import msgspec

from scaffold.core import forks
from scaffold.model.files import JSX
from scaffold.source.scan import outline, scan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PARALLEL_FROM = 200_000  # bytes; below, starting processes costs more than they save
_PARCEL = 50_000
_encoder = msgspec.msgpack.Encoder()


def parse(files: list[tuple[str, bytes]], outlined: Collection[str] = ()) -> list[tuple[str, bytes]]:
    """The encoded facts of files, by path, in any order; of those that are `outlined` no more than that."""
    size = sum(len(data) for _, data in files)
    if size < _PARALLEL_FROM:
        return _parse_here(files, outlined)
    parcels = list(_parcels(files))
    if sys.platform == "linux":
        done = forks.each(
            lambda number: _parse_here(parcels[number], outlined), len(parcels), forks.workers()
        )
    else:
        done = _parse_in_pool(parcels, outlined)
    return [each for parcel in done for each in parcel]


def _parse_in_pool(
    parcels: list[list[tuple[str, bytes]]], outlined: Collection[str]
) -> Iterable[list[tuple[str, bytes]]]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - slow to import, for few runs
    from multiprocessing import get_context  # noqa: PLC0415

    with ProcessPoolExecutor(min(os.cpu_count() or 1, 8), mp_context=get_context("spawn")) as pool:
        return list(pool.map(_parse_here, parcels, repeat(outlined)))


def _parcels(files: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Parcels of work of about the same size, the largest files first."""
    parcel: list[tuple[str, bytes]] = []
    size = 0
    for item in sorted(files, key=lambda item: -len(item[1])):
        parcel.append(item)
        size += len(item[1])
        if size >= _PARCEL:
            yield parcel
            parcel, size = [], 0
    if parcel:
        yield parcel


def _parse_here(files: Iterable[tuple[str, bytes]], outlined: Collection[str]) -> list[tuple[str, bytes]]:
    return [(path, _parsed(path, data, whole=path not in outlined)) for path, data in files]


def _parsed(path: str, data: bytes, *, whole: bool) -> bytes:
    read = scan if whole else outline
    return _encoder.encode(read(data, jsx=path.endswith(JSX)))
