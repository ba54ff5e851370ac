"""Says, before a JSON text is read and from its bytes alone, how much memory it can fill once it is read."""

from __future__ import annotations

from typing import Final

FILLS_AT_MOST: Final = 2**30
"""Bytes of memory that the value of one answer may fill; docs and the Kubernetes template name it too."""

_ALWAYS_LESS: Final = 13 * 2**20
"""Bytes of a text that cannot fill that: of all JSON a list of `{}` fills the most, 77 times its text."""

_OBJECT, _ARRAY, _NEXT, _QUOTE = 192, 64, 40, 40
"""Bytes of memory: of an object with one field; of an array; of one more place with a number in it; and of
half a text, with its place as the name of a field. Measured on 64 bits, Python 3.11 to 3.14."""

_WIDEST: Final = 5
"""Bytes of memory for a character: its text, all as wide as its widest character, and a copy of that."""


def too_much(text: bytes) -> bool:
    """Tell whether the value that `text` spells could fill more memory than an answer may."""
    return len(text) > _ALWAYS_LESS and fills(text) > FILLS_AT_MOST


def fills(text: bytes) -> int:
    """Return how many bytes of memory a JSON text can fill at most.

    Commas, braces and quotes inside a text are counted as structure, so that a text full of commas counts for
    more than it fills.
    """
    width = 1 if text.isascii() and b"\\" not in text else _WIDEST
    places = _OBJECT * text.count(b"{") + _ARRAY * text.count(b"[") + _NEXT * text.count(b",")
    return places + _QUOTE * text.count(b'"') + width * len(text)
