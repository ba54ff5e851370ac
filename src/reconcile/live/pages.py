"""Reads a list to its end, several pages at once where an answer tells of them; no list is without an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain, islice

from reconcile.errors import ApiError
from reconcile.fields.walk import deferred_values, misshapen, plainly_shaped, seal
from reconcile.live.readable import Readable
from reconcile.live.trampoline import run_generator
from reconcile.model import Json, Live, Request, Response, Secret
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import BadAnswer, Page
from reconcile.provider.routes import is_id

Send = Callable[[Request], Response]
Hear = Callable[[Iterable[Secret]], None]
"""Hears of the secrets that live answers show, as soon as they are read."""

PAGES_AT_MOST = 10_000
_LONGEST_ID = 60
_REFUSED = frozenset({403, 404, 405})


def unheard(secrets: Iterable[Secret]) -> None:
    """Ignore secrets, for whoever prints nothing that a server says."""


class Line(NamedTuple):
    """Say how systems are read: what sends a request, and who hears of secrets."""

    send: Send
    hear: Hear = unheard
    pool: ThreadPoolExecutor | None = None
    """What asks for pages before their turn; None: one is asked for after the other."""

    ahead: int = 1
    """How many pages of a list may be under way at once."""

    settled: bool = False
    """What is read stands still: a list that differs from page to page is no reason to read it again."""


@contextmanager
def abandoned(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Yield a pool that is left without waiting.

    Nobody needs what is still under way then, and closing its client ends it.
    """
    pool = ThreadPoolExecutor(threads)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def lines(systems: Iterable[str], line: Line, threads: int) -> Iterator[Mapping[str, Line]]:
    """Yield `line` for each system, with so many threads of its own: their connections lead to no other one.

    Twice as many pages are under way, so that no thread waits for the slowest.
    """
    with ExitStack() as stack:
        yield {
            system: line._replace(pool=stack.enter_context(abandoned(threads)), ahead=2 * threads)
            if threads > 1
            else line
            for system in systems
        }


class Sight(NamedTuple):
    """Hold what a reading showed: every live object, and the system's clock where an answer had it."""

    lives: tuple[Live, ...]
    now: float | None = None
    proof: bool = False
    """Some answer showed that the system is the one that is meant: it had a row, or says so otherwise."""


class Asking(NamedTuple):
    """Hold the request whose answer a reading needs, and those that it will need next, as far as is known."""

    request: Request
    rest: Iterable[Request] = ()


Reading = Generator[Asking, Response, Sight]


def look(kind: Readable, request: Request, line: Line) -> Sight:
    """Return what the pages from `request` on show.

    That is what reading one after another shows: a page that was asked for too early is passed over.
    """
    ahead = _Ahead(line)
    try:
        return run_generator(reading(kind, request, line.hear, settled=line.settled), ahead.answer, ApiError)
    finally:
        ahead.forget()


