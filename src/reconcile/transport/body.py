"""Decides whether the bytes of an answer are JSON; what a status means is decided elsewhere."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from itertools import chain, compress
from typing import NoReturn

from reconcile.json_codec import complaint, decode, is_too_deep
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.transport.weight import FILLS_AT_MOST, too_much

DEPTH = 64
"""The most levels to which the arrays and objects of an answer may be nested."""

_CONTAINERS = frozenset({dict, list})
_ROWS = 1000
"""Rows that are looked at together: few enough that the memory for them is used again and again."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Answer(NamedTuple):
    """Hold an answer whose body was read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def encoding(self) -> str:
        """Return the Content-Encoding of the body, which no request asks for, or the empty text."""
        encoding = self.headers.get("content-encoding", "").strip()
        return "" if encoding.lower() == "identity" else encoding

    @property
    def date(self) -> float | None:
        """Return the time of the server's clock, in seconds since the epoch; None where there is none."""
        return seconds_of(self.headers.get("date", ""))


class UnusableBody(ValueError):
    """Say that the bytes are no JSON that this program could hold, print and send back."""


def json_of(body: bytes) -> Json:
    """Return the one JSON value in `body`, as `read_json` reads it."""
    return read_json(body)[0]


def read_json(body: bytes) -> tuple[Json, int]:
    """Return the one JSON value in `body`, None where it is empty, and how many levels deep it is nested.

    Of equal keys the last one counts. Raises Unusable with the reason, which quotes nothing of the body.
    """
    if too_much(body):
        raise UnusableBody(f"JSON that could fill more than {FILLS_AT_MOST // 2**30} GiB of memory")
    try:
        value = decode(body)
    except ValueError:
        value = _read(body)  # says what is wrong, and accepts a byte order mark
    return value, _look_through(value)


def seconds_of(http_date: str) -> float | None:
    """Return the seconds since the epoch that `http_date` names, or None where it is no date."""
    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _look_through(value: Json) -> int:
    """Return how deep `value` is nested.

    Raises Unusable where it is too deep, or holds an infinity, which JSON cannot spell.
    """
    if type(value) is not list:
        return _look_into([value], DEPTH)
    parts = (value[start : start + _ROWS] for start in range(0, len(value), _ROWS))
    return 1 + max((_look_into(part, DEPTH - 1) for part in parts), default=0)


def _look_into(level: list[Json], deeper: int) -> int:
    """Return how deep the values of one level are nested, which must be no more than `deeper`.

    All values of a level are looked at together: to collect their types costs a tenth of a walk from one
    value to the next.
    """
    types = set(map(type, level))
    if float in types and any(type(number) is float and math.isinf(number) for number in level):
        raise UnusableBody("JSON with a number too large to hold")
    if types.isdisjoint(_CONTAINERS):
        return 0
    if not deeper:
        raise UnusableBody(f"JSON nested deeper than {DEPTH} levels")
    return 1 + _look_into(_beneath(level, types), deeper - 1)


def _beneath(level: list[Json], types: set[type]) -> list[Json]:
    """Return the values inside those of a level, which has values of these types."""
    if types == {dict}:
        return [*chain.from_iterable(map(dict.values, level))]
    if types == {list}:
        return [*chain.from_iterable(level)]
    inner: list[Json] = []
    for outer in compress(level, map(_CONTAINERS.__contains__, map(type, level))):
        inner += outer.values() if type(outer) is dict else outer
    return inner


def _read(body: bytes) -> Json:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableBody("not JSON: not UTF-8") from None
    return None if not text or text.isspace() else _parsed(text)


def _parsed(text: str) -> Json:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UnusableBody(_reason(error, text)) from None
    if "\\u" in text and _SURROGATE.search(text) and not _encodable(value):
        raise UnusableBody("JSON with half of a surrogate pair")
    return value


def _reason(error: Exception, text: str) -> str:
    if is_too_deep(text, error, DEPTH):
        return f"JSON nested deeper than {DEPTH} levels"
    if isinstance(error, json.JSONDecodeError):
        what, character = complaint(error)
        return f"not JSON: {what} at character {character}"
    return str(error) if isinstance(error, UnusableBody) else "JSON with a number too long to read"


def _refuse(constant: str) -> NoReturn:
    raise UnusableBody(f"not JSON: {constant} is no JSON number")


def _encodable(value: Json) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
