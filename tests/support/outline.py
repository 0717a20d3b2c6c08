"""A project's model as short lines, for tests that compare all that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import steps as s
from scaffold.model.values import Definition, Reference, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.function import Function
    from scaffold.model.project import Project, Workspace
    from scaffold.model.validators import Validator

_QUIET = (s.Return, s.Test, s.Throw, s.OtherCall)


def outline(workspace: Workspace) -> str:
    """Every project, function, table, cron and route; under a function all its steps that do something."""
    lines: list[str] = []
    for project in workspace.projects:
        lines += _project(project)
    lines += [f"not seen: {blind.place.path}: {blind.reason}" for blind in workspace.blind]
    return "\n".join(lines) + "\n"


def _project(project: Project) -> Iterator[str]:
    yield f"{project.folder or '.'}{' (component)' if project.component else ''}"
    if project.components:
        yield f"  components {', '.join(sorted(project.components))}"
    if project.environment is not None:
        yield f"  environment {', '.join(sorted(project.environment))}"
    for function in sorted(project.functions, key=lambda each: each.identifier):
        yield from _function(function)
    for name, table in sorted(project.tables.items()):
        hidden = "" if table.complete else " (incomplete)"
        yield f"  table {name}{hidden}: {validator(table.document)}"
        for index in table.indexes:
            fields = "?" if index.fields is None else ", ".join(index.fields)
            staged = " staged" if index.staged else ""
            yield f"    {index.kind} index {known(index.name)}({fields}){staged}"
    if project.schema is not None and not project.schema.complete:
        yield "  tables may hide"
    yield from _wiring(project)
    yield from _bodies(project)
    for blind in project.blind:
        yield f"  not seen: {blind.place}: {blind.reason}"


def _bodies(project: Project) -> Iterator[str]:
    """What runs when a module is loaded, and what no function in view reaches."""
    for body in project.bodies:
        steps = [step for step in body.steps if not isinstance(step, _QUIET)] if body.top else []
        if steps:
            yield f"  top {body.module.path}"
            yield from (f"    {_step(step)}" for step in steps)
    for body in project.strays:
        yield f"  stray {body.module.path}:{body.name}"
        for step in body.steps:
            if not isinstance(step, _QUIET):
                yield f"    {_step(step)}"


def _wiring(project: Project) -> Iterator[str]:
    for cron in project.crons:
        every = f" every {cron.seconds:g} s" if cron.seconds else ""
        yield f"  cron {known(cron.name)} {cron.method}{every} -> {target(cron.target)}"
    for route in project.routes:
        handler = route.handler.name if route.handler else "?"
        yield f"  route {known(route.method)} {known(route.path)}{'*' if route.prefix else ''} -> {handler}"
    for mention in project.mentions:
        call = f" for {mention.call}" if mention.call else ""
        yield f"  {mention.by} {mention.place.path} names {'.'.join((mention.root, *mention.path))}{call}"


def _function(function: Function) -> Iterator[str]:
    visibility = "public" if function.public else "internal"
    builder = " < ".join(function.builder.names)
    sure = "" if function.builder.resolved else " by name alone"
    args = "" if function.args is None else f" args {validator(function.args)}"
    returns = "" if function.returns is None else f" returns {validator(function.returns)}"
    condition = " if …" if function.conditional else ""
    how = f"{visibility} {function.kind} by {builder}{sure}{condition}"
    yield f"  {function.identifier} = {how}{args}{returns}"
    if function.body is None:
        yield "    (no handler in view)"
    for reached in function.reached:
        if not isinstance(reached.step, _QUIET):
            via = "".join(f"{call.name} > " for call in reached.via)
            before = "before: " if reached.prelude else ""
            yield f"    {before}{via}{_step(reached.step)}"


def _step(step: s.Step) -> str:
    frames = "".join(f" {_frame(frame)}" for frame in step.frames)
    return f"{_what(step)}{frames} [{step.use}]"


def _frame(frame: s.Frame) -> str:
    match frame:
        case s.LoopFrame(kind=kind):
            return f"in {kind}"
        case s.BranchFrame(taken=taken):
            return "if" if taken else "else"
        case s.TryFrame(part=part):
            return f"try-{part}"
        case _:
            return "()"


def _what(step: s.Step) -> str:
    match step:
        case s.Read():
            return _read(step)
        case s.Get(table=table, explicit=explicit):
            return f"get {known(table)}{' explicit' if explicit else ''}"
        case s.Write(operation=operation, table=table, explicit=explicit):
            return f"{operation} {known(table)}{' explicit' if explicit and operation != 'insert' else ''}"
        case s.Run(method=method, target=called):
            return f"{method} {target(called)}"
        case s.Schedule(method=method, via=via, target=called):
            return f"{via}.{method} {target(called)}"
        case s.External(package=package, path=path):
            return f"external {package} {'.'.join(path)}".replace("  ", " ")
        case s.HelperCall(name=name):
            return f"helper {name}"
        case s.Auth(how=how):
            return f"auth {how}"
    told = [getattr(step, key, None) for key in ("what", "name", "level", "operation", "method")]
    extra = next((str(value) for value in told if value), "")
    return f"{type(step).__name__} {extra}".rstrip()


def _read(step: s.Read) -> str:
    parts = [f"read {known(step.table)}"]
    if step.index is not None:
        parts.append(f"{step.index_kind} index {known(step.index)}")
    if isinstance(step.range, Unknown):
        parts.append("range ?")
    elif step.range:
        parts.append(" ".join(f"{each.operator}({known(each.field)})" for each in step.range))
    if step.filters:
        parts.append(f"{len(step.filters)} filter")
    if step.order is not None:
        parts.append(known(step.order))
    parts.append(step.terminal or "unfinished")
    if step.conditional:
        parts.append("(one of several ways)")
    return " ".join(parts)


def target(value: object) -> str:
    """A function's address, or what is known of it."""
    match value:
        case Reference(root, path):
            return ".".join((root, *path))
        case Definition(name=name):
            return f"the function {name} itself"
    return "?"


def known(value: object) -> str:
    """A text, or a question mark for what is unknown."""
    return value if isinstance(value, str) else "?"


def validator(value: Validator | Unknown) -> str:
    """A validator in a line."""
    if isinstance(value, Unknown):
        return "?"
    mark = "?" if value.optional else ""
    match value.kind:
        case "object":
            inner = ", ".join(f"{name}: {validator(field)}" for name, field in value.fields.items())
            return f"{{{inner}{'' if value.complete else ', …'}}}{mark}"
        case "id":
            return f"id({value.table or '?'}){mark}"
        case "array":
            return f"array({validator(value.element) if value.element else '?'}){mark}"
        case "union":
            return f"({' | '.join(validator(member) for member in value.members)}){mark}"
        case "literal":
            return f"{value.value!r}{mark}"
        case "record":
            return f"record{mark}"
    return f"{value.kind}{mark}"
