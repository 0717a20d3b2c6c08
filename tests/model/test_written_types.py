"""The way into a type, told from its text alone."""

from __future__ import annotations

import pytest

from scaffold.model.written_types import declared, followed

ARGS = """{
  task: Doc<"tasks">;
  readonly by?: Id<"users"> | null;
  left: Array<Id<"notes">>, "deep": { on: (id: Id<"a">, ...rest: Id<"b">[]) => Id<"c">; to: Id<"d"> }
}"""
LINES = """{
  first: Id<"a">
  second:
    | Id<"b">
    | null
  third: string
}"""


@pytest.mark.parametrize(
    ("annotation", "path", "found"),
    [
        ('Id<"a">', (), ('Id<"a">', ())),
        ('(Id<"a"> | null | undefined)', (), ('Id<"a">', ())),
        ('Id<"a"> | Id<"b">', (), ('Id<"a"> | Id<"b">', ())),
        ('Id<"a">[]', ("*",), ('Id<"a">', ())),
        ('readonly (Id<"a"> | undefined)[]', ("*",), ('Id<"a">', ())),
        ('Id<"a"> | Id<"b">[]', ("*",), ('Id<"a"> | Id<"b">[]', ("*",))),
        ('ReadonlyArray<{ id: Id<"a"> }>', ("*", "id"), ('Id<"a">', ())),
        ('Set<Id<"a">>', ("*",), ('Id<"a">', ())),
        ('Doc<"a">["owner"]', (), ('Doc<"a">', ("owner",))),
        ('Doc<"a"> | null', ("owner",), ('Doc<"a">', ("owner",))),
        ('NonNullable<Doc<"a">["owner"]>', (), ('Doc<"a">', ("owner",))),
        (ARGS, ("task", "_id"), ('Doc<"tasks">', ("_id",))),
        (ARGS, ("by",), ('Id<"users">', ())),
        (ARGS, ("left", "*"), ('Id<"notes">', ())),
        (ARGS, ("deep", "to"), ('Id<"d">', ())),
        (f"Readonly<{ARGS}> & {{ more: Id<'e'> }}", ("more",), ("Id<'e'>", ())),
        (LINES, ("first",), ('Id<"a">', ())),
        (LINES, ("second",), ('Id<"b">', ())),
        ("{ [key: string]: Id<'a'> }", ("b",), ("{ [key: string]: Id<'a'> }", ("b",))),
        ("Options", ("by",), ("Options", ("by",))),
        ("", ("by",), ("", ("by",))),
        ("{", ("by",), ("{", ("by",))),
        ("Array<", ("*",), ("Array<", ("*",))),
        ("|", (), ("|", ())),
    ],
)
def test_followed(annotation: str, path: tuple[str, ...], found: tuple[str, tuple[str, ...]]) -> None:
    assert followed(annotation, path) == found


SOURCE = """
export type Task = Doc<"tasks">;
type Choice =
  | Id<"a">
  | null

type Pair = { left: Id<"a">; right: string }
const none = 1
interface Args<T> extends Base {
  task: { id: Id<"t"> };
}
type Last = Id<"z">"""


def test_declared() -> None:
    assert declared(SOURCE) == {
        "Task": 'Doc<"tasks">',
        "Choice": '| Id<"a">\n  | null',
        "Pair": '{ left: Id<"a">; right: string }',
        "Args": '{\n  task: { id: Id<"t"> };\n}',
        "Last": 'Id<"z">',
    }


def test_of_two_of_a_name_the_first_counts() -> None:
    assert declared("type A = string;\ninterface A { b: number }\n") == {"A": "string"}
