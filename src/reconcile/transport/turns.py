"""Lets so many requests at a time go to one system; who may send what is decided elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Hand out the turns to one system; a thread may keep its turn over several requests.

    Safe for threads.
    """

    def __init__(self, many: int) -> None:
        self._free = threading.BoundedSemaphore(many)
        self._own = threading.local()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, unless this thread keeps one, and hold it inside the `with` block."""
        if self._kept:
            yield
        else:
            with self._free:
                yield

    def keep(self) -> None:
        """Wait for a turn, which this thread keeps from now on."""
        if not self._kept:
            self._free.acquire()
            self._own.kept = True

    def give_back(self) -> None:
        """Let go of the turn that this thread keeps, where it keeps one."""
        if self._kept:
            self._own.kept = False
            self._free.release()

    @property
    def _kept(self) -> bool:
        return getattr(self._own, "kept", False)
