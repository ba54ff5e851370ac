"""Reads and writes JSON, faster than the standard library; what a value is good for, who asks decides."""

from __future__ import annotations

from pydantic_core import from_json, to_json

from reconcile.model import Json


def decode(data: bytes) -> Json:
    """The one JSON value in `data`; of equal keys the last one counts. ValueError where it is none.

    NaN is none, half of a surrogate pair is none, and nothing is nested 200 deep; a number that is too large
    to hold comes as an infinity.
    """
    return from_json(data, allow_inf_nan=False, cache_strings="all")


def encode(value: Json) -> bytes:
    """A plain value as JSON on one line, which `decode` reads again; ValueError where it has no spelling."""
    return to_json(value)
