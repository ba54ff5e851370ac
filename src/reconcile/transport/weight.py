"""Says how much memory a JSON text can fill once it is read, from its bytes alone, and before that."""

from __future__ import annotations

from typing import Final

FILLS_AT_MOST: Final = 2**30
"""Bytes of memory that the value of one answer may fill; docs and the Kubernetes template know it."""

_ALWAYS_LESS: Final = 13 * 2**20
"""A text of so many bytes cannot fill that: a list of `{}` fills the most of all JSON, 77 times its text."""

_OBJECT, _ARRAY, _NEXT, _QUOTE = 192, 64, 40, 40
"""Bytes of an object with one field, of an array, of one more place with a number in it, and of half a text
with its place as the name of a field: 64 bits, Python 3.11 to 3.14."""

_WIDEST: Final = 5
"""Bytes of a character of which there is a copy, where another may make all of its text as wide as itself."""


def too_much(text: bytes) -> bool:
    """Whether what `text` says could fill more memory than an answer may."""
    return len(text) > _ALWAYS_LESS and fills(text) > FILLS_AT_MOST


def fills(text: bytes) -> int:
    """Return how many bytes of memory a JSON text can fill at most.

    What stands in a text is counted as if it were structure: one full of commas counts for more than it is.
    """
    width = 1 if text.isascii() and b"\\" not in text else _WIDEST
    places = _OBJECT * text.count(b"{") + _ARRAY * text.count(b"[") + _NEXT * text.count(b",")
    return places + _QUOTE * text.count(b'"') + width * len(text)
