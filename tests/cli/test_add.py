"""`add`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from support import cli, fresh, tree

if TYPE_CHECKING:
    from pathlib import Path

BACK = "nothing was changed\n"


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A generated project with the orders domain, which is the current folder."""
    root = fresh.generated(folder / "shop", domains=["orders"])
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def billing(project: Path) -> Path:
    """The same with a domain of ours."""
    assert cli.run("add", "domain", "billing", "--table", "invoices").code == 0
    return project


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in after if after[name] != before.get(name))


def test_a_domain(project: Path) -> None:
    before = tree.read(project)

    assert cli.run("add", "domain", "billing", "--table", "invoices") == cli.Result(
        0,
        "changed  convex/_generated/api.d.ts\n"
        "new      convex/billing/access.cases.ts\n"
        "new      convex/billing/invoices.test.ts\n"
        "new      convex/billing/model.ts\n"
        "new      convex/billing/public.ts\n"
        "new      convex/billing/tables.ts\n"
        "new      convex/billing/test.fixtures.ts\n"
        "new      convex/billing/views.ts\n"
        "changed  convex/schema.ts\n",
        "9 files; start with convex/billing/tables.ts, then: npm run check\n"
        "its Python tests: convex-scaffold stubs\n",
    )
    after = tree.read(project)
    assert changed(before, after) == [
        "convex/_generated/api.d.ts",
        "convex/billing/access.cases.ts",
        "convex/billing/invoices.test.ts",
        "convex/billing/model.ts",
        "convex/billing/public.ts",
        "convex/billing/tables.ts",
        "convex/billing/test.fixtures.ts",
        "convex/billing/views.ts",
        "convex/schema.ts",
    ]
    assert after["convex/billing/tables.ts"] == TABLES
    assert cli.run("codegen", "--check").code == 0


TABLES = """\
/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const billingTables = {
  /**
   * What somebody owns: a title, to begin with.
   *
   * Written by: billing/public:createInvoice (the owner).
   * Read by: billing/public (the owner).
   * Deleted by: nobody. Write that function before the first owner asks for it.
   */
  invoices: defineTable({
    ownerId: v.id("users"),
    /** Chosen by the client for each new row, so that a repeated request is recognised. */
    requestId: v.string(),
    title: v.string(),
  })
    // Read by model.ts: listInvoices.
    .index("by_ownerId", ["ownerId"])
    // Read by model.ts: createInvoice. Request first, or by_ownerId would be a prefix and one too many.
    .index("by_requestId_and_ownerId", ["requestId", "ownerId"]),
};
"""


def test_a_diff_of_what_would_be_changed(billing: Path) -> None:
    before = tree.read(billing)

    result = cli.run("add", "mutation", "billing/archiveInvoice", "--admin", "--preview", "--diff")

    assert result.code == 0
    assert result.err == "6 files; nothing was written\n"
    assert TABLES_DIFF in result.out
    assert tree.read(billing) == before


TABLES_DIFF = """\
--- a/convex/billing/tables.ts
+++ b/convex/billing/tables.ts
@@ -17,6 +17,8 @@
     /** Chosen by the client for each new row, so that a repeated request is recognised. */
     requestId: v.string(),
     title: v.string(),
+    /** When archiveInvoice was done, in milliseconds since 1970; absent until then. */
+    archiveInvoiceAt: v.optional(v.number()),
   })
     // Read by model.ts: listInvoices.
     .index("by_ownerId", ["ownerId"])
"""


def test_json(billing: Path) -> None:
    result = cli.run("add", "http", "billing/health", "--open", "Load balancers ask it.", "--json")

    document = json.loads(result.out)
    diffs = [file.pop("diff") for file in document["files"]]
    assert all(diff.startswith("--- ") for diff in diffs)
    assert document == {
        "schemaVersion": 1,
        "added": {"kind": "http", "domain": "billing", "name": "health"},
        "written": True,
        "files": [
            {"path": "convex/_generated/api.d.ts", "change": "changed"},
            {"path": "convex/billing/access.cases.ts", "change": "changed"},
            {"path": "convex/billing/health.test.ts", "change": "new"},
            {"path": "convex/billing/http.ts", "change": "new"},
            {"path": "convex/http.ts", "change": "changed"},
        ],
        "entry": "convex/billing/http.ts",
    }
    handler = (billing / "convex/billing/http.ts").read_text()
    assert 'export const health = openHttp("Load balancers ask it.")(() => {' in handler


def test_it_runs_from_any_folder_of_the_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "convex" / "orders")

    assert cli.run("add", "query", "orders/listOverdue").code == 0
    assert (project / "convex/orders/listOverdue.test.ts").is_file()


def test_windows_line_ends_stay(project: Path) -> None:
    for name in ("schema.ts", "crons.ts"):
        path = project / "convex" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert cli.run("add", "domain", "billing").code == 0

    schema = (project / "convex/schema.ts").read_bytes()
    assert schema.count(b"\n") == schema.count(b"\r\n") == 15
    assert b"  ...billingTables,\r\n});\r\n" in schema


def test_an_interrupted_run_is_undone_first(project: Path) -> None:
    journal = project / ".convex-scaffold-undo"
    digest = hashlib.sha256(b"half").hexdigest()
    entries = [{"path": "convex/new/a.txt", "digest": digest, "new": True}]
    tree.write(journal, {"journal.json": json.dumps({"entries": entries, "folders": ["convex/new"]})})
    tree.write(project, {"convex/new/a.txt": "half"})

    result = cli.run("add", "domain", "billing", "--preview")

    assert result.err.startswith("note: an earlier run was interrupted; undone: convex/new/a.txt\n")
    assert not (project / "convex/new").exists()
    assert not journal.exists()


