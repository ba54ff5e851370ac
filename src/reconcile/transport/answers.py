"""Decides whether the bytes of an answer are JSON; what a status means is decided elsewhere."""

from __future__ import annotations

import json
import marshal
import math
import re
import struct
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple, NoReturn

from reconcile.decode import decode
from reconcile.model import Json

DEPTH = 64
"""How deep the arrays and objects of an answer may be nested."""

_CONTAINERS = (dict, list)
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"\\'))
_INFINITIES = (struct.pack("<d", math.inf), struct.pack("<d", -math.inf))
_ROWS = 100
"""Spelled at once: few enough that the memory for them is used again and again."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Answer(NamedTuple):
    """What came back, wholly read."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def encoding(self) -> str:
        """The Content-Encoding that nobody asked for, or the empty text."""
        encoding = self.headers.get("content-encoding", "").strip()
        return "" if encoding.lower() == "identity" else encoding

    @property
    def date(self) -> float | None:
        """The server's clock, in seconds since the epoch."""
        return seconds_of(self.headers.get("date", ""))


class Unusable(ValueError):
    """The bytes are no JSON that this program could hold, print and send back."""


def json_of(body: bytes) -> Json:
    """The one JSON value in `body`, None where it is empty; of equal keys the last one counts.

    Raises Unusable with the reason, which quotes nothing of the body.
    """
    try:
        value = decode(body)
    except ValueError:
        value = _read(body)  # it knows what is wrong, and a byte order mark
    else:
        value = _read(body) if _may_hold_infinity(value) else value
    if not _is_shallow(body) and _too_deep(value):
        raise Unusable(f"JSON nested deeper than {DEPTH} levels")
    return value


def seconds_of(http_date: str) -> float | None:
    """Seconds since the epoch, or None where `http_date` is no date."""
    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _may_hold_infinity(value: Json) -> bool:
    """False where no number in `value` is infinite: a tenth of a walk, by the bytes that would spell one."""
    rows = value if type(value) is list else [value]
    spelled = (marshal.dumps(rows[start : start + _ROWS]) for start in range(0, len(rows), _ROWS))
    return any(infinity in part for part in spelled for infinity in _INFINITIES)


def _read(body: bytes) -> Json:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("not JSON: not UTF-8") from None
    return None if not text or text.isspace() else _parsed(text)


def _parsed(text: str) -> Json:
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise Unusable(f"not JSON: {what} at character {error.pos + 1}") from None
    except RecursionError:
        raise Unusable(f"JSON nested deeper than {DEPTH} levels") from None
    except ValueError as error:
        raise Unusable(_reason(error)) from None
    if "\\u" in text and _SURROGATE.search(text) and not _encodable(value):
        raise Unusable("JSON with half of a surrogate pair")
    return value


def _reason(error: ValueError) -> str:
    return str(error) if isinstance(error, Unusable) else "JSON with a number too long to read"


def _refuse(constant: str) -> NoReturn:
    raise Unusable(f"not JSON: {constant} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Unusable("JSON with a number too large to hold")
    return number


def _is_shallow(body: bytes) -> bool:
    """Whether brackets alone show that `body` is not too deep: ten times faster than the walk.

    A string with a bracket or an escape in it leaves a quote or a backslash over, and the answer open.
    """
    skeleton = body.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    if b'"' in skeleton or b"\\" in skeleton:
        return False
    for _ in range(DEPTH // 2):
        skeleton = skeleton.replace(b"{}", b"").replace(b"[]", b"")
    return not skeleton


def _too_deep(value: Json) -> bool:
    level = [value]
    for _ in range(DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer if type(outer) is list else ())
            if type(inner) in _CONTAINERS
        ]
        if not level:
            return False
    return True


def _encodable(value: Json) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
