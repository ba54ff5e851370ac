"""Decides which of PyYAML's parsers makes the events: libyaml's, or the pure one, made to agree with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeAlias

from yaml.parser import Parser as _Parser
from yaml.reader import Reader as _Reader
from yaml.scanner import Scanner as _Scanner
from yaml.scanner import ScannerError
from yaml.tokens import ScalarToken

try:
    from yaml._yaml import CParser
except ImportError:
    CParser = None  # type: ignore[assignment,misc]


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Events(Protocol):
    """Describe what we need of a parser."""

    def get_event(self) -> Any:
        """Return the next event; raises `MarkedYAMLError`."""


Parser: TypeAlias = Callable[[str], Events]


class PureParser(_Reader, _Scanner, _Parser):
    """Parse by PyYAML's own parser, made to refuse and to place what libyaml does.

    Three things remain that only libyaml reads and this parser refuses: a tab inside a plain scalar, `?`
    inside a plain scalar in brackets, and a comment that touches the `|` or `>` of a block scalar. A broken
    text is refused by both parsers, now and then at another place.
    """

    def __init__(self, text: str) -> None:
        _Reader.__init__(self, text)
        _Scanner.__init__(self)
        _Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Skip what divides tokens, tabs included where they are not indentation."""
        while True:
            while self.peek() == " " or (
                self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)
            ):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\r\n":
                    self.forward()
            if not self.scan_line_break():  # type: ignore[no-untyped-call]
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """Return a quoted scalar; an escape beyond Unicode, or of a lone surrogate, is an error."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
        except (ValueError, OverflowError):
            raise _error("while parsing a quoted scalar", start) from None
        if _SURROGATE.search(token.value):
            raise _error("while parsing a quoted scalar", start)
        return token

    def scan_yaml_directive_number(self, start_mark: Any) -> int:
        """Return a number of a version; one that `int` refuses is an error."""
        try:
            return super().scan_yaml_directive_number(start_mark)
        except ValueError:
            raise _error("while scanning a directive", start_mark) from None


def _error(context: str, mark: Any) -> ScannerError:
    return ScannerError(context, mark, "", mark)


def default_parser(text: str) -> Events:
    """Return libyaml's parser, or PyYAML's own (twenty times slower) where PyYAML comes without libyaml."""
    return PureParser(text) if CParser is None else CParser(text)
