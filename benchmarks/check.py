"""`check` against the official plugin in ESLint and in oxlint, on the same synthetic code.

Cold is without a cache, warm with one, and once more after one file has changed. The others run the same
rules of the official plugin: ESLint without types, ESLint with types, and oxlint through its `jsPlugins`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import codebase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
OURS = Path(sys.executable).parent / "convex-scaffold"
PACKAGES = {
    "@convex-dev/eslint-plugin": "5.0.0",
    "@types/node": "24.10.1",
    "convex": "1.48.0",
    "convex-helpers": "0.1.124",
    "eslint": "9.39.5",
    "oxlint": "1.94.0",
    "typescript": "5.9.3",
    "typescript-eslint": "8.73.0",
}
BARS = {1.4: 0.45, 8.5: 1.8}  # seconds of a cold run on two cores, by million bytes
WARM_BAR = 0.3
OXLINT = {1.4: 0.93, 8.5: 2.3}  # what oxlint took on the machine of the bars: makes others comparable


@dataclass(frozen=True)
class Run:
    """One command's wall time and the time of all processors in seconds, and the largest resident set of it
    or a child in million bytes.
    """

    seconds: float
    cpu: float
    memory: float
    out: str


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    option = parser.add_argument
    option("--write", metavar="DIR", type=Path, help="only write the codebase into DIR")
    option("--size", type=float, action="append", help="million bytes; may be repeated (1.4, 8.5)")
    option("--rounds", type=int, default=5, help="of the quick commands; the median counts")
    option("--only-ours", action="store_true", help="leave the other tools out")
    option("--no-typed", action="store_true", help="leave ESLint with types out: it takes a minute")
    options = parser.parse_args()
    sizes = sorted(options.size or BARS)
    if options.write:
        _write(options.write, sizes[0])
        return
    measured = {size: _compare(size, options) for size in sizes}
    _print_growth(measured)


def _write(folder: Path, size: float) -> codebase.Codebase:
    built = codebase.build(size)
    codebase.write(folder, built)
    lines = f"{built.lines:,} lines".replace(",", " ")
    print(
        f"{len(built.files)} files, {lines}, {built.size / 1e6:.2f} MB, {len(built.defects)} planted defects"
    )
    return built


def _compare(size: float, options: argparse.Namespace) -> dict[str, float]:
    """Time all tools on one codebase, print the table, and return the seconds."""
    with tempfile.TemporaryDirectory() as temporary:  # not below this repository: linters heed its .gitignore
        folder = Path(temporary) / "synthetic"
        built = _write(folder, size)
        runs = dict(_ours(folder, built, options.rounds))
        if not options.only_ours:
            _install()
            runs |= dict(_others(folder, options))
    base = runs["check, cold"].seconds
    for name, run in runs.items():
        cells = f"{run.seconds:7.2f} s {run.cpu:7.2f} s CPU {run.seconds / base:6.1f} x {run.memory:6.0f} MB"
        print(f"  {cells}  {name}")
    if size in BARS:
        print(f"  bars: cold {BARS[size]} s, warm {WARM_BAR} s")
    if size in BARS and "oxlint + plugin" in runs:
        share = base / runs["oxlint + plugin"].seconds
        print(f"  cold, of oxlint's time: bar {BARS[size] / OXLINT[size]:.2f}, here {share:.2f}")
    return {name: run.seconds for name, run in runs.items()}


def _ours(folder: Path, built: codebase.Codebase, rounds: int) -> Iterator[tuple[str, Run]]:
    home = str(folder.parent)  # a cache of its own, wherever the system puts it
    environment = os.environ | {"XDG_CACHE_HOME": home, "HOME": home}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules
    command = [str(OURS), "check", "--format", "json", "--exit-zero", "--min-confidence", "low"]
    cold = _median(lambda: _run([*command, "--no-cache"], folder, environment), rounds)
    yield "check, cold", cold
    _run(command, folder, environment)
    yield "check, warm", _median(lambda: _run(command, folder, environment), rounds)
    changed = folder / max(path for path in built.files if path.startswith("convex/people/"))

    def after_a_change() -> Run:
        with changed.open("a") as file:
            file.write(f"const changed{time.time_ns()} = true;\n")
        return _run(command, folder, environment)

    yield "check, warm, one file changed", _median(after_a_change, rounds)
    _print_found(cold.out, built)


def _print_found(out: str, built: codebase.Codebase) -> None:
    found = {
        (each["place"]["path"], each["place"]["start"]["line"], each["code"])
        for each in json.loads(out)["findings"]
    }
    planted = set(built.defects)
    print(f"  {len(planted & found)} of {len(planted)} planted defects found, {len(found - planted)} others")
    for code in sorted({code for _, _, code in planted - found}):
        print(f"    missed: {code} {sum(code == each[2] for each in planted - found)} times")


def _others(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, Run]]:
    modules = folder / "node_modules"
    modules.symlink_to(CACHE / "node_modules")
    subprocess.run([OURS, "codegen"], cwd=folder, check=True, capture_output=True)
    (folder / "plain.mjs").write_text(_ESLINT.replace("@typed@", ""))
    (folder / "typed.mjs").write_text(_ESLINT.replace("@typed@", _TYPED))
    (folder / ".oxlintrc.json").write_text(json.dumps(_OXLINT))
    oxlint, eslint = str(modules / ".bin" / "oxlint"), str(modules / ".bin" / "eslint")
    yield "oxlint + plugin", _median(lambda: _run([oxlint, "convex"], folder), options.rounds)
    plain = [eslint, "--no-cache", "--format", "json", "--config", "plain.mjs", "convex"]
    yield "ESLint + plugin", _run(plain, folder)
    if not options.no_typed:
        yield "ESLint + plugin, typed", _run([*plain[:5], "typed.mjs", "convex"], folder)


def _install() -> None:
    """The other tools, once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps({"private": True, "dependencies": PACKAGES}, indent=2)
    manifest = CACHE / "package.json"
    if manifest.is_file() and manifest.read_text() == wanted and (CACHE / "node_modules").is_dir():
        return
    manifest.write_text(wanted)
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps"]
    subprocess.run(command, cwd=CACHE, check=True)


