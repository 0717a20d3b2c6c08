"""Python tests of a Convex project, against the embedded backend or a real deployment.

The pytest plugin `scaffold.testing.plugin` brings fixtures; these are the types of what they give.
"""

from scaffold.testing.client import Client
from scaffold.testing.functions import Action, Mutation, PaginationOptions, PaginationResult, Query
from scaffold.testing.service import Call, Service
from scaffold.testing.target import Target

__all__ = [
    "Action",
    "Call",
    "Client",
    "Mutation",
    "PaginationOptions",
    "PaginationResult",
    "Query",
    "Service",
    "Target",
]
