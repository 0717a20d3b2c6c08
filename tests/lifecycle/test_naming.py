from __future__ import annotations

import pytest

from scaffold.core.errors import InvalidNameError, NameIsPathError
from scaffold.lifecycle import naming

GOOD = ["orders", "my-backend", "a", "x" * 214, "@acme/orders", "v2.api", "a_b", "7up"]

BAD = [
    # what was typed, why it cannot be, what is proposed
    ("", "it is empty", "my-backend"),
    ("Orders", "package names are lower-case", "orders"),
    ("my app", "use lower-case letters, digits, hyphens, dots and underscores only", "my-app"),
    (".hidden", "it starts with a dot or an underscore", "hidden"),
    ("_generated", "it starts with a dot or an underscore", "generated"),
    ("-rf", "it starts with a hyphen, as an option does", "rf"),
    ("ends.", "it ends in a dot", "ends"),
    (
        "convex",
        "the project depends on the package convex, and npm refuses one that depends on itself",
        "convex-backend",
    ),
    ("node_modules", "Node.js or npm keeps that name for itself", "node_modules-backend"),
    ("http", "Node.js or npm keeps that name for itself", "http-backend"),
    ("con", "Windows keeps that name for a device", "con-backend"),
    ("nul.txt", "Windows keeps that name for a device", "nul-backend"),
    ("café", "use lower-case letters, digits, hyphens, dots and underscores only", "caf"),
    ("日本", "use lower-case letters, digits, hyphens, dots and underscores only", "my-backend"),
    ("a$b", "use lower-case letters, digits, hyphens, dots and underscores only", "a-b"),
    ("new\nline", "use lower-case letters, digits, hyphens, dots and underscores only", "new-line"),
    ("y" * 215, "it has 215 characters, npm allows 214", "y" * 60),
]

PATHS = [
    # what was typed, and the command that is proposed instead
    (".", "convex-scaffold new my-backend"),
    ("..", "convex-scaffold new my-backend"),
    ("../evil", "convex-scaffold new evil --in .."),
    ("/etc/passwd", "convex-scaffold new passwd --in /etc"),
    ("apps/Backend", "convex-scaffold new backend --in apps"),
    ("apps\\backend", "convex-scaffold new backend --in apps"),
    ("~/code", "convex-scaffold new code --in '~'"),
    ("my-app/", "convex-scaffold new my-app"),
    ("@acme/../x", "convex-scaffold new x --in @acme/.."),
]


@pytest.mark.parametrize("name", GOOD)
def test_a_package_name_is_a_project_name(name: str) -> None:
    assert naming.parse(name).package == name


def test_the_folder_of_a_scoped_package_is_its_name_without_the_scope() -> None:
    assert naming.parse("@acme/orders").folder == "orders"


@pytest.mark.parametrize(("name", "reason", "suggestion"), BAD)
def test_what_is_no_package_name_is_refused_with_a_better_one(
    name: str, reason: str, suggestion: str
) -> None:
    with pytest.raises(InvalidNameError) as refused:
        naming.parse(name)

    assert refused.value.message == f"{name!r} is no name for a project: {reason}"
    assert refused.value.hint == f"convex-scaffold new {suggestion}"
    assert naming.complaint(suggestion) is None


@pytest.mark.parametrize(("name", "command"), PATHS)
def test_a_path_is_refused_with_the_command_that_was_meant(name: str, command: str) -> None:
    with pytest.raises(NameIsPathError) as refused:
        naming.parse(name)

    assert refused.value.hint == command
