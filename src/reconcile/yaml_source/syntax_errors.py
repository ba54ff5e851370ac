"""Decides what to tell an author whose text is no YAML, from the parser's report of it; what is wrong in
valid YAML is left to `checks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from yaml.error import MarkedYAMLError

from reconcile.model import Problem
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source.decoding import DIRECTIVE, TAGS
from reconcile.yaml_source.positions import Lines

_ESCAPE: Final = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU]|\Z|)", re.DOTALL)
_LONGEST_KEY: Final = 1024
_SIMPLE_ESCAPES: Final = frozenset('0abt\tnvfre "/\\N_LP\r\n')


_FIELD: Final = re.compile(r":(?:\s|$)|^\s*[-#]")


class _Error(NamedTuple):
    """Describe a parser's report: where it stopped, and where the construct begins that it was reading."""

    text: str
    context: str
    lines: Lines
    at: int
    opened: int

    @property
    def found(self) -> str:
        """Return the character at which the parser stopped; nothing at the end of the file."""
        return self.text[self.at : self.at + 1]

    @property
    def opener(self) -> str:
        return self.text[self.opened : self.opened + 1]

    @property
    def opened_line(self) -> int:
        return self.lines.origin(self.opened).line

    @property
    def before(self) -> str:
        """Return what stands on the line before the place where the parser stopped."""
        return self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]

    @property
    def above(self) -> str:
        """Return the line above the one on which the parser stopped."""
        end = self.text.rfind("\n", 0, self.at)
        return self.text[self.text.rfind("\n", 0, max(end, 0)) + 1 : max(end, 0)]


_Told: TypeAlias = tuple[str, str, int]
_Tell: TypeAlias = Callable[[_Error], _Told]


def syntax_problem(error: MarkedYAMLError, text: str, lines: Lines) -> Problem:
    """Return what `error`, raised by the parser, means for the author of `text`."""
    at = error.problem_mark.index if error.problem_mark else 0
    opened = error.context_mark.index if error.context_mark else at
    trouble = f"{error.context or ''}: {error.problem or ''}"
    tell = next((tell for pattern, tell in _RULES if pattern.search(trouble)), _other)
    code, message, place = tell(_Error(text, error.context or "", lines, at, opened))
    return Problem(code, message, lines.origin(place))


def _unclosed_quote(error: _Error) -> _Told:
    return "yaml-syntax", f"this quote ({error.opener}) is never closed", error.opened


def _flow(error: _Error) -> _Told:
    opener = error.opener
    closer = "]" if opener == "[" else "}"
    if not error.found:
        return "yaml-syntax", f"this `{opener}` is never closed: a `{closer}` is missing", error.opened
    where = f"the `{opener}` of line {error.opened_line}"
    return "yaml-syntax", f"expected `,` or `{closer}` here: {where} is still open", error.at


def _colon(error: _Error) -> _Told:
    if len(error.before) > _LONGEST_KEY:
        return (
            "yaml-syntax",
            "no key can be longer than 1,024 characters, nor go over several lines",
            error.at,
        )
    indent, above = _indent(error.before), error.above
    if above.strip() and _indent(above) == indent and not _FIELD.search(above):
        begin = error.text.rfind("\n", 0, error.at) - len(above) + len(indent)
        return "yaml-syntax", _NO_COLON, begin
    message = (
        "a key and its `:` cannot stand here: indent the line like its neighbours,"
        " and quote a text that contains `: `"
    )
    return "yaml-syntax", message, error.at


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _token(error: _Error) -> _Told:
    if error.found == "\t":
        return "yaml-syntax", "a tab stands where indentation is expected; indent with spaces", error.at
    name = "a backtick" if error.found == "`" else f"`{error.found}`"
    return "yaml-syntax", f"a text cannot begin with {name}; quote it", error.at


def _block_tab(error: _Error) -> _Told:
    return "yaml-syntax", "a tab stands where indentation is expected; indent with spaces", error.at


def _no_colon(error: _Error) -> _Told:
    if error.opener in ("[", "{"):
        message = f"a value that begins with `{error.opener}` is closed, and indented more than its key"
        return "yaml-syntax", message, error.opened
    if error.opener == "-":
        return (
            "yaml-syntax",
            "this is neither a field nor an item; an item's `-` is followed by a space",
            error.opened,
        )
    return "yaml-syntax", _NO_COLON, error.opened


def _dash(error: _Error) -> _Told:
    return "yaml-syntax", "a list item cannot begin here; put its `-` on a line of its own", error.at


