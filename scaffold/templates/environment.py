"""Jinja's environment, made fast for templates that are mostly plain text."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension


class _Plain:
    """A text without a delimiter in it, which renders to itself."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render(self, *_: object, **__: object) -> str:
        return self._text


class Sparing(Environment):
    """Compiles each string once, and none that needs no compiling.

    Copier compiles every file, and every part of every path several times; few hold anything to render.
    """

    def from_string(self, source: Any, *args: Any, **options: Any) -> Any:
        """A template of a text, which is no file."""
        # `yield` resets state of its extension when it is compiled, so it is compiled every time.
        if args or options or not isinstance(source, str) or "yield" in source:
            return super().from_string(source, *args, **options)
        self._start_afresh()
        compiled = self.__dict__.setdefault("_compiled", {})
        if source not in compiled:
            compiled[source] = _Plain(source) if self._is_plain(source) else super().from_string(source)
        return compiled[source]

    def get_template(self, name: Any, *args: Any, **options: Any) -> Any:
        """A template of a file; other files that include it, or import from it, name themselves too."""
        if isinstance(name, str) and self.loader is not None and not args and not options:
            self._start_afresh()
            text, _, _ = self.loader.get_source(self, name)
            if self._is_plain(text):
                return _Plain(text)
        return super().get_template(name, *args, **options)

    def _start_afresh(self) -> None:
        """Forget the loop that a `yield` in a path began, as compiling any text does."""
        for extension in self._loops:
            extension.preprocess("", None)

    @cached_property
    def _loops(self) -> list[Extension]:
        return [extension for extension in self.extensions.values() if "yield" in extension.tags]

    @cached_property
    def _has_readers(self) -> bool:
        """Whether an extension may make something else of any text; that of `yield` reads it only."""
        return any(
            type(extension).preprocess is not Extension.preprocess
            or type(extension).filter_stream is not Extension.filter_stream
            for extension in self.extensions.values()
            if extension not in self._loops
        )

    def _is_plain(self, text: str) -> bool:
        delimiters = (
            self.block_start_string,
            self.variable_start_string,
            self.comment_start_string,
            self.line_statement_prefix,
            self.line_comment_prefix,
        )
        # Jinja makes every line end a newline, and may drop the last.
        changes = "\r" in text or not self.keep_trailing_newline or self._has_readers
        return not changes and not any(delimiter in text for delimiter in delimiters if delimiter)
