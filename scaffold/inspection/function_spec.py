"""The functions of a project in the shape that `npx convex function-spec` prints, without a deployment."""

from __future__ import annotations

from base64 import b64encode
from math import copysign, isfinite
from struct import pack
from typing import TYPE_CHECKING, Any

from scaffold.model.function import Kind
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from scaffold.model.function import Function
    from scaffold.model.project import Project
    from scaffold.model.validators import Validator
    from scaffold.model.wiring import Route

_TYPES = {Kind.QUERY: "Query", Kind.MUTATION: "Mutation", Kind.ACTION: "Action"}
_ANY: dict[str, Any] = {"type": "any"}


def function_spec(project: Project) -> dict[str, Any]:
    """The document. `url` is null: there is no deployment. What cannot be read shows as `any`."""
    registered = sorted(
        (function for function in project.functions if function.kind in _TYPES),
        key=_identifier,
    )
    running = filter(_is_plain, project.wiring.running_routes)
    routes = {(route.method, route.path, route.prefix): route for route in running}
    return {"url": None, "functions": [*map(_function, registered), *map(_route, routes.values())]}


def validator_json(validator: Validator | Unknown | None) -> dict[str, Any]:
    """A validator as `convex` writes it in JSON (`ValidatorJSON` of convex 1.48, `values/validators.ts`)."""
    if validator is None or isinstance(validator, Unknown) or not _is_known(validator):
        return dict(_ANY)
    match validator.kind:
        case "int64":
            return {"type": "bigint"}
        case "literal":
            return {"type": "literal", "value": _literal(validator.value)}
        case "id":
            return {"type": "id", "tableName": validator.table}
        case "array":
            return {"type": "array", "value": validator_json(validator.element)}
        case "union":
            return {"type": "union", "value": [validator_json(member) for member in validator.members]}
        case "record":
            return {
                "type": "record",
                "keys": validator_json(validator.keys),
                "values": {"fieldType": validator_json(validator.element), "optional": False},
            }
        case "object":
            return _object(validator)
    return {"type": validator.kind}


def _is_known(validator: Validator) -> bool:
    named = validator.kind != "id" or validator.table is not None
    return validator.complete and named and validator.kind != "zod"


def _literal(value: object) -> object:
    """A value in JSON; as Convex does it, what JSON cannot write (`1e999`, `-0`, `1n`) as its bytes."""
    if isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63:
        return {"$integer": b64encode(pack("<q", value)).decode()}
    if isinstance(value, float) and (not isfinite(value) or (value == 0 and copysign(1, value) < 0)):
        return {"$float": b64encode(pack("<d", value)).decode()}
    return value


def _object(validator: Validator) -> dict[str, Any]:
    fields = {
        name: {"fieldType": validator_json(field), "optional": field.optional}
        for name, field in validator.fields.items()
    }
    return {"type": "object", "value": fields}


def _function(function: Function) -> dict[str, Any]:
    return {
        "args": validator_json(function.sent),
        "functionType": _TYPES[function.kind],
        "identifier": _identifier(function),
        "returns": validator_json(function.returns),
        "visibility": {"kind": "public" if function.public else "internal"},
    }


def _identifier(function: Function) -> str:
    return f"{function.module.name}.js:{function.name}"


def _is_plain(route: Route) -> bool:
    return isinstance(route.method, str) and isinstance(route.path, str)


def _route(route: Route) -> dict[str, Any]:
    path = f"{route.path}*" if route.prefix else route.path
    return {"functionType": "HttpAction", "method": route.method, "path": path}
