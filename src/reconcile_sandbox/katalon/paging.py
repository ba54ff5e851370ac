"""Decides which rows a page holds and in which order, in the form of Spring's pages."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..system import Answer, Call, Fields, json_answer
from .rows import bad

_DEFAULT_SIZE = 30
_SORT = re.compile(r"\s*([A-Za-z.]+)\s*(?:,\s*(asc|desc)\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paging:
    """Hold which page was asked for, how long it is, and its order."""

    page: int = 0
    size: int = _DEFAULT_SIZE
    sorts: tuple[str, ...] = ()


def asked_in_body(pagination: Fields) -> Paging:
    """Return what a search asks for."""
    page, size = pagination.get("page", 0), pagination.get("size", _DEFAULT_SIZE)
    return Paging(int(page), int(size), tuple(pagination.get("sorts", ())))


def asked_in_query(query: Mapping[str, str]) -> Paging:
    """Return what a list asks for."""
    sorts = (query["sort"],) if query.get("sort") else ()
    return Paging(int(query.get("page", 0)), int(query.get("size", _DEFAULT_SIZE)), sorts)


def page_answer(
    call: Call,
    rows: list[Fields],
    asked: Paging,
    columns: Mapping[str, str],
    show: Callable[[Fields], Fields],
) -> Answer:
    """Answer with the asked page of `rows`; `columns` gives the field of each key that can be sorted by."""
    size = min(asked.size, int(call.switches["max_page_size"]) or 1)
    start = asked.page * size
    rows = _at_this_moment(call, rows, size)
    ordered = _sorted(rows, asked.sorts, columns) if asked.sorts else _unsorted(call, rows)
    content = [show(row) for row in ordered[start : start + size]]
    return json_answer(200, {"content": content, **_frame(asked, size, len(rows), len(content))})


def _at_this_moment(call: Call, rows: list[Fields], size: int) -> list[Fields]:
    """Return the rows without the newest, at every other request, where the switch says `busy`.

    With that switch, somebody makes and deletes the newest object all the time.
    """
    if call.switches["busy"] == "false" or len(rows) <= size or call.ordinal % 2 == 0:
        return rows
    newest = max(row["id"] for row in rows)
    return [row for row in rows if row["id"] != newest]


def _frame(asked: Paging, size: int, total: int, count: int) -> Fields:
    pages = -(-total // size)
    is_sorted = bool(asked.sorts)
    sort = {"empty": not is_sorted, "sorted": is_sorted, "unsorted": not is_sorted}
    pageable = {"sort": sort, "offset": asked.page * size, "pageNumber": asked.page, "pageSize": size}
    return {
        "totalPages": pages, "totalElements": total, "size": size, "number": asked.page,
        "numberOfElements": count, "empty": count == 0, "first": asked.page == 0,
        "last": asked.page + 1 >= pages, "sort": sort,
        "pageable": {**pageable, "paged": True, "unpaged": False},
    }  # fmt: skip


def _sorted(rows: list[Fields], sorts: tuple[str, ...], columns: Mapping[str, str]) -> list[Fields]:
    ordered = list(rows)
    for text in reversed(sorts):
        found = _SORT.fullmatch(text)
        if found is None or found[1] not in columns:
            raise bad("There is no such sort.")
        column = columns[found[1]]
        ordered.sort(key=lambda row: (row[column] is None, row[column]), reverse=_descends(found[2]))
    return ordered


def _descends(word: str | None) -> bool:
    return word is not None and word.lower() == "desc"


def _unsorted(call: Call, rows: list[Fields]) -> list[Fields]:
    if call.switches["unsorted"] == "stored":
        return rows
    return sorted(rows, key=lambda row: _lot(call, row))


def _lot(call: Call, row: Fields) -> bytes:
    return hashlib.blake2b(json.dumps([call.ordinal, row["id"]]).encode(), digest_size=8).digest()
