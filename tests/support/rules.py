"""Rules made by hand."""

from __future__ import annotations

from scaffold.core.findings import Level, Profile
from scaffold.rules.registry import Registry
from scaffold.rules.rule import Rule

FILTER_DOC = """\
A filter on a database query with no index before it reads the whole table.

Why:
Every document is read and billed, though few are returned; with growth the query fails at the read limit.

Bad:
```ts
// convex/messages.ts
export const list = query({
  args: { box: v.id("boxes") },
  handler: (ctx, { box }) =>
    ctx.db.query("messages").filter((q) => q.eq(q.field("box"), box)).collect(), // <- CX201
});
```

Good:
```ts
ctx.db.query("messages").withIndex("by_box", (q) => q.eq("box", box)).take(100);
```

Way out:
Declare an index that starts with the field, and read with `withIndex`.

Exceptions:
- `.paginate()` after it: the page is filtered, which is what the docs advise.
- A query that an index range narrows first.
"""

FILTER = Rule(
    code="CX201",
    name="filter-scan",
    level=Level.WARNING,
    profile=Profile.RECOMMENDED,
    subject=object,
    check=lambda _subject, _rule: (),
    doc=FILTER_DOC,
    mapped=("@convex-dev/no-filter-in-query",),
    needs="1.31",
)
FLOATING = Rule(
    code="CX301",
    name="floating-promise",
    level=Level.ERROR,
    profile=Profile.STRICT,
    subject=object,
    check=lambda _subject, _rule: (),
    doc="A call whose promise nobody waits for.\n\nWhy:\nIts failure is lost.",
)
REGISTRY = Registry((FLOATING, FILTER))
