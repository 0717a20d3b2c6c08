"""An environment variable is read from `process.env` instead of the typed `env`.

Why:
    `process.env.KEY` is `string | undefined`, and code is pushed even where the variable is missing: the
    first call that needs it finds out. Variables that are declared in `convex.config.ts` are checked when
    the code is pushed, and `env.KEY` has the declared type.

Bad:
    ```ts
    // convex/mail.ts
    import { internalAction } from "./_generated/server";

    export const ping = internalAction({
      args: {},
      handler: async () => {
        await fetch("https://mail.example.com", { headers: { key: process.env.MAIL_KEY! } }); // <- CX803
      },
    });
    ```

Good:
    ```ts
    // convex/convex.config.ts
    import { defineApp } from "convex/server";
    import { v } from "convex/values";

    const app = defineApp({ env: { MAIL_KEY: v.string() } });
    export default app;

    // convex/mail.ts
    import { env, internalAction } from "./_generated/server";

    export const ping = internalAction({
      args: {},
      handler: async () => {
        await fetch("https://mail.example.com", { headers: { key: env.MAIL_KEY } });
      },
    });
    ```

Way out:
    Declare the variable under `env` of `defineApp` in `convex.config.ts`, and read `env.NAME` from
    `_generated/server`. `CONVEX_CLOUD_URL` and `CONVEX_SITE_URL` are there without being declared. `NODE_ENV`
    tells nothing, as Convex's bundler replaces it by "production".

Exceptions:
    - Tests, and files outside of the functions folder, which other programs may run.
    - Versions of convex before 1.39, which have no `env`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Fix, Level
from scaffold.core.patterns import regex
from scaffold.model import names
from scaffold.model.module import Module
from scaffold.rules._importing import import_edit
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import parts, walk_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_ALWAYS = {"CONVEX_CLOUD_URL", "CONVEX_SITE_URL"}
_PROCESS = {"process", "node:process"}
_UNTYPED = "is untyped, and code is pushed even where a variable is missing"
_WRITTEN_IN = "NODE_ENV"
_SERVER = regex(r"(?:^|/)_generated/server(?:\.[jt]s)?$")


@rule(
    "CX803",
    "untyped-env",
    Module,
    level=Level.WARNING,
    mapped=("@convex-dev/no-process-env",),
    needs="1.39",
    by_module="any",
)
def untyped_env(module: Module, rule: Rule) -> Iterator[Finding]:
    """Readings of `process.env` in the functions folder."""
    if not _judged(module) or b"process" not in module.lines.source or _is_shadowed(module):
        return
    for node, parent in _reads(module):
        name = parent.property if isinstance(parent, n.Member) else None
        yield rule.finding(
            module.at(parent if name and parent is not None else node),
            _message(module, name),
            way_out=_way_out(module, name),
            symbol=f"{module.name} {name or 'process.env'}",
            fix=_fix(module, node, name) if name else None,
        )
    for imported in module.body:
        if isinstance(imported, n.Import) and _takes_env(imported):
            yield rule.finding(
                module.at(imported),
                f"`env` of `{imported.specifier}` {_UNTYPED}",
                way_out=_way_out(module, None),
                symbol=f"{module.name} process.env",
            )


def _takes_env(statement: n.Import) -> bool:
    return statement.specifier in _PROCESS and any(name == "env" for name, _ in statement.names)


def _judged(module: Module) -> bool:
    own = module.entry or module.name in {"auth.config", "schema"}
    return own and not module.test and module.path in module.project.modules


def _is_shadowed(module: Module) -> bool:
    specifier, _ = module.imports.get("process", ("", ""))
    return "process" in module.top or (specifier != "" and specifier not in _PROCESS)


def _is_bound(function: n.Function) -> bool:
    """Whether a function has a `process` of its own."""
    patterns = [parameter.pattern for parameter in function.parameters]
    patterns += [node.target for node in walk_own(function.body) if isinstance(node, n.Declare)]
    return any("process" in names.bound_in(pattern) for pattern in patterns)


def _reads(module: Module) -> Iterator[tuple[n.Member, n.Node | None]]:
    """Every `process.env`, with what it is part of; writes to it are left out."""
    offsets = [match.start() for match in re.finditer(rb"\bprocess\b", module.lines.source)]
    pending: list[tuple[n.Node, n.Node | None, n.Node | None]] = [
        (statement, None, None) for statement in reversed(module.body)
    ]
    while pending:
        node, parent, above = pending.pop()
        if bisect_left(offsets, node.start) == bisect_left(offsets, node.end):
            continue  # the word is not in there
        if isinstance(node, n.Function) and _is_bound(node):
            continue
        if isinstance(node, n.Member) and node.property == "env" and _is_process(node.object):
            if not _is_written(parent, above):
                yield node, parent
            continue
        pending.extend((part, node, parent) for part in reversed(list(parts(node))))


def _is_process(node: n.Expression) -> bool:
    match node:
        case n.Name(name="process") | n.Member(object=n.Name(name="globalThis"), property="process"):
            return True
    return False


def _is_written(read: n.Node | None, above: n.Node | None) -> bool:
    if isinstance(above, n.Assign):
        return above.target is read
    return isinstance(above, n.Unary) and above.operator == "delete"


def _declared(module: Module, name: str) -> bool:
    return name in _ALWAYS or name in (module.project.environment or ())


def _message(module: Module, name: str | None) -> str:
    if name is None:
        return f"`process.env` {_UNTYPED}"
    if name == _WRITTEN_IN:
        return f'`process.env.{name}` is "production" in every deployment: the bundler writes it in'
    read = f"`process.env.{name}` is untyped"
    if name in _ALWAYS:
        return f"{read}, and `env.{name}` is there without being declared"
    if _declared(module, name):
        return f"{read}, though `convex.config.ts` declares it"
    return f"{read}, and code is pushed even where it is missing"


def _way_out(module: Module, name: str | None) -> str:
    if name is None:
        return "declare the variables under `env` of `defineApp`, and read them from the `env` of Convex"
    if name == _WRITTEN_IN:
        return "tell deployments apart by a variable of your own, declared under `env` of `defineApp`"
    if _declared(module, name):
        first = (
            "" if module.project.generates_env else "write the generated code anew (`npx convex dev`), and "
        )
        return f"{first}read `env.{name}` from `_generated/server`"
    return (
        f"declare `{name}: v.string()` under `env` of `defineApp` in convex.config.ts, and read `env.{name}`"
    )


def _fix(module: Module, node: n.Member, name: str) -> Fix | None:
    if not _declared(module, name) or not module.project.generates_env:
        return None
    imported = import_edit(module, "env", _server(module))
    if imported is None:
        return None
    local, edits = imported
    edit = Edit(module.path, node.start, node.end, local)
    return Fix(f"Read `{local}.{name}`", (*edits, edit), safe=True)


def _server(module: Module) -> str:
    """How the module would import `_generated/server`: as it does already, or by a relative path."""
    written = [each.specifier for each in module.body if isinstance(each, n.Import) and not each.type_only]
    for specifier in written:
        if _SERVER.search(specifier):
            return specifier
    depth = module.name.count("/")
    suffixed = any(each.startswith(".") and each.endswith(".js") for each in written)
    return f"{'../' * depth or './'}_generated/server{'.js' if suffixed else ''}"
