from __future__ import annotations

from scaffold.rules.doc import Doc, Example, Mark, examples, parse

PAGE = """
    A filter on a database query with no index before it
    reads the whole table.

    Why:
    Every document is read, and billed;
    `{braces}` and "quotes" stay as they are.

    The second paragraph.

    Bad:
    ```ts
    // convex/schema.ts
    export default defineSchema({});

    // convex/messages.ts
    // a comment that is no path
    const all = ctx.db.query("m").filter(f);  // <- CX201
    const two = both(); // <- CX201, CX202
    ```

    ```tsx
    <List>{items.map(row)} {/* <- CX1001 */}</List>
    <List>{items.map(row)}{/* <- CX1001 */}
    ```

    Good:
    ```ts
    await ctx.db.query("m").withIndex("by_box").collect();
    ```

    Way out:
    Declare an index.

    Exceptions:
    - `.paginate()`: it reads a page.
    - Small tables
      of constants.
"""


def test_all_parts() -> None:
    page = parse(PAGE)
    bad, jsx = page.bad
    assert page == Doc(
        summary="A filter on a database query with no index before it reads the whole table.",
        why='Every document is read, and billed; `{braces}` and "quotes" stay as they are.'
        "\n\nThe second paragraph.",
        bad=(bad, jsx),
        good=(
            Example(
                'await ctx.db.query("m").withIndex("by_box").collect();',
                "ts",
                {"convex/example.ts": 'await ctx.db.query("m").withIndex("by_box").collect();\n'},
            ),
        ),
        way_out="Declare an index.",
        exceptions="- `.paginate()`: it reads a page.\n- Small tables\n  of constants.",
    )
    assert bad.files == {
        "convex/schema.ts": "export default defineSchema({});\n",
        "convex/messages.ts": (
            '// a comment that is no path\nconst all = ctx.db.query("m").filter(f);\nconst two = both();\n'
        ),
    }
    assert bad.marks == (
        Mark("convex/messages.ts", 2, "CX201"),
        Mark("convex/messages.ts", 3, "CX201"),
        Mark("convex/messages.ts", 3, "CX202"),
    )
    assert jsx.marks == (Mark("convex/example.tsx", 2, "CX1001"),)
    assert "// <- CX201" in bad.text


def test_what_is_missing() -> None:
    assert parse("").missing() == ["a summary", "Why", "Bad", "Good", "Way out"]
    assert parse("One.\n\nWhy:\nBecause.\n").missing() == ["Bad", "Good", "Way out"]
    assert parse(PAGE).missing() == []


def test_other_kinds_of_files() -> None:
    (example,) = examples(
        "```ts\n// package.json\n{}\n// src/[id]/page.tsx\nx\n// convex/.env.local\ny\n// see a/b\n```\n"
    )
    assert example.files == {
        "package.json": "{}\n",
        "src/[id]/page.tsx": "x\n",
        "convex/.env.local": "y\n// see a/b\n",
    }


def test_an_empty_fence_has_no_files() -> None:
    assert examples("```ts\n```\n") == (Example("", "ts", {}, ()),)
