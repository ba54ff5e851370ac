"""Plays a course until every choice in it was taken every way, each time from its start; what comes after a
moment that is the same as one before is not played again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from operator import le, sub
from typing import Any, Generic, NamedTuple, TypeVar

Option = TypeVar("Option", bound=Hashable)
End = TypeVar("End")


class Faults(NamedTuple):
    """So many of each fault, and of all together: what an option costs, or what may still strike."""

    crashes: int = 0
    lost: int = 0
    reads: int = 0
    early: int = 0
    pushes: int = 0
    stops: int = 0
    together: int = 0

    def within(self, most: Faults) -> bool:
        """Whether there are no more of any than that."""
        return all(map(le, self, most))

    def less(self, cost: Faults) -> Faults:
        """What is left after a cost."""
        return Faults(*map(sub, self, cost))


NONE = Faults()
CRASH, LOST, READ, EARLY, PUSH, STOP = (
    Faults(**{kind: 1, "together": 1}) for kind in Faults._fields if kind != "together"
)


class Below(NamedTuple):
    """What all executions from a moment on come to."""

    executions: int = 0
    violation: tuple[str, ...] | None = None
    """The shortest history to one, with what does not hold at its end."""

    def with_more(self, history: tuple[str, ...], other: Below) -> Below:
        """The same with executions that go on by a history."""
        found = self.violation
        if other.violation is not None:
            longer = (*history, *other.violation)
            found = longer if found is None or len(longer) < len(found) else found
        return Below(self.executions + other.executions, found)


def violated(words: str) -> Below:
    """One execution, at whose end something does not hold."""
    return Below(1, (f"violated: {words}",))


class Way(NamedTuple, Generic[End]):
    """One way on from a moment: what it costs, in words, and to where: another moment, or an end."""

    cost: Faults
    words: tuple[str, ...]
    to: Moment[End] | End


@dataclass(eq=False)
class Moment(Generic[End]):
    """A moment of a course, and the ways on from it, by the options that were taken."""

    played: list[Faults] = field(default_factory=list)
    """All ways within each of these are there."""

    ways: dict[tuple[Hashable, ...], Way[End]] = field(default_factory=dict)

    def is_played(self, most: Faults) -> bool:
        """Whether all ways within so many faults are there."""
        return any(most.within(played) for played in self.played)

    def within(self, most: Faults) -> list[Way[End]]:
        """The ways within so many faults."""
        return [way for way in self.ways.values() if way.cost.within(most)]


class Merged(Exception):
    """Ends a play: from here on all is played, or will be."""


class _Turn(NamedTuple):
    """Where a play takes another option: all options up to there, and the moments that they pass."""

    options: tuple[Hashable, ...]
    passed: tuple[Moment[Any], ...]


class Chooser:
    """Hands out the choices of one play: those of before first, then always the first one."""

    def __init__(self, turn: _Turn, left: Faults, course: Course[Any]) -> None:
        self.left = left
        self.history: list[str] = []
        """What struck so far, in words."""

        self._options, self._to_pass = turn.options, turn.passed
        self._course = course
        self._taken: list[Hashable] = []
        self._passed: list[Moment[Any]] = []
        self._pass(turn.passed[0])

    def choose(self, options: Sequence[tuple[Faults, Option]]) -> Option:
        """One of the options that what is left allows; the first of them costs nothing."""
        at = len(self._taken)
        if at < len(self._options):
            cost, option = next(it for it in options if it[1] == self._options[at])
        else:
            cost, option = options[0]
            self._leave(option for other, option in options[1:] if other.within(self.left))
        self._taken.append(option)
        self.left = self.left.less(cost)
        return option

    def at(self, key: Callable[[], Hashable]) -> None:
        """A moment of which `key` says all that what follows reads; Merged where it is played."""
        if not self._course.merges:
            return
        if len(self._passed) < len(self._to_pass):
            self._pass(self._to_pass[len(self._passed)])
            return
        moment = self._course.moments.setdefault(key(), Moment())
        self.ends(moment)
        if moment.is_played(self.left):
            raise Merged
        moment.played.append(self.left)
        self._pass(moment)

    def ends(self, to: Any) -> None:
        """The way from the last moment on leads to there."""
        taken, words = tuple(self._taken[self._choices :]), tuple(self.history[self._words :])
        spent = self._before.less(self.left)
        self._passed[-1].ways[taken] = Way(spent, words, to)

    def _pass(self, moment: Moment[Any]) -> None:
        self._passed.append(moment)
        self._choices, self._words, self._before = len(self._taken), len(self.history), self.left

    def _leave(self, others: Any) -> None:
        """Leaves the other options to plays that come later."""
        passed = tuple(self._passed)
        self._course.turns += [_Turn((*self._taken, other), passed) for other in others]


class Course(Generic[End]):
    """All ways of a course from its beginning to its ends, as far as they were asked for."""

    def __init__(self, play: Callable[[Chooser], End], *, merges: bool = True) -> None:
        self.merges = merges
        self.begin: Moment[End] = Moment()
        self.moments: dict[Hashable, Moment[End]] = {}
        self.turns: list[_Turn] = []
        self._play = play

    def lead(self, most: Faults) -> Moment[End]:
        """Plays every way within so many faults that was not played; returns the beginning."""
        if self.begin.is_played(most):
            return self.begin
        self.begin.played.append(most)
        self.turns = [_Turn((), (self.begin,))]
        while self.turns:
            chooser = Chooser(self.turns.pop(), most, self)
            try:
                chooser.ends(self._play(chooser))
            except Merged:
                continue
        return self.begin


def unstruck() -> Chooser:
    """A chooser for a play that nothing strikes, and that no other is played after."""
    return Chooser(_Turn((), (Moment(),)), NONE, Course(lambda chooser: None))


def summed(
    moment: Moment[End], left: Faults, after: Callable[[End, Faults], Below], known: dict[Any, Below]
) -> Below:
    """What all executions from a moment on come to within what is left; `after` says it of an end."""
    if (moment, left) not in known:
        below = Below()
        for way in moment.within(left):
            rest = left.less(way.cost)
            to = way.to
            ends = summed(to, rest, after, known) if isinstance(to, Moment) else after(to, rest)
            below = below.with_more(way.words, ends)
        known[moment, left] = below
    return known[moment, left]
