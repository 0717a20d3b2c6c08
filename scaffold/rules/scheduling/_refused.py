"""Whether a service refuses to do something a second time, by what it is or what the code expects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.rules._nodes import EQUALITIES, nodes_of, walk
from scaffold.rules._services import plain_path
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.steps import External

# What nobody pays twice: whoever is sent there pays for the page that is open.
_OFFERED = {
    "@polar-sh/sdk": ("checkouts.create", "customers.create"),  # a customer is there once for an address
    "razorpay": ("orders.create",),
}
# What GitHub has once under a name: a pull request from one branch to another, a branch, a release.
_OF_GITHUB = regex(r"pulls\.create$|create(?:Ref|Webhook|Label|Release|ForAuthenticatedUser|InOrg)$")
_CONFLICT = 409
_UNUSABLE = {400, 422}  # said of all kinds of things
_ALREADY = regex(r"\balready\b|\bexists?\b|duplicate", re.IGNORECASE)


def is_refused(call: External) -> bool:
    """Whether a call of a package's would be refused the second time, or only offers something again."""
    path = ".".join(plain_path(call))
    offered = path.endswith(_OFFERED.get(call.package, ()))
    return offered or ("octokit" in call.package and _OF_GITHUB.search(path) is not None)


def expects_refusal(call: External) -> bool:
    """Whether the code tells a refusal from other failures: `response.status === 409`.

    Of a status that means more than that, the branches have to say what they take it for.
    """
    codes = {node.start: code for node in nodes_of(call.body, n.Binary) if (code := _code(call, node))}
    if _CONFLICT in codes.values():
        return True
    return bool(codes) and any(
        any(node.start in codes for node in walk(branch.test)) and _says_already(branch)
        for branch in nodes_of(call.body, n.If)
    )


def _code(call: External, node: n.Binary) -> float | None:
    """The status that the answer to a call is compared with."""
    match node:
        case n.Binary(
            operator=operator, left=n.Member(object=asked, property="status"), right=n.Number(value=code)
        ) if operator in EQUALITIES and code in {_CONFLICT, *_UNUSABLE}:
            value = call.body.value(asked)
            return code if isinstance(value, vs.Result) and value.step is call else None
    return None


def _says_already(branch: n.If) -> bool:
    texts = (node.value for node in walk(*branch.then, *branch.other) if isinstance(node, n.String))
    return any(map(_ALREADY.search, texts))