def _question(error: _Error) -> _Told:
    return "yaml-syntax", "a key cannot begin with `? ` here; quote it if it is text", error.at


def _block(error: _Error) -> _Told:
    kind, begun = ("list", "item") if "collection" in error.context else ("mapping", "key")
    since = f"line {error.opened_line}"
    if error.before.strip(" -?"):
        message = _FOLLOWS
    elif error.found == ":":
        message = _NO_KEY
    elif error.found and error.found in "]},":
        message = f"this `{error.found}` closes nothing"
    elif kind == "mapping" and error.found == "-":
        message = f"a list item cannot stand among the keys of the mapping of {since}; check the indentation"
    else:
        message = (
            f"this is neither the next {begun} of the {kind} of {since} nor inside it; check the indentation"
        )
    return "yaml-syntax", message, error.at


def _content(error: _Error) -> _Told:
    if not error.found:
        return "yaml-syntax", "the file ends inside a `[` or `{` that is not closed", error.at
    if error.found in "]},":
        return "yaml-syntax", f"a value cannot begin with `{error.found}`; quote it if it is text", error.at
    if error.found == ":":
        return "yaml-syntax", _NO_KEY, error.at
    return "yaml-syntax", "a value is missing here", error.at


def _escape(error: _Error) -> _Told:
    index = error.opened
    while (found := _ESCAPE.search(error.text, index)) is not None:
        escape = found[0]
        message = _bad_escape(escape)
        if message:
            code = "encoding" if len(escape) > 2 else "yaml-syntax"
            return code, message, found.start()
        index = found.end()
    return "yaml-syntax", "an escape in this quoted text is not known", error.opened


def _bad_escape(escape: str) -> str:
    if len(escape) <= 2:
        return "" if escape[1:] and escape[1] in _SIMPLE_ESCAPES else _UNKNOWN_ESCAPE
    code = int(escape[2:], 16)
    if 0xD800 <= code <= 0xDFFF:
        return f"`{escape}` is half of a pair; write the character itself, or `\\U` and eight digits"
    return f"`{escape}` is not a character" if code > 0x10FFFF else ""


_UNKNOWN_ESCAPE: Final = (
    "this escape is not known; write a backslash as `\\\\`, or use single quotes, in which it is plain"
)


def _header(error: _Error) -> _Told:
    message = f"after `{error.opener}` only `+`, `-` or a digit may follow; the text begins on the next line"
    return "yaml-syntax", message, error.opened


def _name(error: _Error) -> _Told:
    return "yaml-syntax", f"a text cannot begin with `{error.opener}`; quote it", error.opened


def _tag(error: _Error) -> _Told:
    return "yaml-tag", TAGS, error.opened


def _directive(error: _Error) -> _Told:
    return "yaml-directive", DIRECTIVE, error.text.rfind("\n", 0, error.opened) + 1


def _document(error: _Error) -> _Told:
    if error.before.strip():
        return "yaml-syntax", _FOLLOWS, error.at
    if error.above.startswith("%"):
        return "yaml-syntax", "after a directive, the document begins with `---`", error.at
    return "yaml-syntax", "a document has ended before this line; begin the next one with `---`", error.at


def _other(error: _Error) -> _Told:
    return "yaml-syntax", "this is not YAML from here on", error.at


_NO_KEY: Final = "a key is missing before this `:`"
_NO_COLON: Final = "this line has no `:` with a space after it; a field is written `key: value`"
_FOLLOWS: Final = "this follows a value that has already ended; quote the whole value, or start a new line"

_RULES: Final[tuple[tuple[re.Pattern[str], _Tell], ...]] = tuple(
    (re.compile(pattern), tell)
    for pattern, tell in (
        (r"undefined tag handle|scanning a tag|parsing a tag", _tag),
        (r"directive|incompatible YAML", _directive),
        (r"end of stream|unexpected document", _unclosed_quote),
        (r"quoted scalar", _escape),
        (r"',' or '", _flow),
        (r"mapping values are", _colon),
        (r"cannot start any token", _token),
        (r"tab character", _block_tab),
        (r"expected ':'", _no_colon),
        (r"sequence entries", _dash),
        (r"mapping keys", _question),
        (r"scanning a block scalar", _header),
        (r"scanning an (alias|anchor)", _name),
        (r"parsing a block (mapping|collection)", _block),
        (r"node content", _content),
        (r"<document start>", _document),
    )
)
