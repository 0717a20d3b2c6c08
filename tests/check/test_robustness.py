"""The whole command on input nobody wrote by hand: it ends, finds what it can, and says what it could not."""

from __future__ import annotations

import json
import os
import re
from contextlib import chdir
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Any

import pytest
from support import cli, tree

from scaffold.reporters.formats import FORMATS

pytestmark = pytest.mark.timeout(60)

MARK = "// scaffold-ignore CX904\n"  # a finding wherever it stands
BASE = {"convex/schema.ts": "export default defineSchema({});\n", "convex/good.ts": MARK}
FOUND = "convex/good.ts:1:1: CX904 error the suppression gives no reason\n"
CHECK = ("check", "--select", "CX904", "--format", "concise", "--no-cache")

# Files that do not parse, or that exhaust what reads them by recursion.
BROKEN = {
    "unfinished": "export const a = query({ args: {, handler: async (ctx => {\n" * 50,
    "control characters": "export const a = \x00\x01\x02;\n",
    "brackets": "export const a = " + "[" * 50_000 + "]" * 50_000,
    "parentheses": "export const a = " + "(" * 50_000 + "1" + ")" * 50_000,
    "open brackets": "[" * 50_000,
    "a chain": "export const a = x" + ".f()" * 20_000,
    "a sum": "export const a = 1" + " + 1" * 20_000,
    "conditions": "if (a) {" * 10_000 + "}" * 10_000,
    "arrows": "export const f = " + "() => " * 5_000 + "1",
    "templates": "export const a = " + "`${" * 5_000 + "1" + "}`" * 5_000,
    "types": "export type A = " + "Array<" * 10_000 + "string" + ">" * 10_000,
    "objects": "export const a = query(" + "{a:" * 10_000 + "1" + "}" * 10_000 + ")",
    "an endless string": 'export const a = "' + "x" * 3_000_000,
    "an endless comment": "/*" + "x" * 1_000_000,
    "halves of pairs": 'export const a = "\\ud83c" + "\\udfe0\\ud83c" + "\\u{ffffffff}";\n',
    "a query given anew": (
        "export const a = query({ handler: async (ctx) => {\n"
        'let q = ctx.db.query("a");\n'
        + "if (x) q = q.filter((q) => q.eq(1, 1));\n" * 100
        + "return await q.collect();\n} });\n"
    ),
}
READ_WHOLE = {"types", "halves of pairs", "a query given anew"}


@pytest.mark.parametrize("name", BROKEN)
def test_code_that_no_parser_likes(folder: Path, name: str) -> None:
    tree.write(folder, BASE | {"convex/odd.ts": BROKEN[name]})

    result = cli.run(*CHECK)

    assert (result.code, result.out) == (1, FOUND)
    told = r"" if name in READ_WHOLE else r"not seen: 1 file not read whole \(convex/odd\.ts:1:1: it .+\)\n"
    assert re.fullmatch(told, result.err)


def test_a_pair_of_escapes_is_one_character(folder: Path) -> None:
    read = r"""query({ handler: (ctx) => ctx.db.query("\ud83c\udfe0\ud83c").first() });"""
    code = f'import {{ query }} from "./_generated/server";\nexport const a = {read}\n'
    tree.write(folder, BASE | {"convex/odd.ts": code})

    (project,) = json.loads(cli.run("inspect", "--json").out)["projects"]

    (step,) = project["functions"][0]["steps"]
    assert step["table"] == "\N{HOUSE BUILDING}\N{REPLACEMENT CHARACTER}"


def test_what_does_not_parse_is_said_once_with_its_place(folder: Path) -> None:
    tree.write(folder, BASE | {"convex/odd.ts": "export const a = 1;\n\nconst = = =;\n"})

    result = cli.run("check", "--select", "CX904", "--format", "json")

    (blind,) = json.loads(result.out)["notSeen"]
    assert (blind["kind"], blind["place"]["path"]) == ("syntax", "convex/odd.ts")
    assert blind["place"]["start"]["line"] == 3


