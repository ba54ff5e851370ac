"""Waits until written lines are on the disk, those of several threads at once; writing is the journal's."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Durable:
    """Count the lines of one file, and wait for the disk once for all that wait. Safe for threads.

    `sync` makes durable what was written before it was called. Once it has failed nobody knows which lines
    are on the disk, whatever it says later, so that no line is believed from then on.
    """

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync, self._waiting = sync, Lock()
        self._written = self._durable = 0
        self._refused: OSError | None = None

    def wrote(self) -> int:
        """Count a line that was written, and return its number; callers take turns."""
        self._written += 1
        return self._written

    def until(self, number: int) -> None:
        """Wait until the line with this number is on the disk; raise OSError where it may not be."""
        with self._waiting:
            if self._durable < number and self._refused is None:
                self._durable = self._synced()
            if self._durable < number and self._refused is not None:
                raise OSError(self._refused.errno, self._refused.strerror)

    def _synced(self) -> int:
        """Return up to which line all are on the disk by now."""
        written = self._written  # not after the sync: what is written meanwhile need not be in it
        try:
            self._sync()
        except OSError as error:
            self._refused = error
            return self._durable
        return written
