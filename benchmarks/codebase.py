"""A Convex codebase of any size, the same for the same size, with defects at known places."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT = (Path(__file__).parent / "blocks.txt").read_text("utf-8")
_PARTS = re.split(r"^-- (.+) --\n", _TEXT, flags=re.MULTILINE)
_BLOCKS = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))
_CLEAN = ("list", "get", "rename", "create", "sweep", "export", "totals", "helpers", "messages")
_DEFECTS = tuple(name for name in _BLOCKS if name.startswith("defect"))
_MARK = re.compile(r" // <- (CX\d+)$")
_AREAS = "billing catalog chat content delivery files fleet growth identity market media people".split()
_THINGS = """
     account address article batch budget calendar campaign card claim comment contract coupon
    course device draft entry event grant group invoice item journey label lead ledger lesson letter
    license message metric module note notice offer order package page parcel payment photo plan
    poll post price profile project quote rating receipt record refund report request review reward
    room route rule sale sample segment seminar session shelf shift skill slot source stage station
    stock store story survey tariff task team template ticket topic track transfer trial trip
    vehicle venue visit voucher walk wallet window worker
""".split()
_DEFECTIVE = 0.06  # share of blocks that hold a defect


@dataclass
class Codebase:
    """What was written: bytes, files, lines, and the defects as (path, line, code)."""

    files: dict[str, str] = field(default_factory=dict)
    defects: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(text.encode()) for text in self.files.values())

    @property
    def lines(self) -> int:
        return sum(text.count("\n") for text in self.files.values())

    def add(self, path: str, text: str) -> None:
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if mark := _MARK.search(line):
                self.defects.append((path, number, mark[1]))
                lines[number - 1] = line[: mark.start()]
        self.files[path] = "".join(f"{line}\n" for line in lines)


def build(megabytes: float) -> Codebase:
    """A codebase of about that many million bytes; larger ones have larger files too, as real ones do."""
    codebase = Codebase()
    count = max(8, round(108 * (megabytes / 1.4) ** 0.74))
    for path in ("lib/functions.ts", "lib/access.ts", "lib/shared.ts"):
        codebase.add(f"convex/{path}", _BLOCKS[path])
    modules = [_Module(number) for number in range(count - 6)]
    codebase.add("convex/schema.ts", _schema(modules))
    weights = [module.weight for module in modules]
    budget = megabytes * 1e6 - codebase.size
    for module in modules:
        codebase.add(module.path, module.text(budget * module.weight / sum(weights)))
    codebase.add("convex/crons.ts", modules[0].fill(_BLOCKS["rare crons.ts"], modules[0].crons))
    codebase.add("package.json", json.dumps(_PACKAGE, indent=2))
    codebase.add("tsconfig.json", json.dumps(_TSCONFIG, indent=2))
    return codebase


def write(folder: Path, codebase: Codebase) -> None:
    """Write the files, and beside them `defects.json`."""
    for path, text in codebase.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "defects.json").write_text(json.dumps(sorted(codebase.defects), indent=0) + "\n", "utf-8")


class _Module:
    """One file: its names, and its share of the whole."""

    crons = "Crons"

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)  # noqa: S311 - it must be the same every time
        turn, place = divmod(number, len(_THINGS))
        self.thing = _THINGS[place] + (f"V{turn + 1}" if turn else "")
        self.table = f"{self.thing}Rows"
        self.area = _AREAS[number % len(_AREAS)]
        self.path = f"convex/{self.area}/{self.table}.ts"
        self.weight = self.random.paretovariate(1.6)  # few large ones, many small ones
        self.weight = min(self.weight, 12.0)
        self.first = number == 0

    def text(self, size: float) -> str:
        """A file of at least that many bytes."""
        parts = [self.fill(_BLOCKS["head"], "")]
        if self.first:
            parts.append(self.fill(_BLOCKS["sweep"], self.crons))
        length = sum(map(len, parts))
        for number, block in enumerate(self._blocks()):
            if length >= size:
                break
            parts.append(self.fill(_BLOCKS[block], f"N{number}"))
            length += len(parts[-1].encode()) + 1
        return "\n".join(parts)

    def _blocks(self) -> Iterator[str]:
        while True:
            defective = self.random.random() < _DEFECTIVE
            yield self.random.choice(_DEFECTS if defective else _CLEAN)

    def fill(self, block: str, name: str) -> str:
        """A block with this module's names in it."""
        values = {
            "table": self.table,
            "thing": self.thing,
            "Thing": self.thing[0].upper() + self.thing[1:],
            "Name": name,
            "module": f"{self.area}.{self.table}",
            "up": "../",
        }
        return re.sub(r"@(\w+)@", lambda match: values[match[1]], block)


def _schema(modules: list[_Module]) -> str:
    tables = "".join(_TABLE.replace("@table@", module.table) for module in modules)
    return _SCHEMA.replace("@tables@", tables)


_SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  users: defineTable({ name: v.string(), tokenIdentifier: v.string() })
    .index("by_token", ["tokenIdentifier"]),
  events: defineTable({ kind: v.string(), subject: v.string(), by: v.id("users") }).index("by_user", ["by"]),
@tables@});
"""
_TABLE = """\
  @table@: defineTable({
    owner: v.id("users"),
    title: v.string(),
    amount: v.number(),
    state: v.union(...["open", "changed", "settled", "closed"].map((state) => v.literal(state))),
    note: v.optional(v.string()),
    tags: v.array(v.string()),
  })
    .index("by_owner", ["owner"])
    .index("by_state", ["state", "amount"]),
"""
_PACKAGE = {"name": "synthetic", "private": True, "type": "module", "dependencies": {"convex": "1.48.0"}}
_TSCONFIG = {
    "compilerOptions": {
        "target": "ESNext",
        "lib": ["ES2023", "DOM"],
        "module": "ESNext",
        "moduleResolution": "Bundler",
        "strict": True,
        "skipLibCheck": True,
        "noEmit": True,
    },
    "include": ["convex"],
}
