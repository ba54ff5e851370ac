"""Leads a generator that asks and is answered to its end; what it asks and what answers are others'."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
Found = TypeVar("Found")


def run_generator(
    asking: Generator[Asked, Answered, Found],
    answer: Callable[[Asked], Answered],
    *thrown: type[Exception],
) -> Found:
    """What the generator returns, all that it asks being answered; exceptions of `thrown` are thrown in."""
    step: Callable[[], Asked] = partial(next, asking)
    while True:
        try:
            asked = step()
        except StopIteration as done:
            found: Found = done.value
            return found
        try:
            step = partial(asking.send, answer(asked))
        except thrown as error:
            step = partial(asking.throw, error)
