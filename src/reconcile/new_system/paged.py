"""Tells from an OpenAPI description how a list is split into pages, and where its answer holds the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconcile.model import EMPTY
from reconcile.named_tuple import NamedTuple
from reconcile.new_system.openapi import Description, MethodAndPath, Schema, written_in
from reconcile.new_system.source import literal

_TOTALS = (
    "total",
    "total_count",
    "totalCount",
    "count",
    "total_items",
    "totalItems",
    "total_results",
    "size_total",
)
_PAGES = ("pages", "total_pages", "totalPages", "page_count", "pageCount")
_LIMITS = (
    "limit",
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "size",
    "first",
    "max_results",
    "maxResults",
)
_OFFSETS = ("offset", "skip", "start", "startAt")
_NUMBERS = ("page", "pageNumber", "page_number")
_TOKENS = ("pageToken", "page_token", "cursor", "nextToken", "next_token", "after")
_NEXT = ("nextPageToken", "next_page_token", "next_cursor", "nextCursor", "nextToken")
_ABOUT = ("", "meta", "pagination", "paging", "page", "_meta")


class Paged(NamedTuple):
    """Hold the schema of a row, where rows stand in the answer to a list, and the way to pages as source."""

    schema: Schema = EMPTY
    rows: str = ""
    pages: str = ""


def paged(description: Description, place: MethodAndPath | None) -> Paged:
    """Return how a list is shown."""
    operation = description.operation(place)
    if place is None or not operation:
        return Paged()
    answer = description.answer(operation)
    linked = "link" in description.headers(operation)
    return Paged(
        *_rows(description, answer), _way(description, answer, _asked(description, place), linked=linked)
    )


def _rows(description: Description, answer: Schema) -> tuple[Schema, str]:
    if answer.get("type") == "array":
        return description.schema(answer.get("items")), ""
    for name, value in written_in(answer).items():
        found = description.schema(value)
        if found.get("type") == "array" and written_in(inner := description.schema(found.get("items"))):
            return inner, name
    return EMPTY, ""


def _asked(description: Description, place: MethodAndPath) -> list[str]:
    """Return what a list can be asked for: parameters of its query, or fields of a search's body."""
    if place[0] != "get":
        return [*written_in(description.body(description.operation(place)))]
    return [str(each.get("name")) for each in description.parameters(place) if each.get("in") == "query"]


def _way(description: Description, answer: Schema, asked: list[str], *, linked: bool) -> str:
    """Return the way to the pages of a list as source; empty where it is whole, as far as can be told."""
    limit, total = _one(_LIMITS, asked), _place(description, answer, _TOTALS)
    offset, page, parameter = _one(_OFFSETS, asked), _one(_NUMBERS, asked), _one(_TOKENS, asked)
    token = _place(description, answer, _NEXT)
    if offset:
        return _spelled("ByOffset", {"offset": offset, "limit": limit, "total": total})
    if token and parameter:
        first = f"{literal(parameter)}, {literal(token)}"
        return _spelled("ByToken", {"limit": limit, "total": total}, first)
    if page:
        pages = None if total else _place(description, answer, _PAGES)
        return _spelled("ByPage", {"page": page, "limit": limit, "total": total, "pages": pages})
    return _spelled("ByLink", {"limit": limit, "total": total}) if linked else ""


_USUAL = {"ByOffset": {"offset": "offset", "limit": "limit"}, "ByPage": {"page": "page", "limit": "per_page"}}


def _spelled(name: str, given: Mapping[str, str | None], first: str = "") -> str:
    usual = _USUAL.get(name, {})
    more = [f"{word}={literal(value)}" for word, value in given.items() if value and value != usual.get(word)]
    return f"{name}({', '.join([first, *more] if first else more)})"


def _one(known: Iterable[str], among: Iterable[str]) -> str | None:
    return next((name for name in known if name in [*among]), None)


def _place(description: Description, answer: Schema, names: Iterable[str]) -> str | None:
    """Return where an answer says one of these things: at its top, or in what it says of itself."""
    for around in _ABOUT:
        inner = description.schema(written_in(answer).get(around)) if around else answer
        name = _one(names, written_in(inner))
        if name is not None:
            return f"{around}.{name}" if around else name
    return None
