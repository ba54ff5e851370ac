"""Plays a course until every choice in it was taken every way, each time from its start; what comes after a
moment that is the same as one before is not played again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

Option = TypeVar("Option")


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


class Merged(Exception):
    """Ends a course: from here on it is as one that was played before."""

    def __init__(self, below: Below) -> None:
        super().__init__()
        self.below = below


@dataclass
class _Moment:
    """A moment of the course that is under way: how many choices and words of its history came before it."""

    key: Hashable
    choices: int
    words: int
    below: Below = field(default_factory=Below)


@dataclass
class Chooser:
    """Hands out the choices of one course: those of before first, then always the first one."""

    given: Sequence[int]
    passed: list[_Moment]
    known: dict[Hashable, Below]
    history: list[str] = field(default_factory=list)
    """What struck so far, in words."""

    taken: list[tuple[int, int]] = field(default_factory=list)
    """Which option was taken, and of how many."""

    _again: int = 0

    def choose(self, options: Sequence[Option]) -> Option:
        """One of the options; a choice that is none does not count."""
        if len(options) == 1:
            return options[0]
        at = len(self.taken)
        index = self.given[at] if at < len(self.given) else 0
        self.taken.append((index, len(options)))
        return options[index]

    def at(self, key: Callable[[], Hashable]) -> None:
        """A moment of which `key` says all that what follows reads; Merged where there was such a one."""
        if self._again < len(self.passed):
            self._again += 1
            return
        found = key()
        if found in self.known:
            raise Merged(self.known[found])
        self.passed.append(_Moment(found, len(self.taken), len(self.history)))
        self._again += 1


def every_way(play: Callable[[Chooser], Below]) -> Below:
    """What a course comes to, of which `play` says what follows it, over all ways to choose in it."""
    whole = _Moment(None, 0, 0)
    passed, known, given = [whole], dict[Hashable, Below](), list[int]()
    while True:
        chooser = Chooser(given, passed, known, _again=1)
        try:
            below = play(chooser)
        except Merged as merged:
            below = merged.below
        for moment in passed:
            moment.below = moment.below.with_more(tuple(chooser.history[moment.words :]), below)
        taken = chooser.taken
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        given = [index for index, _ in taken]
        while len(passed) > 1 and passed[-1].choices >= len(given):
            over = passed.pop()
            known[over.key] = over.below
        if not taken:
            return whole.below
        given[-1] += 1
