"""One module added to another: what the file looks like afterwards, byte for byte."""

from __future__ import annotations

import pytest
from support import txtar

from scaffold.core.errors import NameTakenError, UnexpectedShapeError
from scaffold.source.merging import merged

CASES = """\
properties and links of a chain go where the rest of their kind is
-- properties/target --
/** The tables. */
import { defineTable } from 'convex/server'
import { v } from 'convex/values'

export const orderTables = {
  orders: defineTable({
    ownerId: v.id('users'),
    total: v.number() // minor units
  }) // as placed
    .index('by_ownerId', ['ownerId']),
  other: defineTable({}),
}
-- properties/fragment --
import { defineTable } from "convex/server";
import { v, type Infer } from "convex/values";

export const orderTables = {
  orders: defineTable({
    /** When it was paid. */
    paidAt: v.optional(v.number()),
  })
    // Read by model.ts: pay.
    .index("by_paidAt", ["paidAt"])
    .index("by_ownerId", ["ownerId"]),
};
-- properties/want --
/** The tables. */
import { defineTable } from 'convex/server'
import { v, type Infer } from 'convex/values'

export const orderTables = {
  orders: defineTable({
    ownerId: v.id('users'),
    total: v.number(), // minor units
    /** When it was paid. */
    paidAt: v.optional(v.number()),
  }) // as placed
    .index('by_ownerId', ['ownerId'])
    // Read by model.ts: pay.
    .index("by_paidAt", ["paidAt"])
    .index("by_ownerId", ["ownerId"]),
  other: defineTable({}),
}
-- spread/target --
import { defineSchema } from "convex/server";
import { userTables } from "./users/tables";

const schema = defineSchema({ ...userTables }, { strictTableNameTypes: false });

export default schema;
-- spread/fragment --
import { defineSchema } from "convex/server";
import { noteTables } from "./notes/tables";

export default defineSchema({
  ...noteTables,
});
-- spread/want --
import { defineSchema } from "convex/server";
import { noteTables } from "./notes/tables";
import { userTables } from "./users/tables";

const schema = defineSchema({ ...userTables, ...noteTables }, { strictTableNameTypes: false });

export default schema;
-- empty/target --
import { defineSchema } from "convex/server";

export default defineSchema({});
-- empty/fragment --
import { defineSchema } from "convex/server";
import { noteTables } from "./notes/tables";

export default defineSchema({
  ...noteTables,
});
-- empty/want --
import { defineSchema } from "convex/server";
import { noteTables } from "./notes/tables";

export default defineSchema({
  ...noteTables,
});
-- indented/target --
export const cases = {
\t"a": {
\t\tone: 1
\t} };
-- indented/fragment --
import { b } from "./b";

export const cases = {
  // Why.
  "b": {
    two: b,
  },
};
-- indented/want --
import { b } from "./b";

export const cases = {
\t"a": {
\t\tone: 1
\t},
\t// Why.
\t"b": {
\t  two: b,
\t},
};
-- routes/target --
import { httpRouter } from "convex/server";
import { whoAmI } from "./users/http";

const router = httpRouter();

router.route({ path: "/me", method: "GET", handler: whoAmI }); // the quickest way in

// Convex looks for it here.
export default router;
-- routes/fragment --
import { httpRouter } from "convex/server";
import { listNotes } from "./notes/http";

const http = httpRouter();

http.route({ path: "/notes", method: "GET", handler: listNotes });

export default http;
-- routes/want --
import { httpRouter } from "convex/server";
import { listNotes } from "./notes/http";
import { whoAmI } from "./users/http";

const router = httpRouter();

router.route({ path: "/me", method: "GET", handler: whoAmI }); // the quickest way in
router.route({ path: "/notes", method: "GET", handler: listNotes });

// Convex looks for it here.
export default router;
-- crons/target --
import { cronJobs } from "convex/server";

const crons = cronJobs();

// Nothing yet.
export default crons;
-- crons/fragment --
import { internal } from "./_generated/api";
import { cronJobs } from "convex/server";

const crons = cronJobs();

// Nobody waits for it.
crons.interval("sweep", { hours: 1 }, internal.notes.internal.sweep);

export default crons;
-- crons/want --
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

// Nobody waits for it.
crons.interval("sweep", { hours: 1 }, internal.notes.internal.sweep);

// Nothing yet.
export default crons;
-- argument/target --
import { defineApp } from "convex/server";

export default defineApp();
-- argument/fragment --
import { defineApp } from "convex/server";
import { v } from "convex/values";

const app = defineApp({
  env: {
    NAME: v.optional(v.string()),
  },
});

export default app;
-- argument/want --
import { defineApp } from "convex/server";
import { v } from "convex/values";

export default defineApp({
  env: {
    NAME: v.optional(v.string()),
  },
});
-- long/target --
import { first, second } from "../somewhere/really/quite/far/away/from/here";
import type { A } from "../somewhere/really/quite/far/away/from/here";
-- long/fragment --
import { aThirdOneWithALongName, second } from "../somewhere/really/quite/far/away/from/here";

/** Says so. */
export function third() {
  return aThirdOneWithALongName(second);
}
-- long/want --
import {
  aThirdOneWithALongName,
  first,
  second,
} from "../somewhere/really/quite/far/away/from/here";
import type { A } from "../somewhere/really/quite/far/away/from/here";

/** Says so. */
export function third() {
  return aThirdOneWithALongName(second);
}
-- header/target --
/**
 * Nothing but a header.
 */
-- header/fragment --
import { v } from "convex/values";

export const a = v.string();
-- header/want --
/**
 * Nothing but a header.
 */
import { v } from "convex/values";

export const a = v.string();
"""

