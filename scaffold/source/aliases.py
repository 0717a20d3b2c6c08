"""Variables that stand for an address, or for a part of one: `const { orders } = api.shop`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source.syntax import WRAPPERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_STEPS = {"member_expression", "subscript_expression"}
_WRAPPERS = WRAPPERS | {"type_assertion"}
_PARTS = {"shorthand_property_identifier_pattern", "pair_pattern"}
_BLOCKS = {"statement_block", "switch_body"}
_BOUND = {"identifier", "shorthand_property_identifier_pattern"}
_PATTERNS = {"array_pattern", "object_pattern", "rest_pattern", "formal_parameters"}
# The part of a pattern that is bound, where another is a key or what stands in for it.
_PART_BOUND = {
    "pair_pattern": "value",
    "assignment_pattern": "left",
    "object_assignment_pattern": "left",
    "required_parameter": "pattern",
    "optional_parameter": "pattern",
}
_ADDRESSES = b"_generated/api"
_ASKING = {"unary_expression": {b"void", b"typeof"}, "binary_expression": {b"in"}}


def named(node: Node, end: int) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """The variables that an address is put into, each with the way on from it; none where others get it too.

    The address begins with `node` and ends at the byte `end`.
    """
    whole = _whole(node, end)
    declares = whole.parent if whole is not None else None
    if declares is None or declares.type != "variable_declarator" or _is_exported(declares):
        return
    target = declares.child_by_field_name("name")
    if target is None or declares.child_by_field_name("value") != whole:
        return
    if target.type == "identifier" and target.text is not None:
        yield target.text, ()
    elif target.type == "object_pattern":
        yield from _taken_apart(target)


def behind_casts(node: Node, end: int) -> tuple[int, tuple[str, ...]]:
    """The steps that follow casts of an address, and its end: `(api as unknown as Api).orders.list`."""
    steps: list[str] = []
    whole = _whole(node, end)
    while whole is not None and whole.end_byte > end:
        around = whole.parent
        name = around.child_by_field_name("property") if around is not None else None
        if around is None or around.type != "member_expression" or name is None or name.text is None:
            break
        if around.child_by_field_name("object") != whole:
            break
        steps.append(name.text.decode())
        whole, end = around, around.end_byte - 1
    return (end + 1 if steps else end), tuple(steps)


def is_only_asked(node: Node, end: int) -> bool:
    """Whether an address is but asked for what it has, or dropped: `"billing" in api`, `void api`."""
    whole = _whole(node, end)
    around = whole.parent if whole is not None else None
    operator = around.child_by_field_name("operator") if around is not None else None
    return around is not None and operator is not None and operator.text in _ASKING.get(around.type, ())


def is_bound(node: Node) -> bool:
    """Whether a name is a parameter, or a part of what is taken apart: `const [api, setApi] = useState()`."""
    around = node.parent
    if around is None:
        return False
    if around.type == "arrow_function":
        return around.child_by_field_name("parameter") == node
    if around.type in _PART_BOUND:
        return around.child_by_field_name(_PART_BOUND[around.type]) == node
    return around.type in _PATTERNS


def is_shadowed(node: Node) -> bool:
    """Whether a block or a function around has something else of that name: `const api = getApi(url)`."""
    around = node.parent
    while around is not None:
        if around.type in _BLOCKS and any(_declares(each, node) for each in around.named_children):
            return True
        given = around.child_by_field_name("parameters") or around.child_by_field_name("parameter")
        if given is not None and _binds(given, node):
            return True
        around = around.parent
    return False


def _declares(statement: Node, name: Node) -> bool:
    if statement.type not in {"lexical_declaration", "variable_declaration"}:
        return False
    for each in statement.named_children:
        target, value = each.child_by_field_name("name"), each.child_by_field_name("value")
        if target is not None and _binds(target, name):
            return value is None or value.text is None or _ADDRESSES not in value.text
    return False


def _binds(pattern: Node, name: Node) -> bool:
    """Whether a pattern gives a name something to stand for."""
    if pattern.type in _BOUND:
        return pattern.text == name.text
    if pattern.type in _PART_BOUND:
        part = pattern.child_by_field_name(_PART_BOUND[pattern.type])
        return part is not None and _binds(part, name)
    return pattern.type in _PATTERNS and any(_binds(each, name) for each in pattern.named_children)


def _whole(node: Node, end: int) -> Node | None:
    """All of an address, with the casts around it; None where it goes on in a way that is worked out."""
    whole = node
    while (around := whole.parent) is not None and around.child(0) is not None:
        goes_on = around.type in _STEPS and around.end_byte <= end
        wraps = around.type in _WRAPPERS and whole in (around.child(0), around.named_child(0))
        if not goes_on and not wraps:
            break
        whole = around
    return whole


def _is_exported(declarator: Node) -> bool:
    statement = declarator.parent
    around = statement.parent if statement is not None else None
    return around is not None and around.type == "export_statement"


def _taken_apart(pattern: Node) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    if any(part.type not in _PARTS for part in pattern.named_children):
        return
    for part in pattern.named_children:
        key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
        if part.type == "shorthand_property_identifier_pattern" and part.text is not None:
            yield part.text, (part.text.decode(),)
        elif key is not None and key.text is not None and value is not None and value.text is not None:
            yield value.text if value.type == "identifier" else b"", (key.text.decode().strip("\"'"),)
