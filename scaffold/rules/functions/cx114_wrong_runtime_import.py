"""A file of Convex's own runtime imports Node.js: a built-in module, or a `"use node"` file.

Why:
    Everything that a file imports is bundled with it. Convex's runtime has no `fs` and no `node:crypto`, so
    the push fails, or the first call does, and the message names a file that nobody touched.

Bad:
    ```ts
    // convex/hash.ts
    import { createHash } from "node:crypto"; // <- CX114

    export function hash(text: string) {
      return createHash("sha256").update(text).digest("hex");
    }
    ```

Good:
    ```ts
    // convex/hash.ts
    export async function hash(text: string) {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    ```

Way out:
    Use the Web API (`crypto.subtle`, `fetch`, `URL`), or put `"use node"` on the first line of a file that
    holds only actions and what they need. Of a `"use node"` file of your own, move what is needed elsewhere
    into a file without the directive, or run its actions with `ctx.runAction`.

Exceptions:
    - Imports of types: they are gone when the code runs.
    - `buffer`, `events` and the like, where package.json asks for the package of that name. Where it does
      not, another package may have brought it along: medium confidence, but for those that hardly any
      brings (`path`, `os`, `http`, `zlib`).
    - `node:async_hooks`, which Convex provides.
    - An `import()` or `require` in a `try` is reported with less confidence: the bundler lets it pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.module import Module
from scaffold.rules._imports import is_tried, links, stays
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.project import Project
    from scaffold.rules._imports import Link

_PROVIDED = {"async_hooks"}
_BUILTIN = frozenset(
    "child_process cluster crypto dgram diagnostics_channel dns fs http2 inspector module net perf_hooks"
    " readline repl tls trace_events v8 wasi worker_threads".split()
)
# Built-in modules of whose names there are packages, which hardly any other package brings along.
_UNLESS_ASKED_FOR = frozenset("http https os path tty vm zlib".split())
# And those of whose names there are packages for browsers; one may be installed.
_PERHAPS = frozenset(
    "assert buffer console constants domain events process punycode querystring stream"
    " string_decoder sys timers url util".split()
)


@rule(
    "CX114",
    "wrong-runtime-import",
    Module,
    level=Level.ERROR,
    mapped=("@convex-dev/import-wrong-runtime",),
    by_module="any",
)
def wrong_runtime_import(module: Module, rule: Rule) -> Iterator[Finding]:
    """Imports of one module that Convex's own runtime cannot follow."""
    if module.is_node or module.test or not module.bundled:
        return
    search = _Search(module.project)
    for link, specifier in links(module):
        wrong = search.what_is_wrong(module, specifier)
        if wrong is not None and stays(module, link):
            yield _finding(module, link, specifier, wrong, rule)


class _Wrong(msgspec.Struct, frozen=True):
    """What an import comes to, and the way there if it is not imported itself; `file` if it is an own one."""

    what: str
    way: tuple[Evidence, ...] = ()
    confidence: Confidence = Confidence.HIGH
    file: str | None = None


class _Search:
    """Follows imports through files that are no modules of their own, each file once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, _Wrong | None] = {}

    def what_is_wrong(self, module: Module, specifier: str) -> _Wrong | None:
        """What is wrong with an import, if something is."""
        confidence = _builtin(specifier)
        if confidence is not None:
            name = specifier.split("/", maxsplit=1)[0]
            if name in _PERHAPS | _UNLESS_ASKED_FOR and name in self._project.dependencies:
                return None  # the package of that name
            return _Wrong(f"`{specifier}` of Node.js", (), confidence)
        other = self._project.locate(module, specifier)
        if other is None:
            return None
        if other.bundled:  # what that one imports is reported there
            return _Wrong(f'the "use node" file `{other.path}`', file=other.path) if other.is_node else None
        if other.path not in self._known:
            self._known[other.path] = None  # for files that import each other
            self._known[other.path] = self._inside(other)
        return self._known[other.path]

    def _inside(self, module: Module) -> _Wrong | None:
        for link, specifier in links(module):
            wrong = self.what_is_wrong(module, specifier)
            if wrong is not None and stays(module, link):
                here = Evidence(module.at(link), f"`{module.path}` imports `{specifier}`")
                return _Wrong(wrong.what, (here, *wrong.way), wrong.confidence, wrong.file)
        return None


def _finding(module: Module, link: Link, specifier: str, wrong: _Wrong, rule: Rule) -> Finding:
    verb = "comes to" if wrong.way else "imports"
    return rule.finding(
        module.at(link),
        f"`{module.path}` runs in Convex's own runtime, and {verb} {wrong.what}",
        way_out=_way_out(link, wrong),
        symbol=f"{module.name} {specifier}",
        evidence=wrong.way,
        confidence=Confidence.MEDIUM if is_tried(module, link) else wrong.confidence,
    )


def _way_out(link: Link, wrong: _Wrong) -> str:
    if wrong.file is None:
        return (
            'use the Web API instead, or move the code that needs Node.js into a `"use node"` file of actions'
        )
    if isinstance(link, n.ExportNames) and not wrong.way:
        return f"take it out, and import `{wrong.file}` itself where Node.js runs"
    return f"move what is needed here out of `{wrong.file}`, or run its actions with `ctx.runAction`"


def _builtin(specifier: str) -> Confidence | None:
    """How sure it is that a specifier means a built-in module of Node.js, that Convex lacks."""
    name = specifier.removeprefix("node:").split("/")[0]
    if name in _PROVIDED:
        return None
    if specifier.startswith("node:") or name in _BUILTIN | _UNLESS_ASKED_FOR:
        return Confidence.HIGH
    return Confidence.MEDIUM if specifier in _PERHAPS else None