def test_what_is_excluded_is_not_complained_of(folder: Path) -> None:
    tree.write(folder, BASE | {"convex/old/odd.ts": "const = = =;\n", "scaffold.toml": 'exclude = ["old"]'})

    assert json.loads(cli.run("check", "--select", "CX904", "--format", "json").out)["notSeen"] == []


def test_files_that_are_no_source(folder: Path) -> None:
    big = b"export const a = 1;\n" * 280_000
    tree.write(
        folder,
        BASE
        | {
            "convex/binary.ts": bytes(range(256)) * 40,
            "convex/big.ts": big,
            "convex/utf16.ts": "export const a = 1;\n".encode("utf-16"),
            "convex/empty.ts": b"",
            "convex/odd.ts": b"export const odd = /[\0-\x1f]/; // " + b"text " * 50,
        },
    )

    text = cli.run("check", "--select", "CX904").out

    assert "not seen: 3 files not read whole (first convex/big.ts:1:1: it is larger than 5 MB)" in text
    assert text.startswith("convex/good.ts · 1 error\n")


def test_bytes_that_are_no_utf_8(folder: Path) -> None:
    tree.write(folder, BASE | {"convex/latin.ts": b'const a = "\xff\xe9"; // scaffold-ignore CX904\n'})

    assert cli.run(*CHECK).out == (
        FOUND + "convex/latin.ts:1:17: CX904 error the suppression gives no reason\n"
    )


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_byte_order_marks(folder: Path, start: str, end: str) -> None:
    text = f"{start}const a = 1;{end}{end}  // scaffold-ignore CX904{end}const b = 1;{end}"
    tree.write(folder, BASE | {"convex/good.ts": text})

    assert cli.run(*CHECK).out == FOUND.replace("1:1", "3:3")


def test_a_byte_order_mark_is_no_column(folder: Path) -> None:
    tree.write(folder, BASE | {"convex/good.ts": f"\ufeff{MARK}"})

    assert cli.run(*CHECK).out == FOUND
    assert "\n    1 │ // scaffold-ignore CX904\n      │ ━━━" in cli.run("check", "--select", "CX904").out


def test_links_pipes_and_folders_named_like_files(folder: Path) -> None:
    tree.write(folder, BASE | {"convex/folder.ts/x.ts": MARK, "elsewhere/c.ts": MARK})
    for name, target in {
        "loop": ".",
        "deep/up": "../..",
        "dangling.ts": "nowhere.ts",
        "self.ts": "self.ts",
        "zero.ts": "/dev/zero",
        "device.ts": "/dev/tty",
    }.items():
        (folder / "convex" / name).parent.mkdir(exist_ok=True)
        (folder / "convex" / name).symlink_to(target)
    os.mkfifo(folder / "convex" / "pipe.ts")

    assert cli.run(*CHECK) == cli.Result(1, FOUND.replace("good.ts", "folder.ts/x.ts") + FOUND, "")


def test_files_and_folders_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the system's refusal is played."""
    tree.write(folder, BASE | {"convex/secret.ts": MARK, "convex/closed/a.ts": MARK})
    scandir, read_bytes = os.scandir, Path.read_bytes

    def refuse_folder(path: str | Path) -> Any:
        if str(path).rstrip("/").endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    def refuse_file(path: Path) -> bytes:
        if path.name == "secret.ts":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(os, "scandir", refuse_folder)
    monkeypatch.setattr(Path, "read_bytes", refuse_file)

    result = cli.run("check", "--select", "CX904", "--format", "json")

    assert [(each["place"]["path"], each["reason"]) for each in json.loads(result.out)["notSeen"]] == [
        ("convex/closed", "Permission denied"),
        ("convex/secret.ts", "Permission denied"),
    ]
    assert cli.run(*CHECK) == cli.Result(
        1, FOUND, "not seen: 2 files not read whole (first convex/closed:1:1: Permission denied)\n"
    )


