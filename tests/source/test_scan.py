"""Names, keywords and mentions wherever they can stand: what is read from text is what the parser says."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from scaffold.source import nodes as n
from scaffold.source.module_facts import ModuleFacts
from scaffold.source.scan import outline, scan
from scaffold.source.walk import walk_all

# A call of a method, the method's name, and where it starts.
METHODS = [
    ("a.run()", "run", 2),
    ("a?.run()", "run", 3),
    ("a!.run()", "run", 3),
    ("a /* one */ . /* two */ run()", "run", 24),
    ("a\n  // why\n  .run()", "run", 14),
    ("a\r\n  .run()", "run", 6),
    ("a.$run()", "$run", 2),
    ("a.#run()", "#run", 2),
    ("ä.größe()", "größe", 3),
    ("'€'.at()", "at", 6),
    ("a['run']()", "run", 0),
]


@pytest.mark.parametrize(("source", "name", "at"), METHODS)
def test_methods(source: str, name: str, at: int) -> None:
    (found,) = scan(source.encode()).body
    assert isinstance(found, n.Do)
    assert isinstance(found.value, n.Call)
    assert isinstance(found.value.callee, n.Member)
    assert (found.value.callee.property, found.value.at) == (name, at)


FUNCTIONS = [
    ("x = async () => 1", True),
    ("x = async y => 1", True),
    ("x = async => 1", False),
    ("x = (async) => 1", False),
    ("x = async function () {}", True),
    ("x = function async() {}", False),
    ("x = { async run() {} }", True),
    ("x = { async() {} }", False),
    ("class A { public static async run() {} }", True),
    ("class A { asyncRun() {} }", False),
]


@pytest.mark.parametrize(("source", "expected"), FUNCTIONS)
def test_async_functions(source: str, *, expected: bool) -> None:
    functions = [each for each in walk_all(scan(source.encode()).body) if isinstance(each, n.Function)]
    assert [function.is_async for function in functions] == [expected]


LINKS = [
    ('import { a } from "m"', n.Import(0, 21, "m", (("a", "a"),))),
    ('import { a as b, $c } from "m"', n.Import(0, 30, "m", (("a", "b"), ("$c", "$c")))),
    ('import { type, typeof as b } from "m"', n.Import(0, 37, "m", (("type", "type"),))),
    ('import { type A, b } from "m"', n.Import(0, 29, "m", (("b", "b"),))),
    ('import type { A } from "m"', n.Import(0, 26, "m", (("A", "A"),), type_only=True)),
    ('import type from "m"', n.Import(0, 20, "m", (("default", "type"),))),
    ('import a, * as b from "type"', n.Import(0, 28, "type", (("default", "a"), ("*", "b")))),
    ('export { a as default } from "m"', n.ExportNames(0, 32, (("a", "default"),), "m")),
    ('export { default } from "m"', n.ExportNames(0, 27, (("default", "default"),), "m")),
    ('export { "a b" as c } from "m"', n.ExportNames(0, 30, (("a b", "c"),), "m")),
    ('export type { A } from "m"', n.ExportNames(0, 26, (("A", "A"),), "m", type_only=True)),
]


@pytest.mark.parametrize(("source", "expected"), LINKS)
def test_names_between_files(source: str, expected: n.Import | n.ExportNames) -> None:
    assert scan(source.encode()).links == (expected,)


def test_mentions() -> None:
    source = """\
