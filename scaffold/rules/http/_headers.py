"""What a request says beside its body."""

from __future__ import annotations

from scaffold.model import values as vs
from scaffold.model.steps import OtherCall


def is_header(value: vs.Value) -> bool:
    """`request.headers.get(…)`, and what is taken from the address."""
    match value:
        case vs.Argument(path=("request", "headers" | "header" | "url", *_)):
            return True
        case vs.Argument(path=("request", "raw", "headers" | "url", *_)):
            return True
        case vs.Result(step=OtherCall(value=vs.Argument(path=("request", "raw", "headers", *_)))):
            return True
        case vs.Result(
            step=OtherCall(value=vs.Argument(path=("request", "headers" | "header" | "query", *_)))
        ):
            return True
    return False
