"""Crons and HTTP routes: what calls functions from outside of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.module import Module
    from scaffold.model.steps import Target
    from scaffold.model.values import Unknown
    from scaffold.source import nodes as n


class Cron(msgspec.Struct, eq=False, kw_only=True):
    """One job of `crons.ts`. `method` is interval, cron, hourly, daily, weekly or monthly.

    `schedule` is what was given (an object, or the string of cron); `seconds` the interval where it is one.
    """

    module: Module
    call: n.Call
    method: str
    name: str | Unknown
    name_node: n.Expression
    schedule: n.Expression | None
    seconds: float | None
    target: Target
    target_node: n.Expression | None

    @property
    def place(self) -> Place:
        """From the method's name to the closing parenthesis."""
        return self.module.place(self.call.at, self.call.end)


class Route(msgspec.Struct, eq=False, kw_only=True):
    """One route of `http.ts`. `handler` is None when it cannot be found (a library's handler).

    `module` answers it; the call that registers it may stand in another, which that one imports. `verified`:
    a package has checked who sent what the handler is told. `guarded`: something out of sight runs before the
    handler, and may keep requests out.
    """

    module: Module
    call_module: Module
    call: n.Call
    method: str | Unknown
    path: str | Unknown
    prefix: bool
    handler: Function | None
    body: Body | None
    verified: bool = False
    guarded: bool = False

    @property
    def place(self) -> Place:
        """From the method's name to the closing parenthesis."""
        return self.call_module.place(self.call.at, self.call.end)

    @property
    def address(self) -> str:
        """Its path as a message spells it."""
        return self.path if isinstance(self.path, str) else "…"


class Wiring(msgspec.Struct, eq=False, kw_only=True):
    """The cron jobs and routes of a project; `unexported` are the functions that only a route registers.

    `idle` are the modules that make some and that neither `crons.ts` nor `http.ts` imports, so that what they
    make does not run, as things stand.
    """

    crons: list[Cron] = msgspec.field(default_factory=list)
    routes: list[Route] = msgspec.field(default_factory=list)
    unexported: list[Function] = msgspec.field(default_factory=list)
    idle: list[Module] = msgspec.field(default_factory=list)

    @property
    def running_crons(self) -> list[Cron]:
        """The cron jobs that Convex knows of."""
        return [cron for cron in self.crons if cron.module not in self.idle]

    @property
    def running_routes(self) -> list[Route]:
        """The routes that Convex knows of."""
        return [route for route in self.routes if route.call_module not in self.idle]


Who = Literal["client", "server", "test", "untested"]


class Mention(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A place that names a function by its address (`api.messages.list`).

    `by` is who: `client` code, `server` code (a module of the backend), a `test`, or a mark that says that
    the test of it is still `untested`: to be written.
    """

    module: Module
    node: n.Node
    root: str
    path: tuple[str, ...]
    by: Who

    @property
    def call(self) -> str:
        """The name of the call that it is an argument of (`useQuery`, `runMutation`), "" if it is none."""
        return self.module.given_to.get(self.node.start, "")

    @property
    def place(self) -> Place:
        """The whole address."""
        return self.module.at(self.node)
