"""All executions of two machines that apply one object at once, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .choosing import NONE, Below, Chooser, Course, Faults, summed, violated
from .life_state import Violated
from .one_life import LATENESS, Plans
from .shapes import Shape, server_of
from .two_lives import AGAIN, LATENCY, ROUNDS, TRIES, Applying, Together

BEGINS = ((LATENCY / 2, 0.0), (AGAIN / 2, 600.0))
"""How many seconds after the first machine the second one begins, which asks for the lock or has it then, and
how many seconds its wall clock is ahead."""

MORE = tuple((start, wall) for start in (0.0, LATENCY / 2, AGAIN / 2) for wall in (0.0, 600.0))


_WORDS = ("a crash or an end", "a lost answer", "a lost push or look", "a suspension")


class TwoBounds(NamedTuple):
    """What may strike the two, and how often; `together` of all kinds."""

    crashes: int = 1
    lost: int = 1
    pushes: int = 1
    stops: int = 1
    together: int = 2
    lateness: Sequence[float] = LATENESS
    begins: Sequence[tuple[float, float]] = BEGINS

    def __str__(self) -> str:
        each = zip(_WORDS, (self.crashes, self.lost, self.pushes, self.stops), strict=True)
        return f"{self.together} of: {', '.join(word for word, most in each if most)}"

    @property
    def faults(self) -> Faults:
        """What may strike in an execution."""
        return Faults(
            crashes=self.crashes, lost=self.lost, pushes=self.pushes, stops=self.stops, together=self.together
        )


@dataclass
class TwoMachines:
    """All executions of one shape by two machines."""

    shape: Shape
    bounds: TwoBounds
    merges: bool = True
    lives: int = 0
    """Executions that were led, as far as they were not the same as one before."""

    _plans: Plans = field(default_factory=dict)
    _ends: dict[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._server = server_of(self.shape.drawn)

    def all(self) -> Below:
        """Leads every execution."""
        left = self.bounds.faults
        begin = Course(self._led, merges=self.merges).lead(left)
        return summed(begin, left, lambda words, _: violated(words) if words else Below(1), {})

    def _led(self, chooser: Chooser) -> str:
        """Leads one to its end; what does not hold in it, or the empty text."""
        self.lives += 1
        world = Together(self.shape, self._server, self._plans, chooser)
        start, wall = chooser.choose([(NONE, begin) for begin in self.bounds.begins])
        for name, at, ahead in (("A", 0.0, 0.0), ("B", start, wall)):
            machine = Applying(world, name, self.bounds.lateness, wall=ahead)
            world.start(machine.applies(TRIES), at, machine)
        try:
            world.run()
            return self._quiet(world)
        except Violated as error:
            return error.words

    def _quiet(self, world: Together) -> str:
        key = world.key()
        if key not in self._ends:
            self._ends[key] = self._ended(world)
        return self._ends[key]

    def _ended(self, world: Together) -> str:
        """Without a fault it is done within a few applies of each, whoever begins."""
        quiet = 0
        for _ in range(ROUNDS):
            for name in [*world.machines]:
                machine = world.machines[name].again_unstruck()
                world.start(machine.applies(TRIES), world.now, machine)
                world.run()
                quiet = quiet + 1 if machine.had_nothing_to_do else 0
        left = self.shape.unmet(self._server.state)
        return f"nothing was left to do, and {left}" if left or quiet < len(world.machines) else ""
