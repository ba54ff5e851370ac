"""What one apply leaves to the next one, what may strike it, and the lock that it runs under."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from reconcile.execution.journal import Journal
from reconcile.execution.memory import past_of
from reconcile.model import Json
from reconcile.moments import Moment

from .journal_rules import Stand


class Late(NamedTuple):
    """A write that is still to have its effect, so many seconds from now."""

    due: float
    sent: tuple[str, str, str, bytes]


class Entry(NamedTuple):
    """A line of the journal, so many seconds before now."""

    at: float
    said: Mapping[str, Json]


class Held(Protocol):
    """What a lock says to one apply; an apply on one machine has it always."""

    def why_lost(self) -> str:
        """Why no write may begin any more, or the empty text."""


class Alone(NamedTuple):
    """The lock of a machine that is the only one, which ends with its process."""

    def why_lost(self) -> str:
        """Nothing stands against it."""
        return ""


class State(NamedTuple):
    """All that one apply leaves to the next one."""

    rows: str
    """What the server holds, as JSON."""

    coming: tuple[Late, ...] = ()
    journal: tuple[Entry, ...] = ()
    stand: Stand = Stand()
    lock: Held = Alone()


class Violated(AssertionError):
    """Says what does not hold."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Killed(Exception):
    """The process is no more."""


class Lived(NamedTuple):
    """What one apply came to."""

    ending: str
    """How it ended, in words."""

    state: State
    had_nothing_to_do: bool
    events: tuple[str, ...]


class Memory(Journal):
    """The journal without its file: what its lines come to, and what it stamps as it opens, is shipped."""

    def __init__(self, lines: Sequence[Entry], clock: Callable[[], float]) -> None:
        super().__init__(Path(), lambda: Moment(clock(), "boot", clock()))
        self.lines: list[dict[str, Json]] = [dict(line.said, at=line.at, up=line.at) for line in lines]
        self.past = past_of(self.lines, known=bool(self.lines))

    def append(self, entry: Mapping[str, Json]) -> None:
        """Keeps an entry, which is durable at once."""
        now = self.clock()
        self.lines.append({**entry, "at": now.wall, "boot": "boot", "up": now.up})

    def stamp(self) -> None:
        """Notes what every process notes that opens a journal."""
        self._stamp()


class Fate(NamedTuple):
    """What becomes of a write."""

    loses: bool = False
    early: bool = False
    """Whether it is answered before it acts, if it ever does."""

    dies: bool = False
    noted: bool = True
    lateness: float = 0.0