def _run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Run:
    """Run a command that may report findings; its output goes to a file, so that no pipe slows it."""
    out, err = folder.parent / "out.txt", folder.parent / "err.txt"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{err.read_text()}")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, thousands of them elsewhere
    cpu = usage.ru_utime + usage.ru_stime
    return Run(seconds, cpu, usage.ru_maxrss / unit, out.read_text("utf-8"))


def _median(run: Callable[[], Run], rounds: int) -> Run:
    runs = [run() for _ in range(rounds)]
    seconds = statistics.median(each.seconds for each in runs)
    cpu = statistics.median(each.cpu for each in runs)
    return Run(seconds, cpu, max(each.memory for each in runs), runs[-1].out)


def _print_growth(measured: dict[float, dict[str, float]]) -> None:
    """How the time grows with the size: 1.0 is in proportion, 2.0 is quadratic."""
    if len(measured) < 2:  # noqa: PLR2004 - a line needs two points
        return
    small, large = min(measured), max(measured)
    print(f"growth of the time from {small} to {large} MB (1 is in proportion):")
    for name in measured[small]:
        power = math.log(measured[large][name] / measured[small][name]) / math.log(large / small)
        print(f"  {power:5.2f}  {name}")


_RULES = """
    explicit-table-ids import-wrong-runtime no-collect-in-query no-duplicate-indexes no-filter-in-query
    no-old-registered-function-syntax no-process-env no-schema-import-cycle no-top-of-hour-crons
    require-args-validator
""".split()
_LEVELS = json.dumps({f"@convex-dev/{name}": "warn" for name in _RULES})
_ESLINT = """\
import convex from "@convex-dev/eslint-plugin";
import tseslint from "typescript-eslint";

export default [
  { ignores: ["**/_generated/**"] },
  {
    files: ["convex/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: {@typed@} },
    plugins: { "@convex-dev": convex },
    rules: @rules@,
  },
];
""".replace("@rules@", _LEVELS)
_TYPED = " projectService: true, tsconfigRootDir: import.meta.dirname "
_OXLINT = {
    "plugins": [],
    "categories": {"correctness": "off"},
    "ignorePatterns": ["**/_generated/**"],
    "jsPlugins": [{"name": "@convex-dev", "specifier": "@convex-dev/eslint-plugin"}],
    "rules": json.loads(_LEVELS),
}

if __name__ == "__main__":
    main()
