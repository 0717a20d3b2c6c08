"""Code that the grammar does not know: it parses all the same, and reads as it is written."""

from __future__ import annotations

import pytest

from scaffold.source.retelling import understood
from scaffold.source.scan import scan

KNOWN = [
    'const id: import("../_generated/dataModel").Id<"users"> = given;',
    "const ids = new Map<string, import('./types').Zoom[]>();",
    'type Row = { id: import("./a").Id<"t">[]; model: import( "./b" ).Model };',
    "const original = await importOriginal<typeof import('./shared')>();",
    "export const f = (x: Array<{ y: import('./y').Y<'z'>; n: number }>) => x;",
    'export type * from "./generated";',
    "const rows = await sql<{ id: string }[]>`select`;",
    "const mark = '\0here\0';",
    "const a = <p>Backup & Restore</p>;",
    "const a = <p>J&T, D&D and B &amp; B</p>;",
    "const a = <div><h1>\n  Filter & Sort\n</h1> {a & b} <p>Add & view & edit</p></div>;",
    'const a = <img src="https://x.dev/i?w=300&h=300&fit=crop" />;',
    'const a = <Page title="Get &" more="it" />;',
    f'const a = <iframe src="https://x.dev/?{"&".join(f"k{n}={n}" for n in range(30))}" width="1" />;',
    "const a = <p>bun install && bun dev</p>;",
    "for (let i = 0; i < unique.length; i += 1) { f(unique[i]); }",
    "const few = found.size < unknown && known;",
    "type Paper = { abstract?: string; accessor: number };\nclass A {\n  abstract = 1;\n}",
    "const list = useQuery(api.notes.list) as\n  | Note[]\n  | undefined;",
    "if (left < using) using.push(never < infer);",
    "class A {\n  accessor x = 1;\n  static accessor y = 'a';\n  @dec private accessor z?: number;\n}",
    "interface A<in T, out U, in out V> {}\ntype F<out T extends string = 'a'> = () => T;",
    "async function f() { for await (using row of rows) { await row.end(); } }",
    "async function f() { for (await using row of rows) {} for (using row of rows) {} }",
    'import defer * as late from "./late";',
    "abstract class A extends B { override abstract x: number; }",
    "interface Row {\n  tags: string[]\n  in_stock?: boolean\n  in: 'a' | 'b'\n}",
    "declare const get: {\n  <A>(key: A): (self: B) => A\n  <A, B>(self: B, key: A): A\n}",
    "const f = <A>(a: A) =>\n  <B>(b: B) => a;",
    "const rows = await sql<{ id: number; tags: Array<string> }>`select`;",
    "const a = (await b()) as\n  | { c: unknown };\nif (d < unique.e) f();",
    "type A = B & C;\nconst a = <p>R & D</p>;\ntype D = E & F<G>;",
]

# The sign stands in the first lines; what does not parse for it, in the last ones.
FAR = """\
export default function Page() {
  const pay = async (order: { id: string }) => {
    try { await charge({}); } finally {}
  };
  return (
    <div>
      <b className="[url('/x?y=1&z=2&w=3')] u"></b>
      <main><div style={{ margin: 1 }}>
        <div style={{ margin: 1 }}>
          {left > 0 ? (
            <><p></p></>
          ) : (
            <><i title="you're" /></>
          )}
        </div>
        <div style={{ margin: 1 }}>
          {left < 0 && (
            <b />
          )}
        </div>
      </div></main>
    </div>
  );
}
"""


@pytest.mark.parametrize("source", [*KNOWN, FAR])
def test_what_is_right_parses(source: str) -> None:
    assert not understood(source.encode(), jsx=True).has_error


@pytest.mark.parametrize("source", ["const a = {", "const a = <p>R & D;", 'let b: import("./x"'])
def test_what_is_wrong_is_still_wrong(source: str) -> None:
    assert understood(source.encode(), jsx=True).has_error


def test_a_resource_of_a_loop_is_what_the_loop_declares() -> None:
    facts = scan(b"async function f() { for await (using row of rows) { await row.end(); } }")
    known = scan(b"async function f() { for await (const row of rows) { await row.end(); } }")
    assert facts.errors == ()
    assert facts.body == known.body


def test_names_are_told_as_they_stand() -> None:
    facts = scan(b"const less = index < unique.length;\nconst keys: keyof Row = a < unknown;\n", jsx=False)
    assert facts.errors == ()
    assert repr(facts.body).count("'unique'") == 1
    assert repr(facts.body).count("'unknown'") == 1


def test_what_stands_there_is_told_as_it_stands() -> None:
    source = b"""\
import { api } from "./_generated/api";
const text = 'import("./x").Id & more';
const lazy = () => import("./lazy");
const shown: import("./x").Id<"t"> = useQuery(api.notes.list);
const page = <p title="a & b">R & D</p>;
"""
    facts = scan(source, jsx=True)
    assert facts.errors == ()
    assert [specifier for _, specifier in facts.dynamic_imports] == ["./lazy"]
    assert [".".join(each.path) for each in facts.references] == ["notes.list"]
    assert repr(facts.body[1]).count('import("./x").Id & more') == 1