RENAME = "choose another name, or rename that one"
QUERY = "for example: convex-scaffold add query billing/listInvoices"
TOO_LONG = "a" * 33

REFUSED = [
    (
        "query billing/listInvoices",
        "there is no domain 'billing' (there are: orders, reliability, users)",
        "convex-scaffold add domain billing",
    ),
    ("domain orders", "'orders' is taken: convex/orders", RENAME),
    (
        "domain http",
        "'http': is a name the project uses for something else",
        "for example: convex-scaffold add domain billing",
    ),
    ("table orders/users", "'users' is taken: convex/users/tables.ts:20", RENAME),
    ("query orders/list", "'list' is taken: convex/orders/public.ts:22", RENAME),
    ("query orders/delete", "'delete': TypeScript or the project reserves that word", QUERY),
    ("query orders/List", "'List': write a name in camelCase: letters and digits", QUERY),
    ("query list", "'list': write DOMAIN/NAME", QUERY),
    (f"query orders/{TOO_LONG}", f"'{TOO_LONG}': has 33 characters, and 32 is the most", QUERY),
    (
        "query orders/listOld --table old",
        "orders/tables.ts has no table 'old' (it has: orders)",
        "convex-scaffold add table orders/old",
    ),
    (
        "query users/listMine",
        "users/tables.ts:20: table 'users' has no field ownerId, so its rows are nobody's",
        "make it for administrators with --admin, or choose another table with --table",
    ),
    ("cron orders/sweep --admin", "add cron makes none with the access 'admin'", "it makes: internal"),
    (
        "http orders/mine --path orders",
        "'orders': is no exact path",
        "for example: convex-scaffold add http billing/exportInvoices --path /billing/invoices",
    ),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_stands_in_the_way_is_named(project: Path, arguments: str, message: str, hint: str) -> None:
    before = tree.read(project)

    result = cli.run("add", *arguments.split())

    assert result == cli.Result(2, "", f"error: {message}; {BACK}try: {hint}\n")
    assert tree.read(project) == before


def refused(*arguments: str) -> str:
    result = cli.run("add", *arguments)
    assert (result.code, result.out) == (2, "")
    return result.err


@pytest.mark.usefixtures("billing")
def test_several_tables() -> None:
    cli.run("add", "table", "billing/payments")

    assert refused("query", "billing/listPaid") == (
        f"error: which table? billing/tables.ts has: invoices, payments; {BACK}"
        "try: say which, as in --table invoices\n"
    )
    assert cli.run("add", "query", "billing/listPaid", "--table", "payments").code == 0


def test_a_schema_of_another_shape(project: Path) -> None:
    tree.write(project, {"convex/schema.ts": "import { build } from './build';\nexport default build();\n"})
    before = tree.read(project)

    assert refused("domain", "billing") == (
        "error: convex/schema.ts:2: a call of defineSchema was expected here; nothing was changed\n"
        "try: write it by hand, in the file's own shape:\n"
        "export default defineSchema({\n  ...billingTables,\n});\n"
    )
    assert tree.read(project) == before


def test_a_broken_file(project: Path) -> None:
    tree.write(project, {"convex/orders/public.ts": "export const = ;\n"})

    assert refused("query", "orders/listOverdue") == (
        "error: convex/orders/public.ts:1: does not parse; nothing was changed\n"
        "try: mend it, then repeat the command\n"
    )


def test_a_table_no_row_can_be_made_up_for(project: Path) -> None:
    path = project / "convex/orders/tables.ts"
    path.write_text(path.read_text().replace("total: v.number()", "total: moneyValidator"))

    assert refused("query", "orders/listOverdue") == (
        "error: orders/tables.ts:57: no value for total can be made up for tests: moneyValidator; "
        f"{BACK}"
        'try: write it by hand: the README says how, under "Add a function"\n'
    )


def test_builders_that_are_gone(project: Path) -> None:
    path = project / "convex/lib/functions.ts"
    path.write_text(path.read_text().replace("authedAction", "memberAction"))

    assert refused("action", "orders/track") == (
        f"error: convex/lib/functions.ts has no 'authedAction', and the new code needs it; {BACK}"
        'try: write it by hand: the README says how, under "Add a function"\n'
    )


def test_a_project_of_another_make(folder: Path) -> None:
    tree.write(folder, {"convex/messages.ts": "export const list = 1;\n"})

    assert refused("domain", "billing") == (
        "error: convex/lib/functions.ts is not there: add writes functions with the builders of projects "
        f"made by convex-scaffold; {BACK}try: convex-scaffold adopt --only backend --only tests\n"
    )


@pytest.mark.usefixtures("folder")
def test_no_project() -> None:
    assert cli.run("add", "domain", "billing").code == 3


def test_open_and_admin_exclude_each_other(project: Path) -> None:
    assert refused("query", "orders/all", "--admin", "--open", "Why not.") == (
        "error: --open and --admin exclude each other\ntry: convex-scaffold add --help\n"
    )
    assert refused("query", "orders/all", "--open", 'Says "hello".').startswith(
        "error: 'Says \"hello\".': say in"
    )
    assert project.is_dir()
