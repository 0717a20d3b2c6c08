"""Python tests of a Convex project, against the embedded backend or a real deployment.

The pytest plugin `scaffold.testing.plugin` brings fixtures; these are the types of what they give.
"""

from typing import TYPE_CHECKING, Any

from scaffold.testing.client import AsUser, Client, OnSignIn
from scaffold.testing.functions import Action, Mutation, PaginationOptions, PaginationResult, Query
from scaffold.testing.service import Call, Service
from scaffold.testing.target import Target

if TYPE_CHECKING:
    from convex import ConvexInt64

    from scaffold.testing.contract import Contract
    from scaffold.testing.documents import Documents

__all__ = [
    "Action",
    "AsUser",
    "Call",
    "Client",
    "Contract",
    "ConvexInt64",
    "Documents",
    "Mutation",
    "OnSignIn",
    "PaginationOptions",
    "PaginationResult",
    "Query",
    "Service",
    "Target",
]


def __getattr__(name: str) -> Any:
    """Import what needs Hypothesis or Convex when it is asked for: the plugin is loaded by every pytest."""
    if name == "ConvexInt64":
        from convex import ConvexInt64  # noqa: PLC0415

        return ConvexInt64
    if name == "Contract":
        from scaffold.testing.contract import Contract  # noqa: PLC0415

        return Contract
    if name == "Documents":
        from scaffold.testing.documents import Documents  # noqa: PLC0415

        return Documents
    raise AttributeError(name)
