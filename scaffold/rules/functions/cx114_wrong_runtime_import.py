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
    holds only actions and what they need.

Exceptions:
    - Imports of types: they are gone when the code runs.
    - `node:async_hooks`, which Convex provides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.module import Module
from scaffold.rules._imports import links, stays
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_PROVIDED = {"async_hooks"}
_BUILTIN = frozenset(
    "child_process cluster crypto dgram diagnostics_channel dns fs http2 inspector module net perf_hooks"
    " readline repl tls trace_events v8 wasi worker_threads".split()
)
# Built-in modules of whose names there are packages for browsers; one may be installed.
_PERHAPS = frozenset(
    "assert buffer console constants domain events http https os path process punycode querystring stream"
    " string_decoder sys timers tty url util vm zlib".split()
)
_HOPS = 12


@rule(
    "CX114",
    "wrong-runtime-import",
    Module,
    level=Level.ERROR,
    mapped=("@convex-dev/import-wrong-runtime",),
)
def wrong_runtime_import(module: Module, rule: Rule) -> Iterator[Finding]:
    """Imports that Convex's own runtime cannot follow."""
    if module.is_node or module.test or not module.entry:
        return
    for link, specifier in links(module):
        wrong = _wrong(module, specifier)
        if wrong is not None and stays(module, link):
            yield rule.finding(
                module.at(link),
                f"`{module.path}` runs in Convex's own runtime, and {wrong.verb} {wrong.what}",
                way_out="use the Web API instead, or move the code that needs Node.js into a "
                '`"use node"` file of actions',
                symbol=f"{module.name} {specifier}",
                evidence=wrong.way,
                confidence=wrong.confidence,
            )


@dataclass(frozen=True, slots=True)
class _Wrong:
    what: str
    way: tuple[Evidence, ...] = ()
    confidence: Confidence = Confidence.HIGH

    @property
    def verb(self) -> str:
        return "comes to" if self.way else "imports"


def _wrong(module: Module, specifier: str, hops: int = 0) -> _Wrong | None:
    """What is wrong with an import, files that are no modules of their own followed."""
    confidence = _builtin(specifier)
    if confidence is not None:
        return _Wrong(f"`{specifier}` of Node.js", (), confidence)
    other = module.project.locate(module, specifier)
    if other is None or hops > _HOPS:
        return None
    if other.entry:  # what an entry imports is reported there
        return _Wrong(f'the "use node" file `{other.path}`') if other.is_node else None
    for inner, further in links(other):
        wrong = _wrong(other, further, hops + 1)
        if wrong is not None and stays(other, inner):
            way = Evidence(other.at(inner), f"`{other.path}` imports `{further}`")
            return _Wrong(wrong.what, (way, *wrong.way), wrong.confidence)
    return None


def _builtin(specifier: str) -> Confidence | None:
    """How sure it is that a specifier means a built-in module of Node.js, that Convex lacks."""
    name = specifier.removeprefix("node:").split("/")[0]
    if name in _PROVIDED:
        return None
    if specifier.startswith("node:") or name in _BUILTIN:
        return Confidence.HIGH
    return Confidence.MEDIUM if specifier in _PERHAPS else None
