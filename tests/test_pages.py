"""Reading a list to its end: pages asked for before their turn show what they would have shown in it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.lamps import LAMP

from reconcile.errors import ApiError
from reconcile.live.pages import Line, Send, Sight, lines, look
from reconcile.model import Json, Request, Response
from reconcile.provider import Page

FIRST = Request("s", "GET", "/lamps", (("page", "0"),), safe=True)
PATIENCE = 20.0


def numbered(number: int) -> Request:
    return FIRST._replace(query=(("page", str(number)),))


def number_of(request: Request) -> int:
    return int(str(dict(request.query)["page"]))


def page(request: Request, response: Response) -> Page:
    """A page that tells its rows, and whether it is the last, how many pages and how many rows there are."""
    rows, last, pages, total = response.body
    after = number_of(request) + 1
    if last:
        return Page(rows, total=total)
    return Page(rows, numbered(after), map(numbered, range(after + 1, pages)), total)


KIND = dataclasses.replace(LAMP, page=page)


@dataclass
class Desk:
    """Answers with pages of one lamp each; it may say that there are more or fewer than there are."""

    lamps: int
    promised: int | None = None
    totals: Sequence[int | None] = (None,)
    """How many lamps there are, as page after page is asked; the last one from then on."""

    asked: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Response:
        number = number_of(request)
        with self.lock:
            total = self.totals[min(len(self.asked), len(self.totals) - 1)]
            self.asked.append(request)
        promised = self.lamps if self.promised is None else self.promised
        return Response(200, [self.rows(number), number >= self.lamps - 1, promised, total])

    def rows(self, number: int) -> list[Json]:
        return [{"lampId": number + 1, "title": "a"}] if number < self.lamps else []

    def numbers(self) -> list[int]:
        return [number_of(request) for request in self.asked]


def read(send: Send, threads: int = 1) -> Sight:
    """What the pages show, read with so many threads."""
    with lines(["s"], Line(send), threads) as by_system:
        return look(KIND, FIRST, by_system["s"])


def ids(sight: Sight) -> list[Json]:
    return [live.id for live in sight.lives]


def test_the_pages_after_the_first_are_asked_for_at_the_same_time() -> None:
    desk, together = Desk(5), threading.Barrier(4, timeout=PATIENCE)

    def meet(request: Request) -> Response:
        if request != FIRST:
            together.wait()
        return desk(request)

    assert ids(read(meet, 4)) == [1, 2, 3, 4, 5]
    assert sorted(desk.numbers()) == [0, 1, 2, 3, 4]


def test_rows_stand_in_the_order_of_their_pages_whichever_answer_comes_first() -> None:
    desk, later = Desk(4), {number: threading.Event() for number in range(1, 5)}
    later[4].set()

    def backwards(request: Request) -> Response:
        number = number_of(request)
        if number:
            assert later[number + 1].wait(PATIENCE)
            later[number].set()
        return desk(request)

    assert ids(read(backwards, 3)) == [1, 2, 3, 4]


def test_one_thread_asks_for_one_page_after_the_other() -> None:
    desk = Desk(4)
    read(desk)
    assert desk.numbers() == [0, 1, 2, 3]


@given(st.integers(0, 9), st.integers(-1, 10**12), st.integers(1, 4))
def test_a_promise_of_more_or_fewer_pages_changes_nothing_that_is_shown(
    lamps: int, promised: int, threads: int
) -> None:
    desk, honest = Desk(lamps, promised), Desk(lamps)
    shown = read(desk, threads)
    assert shown == read(honest)
    numbers = desk.numbers()
    assert len(numbers) == len(set(numbers))
    assert set(range(max(1, lamps))) <= set(numbers)
    assert len(numbers) <= max(1, lamps) + 2 * threads


@pytest.mark.parametrize("threads", [1, 4])
def test_a_list_that_changes_while_it_is_read_is_read_again_afresh_page_after_page(threads: int) -> None:
    desk = Desk(3, totals=[3, 3, 4, 3])
    assert ids(read(desk, threads)) == [1, 2, 3]
    assert desk.numbers()[-3:] == [0, 1, 2]
    assert [request.uncached for request in desk.asked] == [False] * 3 + [True] * 3


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("again", [(3, 4), (4, 4, 3), (2, None, 3)])
def test_a_list_that_changes_in_its_second_reading_too_is_not_believed(
    again: tuple[int | None, ...], threads: int
) -> None:
    desk = Desk(3, totals=[3, 3, 4, *again])
    with pytest.raises(ApiError, match=f"{again[0]} rows, then {again[-1]}.*try again when it is quiet"):
        read(desk, threads)


@pytest.mark.parametrize("again", [(2, None, 2), (None, 5, 5), (None, None, None)])
def test_a_list_that_stays_in_its_second_reading_is_believed(again: tuple[int | None, ...]) -> None:
    assert ids(read(Desk(3, totals=[3, 3, 4, *again]))) == [1, 2, 3]


def test_a_list_of_one_length_is_read_once() -> None:
    desk = Desk(3, totals=[3, None, 3])
    read(desk)
    assert desk.numbers() == [0, 1, 2]


class Broken(Desk):
    """Cannot show the page with this number."""

    broken = 2

    def __call__(self, request: Request) -> Response:
        if number_of(request) == self.broken:
            raise ApiError("s: no such page", status=500)
        return super().__call__(request)


def test_a_page_that_cannot_be_read_is_no_sight_of_the_list() -> None:
    with pytest.raises(ApiError, match="no such page"):
        read(Broken(4), 4)


def test_a_page_beyond_the_last_may_be_unreadable() -> None:
    assert ids(read(Broken(2, promised=9), 4)) == [1, 2]


def test_a_page_beyond_the_last_is_not_waited_for() -> None:
    desk, over = Desk(2, promised=10**9), threading.Event()

    def slow_beyond(request: Request) -> Response:
        if number_of(request) > 1:
            assert over.wait(PATIENCE)
        return desk(request)

    try:
        assert ids(read(slow_beyond, 4)) == [1, 2]
        assert sorted(desk.numbers()) == [0, 1]
    finally:
        over.set()


def test_an_error_does_not_wait_for_the_other_pages() -> None:
    broken, over = Broken(9), threading.Event()

    def slow_after(request: Request) -> Response:
        if number_of(request) > 2:
            assert over.wait(PATIENCE)
        return broken(request)

    try:
        with pytest.raises(ApiError, match="no such page"):
            read(slow_after, 4)
    finally:
        over.set()


def test_what_stands_still_is_read_once_whatever_its_pages_say() -> None:
    desk = Desk(3, totals=[3, 4, 5])
    look(KIND, FIRST, Line(desk, settled=True))
    assert desk.numbers() == [0, 1, 2]


def _same(request: Request) -> Response:
    return Response(200, [[{"lampId": 1, "title": "a"}], False, 10**9, None])


def test_pages_that_are_all_the_same_have_no_end_however_many_are_promised() -> None:
    with pytest.raises(ApiError, match="two pages in a row are the same"):
        read(_same, 4)


def test_there_are_at_most_ten_thousand_pages_however_many_are_promised() -> None:
    def endless(request: Request) -> Response:
        return Response(200, [[{"lampId": number_of(request) + 1, "title": "a"}], False, 10**9, None])

    with pytest.raises(ApiError, match="more than 10,000 pages"):
        read(endless, 2)


@pytest.mark.parametrize("wrong", [-1, 10**300])
def test_a_page_with_an_id_that_no_request_can_name_is_refused_whatever_else_it_shows(wrong: Json) -> None:
    rows = [{"lampId": 1, "title": "a"}, {"lampId": wrong, "title": "b"}]
    with pytest.raises(ApiError, match="an id that no request can name"):
        look(KIND, FIRST, Line(lambda request: Response(200, [rows, True, 1, None])))
