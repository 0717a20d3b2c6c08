"""Variables of the deployment: `process.env.NAME`, and `env.NAME` of Convex or of a package."""

from __future__ import annotations

from scaffold.model.values import External, Global, Value


def is_of_environment(value: Value) -> bool:
    """Whether a value is a variable of the deployment, a part of one, or all of them."""
    match value:
        case Global(("process", "env", *_) | ("globalThis", "process", "env", *_)) | External(_, ("env", *_)):
            return True
    return False


def variable_of(value: Value) -> str | None:
    """The name of the variable that a value is; None where it is anything else."""
    match value:
        case Global(("process", "env", name) | ("globalThis", "process", "env", name)):
            return name
        case External(_, ("env", name)):
            return name
    return None
