"""Decides which bytes are text that we read, and places each one that is not; others read the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from reconcile.model import Origin, Problem

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PROBLEMS: Final = 200
_LONGEST_SHOWN: Final = 60
TAGS: Final = "tags (`!`) are not accepted; quote the value if it is text that begins with `!`"
DIRECTIVE: Final = "no directive but `%YAML 1.2` is accepted; remove the line"
LIMIT_PROBLEMS: Final = f"the file has more than {MAX_PROBLEMS} problems; reading stopped here"

_BOM: Final = b"\xef\xbb\xbf"
_ASCII: Final = bytes([9, 10, 13, *range(32, 127)])
_ILLEGAL: Final = (
    r"[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+|\r(?!\n)"
)


def shown_bytes(name: str) -> str:
    """Return a key or an anchor as a message quotes it: on one line, and not endlessly long."""
    short = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04X}" for sign in short)


def read_text(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the text of a file, without a byte order mark, or the problems of its bytes."""
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes: split it into several files"
        return "", (Problem("limit-size", message, Origin(file)),)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:4].count(0) >= 2:
        return "", (Problem("encoding", "the file is UTF-16 or UTF-32; save it as UTF-8", Origin(file)),)
    data = data.removeprefix(_BOM)
    if data.isascii() and b"\r" not in data and not data.translate(None, _ASCII):
        return data.decode("ascii"), ()
    text = data.decode("utf-8", "surrogateescape")
    return text, tuple(_illegal(text, file))


def _illegal(text: str, file: str) -> Iterator[Problem]:
    index, line, column = 0, 1, 1
    for count, found in enumerate(re.finditer(_ILLEGAL, text)):
        line, column = _advance(text, index, found.start(), line, column)
        index = found.start()
        if count == MAX_PROBLEMS:
            yield Problem("limit-problems", LIMIT_PROBLEMS, Origin(file, line, column))
            return
        yield Problem("encoding", _describe_illegal(found[0][0]), Origin(file, line, column))


def _advance(text: str, start: int, end: int, line: int, column: int) -> tuple[int, int]:
    newlines = text.count("\n", start, end)
    return (line + newlines, end - text.rfind("\n", start, end)) if newlines else (line, column + end - start)


def _describe_illegal(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"the byte 0x{code - 0xDC00:02X} is not UTF-8 here; save the file as UTF-8"
    if character == "\r":
        return "a carriage return without a line feed; save the file with LF or CRLF line ends"
    name = unicodedata.name(character, "a control character" if code else "NUL")
    escape = f"\\u{code:04X}" if code > 0xFF else f"\\x{code:02X}"
    return f"U+{code:04X} ({name}) cannot stand here; remove it, or write `{escape}` inside double quotes"