def test_a_functions_folder_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write(folder, BASE | {"convex.json": "{}"})
    scandir = os.scandir

    def refuse(path: str | Path) -> Any:
        if Path(path).name == "convex":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    told = cli.Result(
        3,
        "",
        "error: no Convex project in @CWD@: no folder with Convex functions was found\n"
        "  │ @CWD@/convex was not looked into: Permission denied\n"
        "try: see what it is, and who may read it: ls -ld @CWD@/convex\n",
    )
    assert cli.run(*CHECK) == told
    assert cli.run("inspect") == told


def test_files_that_may_not_be_read_where_nothing_else_tells(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(folder, {"web/a.ts": MARK, "convex/b.ts": MARK, "convex/c.ts": MARK})
    monkeypatch.setattr(os, "access", lambda path, _mode: "convex" not in str(path))

    assert cli.run(*CHECK).err == (
        "error: no Convex project in @CWD@: no folder with Convex functions was found\n"
        "  │ @CWD@/convex/b.ts was not looked into: it may not be read\n"
        "try: see what it is, and who may read it: ls -ld @CWD@/convex/b.ts\n"
    )


def test_a_functions_folder_that_is_a_link(folder: Path) -> None:
    tree.write(folder, BASE | {"app/package.json": "{}"})
    (folder / "app" / "convex").symlink_to("../convex")

    told = (
        "error: no Convex project in @CWD@/app: no folder with Convex functions was found\n"
        "  │ @CWD@/app/convex was not looked into: it is a link to @CWD@/convex, and links are not followed\n"
        "try: see what it is, and who may read it: ls -ld @CWD@/app/convex\n"
    )
    assert cli.run("check", "app") == cli.Result(3, "", told)
    assert cli.run("inspect", "app") == cli.Result(3, "", told)
    assert cli.run(*CHECK, "app/convex").code == 1


@pytest.mark.parametrize("shape", ["a folder", "a link to nothing"])
def test_a_configuration_that_cannot_be_read_is_not_passed_over(folder: Path, shape: str) -> None:
    tree.write(folder, BASE)
    path = folder / "scaffold.toml"
    if shape == "a folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")

    result = cli.run(*CHECK)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: scaffold.toml: cannot be read: ")


@pytest.mark.parametrize("name", ["scaffold.toml", "scaffold.baseline"])
def test_a_pipe_in_the_place_of_what_we_are_told_is_refused(folder: Path, name: str) -> None:
    tree.write(folder, BASE)
    os.mkfifo(folder / name)

    result = cli.run(*CHECK)

    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {name}: cannot be read: it is a pipe, a socket or a device\ntry: ")


@pytest.mark.parametrize(
    "name",
    ["package.json", "convex.json", "tsconfig.json", "node_modules/convex/package.json", "web/a.tsx", ".git"],
)
@pytest.mark.parametrize(
    "shape", ["a pipe", "a socket", "a link to a device", "a folder", "a link to nothing"]
)
def test_no_file_in_the_place_of_one(folder: Path, name: str, shape: str) -> None:
    tree.write(folder, BASE)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    match shape:
        case "a pipe":
            os.mkfifo(path)
        case "a socket":
            with chdir(path.parent), socket(AF_UNIX) as bound:
                bound.bind(path.name)
        case "a folder":
            path.mkdir()
        case _:
            path.symlink_to("nowhere" if shape == "a link to nothing" else "/dev/zero")

    assert cli.run(*CHECK[:-1], "--profile", "pedantic") == cli.Result(1, FOUND, "")
    assert cli.run("inspect", "--json").code == 0


def test_configuration_files_that_are_broken(folder: Path) -> None:
    tree.write(
        folder,
        BASE
        | {
            "package.json": "{ broken",
            "convex.json": "[1, 2",
            "tsconfig.json": '{"extends": "./tsconfig.json", // circle\n "compilerOptions": {"paths": 3}}',
            "node_modules/convex/package.json": "[]",
        },
    )

    assert cli.run(*CHECK) == cli.Result(1, FOUND, "")


