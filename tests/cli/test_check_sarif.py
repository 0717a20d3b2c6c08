"""What `check --format sarif` writes is held to the official schema, which others' programs expect."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from support import cli, sarif, tree

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "export default defineSchema({});\n"
FLOATING = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const add = mutation({
  args: { text: v.string() },
  handler: async (ctx, args) => {
    ctx.db.insert("notes", args);%s
  },
});
"""
# What stands in convex/ beside the schema, and what the log of it holds.
PROJECTS: dict[str, tuple[dict[str, str | bytes], dict[str, int]]] = {
    "findings, one of them with a fix": ({"notes.ts": FLOATING % ""}, {"findings": 3, "fixes": 1}),
    "an odd name": ({"a b%c:☃#/notes.ts": FLOATING % ""}, {"findings": 3, "fixes": 1}),
    "one suppressed": (
        {"notes.ts": FLOATING % " // scaffold-ignore CX301: it may be lost"},
        {"findings": 3, "fixes": 1, "suppressed in source": 1},
    ),
    "a file that does not parse": (
        {"notes.ts": FLOATING % "" + "export const = ;\n"},
        {"findings": 3, "fixes": 1, "notifications": 1},
    ),
    "a file that is not text": ({"notes.ts": b"\xff\xfe\x00const"}, {"notifications": 1}),
    "nothing": ({}, {}),
}
ARGUMENTS = ("check", "--profile", "pedantic", "--min-confidence", "low", "--format", "sarif")


def _log() -> dict[str, Any]:
    """The log of the current folder, after it was held to the schema."""
    result = cli.run(*ARGUMENTS)
    assert result.code in {0, 1}
    log: dict[str, Any] = json.loads(result.out)
    jsonschema.Draft7Validator(sarif.schema()).validate(log)
    return log


def _counts(log: dict[str, Any]) -> dict[str, int]:
    """How often each part of a log occurs, for those that do."""
    (run,) = log["runs"]
    kinds = [each["kind"] for result in run["results"] for each in result.get("suppressions", ())]
    counts = {
        "findings": len(run["results"]),
        "fixes": sum("fixes" in result for result in run["results"]),
        "suppressed in source": kinds.count("inSource"),
        "in the baseline": kinds.count("external"),
        "notifications": len(run["invocations"][0]["toolExecutionNotifications"]),
    }
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize("name", PROJECTS)
def test_real_output_keeps_to_the_schema(folder: Path, name: str) -> None:
    files, expected = PROJECTS[name]
    tree.write(folder, {f"convex/{path}": text for path, text in files.items()})
    tree.write(folder, {"convex/schema.ts": SCHEMA})

    assert _counts(_log()) == expected


def test_a_baseline_keeps_to_the_schema(folder: Path) -> None:
    tree.write(folder, {"convex/schema.ts": SCHEMA, "convex/notes.ts": FLOATING % ""})
    assert cli.run(*ARGUMENTS[:-2], "--write-baseline").code == 0

    assert _counts(_log()) == {"findings": 3, "fixes": 1, "in the baseline": 3}


def test_the_schema_refuses_what_the_standard_does_not_know(folder: Path) -> None:
    tree.write(folder, {"convex/schema.ts": SCHEMA, "convex/notes.ts": FLOATING % ""})
    log = _log()
    log["runs"][0]["results"][0]["kinds"] = "fail"

    with pytest.raises(jsonschema.ValidationError, match="'kinds' was unexpected"):
        jsonschema.Draft7Validator(sarif.schema()).validate(log)
