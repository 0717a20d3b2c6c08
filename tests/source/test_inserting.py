"""Where documents are inserted, as the text of a file tells."""

from __future__ import annotations

import pytest

from scaffold.source.module_facts import Insert
from scaffold.source.scan import outline, scan

SINGLE = [
    ('const add = async (ctx) => ctx.db.insert("tasks", {});', Insert("tasks", listed=False, within="add")),
    ("function add(db) { db.insert('tasks', {}); }", Insert("tasks", listed=False, within="add")),
    ('add(async (db) => db.insert(\n  "tasks", {}));', Insert("tasks", listed=False, within="")),
    (
        'const f = f1({ g: (ctx) => ctx.table("tasks").insert({}) });',
        Insert("tasks", listed=False, within="f"),
    ),
    ("const f = () => db.insert(table, {});", Insert("", listed=False, within="")),
    (
        'const f = async () => { for (const a of [{ b: 1 }]) { await db.insert("c", a); } };',
        Insert("c", listed=True, within="f"),
    ),
    (
        'const rows = [{ b: 1 }];\nconst f = () => rows.map((a) => db.insert("c", a));',
        Insert("c", listed=True, within="f"),
    ),
    (
        'import { ROWS } from "./r";\nconst f = () => { for (const a of ROWS as R[]) db.insert("c", a); };',
        Insert("c", listed=True, within="f"),
    ),
    (
        'const f = () => Object.entries({ a: 1 }).forEach(([a]) => db.insert("c", { a }));',
        Insert("c", listed=True, within="f"),
    ),
    (
        'const f = (rows) => rows.map((a) => db.insert("c", a));',
        Insert("c", listed=False, within="f"),
    ),
    (
        'const rows = [];\nconst f = () => { for (const a of rows) db.insert("c", a); };',
        Insert("c", listed=False, within="f"),
    ),
    (
        'const f = () => { for (const a of [...b]) db.insert("c", a); };',
        Insert("c", listed=False, within="f"),
    ),
]


@pytest.mark.parametrize(("source", "expected"), SINGLE)
def test_one_insert(source: str, expected: Insert) -> None:
    assert scan(source.encode()).inserts == (expected,)
    assert outline(source.encode()).inserts == (expected,)


def test_an_aggregate_is_no_table() -> None:
    assert scan(b"const f = async (ctx) => { await tasks.insert(ctx, task); };").inserts == ()
