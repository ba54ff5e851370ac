"""Runs a generator that asks and is answered, to its end; what is asked and answered is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import TypeVar

_Asked = TypeVar("_Asked")
Answered = TypeVar("Answered")
_Found = TypeVar("_Found")


def run_generator(
    asking: Generator[_Asked, Answered, _Found],
    answer: Callable[[_Asked], Answered],
    *thrown: type[Exception],
) -> _Found:
    """Return what the generator `asking` returns, after all that it asks was answered by `answer`.

    An exception that `answer` raises is thrown into the generator where its type is one of `thrown`.
    """
    step: Callable[[], _Asked] = partial(next, asking)
    while True:
        try:
            asked = step()
        except StopIteration as done:
            found: _Found = done.value
            return found
        try:
            step = partial(asking.send, answer(asked))
        except thrown as error:
            step = partial(asking.throw, error)
