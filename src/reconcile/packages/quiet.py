"""Drops what a package prints, thread by thread, so that it never stands in a result."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_LOCK = threading.Lock()
_INSIDE: dict[int, int] = {}
"""How deep each thread is in a package's code, for those that are."""
_DROPPED = threading.Event()


class _Aside:
    """Stand for standard output, and drop what a thread prints that is in a package's code."""

    def __init__(self, real: TextIO) -> None:
        self.real = real

    def write(self, text: str) -> int:
        if threading.get_ident() not in _INSIDE:
            return self.real.write(text)
        if text:
            _DROPPED.set()
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def has_dropped() -> bool:
    """Tell whether a package printed anything so far."""
    return _DROPPED.is_set()


@contextmanager
def quietly() -> Iterator[None]:
    """Drop what this thread prints in the block."""
    me = threading.get_ident()
    with _LOCK:
        _INSIDE[me] = _INSIDE.get(me, 0) + 1
        if not isinstance(sys.stdout, _Aside) and sys.stdout is not None:
            sys.stdout = _Aside(sys.stdout)
    try:
        yield
    finally:
        with _LOCK:
            _INSIDE[me] -= 1
            if not _INSIDE[me]:
                del _INSIDE[me]
            if not _INSIDE and isinstance(sys.stdout, _Aside):
                sys.stdout = sys.stdout.real
