"""The clock or a random number is read when the module loads, not when a function runs.

Why:
    Convex loads modules when they are deployed. What the top level computes stays the same for every call
    until the next deploy: "now" is the time of the deploy, and the random number is no longer random.

Bad:
    ```ts
    // convex/tokens.ts
    import { mutation } from "./_generated/server";

    const EXPIRES = Date.now() + 60 * 60 * 1000; // <- CX303

    export const issue = mutation({
      args: {},
      handler: async (ctx) => await ctx.db.insert("tokens", { expires: EXPIRES }),
    });
    ```

Good:
    ```ts
    // convex/tokens.ts
    import { mutation } from "./_generated/server";

    const LIFETIME = 60 * 60 * 1000;

    export const issue = mutation({
      args: {},
      handler: async (ctx) => await ctx.db.insert("tokens", { expires: Date.now() + LIFETIME }),
    });
    ```

Way out:
    Move the call into the function that needs it.

Exceptions:
    - A fixed point in time: `new Date("2025-01-01")`, `new Date(0)`.
    - Functions that are only defined at the top level.
    - Medium confidence: what nothing of the backend uses, such as samples for a preview; and what a comment
      above calls computed at module load, or intentional; what is called made up (`FAKE`, `sampleUsers`), and
      seeds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.project import Project
from scaffold.model.values import Definition
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all, walk_own

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scaffold.model.module import Module

_GLOBALS: dict[tuple[str, ...], str] = {
    ("Date", "now"): "clock",
    ("performance", "now"): "clock",
    ("Math", "random"): "randomness",
    ("crypto", "randomUUID"): "randomness",
    ("crypto", "getRandomValues"): "randomness",
    ("globalThis", "crypto", "randomUUID"): "randomness",
}
_PACKAGES: dict[tuple[str, ...], str] = {
    ("crypto", "randomUUID"): "randomness",
    ("crypto", "randomBytes"): "randomness",
    ("crypto", "randomInt"): "randomness",
    ("nanoid", "nanoid"): "randomness",
    ("uuid", "v4"): "randomness",
    ("uuid", "v7"): "randomness",
    ("uuid", "v1"): "randomness",
    ("ulid", "ulid"): "randomness",
    ("dayjs", "default"): "clock",
    ("moment", "default"): "clock",
}
_ITERATING = {"map", "flatMap", "forEach", "filter", "reduce", "from", "some", "every", "find", "sort"}
_CLOCK_IF_BARE = {"dayjs", "moment"}
_DEPTH = 3
_MADE_UP = regex(r"(?:fake|mock|sample|demo|dummy|fixture|test)(?-i:(?![a-z]))", re.IGNORECASE)
_SEEDS = regex(r"(?:^|/)seed(?![a-z])")
_MEANT = regex(r"module[- ]load|load time|on purpose|intentional|deliberate", re.IGNORECASE)


@rule("CX303", "frozen-at-deploy", Project, level=Level.WARNING, by_module="any")
def frozen_at_deploy(project: Project, rule: Rule) -> Iterator[Finding]:
    """Clocks and randomness in what runs at the top level, of files that the functions import too."""
    for body in project.bodies:
        if body.top and not body.module.test:
            yield from _in_module(project, body.module, (step.node for step in body.steps), rule)
    for module in project.imported_from_outside():
        if module.facts.whole:  # others stand too far away for functions to come to their variables
            yield from _in_module(project, module, _runs(module.body), rule)


def _in_module(project: Project, module: Module, nodes: Iterable[n.Node], rule: Rule) -> Iterator[Finding]:
    for node in _calls(nodes):
        found = _frozen(module, node, 0)
        if found is None or _is_of_instance(module, node):
            continue
        what, call = found
        text = module.text(call.callee)
        text = f"new {text}" if call.new else text
        at = "when the module loads" if module.is_node else "at the deploy"
        result = "stays the same for every call" if what == "randomness" else "is that moment in every call"
        yield rule.finding(
            module.at(node),
            f"`{text}()` at the top level of `{module.path}` runs {at}, and {result}",
            way_out=f"call `{text}()` inside of the function that needs it",
            symbol=f"{module.name}:{_declared(module, node) or text}",
            evidence=[Evidence(module.at(call), "called here")] if call is not node else (),
            confidence=Confidence.HIGH if _matters(project, module, node) else Confidence.MEDIUM,
        )


def _matters(project: Project, module: Module, node: n.Node) -> bool:
    """Whether functions may come to what was computed, and no comment says that it is meant so."""
    statement = next((each for each in module.body if each.start <= node.start < each.end), None)
    if statement is None or not isinstance(statement, n.Declare) or not isinstance(statement.target, n.Name):
        return True
    if _MEANT.search(module.comment_above(statement)):
        return False
    if _MADE_UP.match(statement.target.name) or _SEEDS.search(module.name):
        return False
    made = _made_of(module, statement.target.name)
    return _is_imported(project, module, made) or any(
        isinstance(part, n.Name) and part.name in made
        for body in project.bodies
        if body.module is module and not body.top
        for part in walk_all((body.function,))
    )


def _made_of(module: Module, name: str) -> set[str]:
    """A variable at the top, and those at the top that are made of it."""
    made = {name}
    for _ in range(_DEPTH):
        made |= {
            each.target.name
            for each in module.body
            if isinstance(each, n.Declare)
            and isinstance(each.target, n.Name)
            and each.value is not None
            and any(isinstance(part, n.Name) and part.name in made for part in walk_own((each.value,)))
        }
    return made


def _is_imported(project: Project, module: Module, names: set[str]) -> bool:
    """Whether another file of the functions folder imports one of the variables, or all of the file."""
    others = project.modules.values()
    return any(
        imported in {*names, "*"} and project.locate(other, specifier) is module
        for other in others
        if other is not module and not other.test
        for specifier, imported in other.imports.values()
    )


def _calls(nodes: Iterable[n.Node]) -> Iterator[n.Call]:
    """The calls among nodes, and those in functions that they call on the spot."""
    for node in nodes:
        if isinstance(node, n.Call):
            yield node
            for function in _called(node):
                yield from (part for part in walk_own(function.body) if isinstance(part, n.Call))


def _runs(body: tuple[n.Statement, ...]) -> Iterator[n.Node]:
    """What runs when the module loads: everything but functions."""
    return (node for node in walk_own(body) if not isinstance(node, n.Function))


def _is_of_instance(module: Module, call: n.Node) -> bool:
    """Whether a call stands in a field of a class that is not static: it runs for every instance."""
    for statement in module.body:
        if not isinstance(statement, n.Class) or not statement.start <= call.start < statement.end:
            continue
        for member in statement.members:
            if member.start <= call.start < member.end:
                return not module.text(member).startswith("static")
    return False


def _called(call: n.Call) -> Iterator[n.Function]:
    """The functions that a call runs at once: `(() => …)()`, and callbacks of array methods."""
    if isinstance(call.callee, n.Function):
        yield call.callee
    if (
        isinstance(call.callee, n.Member)
        and call.callee.property in _ITERATING
        and _is_array(call.callee.object)
    ):
        yield from (argument for argument in call.arguments if isinstance(argument, n.Function))


def _is_array(node: n.Expression) -> bool:
    """Whether a method is surely one of arrays, which calls back at once."""
    match node:
        case n.Array() | n.Name(name="Array"):
            return True
        case n.Call(callee=n.Member(object=n.Name(name="Array" | "Object"))):
            return True
        case n.Call(callee=n.Member(object=inner, property=name)) if name in _ITERATING:
            return _is_array(inner)
    return False


def _frozen(module: Module, call: n.Call, depth: int) -> tuple[str, n.Call] | None:
    """What a call reads, and the call that reads it; functions of the same module are followed."""
    path = _path(call.callee)
    if not path:
        return None
    if path[0] in module.imports:
        return _of_package(module, call, path) or _of_other_file(module, call, depth)
    if path[0] not in module.top:
        if call.new:
            return ("clock", call) if path == ("Date",) and not call.arguments else None
        what = _GLOBALS.get(path) or ("clock" if path == ("Date",) else None)
        return (what, call) if what else None
    target = module.top[path[0]]
    if len(path) == 1 and isinstance(target, n.Function) and depth < _DEPTH and not call.new:
        inner = _given(target, call)
        return next((found for node in inner if (found := _frozen(module, node, depth + 1))), None)
    return None


def _given(function: n.Function, call: n.Call) -> Iterator[n.Call]:
    """The calls that a function makes when it is called so, without those that only an error is made of."""
    told = {
        parameter.pattern.name
        for parameter, argument in zip(function.parameters, call.arguments, strict=False)
        if isinstance(parameter.pattern, n.Name) and _is_something(argument)
    }
    nodes = list(walk_own(function.body, (n.Function, n.Throw)))
    spared = [part for node in nodes for part in _not_taken(node, told)] if told else []
    for node in nodes:
        if isinstance(node, n.Call) and not any(part.start <= node.start < part.end for part in spared):
            yield node


def _is_something(argument: n.Expression) -> bool:
    """Whether a constant is neither nothing nor empty."""
    match argument:
        case n.String(value=value) | n.Number(value=value):
            return bool(value)
        case n.Constant(value=value):
            return value is True
    return isinstance(argument, n.Object | n.Array | n.Function)


def _not_taken(node: n.Node, told: Collection[str]) -> tuple[n.Node, ...]:
    """What is not come to where some parameters are there: `at ?? Date.now()`, `text ? … : new Date()`."""
    match node:
        case n.Binary(operator="??" | "||", left=n.Name(name=name), right=right) if name in told:
            return (right,)
        case n.Conditional(test=test, then=then, other=other):
            held = _holds(test, told)
            return () if held is None else (other if held else then,)
        case n.If(test=test, then=then, other=other):
            held = _holds(test, told)
            return () if held is None else (*(other if held else then),)
    return ()


def _holds(test: n.Expression, told: Collection[str]) -> bool | None:
    """Whether a test holds where some parameters are there; None where that does not say."""
    match test:
        case n.Name(name=name):
            return True if name in told else None
        case n.Unary(operator="!", value=value):
            held = _holds(value, told)
            return None if held is None else not held
        case n.Binary(
            operator="===" | "==", left=n.Name(name=name), right=n.Constant(value=None | "undefined")
        ):
            return False if name in told else None
        case n.Binary(
            operator="!==" | "!=", left=n.Name(name=name), right=n.Constant(value=None | "undefined")
        ):
            return True if name in told else None
    return None


def _of_other_file(module: Module, call: n.Call, depth: int) -> tuple[str, n.Call] | None:
    """What a function of another file reads that is called: of its own file it is told like any other."""
    match module.project.resolver.evaluate(module, call.callee):
        case Definition(module=where, node=n.Function() as function) if depth < _DEPTH and not call.new:
            inner = _given(function, call)
            found = next((found for node in inner if (found := _frozen(where, node, depth + 1))), None)
            return (found[0], call) if found else None
    return None


def _of_package(module: Module, call: n.Call, path: tuple[str, ...]) -> tuple[str, n.Call] | None:
    specifier, imported = module.imports[path[0]]
    package = specifier.removeprefix("node:")
    names = path[1:] if imported in {"*", "default"} and len(path) > 1 else (imported, *path[1:])
    if package in _CLOCK_IF_BARE and call.arguments:
        return None
    if package == "luxon" and names == ("DateTime", "now"):
        return "clock", call
    what = _PACKAGES.get((package, *names))
    return (what, call) if what else None


def _path(node: n.Expression) -> tuple[str, ...]:
    match node:
        case n.Name(name=name):
            return (name,)
        case n.Member(object=inner, property=name):
            outer = _path(inner)
            return (*outer, name) if outer else ()
    return ()


def _declared(module: Module, call: n.Node) -> str:
    """The name of the top-level variable that a call stands in."""
    for statement in module.body:
        if isinstance(statement, n.Declare) and statement.start <= call.start < statement.end:
            return statement.target.name if isinstance(statement.target, n.Name) else ""
    return ""
