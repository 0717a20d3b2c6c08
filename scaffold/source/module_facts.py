"""All that is known of one file, in a shape that is quick to keep and to hand between processes."""

from __future__ import annotations

from functools import cached_property

import msgspec

from scaffold.source import nodes as n


class Insert(msgspec.Struct, frozen=True, array_like=True):
    """A place that inserts a document; `table` is "" where nothing there tells which.

    `listed`: it does so for each entry of a list that stands in the code. `within` is the outermost function
    around.
    """

    table: str
    listed: bool
    within: str


class ModuleFacts(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """All that the model knows of one file. Paths and places are added by who holds the file.

    Most files of a run are asked how they hang together with others, and only a few what runs in them: what
    runs stays encoded in `code` until it is asked for. Bytes are stepped over at once where facts are read,
    and stay where they lie.
    """

    code: memoryview = memoryview(b"\x91\x90")  # no statements
    links: tuple[n.Import | n.ExportNames | n.Declare, ...] = ()
    """What ties it to other files at its top level: imports, exports of names, what is required."""
    required: tuple[str, ...] = ()
    """The modules that `require` loads, wherever it stands."""
    directives: tuple[n.String, ...] = ()
    comments: tuple[n.Comment, ...] = ()
    errors: tuple[tuple[int, int], ...] = ()
    dynamic_imports: tuple[tuple[int, str], ...] = ()
    references: tuple[n.Reference, ...] = ()
    wires: bool = False
    """It may register cron jobs or HTTP routes."""
    inserts: tuple[Insert, ...] = ()
    size: int = 0
    whole: bool = True
    """It is no outline: what runs was read too."""

    @cached_property
    def body(self) -> tuple[n.Statement, ...]:
        """Its statements. An outline has none to give: ask its module, which reads them.

        Raises:
            ValueError: it is an outline.
        """
        if not self.whole:
            raise ValueError("an outline has no code")
        return _decoder.decode(self.code).body


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(n.Code)


def encoded(body: tuple[n.Statement, ...]) -> memoryview:
    """Statements as facts keep them.

    Raises:
        RecursionError: they are nested too deep.
    """
    return memoryview(_encoder.encode(n.Code(body)))
