"""Functions of a project with the types of their arguments and results: what a generated `api.py` is made of.

`orders.public.place(alice, {"item": "book"})` calls `orders/public:place` as Alice, and a type
checker knows what may go in and what comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, NotRequired, ParamSpec, TypedDict, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.testing.client import Client, Subscription

P = ParamSpec("P")  # the arguments: one dictionary, or nothing for a function without arguments
R = TypeVar("R")
Item = TypeVar("Item")


class _Function(Generic[P, R]):
    """A public function by its name, which is as Convex spells it: `orders/public:place`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Query(_Function[P, R]):
    """A query: called for its result as of now, or watched."""

    def __call__(self, client: Client, /, *args: P.args, **_: P.kwargs) -> R:
        """The result of the query, as of now."""
        return cast("R", client.query(self.name, _given(args)))

    def subscribe(self, client: Client, /, *args: P.args, **_: P.kwargs) -> Subscription[R]:
        """Results as they change. To be closed, or used in a `with`."""
        return cast("Subscription[R]", client.subscribe(self.name, _given(args)))

    def wait_until(
        self, condition: Callable[[R], object], client: Client, /, *args: P.args, **_: P.kwargs
    ) -> R:
        """Watch the query until its result fulfils a condition; that result.

        Raises:
            TimeoutError: it did not within five seconds; the message has the last result.
        """
        with self.subscribe(client, *args, **_) as results:
            return results.until(condition)


class Mutation(_Function[P, R]):
    """A mutation."""

    def __call__(self, client: Client, /, *args: P.args, **_: P.kwargs) -> R:
        """Run the mutation; its result."""
        return cast("R", client.mutation(self.name, _given(args)))


class Action(_Function[P, R]):
    """An action."""

    def __call__(self, client: Client, /, *args: P.args, **_: P.kwargs) -> R:
        """Run the action; its result."""
        return cast("R", client.action(self.name, _given(args)))


def _given(args: tuple[object, ...]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", args[0]) if args else {}


class PaginationOptions(TypedDict):
    """What a paginated query takes: `paginationOptsValidator` of convex/server."""

    numItems: float
    cursor: str | None
    endCursor: NotRequired[str | None]
    id: NotRequired[float]
    maximumRowsRead: NotRequired[float]
    maximumBytesRead: NotRequired[float]


class PaginationResult(TypedDict, Generic[Item]):
    """What a paginated query gives: `paginationResultValidator` of convex/server."""

    page: list[Item]
    continueCursor: str
    isDone: bool
    splitCursor: NotRequired[str | None]
    pageStatus: NotRequired[Literal["SplitRecommended", "SplitRequired"] | None]