def test_definitions_that_go_in_circles(folder: Path) -> None:
    tree.write(
        folder,
        BASE
        | {
            "convex/a.ts": 'export * from "./b";\nimport { b } from "./b";\nexport const a = query(b);\n',
            "convex/b.ts": 'export * from "./a";\nimport { a } from "./a";\nexport const b = a;\n',
            "convex/c.ts": "export const c = c;\nexport const d = query(e);\nconst e = d;\n",
            "convex/d.ts": "function f() { return g(); }\nfunction g() { return f(); }\n"
            "export const h = query({ args: {}, handler: async (ctx) => { f(); } });\n",
        },
    )

    assert cli.run("check", "--profile", "pedantic").code == 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_names_of_files_that_are_no_text(folder: Path, format_name: str) -> None:
    tree.write(folder, BASE | {"convex/\udcff.ts": MARK, "convex/new\nline.ts": MARK})

    result = cli.run("check", "--select", "CX904", "--format", format_name)

    assert (result.code, result.err) == (1, "")
    assert result.out.encode("utf-8")
    assert cli.run("check", "--select", "CX904", "--write-baseline").code == 0
    assert cli.run("check", "--select", "CX904").code == 0


def test_functions_in_files_whose_names_are_no_text(folder: Path) -> None:
    """What is kept from run to run is UTF-8; what is found in such a file is told each time all the same."""
    code = (
        'import { mutation } from "./_generated/server";\n'
        "export const add = mutation({ handler: async (ctx) => { ctx.db.insert('a', {}); } });\n"
    )
    tree.write(folder, BASE | {"convex/\udce9.ts": code})
    once = cli.run("check", "--format", "concise")

    assert "\nconvex/\N{REPLACEMENT CHARACTER}.ts:2:57: CX301 error " in once.out
    assert cli.run("check", "--format", "concise") == once
    assert cli.run("inspect", "--json").code == 0
    for name in FORMATS:
        assert cli.run("check", "--format", name, "-o", "report") == cli.Result(1, "", "")
        assert (folder / "report").read_bytes().decode()


_DEEP = '{"a":' * 100_000


@pytest.mark.parametrize("name", ["package.json", "convex.json", "tsconfig.json"])
@pytest.mark.parametrize(
    "content", [_DEEP, "\0", "[]", '{"dependencies": {"convex": "' + "9" * 5000 + '.1.1"}}'], ids=repr
)
def test_configurations_of_others_that_are_beyond_reading(folder: Path, name: str, content: str) -> None:
    tree.write(folder, BASE | {name: content})

    assert cli.run(*CHECK[:-1], "--profile", "pedantic") == cli.Result(1, FOUND, "")
    assert cli.run("check", "--profile", "pedantic").code == 1


def test_numbers_beyond_counting(folder: Path) -> None:
    huge = "9" * 5000
    code = (
        'import { query } from "./_generated/server";\nimport { v } from "convex/values";\n'
        f"const few = ['a'];\nexport const pick = query({{ args: {{ n: v.literal({huge}) }},\n"
        f"  handler: async (ctx) => [few['{huge}'], few[{huge}], (await Promise.all([1]))['{huge}'], "
        f"await ctx.db.query('a').take({huge}), (await ctx.db.query('a').collect()).length > {huge}] }});\n"
    )
    tree.write(folder, BASE | {"convex/pick.ts": code})

    assert cli.run("check", "--profile", "pedantic", "--min-confidence", "low").code == 1
    assert json.loads(cli.run("inspect", "--json").out)["projects"][0]["functions"][0]["args"] == {
        "type": "object",
        "value": {
            "n": {
                "fieldType": {"type": "literal", "value": {"$float": "AAAAAAAA8H8="}},
                "optional": False,
            }
        },
    }


