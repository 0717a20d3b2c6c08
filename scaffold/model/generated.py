"""The text of `convex/_generated`, as the convex package would write it.

The constant parts are read from generated code that the convex package wrote (`Constants`); only the
lists in them are written here: modules, components, environment variables.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import UnreadableConfigError
from scaffold.core.patterns import regex
from scaffold.model.app_definition import EnvVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scaffold.model.app_definition import AppDefinition, Component

_WIDTH = 80  # columns; convex formats with Prettier's defaults

# A module of one of these names gets an underscore: they are reserved, or names of the file itself.
_RESERVED = frozenset(
    """break case catch class const continue debugger default delete do else export extends false finally
    for function if import in instanceof new null return super switch this throw true try typeof var void
    while with let static yield await enum implements interface package private protected public
    fullApi api internal components""".split()
)

_MODULE_IMPORTS = regex(r"(?:^import type \* as .*\n)+\n", re.MULTILINE)
_MODULE_LIST = regex(r"(?<=^declare const fullApi: ApiFromModules<)\{[^}]*\}", re.MULTILINE)
_COMPONENT_LIST = regex(r"(?<=^export declare const components: )\{[^}]*\}(?=;$)", re.MULTILINE)
_COMPONENT_ROW = regex(
    r"""import\("(?P<package>.+)/_generated/component\.js"\)\.ComponentApi<"(?P<name>[^"]+)">"""
)
_ENV_LIST = regex(r"(?<=^type Env = )\{[^}]*\}(?=;$)", re.MULTILINE)

_PLATFORM_ENV = (
    EnvVar(name="CONVEX_CLOUD_URL", members=("string",)),
    EnvVar(name="CONVEX_SITE_URL", members=("string",)),
)


@dataclass(frozen=True, kw_only=True)
class Constants:
    """Generated code of some other project, by file name, to take the constant parts from.

    `without_schema` is `dataModel.d.ts` of a project that has no schema.
    """

    files: Mapping[str, str]
    without_schema: str


def generated_files(
    constants: Constants,
    *,
    modules: Sequence[str],
    app: AppDefinition,
    has_schema: bool,
    commonjs: bool = False,
) -> dict[str, str]:
    """The files of `_generated`, by name, for these modules (paths in Convex's order) and this app.

    Raises:
        UnreadableConfigError: the name of a module gives no identifier; Convex fails on it too.
    """
    for module in modules:
        if not _is_identifier(_identifier(module)):
            reason = "the name gives no TypeScript identifier, and Convex cannot generate code for it"
            raise UnreadableConfigError(
                module, reason, "rename it to letters, digits, hyphens and underscores"
            )
    api = _api(constants.files["api.d.ts"], modules, app.components)
    files = {
        "api.d.ts": api,
        "api.js": constants.files["api.js"],
        "dataModel.d.ts": constants.files["dataModel.d.ts"] if has_schema else constants.without_schema,
        "server.d.ts": _server(constants.files["server.d.ts"], app.env),
        "server.js": constants.files["server.js"],
    }
    if commonjs:
        files |= {"api_cjs.cjs": constants.files["api_cjs.cjs"], "api_cjs.d.cts": api}
    return files


def component_names(api_dts: str) -> dict[str, str]:
    """The names of mounted components by package, as an existing `api.d.ts` has them."""
    return {row["package"]: row["name"] for row in _COMPONENT_ROW.finditer(api_dts)}


def _api(constant: str, modules: Sequence[str], components: Sequence[Component]) -> str:
    imports = "".join(f'import type * as {_identifier(m)} from "../{_stem(m)}.js";\n' for m in modules)
    text = _MODULE_IMPORTS.sub(lambda _: imports + "\n" if imports else "", constant, count=1)
    rows = (f"{_key(_stem(module))}: typeof {_identifier(module)}" for module in modules)
    text = _MODULE_LIST.sub(lambda _: _block(rows), text, count=1)
    mounted = (
        f'{_key(component.name)}: import("{component.package}/_generated/component.js")'
        f'.ComponentApi<"{component.name}">'
        for component in components
    )
    return _COMPONENT_LIST.sub(lambda _: _block(mounted), text, count=1)


def _server(constant: str, env: Sequence[EnvVar]) -> str:
    rows = (_env_row(variable) for variable in (*_PLATFORM_ENV, *env))
    return _ENV_LIST.sub(lambda _: _block(rows), constant, count=1)


def _block(rows: Iterable[str]) -> str:
    lines = "".join(f"  {row};\n" for row in rows)
    return f"{{\n{lines}}}" if lines else "{}"


def _env_row(variable: EnvVar) -> str:
    """One property, broken as Prettier breaks a union that is too long for its line."""
    name = f"readonly {variable.name}:"
    line = f"{name} {' | '.join(variable.members)}"
    if len(variable.members) == 1 or _columns(f"  {line};") <= _WIDTH:
        return line
    second = f"    {' | '.join(variable.members)}"
    if _columns(f"{second};") <= _WIDTH:
        return f"{name}\n{second}"
    return "\n    | ".join([name, *variable.members])


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _stem(module: str) -> str:
    return module.rpartition(".")[0]


def _identifier(module: str) -> str:
    name = re.sub(r"[/-]", "_", _stem(module))
    return f"{name}_" if name in _RESERVED else name


def _key(name: str) -> str:
    # Prettier leaves the quotes where ECMAScript 5 would have needed them.
    return name if _is_identifier(name) and max(name) <= "\uffff" else f'"{name}"'


def _is_identifier(name: str) -> bool:
    return name.replace("$", "_").isidentifier()
