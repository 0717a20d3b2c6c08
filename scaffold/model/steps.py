"""What a function does, step by step: the facts that most rules judge.

A `Step` stands in one `Body` (a handler, a helper, a builder's input) and keeps the way to it: the loops,
branches, try blocks and callbacks around it, outermost first. A step in a helper knows nothing of its
callers; `Project.owners(step)` does.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as Choice

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.values import Closure, Definition, Reference, Unknown, Value
    from scaffold.source import nodes as n


class Use(StrEnum):
    """What becomes of the result of a call."""

    AWAITED = "awaited"
    RETURNED = "returned"
    STORED = "stored"  # in a variable or property
    COLLECTED = "collected"  # in Promise.all(…), an array, or pushed to one
    PASSED = "passed"  # as an argument
    CHAINED = "chained"  # .then(…), .catch(…), a property of it
    VOID = "void"  # `void f()`: dropped, and said so
    DISCARDED = "discarded"  # nothing at all
    OTHER = "other"  # tested, compared, in a template


class LoopFrame(msgspec.Struct, frozen=True, eq=False):
    """Inside of a loop, or of a callback that runs once an element (`map`, `forEach`, …: `kind` names it).

    `head` is what is iterated (the receiver of `map`), or the condition.
    """

    node: n.Loop | n.Call
    kind: str
    head: n.Expression | None


class BranchFrame(msgspec.Struct, frozen=True, eq=False):
    """Inside of one arm of an `if`, `?:`, `&&`, `||`, `??` or `switch`. `taken` is whether the test held."""

    node: n.Node
    test: n.Expression
    taken: bool


class TryFrame(msgspec.Struct, frozen=True, eq=False):
    """Inside of a try statement: in its body, its handler or its last part."""

    node: n.Try
    part: Choice["body", "handler", "last"]


class ClosureFrame(msgspec.Struct, frozen=True, eq=False):
    """Inside of a function within the function; `call` is what it is an argument of, if it is."""

    node: n.Function
    call: n.Call | None


class DefaultFrame(msgspec.Struct, frozen=True, eq=False):
    """Inside of a default: it runs where nothing is given for the parameter, or for this part of it."""

    node: n.Expression
    index: int
    path: tuple[str, ...]


Frame: TypeAlias = LoopFrame | BranchFrame | TryFrame | ClosureFrame | DefaultFrame


class Step(msgspec.Struct, eq=False, kw_only=True):
    """Something that a function does. `node` is the expression or statement of it."""

    body: Body
    node: n.Node
    frames: tuple[Frame, ...] = ()
    use: Use = Use.OTHER
    after_exit: tuple[n.Expression, ...] = ()
    """The tests that had to fail for this step to be reached: `if (!user) throw …` before it."""

    @property
    def place(self) -> Place:
        """Where the step stands: for a call, its last name and what is behind it."""
        return self.body.module.place(self.node.start, self.node.end)

    @property
    def tests(self) -> tuple[n.Expression, ...]:
        """What was asked on the way to it: what had to fail, and the branches that it stands in."""
        return tuple(test for test, _ in self.outcomes)

    @property
    def outcomes(self) -> tuple[tuple[n.Expression, bool], ...]:
        """The tests on the way to it, and whether each of them held."""
        branches = (frame for frame in self.frames if isinstance(frame, BranchFrame))
        return *((test, False) for test in self.after_exit), *((each.test, each.taken) for each in branches)

    @property
    def loops(self) -> tuple[LoopFrame, ...]:
        """The loops around it, outermost first."""
        return tuple(frame for frame in self.frames if isinstance(frame, LoopFrame))

    def origins(self, node: n.Expression | None) -> tuple[Value, ...]:
        """What an expression of this step is made of; see `Body.origins`."""
        return self.body.origins(node)


@cache
def kinds(base: type[Step]) -> tuple[type[Step], ...]:
    """A type of step, and those that refine it."""
    return (base, *(each for refined in base.__subclasses__() for each in kinds(refined)))


class Comparison(msgspec.Struct, frozen=True):
    """One step of an index range: `q.eq("field", value)`."""

    operator: str  # eq, gt, gte, lt, lte, search
    field: str | Unknown
    value: n.Expression | None


class Read(Step, eq=False, kw_only=True):
    """A read of the database by query: its whole chain, variables followed.

    `terminal` is collect, first, unique, take, paginate, count, `for await`, or "" when the query is handed
    on unfinished. `bound` is the argument of take or paginate. `root` is the node of `db.query(…)`.
    """

    table: str | Unknown
    index: str | Unknown | None = None  # None: no index named
    index_node: n.Expression | None = None
    index_kind: Choice["db", "search"] = "db"
    range: tuple[Comparison, ...] | Unknown = ()
    filters: tuple[n.Call, ...] = ()
    order: str | Unknown | None = None
    terminal: str = ""
    bound: n.Expression | None = None
    system: bool = False
    root: n.Node
    conditional: bool = False
    """The chain differs by branch; index, range and filters are those of one of the ways."""
    other_indexes: tuple[n.Call, ...] = ()
    """The calls of `withIndex` on the other ways."""
    way: int | None = None
    """Which of several queries it is that the call can end, each of which is a read of its own."""

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The steps of its range, as far as they are known."""
        return self.range if isinstance(self.range, tuple) else ()