def test_many_findings_on_a_line_of_megabytes(folder: Path) -> None:
    head = 'import { mutation } from "./_generated/server"; '
    call = "export const add%d = mutation({ handler: async (ctx) => { ctx.db.insert('a', {}); } }); "
    code = head + f'const text = "{"x" * 3_000_000}"; ' + "".join(call % number for number in range(100))
    tree.write(folder, BASE | {"convex/bundle.ts": code})

    shown = cli.run("check", "--select", "CX301").out

    assert shown.count("    1 │ …") == 100
    assert max(map(len, shown.splitlines())) <= 100


def test_a_tree_of_many_folders(folder: Path) -> None:
    deep = "convex/" + "d/" * 300
    tree.write(folder, BASE | {f"{deep}a.ts": MARK})

    assert cli.run(*CHECK).out == FOUND.replace("convex/good", f"{deep}a") + FOUND


def test_an_object_that_many_branches_make_of_itself(folder: Path) -> None:
    branches = "".join(
        f"    if (args.step === {number}) state = {{ ...state, seen: state.seen, step{number}: {number} }};\n"
        for number in range(24)
    )
    code = (
        'import { v } from "convex/values";\nimport { internalMutation } from "./_generated/server";\n'
        "const keep = async (ctx: any, name: unknown) => await ctx.db.insert('names', { name });\n"
        "export const reduce = internalMutation({\n  args: { step: v.number() },\n  returns: v.null(),\n"
        "  handler: async (ctx, args) => {\n    let state: any = { name: args.step };\n"
        f"{branches}    await keep(ctx, state.name);\n    return null;\n  }},\n}});\n"
    )
    tree.write(folder, {"convex/state.ts": code})

    assert cli.run("check", "--no-cache", "--format", "concise").code in {0, 1}


@pytest.mark.parametrize(
    "lines",
    [
        [f"const who{n} = who{n - 1} ?? (who{n - 1} || who{n - 1});" for n in range(1, 30)],
        ["let who29 = who0;", *(f"who29 = args.step === {n} ? `${{who0}}` : who29;" for n in range(24))],
    ],
    ids=["each of the one before", "one of itself"],
)
def test_variables_that_are_made_of_each_other(folder: Path, lines: list[str]) -> None:
    code = (
        'import { v } from "convex/values";\nimport { query } from "./_generated/server";\n'
        "export const mine = query({\n  args: { userId: v.string(), step: v.number() },\n"
        f"  handler: async (ctx, args) => {{\n    const who0 = args.userId;\n    {' '.join(lines)}\n"
        '    return await ctx.db.query("drafts").filter((q) => q.eq(q.field("userId"), who29)).take(9);\n'
        "  },\n});\n"
    )
    tree.write(folder, {"convex/a.ts": code})

    found = (
        "convex/a.ts:8:18: CX502 error argument `userId` of public query `a:mine` says whose `drafts` "
        "are read, and anyone can send anything there\n"
    )
    assert cli.run("check", "--no-cache", "--format", "concise", "--select", "CX502").out == found


def test_helpers_that_call_one_another_in_many_ways(folder: Path) -> None:
    helpers = "".join(
        f"const step{n} = async (ctx: QueryCtx) => {{ {f'await step{n + 1}(ctx); ' * 24}}};\n"
        for n in range(9)
    )
    code = (
        'import { query, type QueryCtx } from "./_generated/server";\n'
        "const step9 = async (ctx: QueryCtx) => await ctx.db.query('notes').first();\n"
        f"{helpers}const requireUser = async (ctx: QueryCtx) => {{ await step0(ctx); }};\n"
        "export const all = query({\n  args: {},\n  handler: async (ctx) => {\n"
        "    await requireUser(ctx);\n    return await ctx.db.query('payments').take(9);\n  },\n});\n"
    )
    tree.write(folder, {"convex/a.ts": code})

    found = "convex/a.ts:13:14: CX501 warning public query `a:all` reads `payments` for anyone who asks\n"
    assert cli.run("check", "--no-cache", "--format", "concise", "--select", "CX501").out == found