FILES = txtar.parse(CASES)
NAMES = sorted({name.partition("/")[0] for name in FILES})


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", NAMES)
def test_merged(name: str, newline: str) -> None:
    target, fragment, want = (FILES[f"{name}/{part}"] for part in ("target", "fragment", "want"))

    result = merged(target.replace("\n", newline).encode(), fragment.encode(), path="a.ts")

    assert result.decode() == want.replace("\n", newline)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "properties"])
def test_what_is_there_already_is_not_added_again(name: str) -> None:
    want, fragment = FILES[f"{name}/want"], FILES[f"{name}/fragment"]
    calls = name in {"routes", "crons"}  # statements have no name to know them by

    assert (merged(want.encode(), fragment.encode(), path="a.ts").decode() == want) is not calls


SCHEMA = 'import { notes } from "./notes";\n\nexport default defineSchema({\n  ...notes,\n});\n'
ROUTE = "const http = httpRouter();\n\nhttp.route({ a: 1 });\n\nexport default http;\n"

OTHER_A = 'import { b } from "./b";\n\nexport const a = 2;\n'
WITH_V = 'import { v } from "convex/values";\n'

REFUSED = [
    ("export const a = 1;\n", OTHER_A, "'a' is taken: a.ts:1"),
    ('import { a } from "x";\n', OTHER_A, "'a' is taken: a.ts:1"),
    ("\nconst v = 1;\n", WITH_V, "'v' is taken: a.ts:2"),
    ('import { v } from "vee";\n', WITH_V, "'v' is taken: a.ts:1"),
    ("export const a = {\n", WITH_V, "a.ts:1: does not parse"),
    ("export const a = 1;\n", SCHEMA, "a.ts:1: has no default export"),
    ("export default defineSchema(tables);\n", SCHEMA, "a.ts:1: { … was expected here"),
    ("\nexport default build({});\n", SCHEMA, "a.ts:2: a call of defineSchema was expected here"),
    ("export default httpRouter();\n", ROUTE, "a.ts:1: does not export a variable as default"),
]


@pytest.mark.parametrize(("target", "fragment", "message"), REFUSED)
def test_refused(target: str, fragment: str, message: str) -> None:
    with pytest.raises((NameTakenError, UnexpectedShapeError)) as caught:
        merged(target.encode(), fragment.encode(), path="a.ts")

    assert caught.value.message == f"{message}; nothing was changed"


def test_what_is_not_utf8_is_refused() -> None:
    with pytest.raises(UnexpectedShapeError) as caught:
        merged(b"// first\nexport const a = '\xe9';\n", WITH_V.encode(), path="a.ts")

    assert caught.value.message == "a.ts:2: is not UTF-8 text; nothing was changed"


def test_a_byte_order_mark_stays_first() -> None:
    target = "\ufeffexport const a = 1;\n".encode()

    assert merged(target, WITH_V.encode(), path="a.ts").startswith(b"\xef\xbb\xbfimport")
