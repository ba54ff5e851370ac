"""Finds the next page of a list by the way in which a server splits one; what a row means is the kind's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from reconcile.fields.forms import integer
from reconcile.model import Json, Request, Response
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import BadAnswer, Page

SIZE = 100
"""How many rows a page is asked for; a server that gives fewer is taken as it is."""

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\bnext\b[^\"]*\"|next\b)", re.IGNORECASE)


class ByOffset(NamedTuple):
    """Ask for the rows behind so many others: `?offset=200&limit=100`."""

    offset: str = "offset"
    limit: str = "limit"
    size: int = SIZE
    total: str = ""
    """Where an answer says how many rows there are in all (`total_count`, `meta.total`); empty: none does,
    and the list ends with an empty page."""


class ByPage(NamedTuple):
    """Ask for the page with a number: `?page=3&per_page=100`."""

    page: str = "page"
    limit: str = "per_page"
    size: int = SIZE
    first: int = 1
    """The number of the first page."""
    total: str = ""
    """Where an answer says how many rows there are in all; empty: none does."""
    pages: str = ""
    """Where an answer says how many pages there are; where it says neither, an empty page is the end."""


class ByToken(NamedTuple):
    """Ask for what stands behind a token of the answer before: `?pageToken=…`."""

    parameter: str
    token: str
    """Where an answer holds the token of the next page; the last answer holds none, or an empty one."""
    limit: str = ""
    """The parameter for the size of a page; empty: the server decides."""
    size: int = SIZE
    total: str = ""


class ByLink(NamedTuple):
    """Ask for what the answer before links to, in its `Link` header (`rel="next"`) or in its body.

    Only the query of the link is taken: where a request goes is never a server's to say.
    """

    link: str = ""
    """Where an answer holds the link (`links.next`); empty: in its header."""
    limit: str = ""
    """The parameter for the size of a page; empty: the server decides."""
    size: int = SIZE
    total: str = ""


Pages: TypeAlias = ByOffset | ByPage | ByToken | ByLink


def first_page(pages: Pages | None) -> Mapping[str, Json]:
    """Return the parameters with which the first page is asked for."""
    match pages:
        case ByOffset(offset, limit, size):
            return {offset: 0, limit: size}
        case ByPage(page, limit, size, first):
            return {page: first, limit: size}
        case ByToken() | ByLink() if pages.limit:
            return {pages.limit: pages.size}
    return {}


class Progress(NamedTuple):
    """Hold how far a list is read, as the context of the request for its next page."""

    rows: int = 0
    """How many rows the pages before had."""
    coming: tuple[Request, ...] = ()
    """The first pages of lists that are read after this one, from `at` on."""
    at: int = 0
    query: tuple[tuple[str, Json], ...] = ()
    """What goes into the query of each of them."""

    @classmethod
    def of(cls, request: Request) -> Progress:
        """Return how far the list is read that a request asks for; the first page may have no context."""
        return request.context if isinstance(request.context, Progress) else cls()

    def following(self) -> tuple[Request | None, Iterator[Request]]:
        """Return the first request for the lists that come, and those after it."""
        requests = (
            self.coming[at]._replace(
                context=Progress.of(self.coming[at])._replace(coming=self.coming, at=at + 1, query=self.query)
            )
            for at in range(self.at, len(self.coming))
        )
        return next(requests, None), requests


def page_of(pages: Pages | None, request: Request, response: Response, rows: Sequence[Json]) -> Page:
    """Return these rows of an answer with the request for the next page, or for the next list.

    BadAnswer where the answer contradicts itself, or its link leads to something else.
    """
    page, progress = _page(pages, request, response, rows), Progress.of(request)
    if not progress.coming:
        return page
    following, rest = (page.next, page.rest) if page.next is not None else progress.following()
    return Page(page.rows, following, rest)


def _page(pages: Pages | None, request: Request, response: Response, rows: Sequence[Json]) -> Page:
    match pages:
        case None:
            return Page(rows)
        case ByOffset() | ByPage():
            return _numbered(pages, request, response, rows)
        case ByToken():
            found = found_at(response.body, pages.token)
            if not isinstance(found, str | int | None) or isinstance(found, bool):
                raise BadAnswer(f"the token of the next page `{pages.token}` is no text")
            following = None if found in (None, "") else _asking(request, {pages.parameter: found})
        case ByLink():
            link = found_at(response.body, pages.link) if pages.link else _header_link(response.link)
            following = _linked(request, link) if link else None
    return Page(rows, following, total=_total(pages, response))


def found_at(body: Json, place: str) -> Json:
    """Return what stands at a place of an answer (`meta.total`); None where nothing does."""
    for name in place.split(".") if place else ():
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _numbered(pages: ByOffset | ByPage, request: Request, response: Response, rows: Sequence[Json]) -> Page:
    """Return a page of a list whose pages can be counted, so that later ones may be asked for early."""
    total, pages_left = _total(pages, response), _pages_left(pages, request, response)
    seen = Progress.of(request).rows + len(rows)
    is_last = pages_left == 0 if pages_left is not None else total is not None and seen >= total
    if (is_last or not rows) and total is not None and seen < total:
        raise BadAnswer(f"the list has {total} rows, as it says, and ends after {seen}")
    if is_last or not rows:
        return Page(rows, total=total)
    coming = _coming(pages, request, seen, len(rows))
    if pages_left is None and total is None:
        return Page(rows, next(coming))
    left = pages_left if pages_left is not None else -(-((total or 0) - seen) // len(rows))
    known = islice(coming, left)
    return Page(rows, next(known), known, total)


def _coming(pages: ByOffset | ByPage, request: Request, seen: int, size: int) -> Iterator[Request]:
    """Yield the requests for the pages behind this one, as far as all are of one size."""
    for step in count():
        before = seen + step * size
        asked = (
            {pages.offset: before}
            if isinstance(pages, ByOffset)
            else {pages.page: _number(pages, request) + step + 1}
        )
        yield _asking(request, asked)._replace(context=Progress.of(request)._replace(rows=before))


def _number(pages: ByPage, request: Request) -> int:
    """Return the number of the page that was asked for."""
    found = integer(_asked(request).get(pages.page))
    return found if type(found) is int else pages.first


def _pages_left(pages: ByOffset | ByPage, request: Request, response: Response) -> int | None:
    """Return how many pages stand behind the one asked for, where the answer says how many there are."""
    if isinstance(pages, ByOffset) or not pages.pages:
        return None
    every = integer(found_at(response.body, pages.pages))
    return max(0, every - 1 - (_number(pages, request) - pages.first)) if type(every) is int else None


def _total(pages: Pages, response: Response) -> int | None:
    found = integer(found_at(response.body, pages.total)) if pages.total else None
    return found if type(found) is int else None


def _header_link(text: str) -> str:
    """Return where a Link header by RFC 8288 says that the next page is; empty where it says nothing."""
    return next((link for link, about in _LINK.findall(text) if _NEXT.search(about)), "")


def _linked(request: Request, link: Json) -> Request:
    parts = urlsplit(link) if isinstance(link, str) else None
    path = parts.path.rsplit("/", 1)[-1] if parts else None
    if parts is None or path not in ("", request.path.rsplit("/", 1)[-1]):
        raise BadAnswer("its link to the next page leads to something else than this list")
    return request._replace(query=tuple(parse_qsl(parts.query, keep_blank_values=True)))


def _asked(request: Request) -> Mapping[str, Json]:
    """Return what a request says of the page that it asks for: in its query, or in the body of a search."""
    return dict(request.query) if request.method == "GET" else request.body or {}


def _asking(request: Request, parameters: Mapping[str, Json]) -> Request:
    """Return a request for another page of the same list."""
    if request.method != "GET":
        return request._replace(body={**(request.body or {}), **parameters})
    texts = {name: str(value) for name, value in parameters.items()}
    kept = (pair for pair in request.query if pair[0] not in texts)
    return request._replace(query=(*kept, *texts.items()))
