"""Decides what an unquoted scalar means (the YAML 1.2 core schema); where it stands is left to others."""

from __future__ import annotations

import math
import re
from typing import Any, Final, Self

from reconcile.model import Json

_FIRST: Final = frozenset("-+.0123456789~nNtTfF")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_INTEGER: Final = 20
_LONGEST_SHOWN: Final = 24


class TextInt(int):
    """Hold a whole number whose source text is not its usual spelling, such as `0x1F` or `+3`."""

    text: str

    def __new__(cls, value: int, text: str) -> Self:
        self = super().__new__(cls, value)
        self.text = text
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (int(self), self.text)


class TextBool(TextInt):
    """Hold `True`, `TRUE`, `False` or `FALSE` with that text.

    The value equals a bool and is none, for `bool` has no subclasses.
    """

    def __repr__(self) -> str:
        return repr(bool(self))


class TextFloat(float):
    """Hold a number with a fraction or an exponent, and its source text: as a version `1.10` is not `1.1`."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, value: float, text: str) -> Self:
        self = super().__new__(cls, value)
        self.text = text
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (float(self), self.text)


class ScalarError(ValueError):
    """Say that a scalar reads as a number and is refused, with the code of the problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_WORDS: Final[dict[str, Json]] = {
    **dict.fromkeys(("~", "null", "Null", "NULL")),
    "true": True,
    "false": False,
    **{text: TextBool(True, text) for text in ("True", "TRUE")},
    **{text: TextBool(False, text) for text in ("False", "FALSE")},
}


def resolve(text: str) -> Json:
    """Return what the unquoted scalar `text` (not empty) means; `ScalarError` for a refused number."""
    if text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _BASED.fullmatch(text):
        return _integer(text, 0)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NO_NUMBER.fullmatch(text):
        raise ScalarError("number-range", f"`{text}` has no counterpart in JSON; quote it if it is text")
    return text


def source_text(value: Json) -> str | None:
    """Return the source text of a scalar (`1.10`, `0x1F`, `true`); None for null and collections."""
    match value:
        case str():
            return value
        case TextInt() | TextFloat():
            return value.text
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    return None


def _integer(text: str, base: int) -> int:
    _refuse_leading_zero(text)
    if base == 10 and len(text) > _LONGEST_INTEGER:
        raise _out_of_range()
    value = int(text, base)
    if not -(2**63) <= value < 2**63:
        raise _out_of_range()
    return value if str(value) == text else TextInt(value, text)


def _float(text: str) -> TextFloat:
    _refuse_leading_zero(text)
    value = float(text)
    if math.isinf(value):
        raise ScalarError("number-range", "this number is too large; quote it if it is text")
    return TextFloat(value, text)


def _refuse_leading_zero(text: str) -> None:
    if not _LEADING_ZERO.match(text):
        return
    if len(text) > _LONGEST_SHOWN:
        raise ScalarError("leading-zero", "a number has no leading zero; drop it, or quote it if it is text")
    digits = text.lstrip("+-0")
    number = text[: text[0] in "+-"] + (digits if digits[:1].isdigit() else f"0{digits}")
    raise ScalarError(
        "leading-zero",
        f'`{text}` has a leading zero; write `{number}` for the number or `"{text}"` for the text',
    )


def _out_of_range() -> ScalarError:
    return ScalarError("number-range", "this whole number does not fit into 64 bits; quote it if it is text")