_FUNCTION = (
    'import { mutation } from "./_generated/server";\nexport const f = mutation({ handler: async (ctx) => {'
)
_TRIED = "try { await ctx.db.insert('a', {}); } catch (e) {}\n"
# Files whose time would grow with the square of their size, or worse, if anything looked at all for each.
LARGE = {
    "comments for us": {"convex/a.ts": "// scaffold-ignore CX904\n" * 20_000},
    "comments for us, in a line": {"convex/a.ts": "/* scaffold-ignore CX904 */ " * 6_000},
    "comments that silence": {
        "convex/a.ts": f"{_FUNCTION}\n"
        + "// scaffold-ignore CX301: why\nctx.db.insert('a', {});\n" * 6_000
        + "} });\n"
    },
    "comments for ESLint": {"convex/a.ts": "/* eslint-disable a/b */\n/* eslint-enable c */\n" * 60_000},
    "attempts": {"convex/a.ts": f"{_FUNCTION}{_TRIED * 8_000}}} }});\n"},
    "a query given anew": {
        "convex/a.ts": f"{_FUNCTION} let q = ctx.db.query('a');\n"
        + "if (x) q = q.filter((q) => q.eq(1, 1));\n" * 1_000
        + "} });\n"
    },
    "equals signs": {"convex/a.ts": "const a = " + "b=>c=>" * 60_000 + "1;\n"},
    "findings in a line": {
        "convex/a.ts": _FUNCTION.replace("\n", "")
        + "ctx.db.insert('\N{LATIN SMALL LETTER E WITH ACUTE}', {});" * 4_000
        + "} });"
    },
    "files that hand on all of each other": {
        f"convex/m{number}.ts": "".join(f"export * from './m{other}';\n" for other in range(40))
        + f"export const f{number} = none();\n"
        for number in range(40)
    },
    "validators made of the last one": {
        "convex/schema.ts": 'import { v } from "convex/values";\nconst v0 = v.string();\n'
        + "".join(f"const v{n} = v.union({f'v{n - 1}, ' * 4});\n" for n in range(1, 30))
        + "export default defineSchema({ a: defineTable({ x: v29 }) });\n"
    },
    "clients that hand on the address to each other": {
        f"web/{side}{n}.ts": f"export {{ api }} from './a{n + 1}';\n"
        f"import {{ api as other }} from './b{n + 1}';\n"
        for n in range(40)
        for side in "ab"
    },
    "helpers that are given more with each call": {
        "convex/a.ts": "class A {\n  constructor(private up: any, private other: any) {}\n"
        "  go() { new A(this, this.up).go(); new A(this.other, this).go(); }\n}\n"
        "function climb(ctx: any) { climb(ctx.a); climb(ctx.b); climb({ ...ctx, db: ctx.c }); }\n"
        "const nest = (inner: any) => ({ run: () => nest({ run: () => inner.run() }).run() });\n"
        f"{_FUNCTION} climb(ctx); new A(ctx, ctx.db).go(); nest(ctx).run(); }} }});\n"
    },
    "a helper behind thousands": {
        "convex/a.ts": "".join(f"const s{n} = (ctx) => s{n + 1}(ctx);\n" for n in range(3_000))
        + f"{_FUNCTION} return s0(ctx); }} }});\n"
    },
    "projects": {f"p{number}/convex/schema.ts": BASE["convex/schema.ts"] for number in range(600)},
}


@pytest.mark.parametrize("name", LARGE)
def test_time_grows_no_faster_than_what_is_read(folder: Path, name: str) -> None:
    """Each took minutes; they take seconds."""
    tree.write(folder, BASE | LARGE[name])

    assert cli.run(*CHECK[:1], "--profile", "pedantic", "--no-cache", "-o", "report.txt").code == 1
