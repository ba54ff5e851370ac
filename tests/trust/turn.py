"""One apply of one of two machines, by the shipped generator, while time passes for the other one too."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconcile.errors import ApiError
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import Effect, Interrupted, Record, Wait, Write
from reconcile.execution.lease import Terms
from reconcile.execution.operation import carry_out
from reconcile.execution.unanswered import Unanswered
from reconcile.model import Request, Response
from reconcile.planning.build import Planned
from reconcile.planning.contents import Outcome
from reconcile_sandbox.world import Request as Sent

from .choosing import CRASH, NONE
from .leases import LATENCY, Process
from .life_state import Entry, Killed, Late, State
from .one_life import PAUSE, SETTLE, Life

if TYPE_CHECKING:
    from .two_lives import Applying

TERMS = Terms(stale=2.0, timeout=0.25, settle=SETTLE)
ENDS = ((NONE, False), (CRASH, True))


@dataclass
class Turn(Life):
    """One apply of one machine, while time passes for the other one too."""

    machine: Applying = field(kw_only=True)
    begun: float = field(kw_only=True)
    """When it began, on the world's clock; its own begins with 0."""

    @staticmethod
    def of(machine: Applying) -> Turn:
        """The apply that a machine begins now."""
        world = machine.shared
        journal = tuple(Entry(line.at - world.now, line.said) for line in machine.journal)
        state = State(world.shape.rows(world.server), (), journal, machine.stand, machine)
        return Turn(
            world.shape, state, machine.chooser, machine.lateness, world.server, world.plans,
            machine=machine, begun=world.now,
        )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        self.unanswered = Unanswered(self.machine.holder.clock)

    def kept(self) -> tuple[Entry, ...]:
        """The journal by the world's clock."""
        lines = self.journal.lines
        return tuple(
            Entry(line["at"] + self.begun, {name: line[name] for name in line if name not in {"at", "up"}})
            for line in lines
        )

    def crashes(self) -> None:
        """Is no more."""
        self._note("crash")

    def course(self) -> Process:
        """Leads the apply to its end."""
        self.machine.shared.begins(self.machine.tenure)
        self._opened()
        planned = self._planned()
        yield from self._rests(PAUSE)
        if planned.steps:
            self._came_to((yield from self._led(planned)))
        else:
            self._note("ended")
        self.machine.had_nothing_to_do = not planned.steps

    def _terms(self) -> Timing:
        lease = self.machine.lease
        assert lease is not None
        terms = super()._terms()
        sure_at = lease.before.sure_at - self.begun
        return replace(terms, doubtful_until=max(terms.doubtful_until, sure_at))

    def _led(self, planned: Planned) -> Generator[float, None, Outcome]:
        (step,) = planned.steps
        effects = carry_out(step, planned.facts, self._terms())
        answer: Callable[[], Effect] = lambda: next(effects)  # noqa: E731
        while True:
            try:
                effect = answer()
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            yield from self._may_be_struck(effect)
            found: Response | None = None
            error: ApiError | Interrupted | None = None
            try:
                found = self._waited() if isinstance(effect, Wait) else self._performed(effect)
            except (ApiError, Interrupted) as raised:
                error = raised
            yield from self._rests(_seconds(effect, error))
            answer = _goes_on(effects, found, error)

    def _may_be_struck(self, effect: Effect) -> Process:
        if self.stirred or isinstance(effect, Record | Write):
            self.machine.struck(f"after {self._last_event()}, before a {type(effect).__name__.lower()}")
            self.stirred = False
            yield from self._rests(0.0)

    def _waited(self) -> None:
        """Lets somebody ask the process to end, where it would wait."""
        if self.chooser.choose(ENDS):
            self.history.append(f"{self.machine.name} is asked to end after {self.now:g} s")
            raise Interrupted

    def _rests(self, seconds: float) -> Process:
        yield self.machine.shared.now + seconds
        self.now = self.machine.shared.now - self.begun

    def _performed(self, effect: Effect) -> Response | None:
        if isinstance(effect, Record):
            self.unanswered.hear(effect.entry)
        return super()._performed(effect)

    def _asked(self, request: Request) -> Response:
        self.shown.clear()
        return super()._asked(request)

    def _written(self, write: Write) -> Response:
        with self.unanswered.sending(write.entry) as begins:
            begins()
            try:
                return super()._written(write)
            except Killed:
                self.machine.dies()

    def _counted(self, request: Request) -> None:
        super()._counted(request)
        self.machine.shared.writes(self.machine.tenure)

    def _late(self, sent: Sent, lateness: float) -> None:
        super()._late(sent, lateness)
        world = self.machine.shared
        world.coming += [Late(late.due + self.begun, late.sent) for late in self.coming]
        self.coming.clear()


def _seconds(effect: Effect, error: ApiError | Interrupted | None) -> float:
    """How long an effect takes: a lost answer is waited for as long as the client waits."""
    if isinstance(effect, Wait):
        return effect.seconds if error is None else 0.0
    if isinstance(effect, Write) and isinstance(error, ApiError) and error.effect == "unknown":
        return TERMS.timeout
    return 0.0 if isinstance(effect, Record) else LATENCY


def _goes_on(effects: Any, found: Response | None, error: Exception | None) -> Callable[[], Effect]:
    return (lambda: effects.send(found)) if error is None else (lambda: effects.throw(error))
