"""Every execution within bounds: each apply begins where one before it ended; what is the same is led once.

Two states are the same where what the server holds, what is still to act, what the journal comes to and how
long ago, and the faults and applies that are left are the same: that is all that what follows reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconcile.execution.memory import Doubt, past_of

from .choosing import Below, Chooser, every_way
from .journal_rules import Stand
from .life_state import Alone, Budget, Held, Lived, State, Violated
from .one_life import NEVER, SETTLE, Life, Plans
from .shapes import Shape, server_of

QUIET = 3
"""Applies without a fault after which nothing is left to do."""


class Bounds(NamedTuple):
    """What may strike, and how often."""

    crashes: int = 2
    lost: int = 2
    reads: int = 1
    lateness: Sequence[float] = (NEVER, 0.0, 0.5, 0.95)
    """Of settle: how late the effect comes of a write whose answer nobody saw."""

    applies: int = 4

    def __str__(self) -> str:
        most = f"{self.crashes} crashes, {self.lost} lost answers, {self.reads} failed read"
        return f"{most}, {self.applies} applies"


@dataclass
class Enumeration:
    """All executions of one shape within bounds."""

    shape: Shape
    bounds: Bounds
    lock: Held = field(default_factory=Alone)
    """What keeps applies apart, as one of them sees it."""

    lives: int = 0
    """Applies that were led."""

    journals: set[tuple[Stand, tuple[str, ...]]] = field(default_factory=set)
    """What the journals say, in the rules' words: how writes stood before an apply, and what came then."""

    _known: dict[Any, Below] = field(default_factory=dict)
    _plans: Plans = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._server = server_of(self.shape.drawn)

    @property
    def states(self) -> int:
        """How many states there are between applies."""
        return len(self._known)

    def all(self) -> Below:
        """Leads every execution from the beginning."""
        bounds = self.bounds
        start = State(self.shape.begin, Budget(bounds.crashes, bounds.lost, bounds.reads), lock=self.lock)
        return self._from(start, bounds.applies)

    def _from(self, state: State, applies: int) -> Below:
        key = _key(state), applies
        if key not in self._known:
            self._known[key] = self._quiet(state) if not applies else self._next(state, applies)
        return self._known[key]

    def _next(self, state: State, applies: int) -> Below:
        def play(chooser: Chooser) -> Below:
            try:
                lived = self._led(state, chooser)
            except Violated as violated:
                return Below(1, (f"violated: {violated.words}",))
            chooser.history.append(lived.ending)
            return self._from(lived.state, applies - 1)

        return every_way(play)

    def _led(self, state: State, chooser: Chooser) -> Lived:
        self.lives += 1
        lived = Life(self.shape, state, chooser, self.bounds.lateness, self._server, self._plans).led()
        self.journals.add((state.stand, lived.events))
        return lived

    def _quiet(self, state: State) -> Below:
        """Without faults it is done within a few applies, and stays so when all that is late has come."""
        state = state._replace(budget=Budget(0, 0, 0))
        try:
            for _ in range(QUIET + 1):
                lived = self._led(state, Chooser((), [], {}))
                if lived.had_nothing_to_do:
                    return self._settled(lived.state)
                state = lived.state
        except Violated as violated:
            return Below(1, (f"violated: {violated.words}",))
        return Below(1, (f"violated: {QUIET} applies without a fault do not do it",))

    def _settled(self, state: State) -> Below:
        """Raises Violated where an effect that comes late undoes what was done."""
        life = Life(self.shape, state, Chooser((), [], {}), (), self._server, self._plans)
        life.pass_time(SETTLE)
        left = self.shape.unmet(self._server.state)
        return Below(1, (f"violated: nothing was left to do, and {left}",) if left else None)


def _key(state: State) -> Any:
    """All of a state that what follows reads: of the journal, what its lines come to.

    Of a doubt that is only how long ago its write left, once that is noted; longer ago than settle is over.
    """
    lines = [dict(line.said, at=line.at, up=line.at) for line in state.journal]
    past = past_of(lines, known=bool(lines))
    doubts = tuple((each.identity, _ago(each)) for each in past.doubts)
    made = tuple(sorted(past.made.items()))
    return state.rows, state.coming, doubts, made, past.known, state.stand, state.budget, state.lock


def _ago(doubt: Doubt) -> float | None:
    return None if doubt.left is None else max(doubt.left.wall, -SETTLE)
