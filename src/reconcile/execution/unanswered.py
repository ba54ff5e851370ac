"""Remembers which writes of an apply may still have an effect that nobody saw; waits for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from reconcile.clock import now
from reconcile.errors import ApiError
from reconcile.execution.memory import Identity, identity_of
from reconcile.model import Json


@dataclass(frozen=True, slots=True, eq=False)
class _Write:
    """Stand for one write, whatever others are about the same object."""

    about: Identity


class Unanswered:
    """Hold when each write was begun that was not answered, nor seen to have its effect. Safe for threads."""

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self._clock = clock
        self._mutex = Lock()
        self._begun: dict[_Write, float] = {}

    @contextmanager
    def sending(self, entry: Mapping[str, Json]) -> Iterator[Callable[[], None]]:
        """Send a write inside the block, which is given what to call as it leaves.

        It stays in doubt where the block does not end with an answer, or a proof that nothing took effect.
        """
        write = _Write(_about(entry))
        try:
            yield lambda: self._begin(write)
        except ApiError as error:
            if error.effect == "none":
                self._forget(write)
            raise
        self._forget(write)

    def hear(self, entry: Mapping[str, Json]) -> None:
        """Take in an entry of the journal: of what is settled, every write was seen to have its effect."""
        if entry.get("event") == "settled":
            about = _about(entry)
            with self._mutex:
                self._begun = {
                    write: at for write, at in self._begun.items() if not write.about.is_about(about)
                }

    def last(self) -> float | None:
        """Return when the last of them was begun; None where there is none."""
        with self._mutex:
            return max(self._begun.values(), default=None)

    def _begin(self, write: _Write) -> None:
        with self._mutex:
            self._begun[write] = self._clock()

    def _forget(self, write: _Write) -> None:
        with self._mutex:
            self._begun.pop(write, None)


def _about(entry: Mapping[str, Json]) -> Identity:
    return identity_of({"address": "", **entry})