import { api, internal as hidden } from "./_generated/api";
const { list, get: one } = api.messages;
use(hidden["my-module"].run, other.api.no, apis.no, $api.no, (api as any).a.b);
"""
    found = [(each.root, each.path) for each in scan(source.encode()).references]
    assert found == [
        ("api", ("messages", "list")),
        ("api", ("messages", "get")),
        ("internal", ("my-module", "run")),
        ("api", ("a", "b")),
    ]


NAMED = [
    (
        "const { orders, users: people } = api.shop; use(orders.list, people.get)",
        ["orders list", "users get"],
    ),
    ("const shop = api.shop as any; const { orders } = shop; use(orders?.list)", ["orders list"]),
    ("const shop: Shop = api.shop!; use((shop as unknown as { a: A }).a.b, shop)", ["a b", ""]),
    ("export const shop = api.shop; use(shop.a.b)", [""]),
    ("const { a } = api.shop; use({ a })", ["a"]),
    ("const { a, ...rest } = api.shop; use(a, rest.b)", [""]),
    ("const { a: { list } } = api.shop; use(list)", ["a"]),
    ("const pick = api.shop[name]; use(pick.a)", [""]),
    ("use((api.shop as { a: A }).a.b, 'a' in api.shop)", ["a b", ""]),
]


@pytest.mark.parametrize(("code", "paths"), NAMED)
def test_mentions_by_variables(code: str, paths: list[str]) -> None:
    source = f'import {{ api }} from "./_generated/api";\n{code};'
    found = scan(source.encode()).references
    assert [each.path for each in found] == [("shop", *path.split()) for path in paths]


NOT_HANDED_ON = [
    'void api; use("shop" in api);',
    "export { api };",
    "function read() { const api = connect(); return api.shop; }",
    "function Slides() { const [api, setApi] = useState(null); use(api, () => api.on('select')); }",
    "function Slides() { const { api, rest } = useSlides(); return use(api); }",
    "function move({ slides: api = none }: Props) { return use(api); }",
    "slides.each((api) => use(api)); slides.each(api => use(api)); class A { b(api: Api) { use(api) } }",
]


@pytest.mark.parametrize("code", NOT_HANDED_ON)
def test_what_hands_on_nothing(code: str) -> None:
    assert scan(f'import {{ api }} from "./_generated/api";\n{code}'.encode()).references == ()


@pytest.mark.parametrize(
    "code",
    [
        "use(api);",
        "use({ api });",
        "const all = api; use(all);",
        "export { api as all };",
        "slides.each((each) => use(api));",
        "function move({ api: other }) { use(api); }",
        "const later = (given = api) => use(given);",
    ],
)
def test_what_hands_on_all(code: str) -> None:
    found = scan(f'import {{ api }} from "./_generated/api";\n{code}'.encode()).references
    assert [(each.root, each.path) for each in found] == [("api", ())]


def test_what_a_file_requires() -> None:
    source = b'require("a"); x.require ( "b" ); prerequire("c"); _require("d"); $require("e")'
    assert scan(source).required == ("a", "b", "e")


UNPACKED = [
    'const { api } = require("../convex/_generated/api");',
    'const { api } = await import("../convex/_generated/api.js");',
]


@pytest.mark.parametrize("source", UNPACKED)
def test_mentions_of_what_is_unpacked(source: str) -> None:
    found = [(each.root, each.path) for each in scan(f"{source}\nuse(api.a.b);".encode()).references]
    assert found == [("api", ("a", "b"))]


def test_what_is_unpacked_in_a_block_is_not_another() -> None:
    unpacked = 'async function go() { const { api } = await import("./_generated/api"); use(api.a.b); }'
    found = scan(f'import {{ api }} from "./_generated/api";\n{unpacked}'.encode()).references
    assert {(each.root, each.path) for each in found} == {("api", ("a", "b"))}


TEMPLATE = Path(__file__).parent.parent.parent / "template"
OUTLINED = [
    '"use node";\nimport { api } from "./_generated/api";\nexport const a = () => go(api.a, import("./c"));',
    'export { a as b } from "./a";\nexport * from "./b";\nexport { c };\nexport type { D } from "./d";',
    'export { a } from "./a";\nexport default a;',
    'const { api } = require("./_generated/api");\nlet later = () => require("./x");\nuse(api.a.b);',
    'const { api } = await import("./_generated/api");\nuse(api.a.b);',
    "const page = lazy(() => import(/* eager */ `./page`).then((found) => found.Page));",
    'type A = typeof import("./a"); let b: Promise<import("./b").B>; const c = d as import("./c").C<"d">;',
    'interface A { b: import("./b").B }\nlet f = <T extends import("./t").T>() => import("./f") as T;',
    "// eslint-disable-next-line no-console\nconst a = ;\nhttpRouter();",
    "class A { b = import(name); c = import(`./${name}`); static d = import('./d'); }",
]


@pytest.mark.parametrize(
    "source", [*OUTLINED, *(path.read_text() for path in sorted(TEMPLATE.rglob("*.ts")))]
)
def test_an_outline_is_all_but_the_code(source: str) -> None:
    whole = scan(source.encode())
    assert outline(source.encode()) == replace(whole, code=ModuleFacts().code, whole=False)
