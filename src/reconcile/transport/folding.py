"""Reads text without its escapes, layer by layer, and keeps which characters each reading came from."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator

from reconcile.named_tuple import NamedTuple

LAYERS = 3
"""The most escapes over each other that are taken off."""

_BLANK = (
    r"\t-\r\x00-\x08\x0e-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u1680\u180e"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\U000e0000-\U000e007f+"
)
_BLANKS = re.compile(rf"[{_BLANK}][ {_BLANK}]*| [ {_BLANK}]+")
"""White space, invisible characters, and the plus that stands for a space; not one space by itself."""

_SPACE = re.compile(" ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""What colours a terminal; it is read as a blank."""

_HEX = "[0-9a-fA-F]"


def _bytes(mark: str) -> str:
    """Return a pattern for one letter of UTF-8, or any one byte, each byte behind `mark` but the first."""
    more = f"{mark}[89abAB]{_HEX}"
    many = f"[cdCD]{_HEX}{more}|[eE]{_HEX}(?:{more}){{2}}|[fF][0-7](?:{more}){{3}}"
    return f"(?:{many}|{_HEX}{{2}})"


_UNITS = rf"u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}|u{_HEX}{{4}}|U000{_HEX}{{5}}"
_ENTITY = rf"(?:\#[0-9]{{1,8}}|\#[xX]{_HEX}{{1,7}}|[A-Za-z][A-Za-z0-9]{{1,31}});"
_ESCAPE = re.compile("%" + _bytes("%") + r"|\\(?:x" + _bytes(r"\\x") + f"|{_UNITS}|.)|&{_ENTITY}", re.DOTALL)
_MARKS = "%\\&"
_TO_BLANK = {number: " " for number in (*range(32), 127, ord("+"))}
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_DIGITS = re.compile(r"(?:%|\\x)([0-9a-fA-F]{2})")


class Unfolding(NamedTuple):
    """Hold a reading of a text: its characters, and where those stood that were spelled otherwise."""

    text: str
    over: Unfolding | None = None
    """The reading that this one was made from."""

    pieces: tuple[tuple[int, int, int, int], ...] = ()
    """Where each replacement begins and ends here, and where the replaced text stood in `over`; in order."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from `start` to `end` of this reading stand in the text itself."""
        if self.over is None:
            return start, end
        return self.over.span(self._before(start), self._after(end))

    def _before(self, here: int) -> int:
        """Return the place in `over` at which the character at `here` begins."""
        at = bisect_right(self.pieces, here, key=lambda piece: piece[0]) - 1
        if at < 0:
            return here
        _, end, start_there, end_there = self.pieces[at]
        return start_there if here < end else end_there + here - end

    def _after(self, here: int) -> int:
        """Return the place in `over` at which the character before `here` ends."""
        at = bisect_right(self.pieces, here - 1, key=lambda piece: piece[0]) - 1
        if at < 0:
            return here
        _, end, _, end_there = self.pieces[at]
        return end_there if here <= end else end_there + here - end


def readings(text: str) -> Iterator[str]:
    """Yield `text` as it stands and with one to three layers of escapes taken off, blanks run together.

    No reading begins or ends with a blank. A text with few escapes costs little, since whole reports are
    read.
    """
    yield (told := _folded(text))
    for _ in range(LAYERS):
        if not any(mark in told for mark in _MARKS):
            return
        before, told = told, _folded(_ESCAPE.sub(_meant, told))
        if told == before:
            return
        yield told


def unbroken(told: str) -> str:
    """Return a reading without its blanks, as what was wrapped or broken stood before."""
    return told.replace(" ", "")


def traced_unbroken(told: Unfolding) -> Unfolding:
    """Return a reading as `unbroken` does, which knows the places of its characters."""
    return _replaced(told, _SPACE, lambda found: "")


def _folded(text: str) -> str:
    if "\x1b" in text:
        text = _COLOUR.sub(" ", text)
    if text.isascii():
        return " ".join(text.translate(_TO_BLANK).split())
    return _BLANKS.sub(" ", text).strip(" ")


def traced(text: str) -> Iterator[Unfolding]:
    """Yield the readings of `text`, each of which knows the places of its characters in `text`."""
    yield (told := _folding(Unfolding(text)))
    for _ in range(LAYERS):
        before = told
        told = _folding(_replaced(told, _ESCAPE, _meant))
        if told.text == before.text:
            return
        yield told


def _folding(told: Unfolding) -> Unfolding:
    return _replaced(_replaced(told, _COLOUR, lambda found: " "), _BLANKS, lambda found: " ")


def _replaced(over: Unfolding, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Unfolding:
    parts: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    done = length = 0
    for found in pattern.finditer(over.text):
        kept, told = over.text[done : found.start()], new(found)
        start = length + len(kept)
        length = start + len(told)
        parts += kept, told
        pieces.append((start, length, found.start(), found.end()))
        done = found.end()
    return Unfolding("".join((*parts, over.text[done:])), over, tuple(pieces)) if pieces else over


def _meant(found: re.Match[str]) -> str:
    spelled = found[0]
    if spelled[0] == "&":
        return _entity(spelled[1:-1])
    if spelled[0] == "%" or spelled[1] == "x":
        data = bytes(int(digits, 16) for digits in _DIGITS.findall(spelled))
        return data.decode(errors="surrogateescape") if data else spelled[1:]
    if spelled[1] not in "uU" or len(spelled) == 2:
        return _SHORT.get(spelled[1], spelled[1])
    if len(spelled) == 12:
        return bytes.fromhex(spelled[2:6] + spelled[8:]).decode("utf-16-be")
    return _char(int(spelled[2:], 16))


def _entity(name: str) -> str:
    """Return what an entity stands for, also by a number that HTML does not allow."""
    if name[0] != "#":
        from html import unescape  # two thousand names, needed for this alone

        return unescape(f"&{name};")
    return _char(int(name[2:], 16) if name[1] in "xX" else int(name[1:]))


def _char(number: int) -> str:
    return chr(number) if number <= sys.maxunicode else "\N{REPLACEMENT CHARACTER}"
