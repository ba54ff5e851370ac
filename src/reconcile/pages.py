"""Reads a list to its end, several pages at once where an answer tells of them; no list is without an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from typing import NamedTuple

from reconcile.errors import ApiError
from reconcile.fields.walk import late_values, misshapen, plainly_shaped, seal
from reconcile.kinds import BadAnswer, Kind, Page, is_id
from reconcile.model import Json, Live, Request, Response, Secret

Send = Callable[[Request], Response]
Hear = Callable[[Iterable[Secret]], None]
"""Hears of the secrets that live answers show, as soon as they are read."""

PAGES_AT_MOST = 10_000
_REFUSED = frozenset({403, 404, 405})


def unheard(secrets: Iterable[Secret]) -> None:
    """For whoever prints nothing that a server says."""


class Line(NamedTuple):
    """How systems are read: what sends a request, who hears of secrets, how many threads may ask at once."""

    send: Send
    hear: Hear = unheard
    threads: int = 1


class Sight(NamedTuple):
    """What a reading showed: every live object, and the system's clock where an answer had it."""

    lives: tuple[Live, ...]
    now: float | None = None


class Asking(NamedTuple):
    """The request whose answer a reading needs, and those that it will need after it, as far as is known."""

    request: Request
    rest: Iterable[Request] = ()


Reading = Generator[Asking, Response, Sight]


def look(kind: Kind, request: Request, line: Line) -> Sight:
    """What the pages from `request` on show.

    It is what reading one after another shows: a page that was asked for too early is passed over.
    """
    pages = reading(kind, request, line.hear)
    with ExitStack() as stack:
        ahead = _Ahead(line, stack)
        try:
            asked = next(pages)
            while True:
                asked = _next(pages, asked, ahead)
        except StopIteration as done:
            sight: Sight = done.value
            return sight


def _next(pages: Reading, asked: Asking, ahead: _Ahead) -> Asking:
    try:
        response = ahead.answer(asked)
    except ApiError as error:
        return pages.throw(error)
    return pages.send(response)


class _Ahead:
    """Sends what a reading asks for, and meanwhile what it will ask for next."""

    def __init__(self, line: Line, stack: ExitStack) -> None:
        self._line, self._stack = line, stack
        self._pool: ThreadPoolExecutor | None = None
        self._coming: deque[tuple[Request, Future[Response]]] = deque()
        self._rest: Iterator[Request] = iter(())

    def answer(self, asked: Asking) -> Response:
        """The answer to what is asked; ApiError where there is none."""
        if not self._coming or self._coming[0][0] != asked.request:
            self._coming.clear()
            self._rest = iter(asked.rest)
            first = next(self._rest, None)
            if first is None or self._line.threads == 1:
                return self._line.send(asked.request)
            self._rest = chain((asked.request, first), self._rest)
        self._send_ahead()
        return self._coming.popleft()[1].result()

    def _send_ahead(self) -> None:
        """Twice as many as there are threads are on their way, so that none waits for the slowest."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._line.threads)
            self._stack.callback(self._pool.shutdown, cancel_futures=True)
        while len(self._coming) < 2 * self._line.threads:
            request = next(self._rest, None)
            if request is None:
                return
            self._coming.append((request, self._pool.submit(self._line.send, request)))


class _Changed(Exception):
    """A list is another one than when its first page was read: rows may have moved between pages."""


def reading(kind: Kind, request: Request, hear: Hear = unheard) -> Reading:
    """Yields the requests of all pages from `request` on, takes their answers, returns what they show.

    A read that is refused gives way to those that the kind names instead. A list that changes meanwhile is
    read once more, one page after another. ApiError for an answer that cannot be what it claims.
    """
    try:
        return (yield from _all(kind, Asking(request), hear, _Trail(constant=True)))
    except _Changed:
        again = Asking(request._replace(afresh=True))
        return (yield from _all(kind, again, hear, _Trail(constant=False)))


def _all(kind: Kind, first: Asking, hear: Hear, trail: _Trail) -> Reading:
    found: list[Live] = []
    now: float | None = None
    open_ = [first]
    while open_:
        asked = open_.pop(0)
        try:
            response = yield asked
        except ApiError as error:
            if not asked.request.instead or error.status not in _REFUSED:
                raise
            open_ = [*map(Asking, asked.request.instead), *open_]
            continue
        now = response.date if response.date is not None else now
        lives, following = _page(kind, asked.request, response, trail)
        if kind.table.has_sensitive:
            hear(_secrets(kind, lives))
        found += lives
        open_ = [*following, *open_]
    return Sight(tuple(found), now)


def _secrets(kind: Kind, lives: Iterable[Live]) -> Iterator[Secret]:
    """The texts that are sealed in live objects."""
    names = [row.name for row in kind.table.sensitive]
    for live in lives:
        held = [value for name in names if (value := live.said.get(name))]
        if held:
            yield from (value for _, value in late_values(held) if isinstance(value, Secret))


class _Trail:
    """The pages of one reading so far: a server must not lead it on for ever.

    `constant`: the list must stay as long as its first page says.
    """

    def __init__(self, *, constant: bool) -> None:
        self._constant = constant
        self._total: int | None = None
        self._asked: set[str] = set()
        self._shown: Json = None

    def follow(self, page: Page, shown: Json) -> Asking | None:
        """What is asked for after a page that shows this; None after the last.

        BadAnswer where the next page would lead nowhere new, _Changed where the list is another one now.
        """
        self._compare(page.total)
        following = page.next
        if following is None:
            return None
        asked = repr((following.method, following.path, following.query, following.body))
        if asked in self._asked:
            raise BadAnswer("the pages go round in a ring: the next one has been read already")
        if shown and shown == self._shown:
            raise BadAnswer("two pages in a row are the same, so that there would be no end of them")
        if len(self._asked) == PAGES_AT_MOST:
            raise BadAnswer(f"more than {PAGES_AT_MOST:,} pages: there seems to be no end of them")
        self._asked.add(asked)
        self._shown = shown
        return Asking(following, page.rest) if self._constant else Asking(following._replace(afresh=True))

    def _compare(self, total: int | None) -> None:
        if self._constant and None not in (total, self._total) and total != self._total:
            raise _Changed
        self._total = total if self._total is None else self._total


def _page(kind: Kind, asked: Request, response: Response, trail: _Trail) -> tuple[list[Live], list[Asking]]:
    try:
        page = kind.page(asked, response)
        following = trail.follow(page, page.rows or response.body)
        return _sealed_all(kind, [kind.read(row) for row in page.rows]), [following] if following else []
    except BadAnswer as error:
        raise ApiError(
            f"{asked.system}: {asked.method} {asked.path}: {error}", status=response.status
        ) from error


def _sealed_all(kind: Kind, lives: Sequence[Live]) -> list[Live]:
    shaped = plainly_shaped(kind.table, [live.said for live in lives])
    return [sealed(kind, live, shaped=shaped) for live in lives]


def sealed(kind: Kind, live: Live, *, shaped: bool = False) -> Live:
    """`live` with its sensitive texts sealed; BadAnswer where a list is none, or an id could be no id.

    `shaped`: every list is known to be one.
    """
    if not is_id(live.id):
        raise BadAnswer(f"{kind.name} has an id that no request can name: `{str(live.id)[:60]}`")
    wrong = None if shaped else misshapen(kind.table, live.said)
    if wrong:
        raise BadAnswer(f"{kind.name} {live.id}: {wrong}")
    said = seal(kind.table, live.said)
    return live if said is live.said else Live(live.id, live.name, said)
