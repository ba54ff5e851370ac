"""Shows one page of a list as a server that splits it in a kind's way would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from reconcile.fields.forms import integer
from reconcile.laws.shelf import placed
from reconcile.model import Json
from reconcile.provider.paging import ByLink, ByOffset, ByPage, ByToken, Pages

AT_MOST = 2
"""The most rows of a page, whatever is asked for: so that a few objects make several pages."""


class Shown(NamedTuple):
    """Hold the body of an answer, and its headers."""

    body: Json
    headers: Mapping[str, str]


def shown_page(
    pages: Pages | None, place: str, rows: Sequence[Json], asked: Mapping[str, Json], url: str
) -> Shown:
    """Return the page that is asked for; a bare list can say nothing of itself, but for a link."""
    start, size = _window(pages, asked, len(rows))
    part, behind = [*rows[start : start + size]], start + size
    if not place and not (isinstance(pages, ByToken) or (isinstance(pages, ByLink) and pages.link)):
        return Shown(part, _link(pages, url, asked, behind) if behind < len(rows) else {})
    body = placed({}, place or "rows", part)
    for where, value in _about(pages, len(rows), size, behind).items():
        body = placed(body, where, value)
    if isinstance(pages, ByLink) and pages.link and behind < len(rows):
        body = placed(body, pages.link, _next(url, asked, behind))
    return Shown(body, _link(pages, url, asked, behind) if behind < len(rows) else {})


def _window(pages: Pages | None, asked: Mapping[str, Json], count: int) -> tuple[int, int]:
    """Return from which row on the page shows how many."""
    match pages:
        case ByOffset(offset, limit):
            return _number(asked.get(offset), 0), min(_number(asked.get(limit), AT_MOST), AT_MOST)
        case ByPage(page, limit, first=first):
            size = min(_number(asked.get(limit), AT_MOST), AT_MOST)
            return (_number(asked.get(page), first) - first) * size, size
        case ByToken(parameter):
            return _number(str(asked.get(parameter) or "t0")[1:], 0), AT_MOST
        case ByLink():
            return _number(asked.get("from"), 0), AT_MOST
    return 0, count


def _about(pages: Pages | None, count: int, size: int, behind: int) -> Mapping[str, Json]:
    """Return what an answer says of the whole list, and of the next page, by its place."""
    found: dict[str, Json] = {}
    if pages is not None and pages.total:
        found[pages.total] = count
    if isinstance(pages, ByPage) and pages.pages:
        found[pages.pages] = -(-count // size)
    if isinstance(pages, ByToken) and behind < count:
        found[pages.token] = f"t{behind}"
    return found


def _link(pages: Pages | None, url: str, asked: Mapping[str, Json], behind: int) -> Mapping[str, str]:
    header = isinstance(pages, ByLink) and not pages.link
    return {"Link": f'<{_next(url, asked, behind)}>; rel="next"'} if header else {}


def _next(url: str, asked: Mapping[str, Json], behind: int) -> str:
    return f"{url}?{urlencode({**asked, 'from': behind})}"


def _number(value: Json, otherwise: int) -> int:
    found = integer(value)
    return found if type(found) is int else otherwise
