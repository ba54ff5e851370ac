"""Finds what a server says of an error and makes it harmless; what the error means is decided elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from reconcile.transport.body import Answer, UnusableBody, json_of

LONGEST = 200
_READ = 64 * 1024

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
_MESSAGES = (
    *("message", "errorMessage", "errorDescription", "error_description", "detail", "description", "msg"),
    "exception_detail",
)
_NAMES = ("errorName", "error", "errors", "exception_message")
_BENEATH = 3


def said(answer: Answer, beginning: Callable[[str, int], str]) -> str:
    """Return the server's own words: from JSON, from a page's title or text, or from plain text.

    They are empty where the server says nothing. `beginning` returns so many characters of a text, without a
    secret that the end would cut in two.
    """
    if answer.encoding:
        return f"a body in Content-Encoding {answer.encoding}, not read"
    try:
        return _of_json(json_of(answer.body), _BENEATH)
    except UnusableBody:
        return _of_text(beginning(answer.body.decode("utf-8", "replace"), _READ))


def is_page(answer: Answer) -> bool:
    """Tell whether the body is HTML rather than what an API says."""
    return answer.body[:_READ].lstrip().startswith(b"<") or "html" in answer.headers.get("content-type", "")


def one_line(text: str) -> str:
    """Return `text` without control, format and bidirectional characters, its white space run together."""
    return " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text).split())


def cut(text: str) -> str:
    """Return at most 200 characters of `text`."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _of_text(text: str) -> str:
    if not text.lstrip().startswith("<"):
        return text
    from html import unescape  # two thousand names, needed for this alone

    title = _TITLE.search(text)
    return unescape(title.group(1) if title and title.group(1).strip() else _UNSEEN.sub(" ", text))


def _of_json(value: Any, beneath: int) -> str:
    match value:
        case str() | int() | float():
            return str(value)
        case list() if beneath:
            return "; ".join(filter(None, (_of_json(entry, beneath - 1) for entry in value)))
        case {"loc": [*place], "msg": str(words)}:  # what a field lacks, as pydantic has it
            return f"{'.'.join(map(str, place))}: {words}"
        case dict() if beneath:
            return ": ".join(_parts(value, beneath - 1)) or "; ".join(_fields(value, beneath - 1))
        case _:
            return ""


def _parts(value: dict[str, Any], beneath: int) -> Iterator[str]:
    """Yield the error's name, its message and its parameters, those that `value` has."""
    for keys in (_NAMES, _MESSAGES):
        yield from list(filter(None, (_of_json(value.get(key), beneath) for key in keys)))[:1]
    parameters = value.get("parameters")
    if isinstance(parameters, dict) and parameters:
        yield ", ".join(_fields(parameters, beneath))


def _fields(value: dict[str, Any], beneath: int) -> Iterator[str]:
    for key, entry in value.items():
        if words := _of_json(entry, beneath):
            yield f"{key}: {words}"
