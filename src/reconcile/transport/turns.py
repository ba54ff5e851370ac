"""Lets so many requests at a time go to one system; who may send what is decided elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """The turns to one system. Safe for threads: one may keep its turn from one request to the next."""

    def __init__(self, many: int) -> None:
        self._free = threading.BoundedSemaphore(many)
        self._own = threading.local()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Waits for a turn, unless this thread keeps one, and has it inside."""
        if self._kept:
            yield
        else:
            with self._free:
                yield

    def keep(self) -> None:
        """Waits for a turn, which is this thread's from now on."""
        if not self._kept:
            self._free.acquire()
            self._own.kept = True

    def give_back(self) -> None:
        """Lets go of the turn that this thread keeps, where it keeps one."""
        if self._kept:
            self._own.kept = False
            self._free.release()

    @property
    def _kept(self) -> bool:
        return getattr(self._own, "kept", False)
