"""Decodes JSON, twice as fast as the standard library; what a value is good for is decided by who asks."""

from __future__ import annotations

from pydantic_core import from_json

from reconcile.model import Json


def decode(data: bytes) -> Json:
    """The one JSON value in `data`; of equal keys the last one counts. ValueError where it is none.

    NaN is none, half of a surrogate pair is none, and nothing is nested 200 deep; a number that is too large
    to hold comes as an infinity.
    """
    return from_json(data, allow_inf_nan=False, cache_strings="keys")
