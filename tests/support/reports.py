"""Reports made by hand, on files made by hand."""

from __future__ import annotations

from scaffold.core.findings import (
    Blind,
    Confidence,
    Edit,
    Evidence,
    Finding,
    Fix,
    Level,
    Report,
    Suppressed,
)
from scaffold.core.places import Lines, Place
from scaffold.core.sources import Sources
from scaffold.reporters.view import RuleCard

MESSAGES = """\
import { query, mutation } from "./_generated/server";

export const list = query({
  args: { box: v.id("boxes") },
  handler: async (ctx, { box }) => {
    return await ctx.db.query("messages").filter((q) => q.eq(q.field("box"), box)).collect();
  },
});

export const seen = mutation({
  args: { id: v.id("messages") },
  handler: async (ctx, { id }) => {
\tctx.db.patch(id, { seen: true });
  },
});
"""
SCHEMA = """\
export default defineSchema({
  messages: defineTable({ box: v.id("boxes"), seen: v.boolean() }),
});
"""
FILES = {"convex/messages.ts": MESSAGES, "convex/schema.ts": SCHEMA}
SOURCES = Sources(known={path: text.encode() for path, text in FILES.items()})


def place(path: str, text: str, *, files: dict[str, str] = FILES) -> Place:
    """Where a text stands in a file, the first time."""
    source = files[path].encode()
    start = source.index(text.encode())
    return Lines(path, source).place(start, start + len(text.encode()))


_SCAN = place(
    "convex/messages.ts", 'ctx.db.query("messages").filter((q) => q.eq(q.field("box"), box)).collect()'
)
_PATCH = place("convex/messages.ts", "ctx.db.patch(id, { seen: true })")

SCAN = Finding(
    code="CX201",
    rule="filter-scan",
    message="`list` reads every document of `messages` and throws away those of other boxes; "
    "its cost grows with the table",
    place=_SCAN,
    level=Level.WARNING,
    way_out='declare `.index("by_box", ["box"])` and read with `withIndex`',
    symbol="messages:list",
    evidence=(Evidence(place("convex/schema.ts", "messages"), "no index of `messages` starts with `box`"),),
)
FLOATING = Finding(
    code="CX301",
    rule="floating-promise",
    message="`ctx.db.patch` is neither awaited nor returned: the write may be lost, and its failure is",
    place=_PATCH,
    level=Level.ERROR,
    way_out="await it",
    symbol="messages:seen",
    fix=Fix("await the call", (Edit(_PATCH.path, _PATCH.start, _PATCH.start, "await "),), safe=True),
)
UNSURE = Finding(
    code="CX213",
    rule="unbounded-array-field",
    message='an array of ids; <no> bound & "quotes", 100%: really?',
    place=place("convex/schema.ts", 'v.id("boxes")'),
    level=Level.INFO,
    confidence=Confidence.MEDIUM,
    fix=Fix("move it to a table", (Edit("convex/schema.ts", 0, 6, "import"),)),
)
REPORT = Report(
    findings=(SCAN, FLOATING, UNSURE),
    suppressed=1,
    baselined=41,
    baseline_since="2026-05-01",
    hidden=3,
    stale_baseline=2,
    blind=(
        Blind("table", "the table's name is computed", place("convex/messages.ts", "query")),
        Blind("table", "the table's name is computed", place("convex/messages.ts", "list")),
        Blind(
            "syntax", "it does not parse here; the rest was read", place("convex/schema.ts", "defineSchema")
        ),
    ),
    files=108,
    functions=412,
    seconds=0.414,
    silenced=(Suppressed(SCAN, in_source=True, reason="small table"), Suppressed(FLOATING, in_source=False)),
)
CLEAN = Report(files=2, functions=3, seconds=0.05)
RULES = (
    RuleCard(
        code="CX201",
        name="filter-scan",
        level=Level.WARNING,
        summary="A filter on a database query with no index before it.",
        why="Every document of the table is read.",
        way_out="Declare an index.",
    ),
    RuleCard(code="CX202", name="unbounded-read", level=Level.WARNING),
    RuleCard(code="CX301", name="floating-promise", level=Level.ERROR),
)
