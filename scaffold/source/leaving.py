"""Whether statements are left before their end."""

from __future__ import annotations

from scaffold.source import nodes as n


def leaves(body: tuple[n.Statement, ...]) -> bool:
    """Whether a block never runs to its end."""
    if not body:
        return False
    match body[-1]:
        case n.Return() | n.Throw() | n.Leave():
            return True
        case n.If(then=then, other=other):
            return leaves(then) and leaves(other)
        case n.Block(body=inner):
            return leaves(inner)
        case n.Try(body=tried, handler=handler, last=last, catches=catches):
            return leaves(last) or (leaves(tried) and (not catches or leaves(handler)))
    return False
