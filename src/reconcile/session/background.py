"""Begins in a thread of its own what waits for others, such as git; who needs the result waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def soon(call: Callable[_Given, _Found], *given: _Given.args, **named: _Given.kwargs) -> Future[_Found]:
    """Begin `call` in a thread of its own, and return the future of what it returns."""
    pool = ThreadPoolExecutor(1)
    coming = pool.submit(call, *given, **named)
    pool.shutdown(wait=False)
    return coming
