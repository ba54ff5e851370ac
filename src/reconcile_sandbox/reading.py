"""Decides which bytes are a body, JSON or a form; what the body may say is left to schemas."""

from __future__ import annotations

import json
import math
from typing import Any
from urllib.parse import parse_qsl

from .system import Json

LARGEST_BODY = 1024 * 1024
"""Bytes of a request body that are read; a larger body is answered 413."""
DEEPEST = 64
"""How many levels deep lists and objects may be nested."""


def read_json(body: bytes) -> Json:
    """Return the JSON value in `body`; raise ValueError unless it is strict, finite, flat and UTF-8."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
    except UnicodeDecodeError:
        raise ValueError("the body is not UTF-8") from None
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the body is not JSON: {error.msg} at line {error.lineno}") from None
    _require_depth(body, value)
    _require_unicode(body, value)
    return value


def read_form(body: bytes) -> dict[str, str]:
    """Return the names and values in `body`, a form in UTF-8.

    Raises ValueError for a body that is no form, or has a name twice.
    """
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise ValueError("the body is not a form") from None
    return _unique(pairs)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("the body has a key twice")
    return value


def _no_constant(_name: str) -> Json:
    raise ValueError("the body has a number that JSON has no word for")


def _finite(text: str) -> float:
    value = float(text)
    if math.isfinite(value):
        return value
    raise ValueError("the body has a number out of range")


def _require_depth(body: bytes, value: Json) -> None:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inner(outer)]
    if level:
        raise ValueError("the body is nested too deeply")


def _inner(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _require_unicode(body: bytes, value: Json) -> None:
    if b"\\u" not in body:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("the body has half a surrogate pair") from None
