"""`report` against what else reads a million events: json.loads in Python, and jq.

All read the same file of `convex logs --jsonl`, made by the generator of the tests. The peers only parse and
count (calls by function); `report` measures percentiles, matches lines with runs and finds duplicates too.
Seconds are those of the processor, so that what else the machine does matters less; the wall's stand beside.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.events import Deployment  # noqa: E402 - the path is set above

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = Path(sys.executable).parent / "convex-scaffold"
BAR = 10.0  # seconds for a million events
_LOADS = """\
import collections, json, sys
calls, failed = collections.Counter(), collections.Counter()
for line in open(sys.argv[1], "rb"):
    event = json.loads(line)
    calls[event["identifier"]] += 1
    failed[event["identifier"]] += event.get("error") is not None
print(len(calls))
"""
_JQ = "reduce inputs as $e ({}; .[$e.identifier] += 1) | length"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="how many calls to generate")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        events = _write(path, options.events)
        print(f"{events:,} events, {path.stat().st_size / 1e6:,.0f} MB")
        base = None
        for name, command in _commands(path):
            busy, wall, memory = _run(command)
            base = base or busy
            print(f"  {busy:7.2f} s {busy / base:6.2f} x {wall:7.2f} s wall {memory:6.0f} MB  {name}")
            if name == "report":
                print(f"  {busy / events * 1e6:7.2f} s a million events; the bar is {BAR:.0f} s")


def _write(path: Path, calls: int) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in Deployment(1).lines(calls):
            file.write(line + "\n")
            count += 1
    return count


def _commands(path: Path) -> Iterator[tuple[str, list[str]]]:
    yield "report", [str(OURS), "report", str(path), "--json"]
    yield "json.loads", [sys.executable, "-c", _LOADS, str(path)]
    if shutil.which("jq"):
        yield "jq", ["jq", "-n", _JQ, str(path)]


def _run(command: list[str]) -> tuple[float, float, float]:
    """Seconds of the processor, seconds on the wall, and the largest resident set in million bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    wall, unit = time.perf_counter() - start, 1e6 if sys.platform == "darwin" else 1e3
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / unit


if __name__ == "__main__":
    main()