class Get(Step, eq=False, kw_only=True):
    """`db.get(id)`, `db.get("table", id)`, `db.system.get(id)`. `explicit`: the table is named."""

    id: n.Expression | None
    table: str | Unknown
    explicit: bool = False


class Write(Step, eq=False, kw_only=True):
    """A write. `table` is that of the argument, or of the id's validator."""

    operation: Choice["insert", "patch", "replace", "delete"]
    table: str | Unknown
    id: n.Expression | None = None
    document: n.Expression | None = None
    explicit: bool = False


class DbUse(Step, eq=False, kw_only=True):
    """Any other use of `ctx.db`: handed to a helper outside of the project, `normalizeId`, `table(…)`."""

    method: str


Target: TypeAlias = "Reference | Definition | Unknown"


class Run(Step, eq=False, kw_only=True):
    """`ctx.runQuery` and its like. A `Definition` as target is a function passed itself."""

    method: str
    target: Target
    target_node: n.Expression | None
    arguments: n.Expression | None


class Schedule(Step, eq=False, kw_only=True):
    """`ctx.scheduler.runAfter/runAt`, or a job handed to a component.

    `via` is scheduler, workpool, retrier or workflow; `when` the delay or the time.
    """

    method: str
    via: str
    target: Target
    target_node: n.Expression | None
    when: n.Expression | None
    arguments: n.Expression | None


class Cancel(Step, eq=False, kw_only=True):
    """`ctx.scheduler.cancel(id)`."""


class Auth(Step, eq=False, kw_only=True):
    """`ctx.auth.getUserIdentity()`, or an auth library's equivalent; `how` names it."""

    how: str


class Storage(Step, eq=False, kw_only=True):
    """`ctx.storage.store`, `get`, `getUrl`, `generateUploadUrl`, `delete`, `getMetadata`."""

    operation: str


class External(Step, eq=False, kw_only=True):
    """A call out of the system: `fetch`, or a method of an object that a package made.

    `package` is "" for fetch; `path` is the callee from the package's export on, as in `values.External`.
    """

    package: str
    path: tuple[str, ...]
    arguments: tuple[n.Expression, ...]

    @property
    def name(self) -> str:
        """The last name of what is called; "" where it has none."""
        return self.path[-1] if self.path else ""


class Clock(Step, eq=False, kw_only=True):
    """`Date.now()`, `new Date()`, `performance.now()`; `what` is its text."""

    what: str


class Random(Step, eq=False, kw_only=True):
    """`Math.random()`, `crypto.randomUUID()`, `crypto.getRandomValues()`."""

    what: str


class Effect(Step, eq=False, kw_only=True):
    """Something only actions may do: `kind` is timer (`setTimeout`, …) or import (`import(…)`)."""

    kind: str
    what: str


class Log(Step, eq=False, kw_only=True):
    """`console.*`."""

    level: str
    arguments: tuple[n.Expression, ...]


class EnvRead(Step, eq=False, kw_only=True):
    """`process.env.NAME`; `name` is None when computed."""

    name: str | None


class HelperCall(Step, eq=False, kw_only=True, dict=True):
    """A call of an unregistered function of the project, or of a local one."""

    name: str
    arguments: tuple[n.Expression, ...]
    target: Definition | Closure
    read_callee: Callable[[], Body | None]

    @cached_property
    def callee(self) -> Body | None:
        """The body of what is called, read when it is asked for; None for a local function.

        What is read of it must not depend on who asked for what before: parts of a project are asked in any
        order, by several processes.
        """
        return self.read_callee()


class OtherCall(Step, eq=False, kw_only=True):
    """Any other call: of a package, a parameter, a method of a value. `value` is the callee's."""

    name: str
    value: Value
    arguments: tuple[n.Expression, ...]


class Length(Step, eq=False, kw_only=True):
    """The number of what a read gave: `.length`, or a loop, `forEach` or `reduce` that only counts."""

    read: Read


class FunctionCall(Step, eq=False, kw_only=True):
    """A registered function called directly, as if it were a helper."""

    target: Definition


class Test(Step, eq=False, kw_only=True):
    """The condition of an `if`, `?:` or `switch`. `exits` tells that one arm leaves the function."""

    test: n.Expression
    exits: bool


class Throw(Step, eq=False, kw_only=True):
    """`throw value`."""

    value: n.Expression


class Return(Step, eq=False, kw_only=True):
    """`return value` of the body itself (of a closure: with a ClosureFrame)."""

    value: n.Expression | None
