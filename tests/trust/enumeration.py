"""Every execution within bounds: each apply begins where one before it ended; what is the same is led once.

Two states are the same where what the server holds, what is still to act, and what the journal comes to and
how long ago are the same: that is all that what follows reads. Which of its ways count is decided by the
faults and applies that are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .choosing import NONE, Below, Chooser, Course, Faults, Moment, summed, unstruck, violated
from .journal_rules import Stand
from .life_state import Alone, Held, State, Violated
from .one_life import LATENESS, SETTLE, Life, Plans, journal_key
from .shapes import Shape, server_of

QUIET = 3
"""Applies without a fault after which nothing is left to do."""


_WORDS = (
    ("crash", "crashes"),
    ("lost answer", "lost answers"),
    ("failed read", "failed reads"),
    ("answer before the effect", "answers before the effect"),
)


class Bounds(NamedTuple):
    """What may strike, and how often."""

    crashes: int = 2
    lost: int = 2
    reads: int = 1
    early: int = 0
    lateness: Sequence[float] = LATENESS
    """Of settle: how late the effect comes of a write whose answer nobody saw."""

    applies: int = 4

    def __str__(self) -> str:
        faults = zip(_WORDS, self.faults, strict=False)
        most = (f"{number} {word if number == 1 else words}" for (word, words), number in faults if number)
        applies = "apply" if self.applies == 1 else "applies"
        return f"{', '.join(most)}, {self.applies} {applies}"

    @property
    def faults(self) -> Faults:
        """What may strike in an execution."""
        each = (self.crashes, self.lost, self.reads, self.early)
        return Faults(*each, together=sum(each))


@dataclass(eq=False)
class Between:
    """A state between applies, and the courses of the apply that begins there."""

    state: State
    course: Course[Between | str]
    """Each of its ends is a state, or what does not hold."""

    nothing_to_do: bool = False
    """Whether the apply that begins here finds nothing to do."""


@dataclass
class Enumeration:
    """All executions of one shape within bounds."""

    shape: Shape
    bounds: Bounds
    lock: Held = field(default_factory=Alone)
    """What keeps applies apart, as one of them sees it."""

    merges: bool = True
    """Whether what is the same is led once; else each execution is led for itself."""

    lives: int = 0
    """Applies that were led."""

    journals: set[tuple[Stand, tuple[str, ...]]] = field(default_factory=set)
    """What the journals say, in the rules' words: how writes stood before an apply, and what came then."""

    _between: dict[Any, Between] = field(default_factory=dict)
    _known: dict[Any, Below] = field(default_factory=dict)
    _sums: dict[int, dict[Any, Below]] = field(default_factory=dict)
    _plans: Plans = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._server = server_of(self.shape.drawn)

    @property
    def states(self) -> int:
        """How many states there are between applies."""
        return len(self._between)

    def all(self) -> Below:
        """Leads every execution from the beginning."""
        start = self._of(State(self.shape.begin, lock=self.lock))
        return self._from(start, self.bounds.faults, self.bounds.applies)

    def _of(self, state: State) -> Between:
        key = _key(state) if self.merges else len(self._between)
        if key not in self._between:
            found = Between(state, Course(lambda chooser: self._led(found, chooser), merges=self.merges))
            self._between[key] = found
        return self._between[key]

    def _from(self, at: Between, left: Faults, applies: int) -> Below:
        if not applies:
            left = NONE
        known = at, left, applies
        if known not in self._known:
            after = self._on(at, left, applies) if applies else self._quiet(at)
            self._known[known] = after
        return self._known[known]

    def _on(self, at: Between, left: Faults, applies: int) -> Below:
        def after(end: Between | str, rest: Faults) -> Below:
            return violated(end) if isinstance(end, str) else self._from(end, rest, applies - 1)

        return summed(at.course.lead(left), left, after, self._sums.setdefault(applies, {}))

    def _led(self, at: Between, chooser: Chooser) -> Between | str:
        self.lives += 1
        try:
            lived = self._life(at.state, chooser, self.bounds.lateness).led()
        except Violated as error:
            return error.words
        self.journals.add((at.state.stand, lived.events))
        chooser.history.append(lived.ending)
        at.nothing_to_do |= lived.had_nothing_to_do
        return self._of(lived.state)

    def _life(self, state: State, chooser: Chooser, lateness: Sequence[float]) -> Life:
        return Life(self.shape, state, chooser, lateness, self._server, self._plans)

    def _quiet(self, at: Between) -> Below:
        """Without faults it is done within a few applies, and stays so when all that is late has come."""
        for _ in range(QUIET + 1):
            after = _without_fault(at.course.lead(NONE))
            if isinstance(after, str):
                return violated(after)
            if at.nothing_to_do:
                return self._settled(after.state)
            at = after
        return violated(f"{QUIET} applies without a fault do not do it")

    def _settled(self, state: State) -> Below:
        """What there is once all that is late has come, which may undo nothing of what was done."""
        life = self._life(state, unstruck(), ())
        try:
            life.pass_time(SETTLE)
        except Violated as error:
            return violated(error.words)
        left = self.shape.unmet(self._server.state)
        return violated(f"nothing was left to do, and {left}") if left else Below(1)


def _without_fault(moment: Moment[Between | str]) -> Between | str:
    to: Moment[Between | str] | Between | str = moment
    while isinstance(to, Moment):
        (way,) = to.within(NONE)
        to = way.to
    return to


def _key(state: State) -> Any:
    """All of a state that what follows reads."""
    return state.rows, state.coming, journal_key(state.journal), state.stand, state.lock