class _Ahead:
    """Send what a reading asks for, and meanwhile what it will ask for next."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._coming: deque[tuple[Request, Future[Response]]] = deque()
        self._rest: Iterator[Request] = iter(())

    def answer(self, asked: Asking) -> Response:
        """Return the answer to what is asked; ApiError where there is none."""
        send, pool = self._line.send, self._line.pool
        if pool is None:
            return send(asked.request)
        if not self._coming or self._coming[0][0] != asked.request:
            self.forget()
            rest = iter(asked.rest)
            first = next(rest, None)
            if first is None:
                return send(asked.request)
            self._rest = chain((asked.request, first), rest)
        for request in islice(self._rest, self._line.ahead - len(self._coming)):
            self._coming.append((request, pool.submit(send, request)))
        return self._coming.popleft()[1].result()

    def forget(self) -> None:
        """Forget what is on its way: nothing of it is needed any more."""
        self._rest = iter(())
        for _, coming in self._coming:
            coming.cancel()
        self._coming.clear()


class _Changed(Exception):
    """Say that a list is another one than when its first page was read: rows may have moved between pages.

    The message is for whoever reads it a second time.
    """

    def __init__(self, before: int | None, now: int | None) -> None:
        super().__init__(
            "the list changes faster than it can be read: it changed while it was read, and again when it "
            f"was read a second time ({before} rows, then {now}): try again when it is quiet"
        )


def reading(kind: Readable, request: Request, hear: Hear = unheard, *, settled: bool = False) -> Reading:
    """Yield the requests of all pages from `request` on, take their answers, and return what they show.

    A read that is refused gives way to those that the kind names instead. A list that changes meanwhile is
    read once more, one page after another, unless it is `settled`. ApiError for an answer that cannot be what
    it claims, and for a list that changes in its second reading too: no row can be said to be missing there.
    """
    try:
        return (yield from _all(kind, Asking(request), hear, _Trail(constant=not settled)))
    except _Changed:
        again = Asking(request._replace(uncached=True))
    try:
        return (yield from _all(kind, again, hear, _Trail(constant=True, uncached=True)))
    except _Changed as changed:
        raise ApiError(f"{request.system}: {request.method} {request.path}: {changed}") from None


def _all(kind: Readable, first: Asking, hear: Hear, trail: _Trail) -> Reading:
    found: list[Live] = []
    now: float | None = None
    proof = False
    open_ = [first]
    while open_:
        asked = open_.pop(0)
        try:
            response = yield asked
        except ApiError as error:
            if not asked.request.fallbacks or error.status not in _REFUSED:
                raise
            open_ = [*map(Asking, asked.request.fallbacks), *open_]
            continue
        now = response.date if response.date is not None else now
        read = _page(kind, asked.request, response, trail)
        if read.secret:
            hear(_secrets(kind, read.secret))
        found += read.lives
        proof = proof or read.proof
        open_ = [*read.following, *open_]
    return Sight(tuple(found), now, proof or bool(found))


def _secrets(kind: Readable, lives: Iterable[Live]) -> Iterator[Secret]:
    """Yield the texts that are sealed in live objects."""
    names = [row.name for row in kind.table.sensitive]
    for live in lives:
        held = [value for name in names if (value := live.fields.get(name))]
        if held:
            yield from (value for _, value in deferred_values(held) if isinstance(value, Secret))


class _Trail:
    """Follow the pages of one reading: a server must not lead it on for ever.

    `constant`: the list must stay as long as its first page says; `uncached`: no page is asked for early.
    """

    def __init__(self, *, constant: bool, uncached: bool = False) -> None:
        self._constant, self._uncached = constant, uncached
        self._total: int | None = None
        self._asked: set[str] = set()
        self._shown: tuple[str, Json] = ("", None)

    def follow(self, page: Page, shown: Json, path: str) -> Asking | None:
        """Return what is asked for after a page at this path that shows this; None after the last.

        BadAnswer where the next page would lead nowhere new, _Changed where the list is another one now.
        """
        self._compare(page.total)
        following = page.next
        if following is None:
            return None
        asked = repr((following.method, following.path, following.query, following.body))
        if asked in self._asked:
            raise BadAnswer("the pages go round in a ring: the next one has been read already")
        if shown and (path, shown) == self._shown:
            raise BadAnswer("two pages in a row are the same, so that there would be no end of them")
        if len(self._asked) == PAGES_AT_MOST:
            raise BadAnswer(f"more than {PAGES_AT_MOST:,} pages: there seems to be no end of them")
        self._asked.add(asked)
        self._shown = path, shown
        return Asking(following._replace(uncached=True)) if self._uncached else Asking(following, page.rest)

    def _compare(self, total: int | None) -> None:
        if self._constant and None not in (total, self._total) and total != self._total:
            raise _Changed(self._total, total)
        self._total = total if self._total is None else self._total


class _Read(NamedTuple):
    """Hold the live objects of a page, those that hold a secret, and what is asked for next.

    `proof`: whether the page proves without a row that the system is the one that is meant.
    """

    lives: list[Live]
    secret: list[Live]
    following: list[Asking]
    proof: bool


def _page(kind: Readable, asked: Request, response: Response, trail: _Trail) -> _Read:
    """Read one page; ApiError where it cannot be what it claims."""
    try:
        page = kind.page(asked, response)
        following = trail.follow(page, page.rows or response.body, asked.path)
        rows = [kind.read(row) for row in page.rows]
        lives = _sealed_all(kind, rows, _beneath(response))
    except BadAnswer as error:
        raise ApiError(
            f"{asked.system}: {asked.method} {asked.path}: {error}", status=response.status
        ) from error
    secret = [live for live, row in zip(lives, rows, strict=True) if live is not row]
    return _Read(lives, secret, [following] if following else [], page.proof)


def _beneath(response: Response) -> int | None:
    """Return how many levels of arrays and objects a row can hold at most, where that is known."""
    return None if response.depth is None else response.depth - (2 if isinstance(response.body, list) else 1)


def _sealed_all(kind: Readable, lives: list[Live], beneath: int | None) -> list[Live]:
    """Return the live objects of a page with their sensitive texts sealed, as each alone would be.

    One look at all of them says, as is nearly always so, that there is nothing to do.
    """
    said = [live.fields for live in lives]
    shaped = plainly_shaped(kind.table, said, beneath)
    silent = shaped and not any(each.get(row.name) for row in kind.table.sensitive for each in said)
    if silent and all(is_id(live.id) for live in lives):
        return lives
    return [sealed(kind, live, shaped=shaped) for live in lives]


def sealed(kind: Readable, live: Live, *, shaped: bool = False) -> Live:
    """Return `live` with its sensitive texts sealed; BadAnswer where a list is none, or an id could be no id.

    `shaped`: every list is known to be one.
    """
    if not is_id(live.id):
        told = str(live.id)  # whole or not at all: half of it could be half of a secret
        called = f"`{told}`" if len(told) <= _LONGEST_ID else f"{len(told):,} characters"
        raise BadAnswer(f"{kind.name} has an id that no request can name: {called}")
    wrong = None if shaped else misshapen(kind.table, live.fields)
    if wrong:
        raise BadAnswer(f"{kind.name} {live.id}: {wrong}")
    said = seal(kind.table, live.fields)
    return live if said is live.fields else Live(live.id, live.name, said)
