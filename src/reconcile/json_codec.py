"""Reads and writes JSON, faster than the standard library; what a value is good for is left to the caller."""

from __future__ import annotations

import json
import re

from pydantic_core import from_json, to_json

from reconcile.model import Json

_TRAILING = {
    "Illegal trailing comma before end of array": "Expecting value",
    "Illegal trailing comma before end of object": "Expecting property name enclosed in double quotes",
}
"""What Python 3.13 and later say at a comma, and what the others say at the bracket behind it."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[][{}]', re.DOTALL)


def decode(data: bytes) -> Json:
    """Return the one JSON value in `data`; ValueError where `data` is none.

    Of equal keys the last one counts. NaN is no value, half of a surrogate pair is none, and nothing is
    nested 200 deep; a number that is too large to hold comes as an infinity.
    """
    return from_json(data, allow_inf_nan=False, cache_strings="all")


def encode(value: Json) -> bytes:
    """Return a plain value as JSON on one line, for `decode`; ValueError where JSON cannot spell it."""
    return to_json(value)


def is_too_deep(text: str, error: Exception, levels: int) -> bool:
    """Tell whether `text`, which json refused with `error`, is nested deeper than `levels` before the error.

    How deep json reads before it gives up differs from one Python to the next; this answer does not.
    """
    if isinstance(error, RecursionError):
        return True
    end = error.pos if isinstance(error, json.JSONDecodeError) else len(text)
    level = 0
    for token in _TOKEN.finditer(text, 0, end):
        first = token[0][0]
        level += (first in "[{") - (first in "]}")
        if level > levels:
            return True
    return False


def complaint(error: json.JSONDecodeError) -> tuple[str, int]:
    """Return what is wrong and at which character, counted from 1: the same with every Python."""
    plain = _TRAILING.get(error.msg)
    if plain is None:
        return error.msg.removesuffix(" at"), error.pos + 1
    rest = error.doc[error.pos + 1 :]
    return plain, error.pos + 2 + len(rest) - len(rest.lstrip(" \t\n\r"))
