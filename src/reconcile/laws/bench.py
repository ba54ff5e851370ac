"""Runs the real engine on a project of its own against a server: plans, applies, exports, and breaks off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

from reconcile.cleaning import Cleaner
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import Effect, Read, Wait, Write
from reconcile.execution.operation import carry_out
from reconcile.laws.hand import Hand, Retold, as_it_is
from reconcile.model import Json, Request, Response
from reconcile.planfile.document_parts import DocumentOutcome
from reconcile.planning.build import Planned
from reconcile.project import FILE
from reconcile.reports.exported_yaml import render
from reconcile.session.apply import apply
from reconcile.session.clients import opened
from reconcile.session.consent import ALL
from reconcile.session.live_export import export
from reconcile.session.prepare import live_plan, ready
from reconcile.session.refusal import Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin, open_project
from reconcile.session.validate import validate
from reconcile.transport import Writer

Manifest = Mapping[str, Json]


class Place(NamedTuple):
    """Say where a system is, how it is told who asks, and what its options are."""

    url: str
    type: str
    auth: Mapping[str, Json]
    options: Mapping[str, Json]
    environ: Mapping[str, str]


class Clock:
    """Run only while an apply waits, so that no law waits for a second to pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def is_set(self) -> bool:
        """Tell that nobody asks this run to end."""
        return False

    def wait(self, seconds: float) -> bool:
        """Let time pass, and tell that nobody asks this run to end."""
        self.now += seconds
        return False

    def watch(self, client: object) -> None:
        """Watch nothing: nobody asks this run to end."""

    def ask(self) -> None:
        """Ask nothing: what broke off ends of itself."""


@dataclass
class Bench:
    """Hold a project folder, and the system that it is about."""

    folder: Path
    place: Place
    hands: list[Hand] = field(default_factory=list)
    """What stood between the engine and the system in the last run."""

    def declare(self, *manifests: Manifest) -> None:
        """Make these the only manifests of the project."""
        url, type_, auth, options, _ = self.place
        system = {"url": url, "auth": dict(auth), "options": dict(options)}
        self._write(FILE, json.dumps({"version": 1, "systems": {type_: system}}))
        self.declare_text("\n---\n".join(json.dumps(manifest) for manifest in manifests))

    def declare_text(self, text: str) -> None:
        """Make a text of YAML the only manifests of the project."""
        self._write("manifests/all.yaml", text)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def validate(self) -> None:
        """Check the manifests offline; ProblemsFound where something is wrong with them."""
        validate(self._options(), self._around())

    def plan(self, retold: Retold = as_it_is) -> Planned:
        """Return the plan, where every answer is told in other words; ProblemsFound where there is none."""
        with self._reading(retold) as (session, hand):
            return live_plan(ready(session), cast(Any, hand))

    def apply(self, loses: int = 0, *, taken: bool = True) -> list[DocumentOutcome]:
        """Plan and apply, with all the time in the world; the answer to one write may be lost."""

        def change(hand: Hand) -> None:
            hand.loses, hand.taken = loses, taken

        clock = Clock()
        around = replace(
            self._around(change),
            stop=cast(Any, clock),
            clock=clock.clock,
            ran_since=lambda moment: True,
            threads=1,
        )
        try:
            return list(apply(begin(self._options(), around), ALL).outcomes or ())
        except Refused as error:
            return list(error.record.outcomes or ())

    def export(self, *what: str) -> str:
        """Return live objects as manifests."""
        return render(export(open_project(self._options(), self._around()), what))

    def cut_off(self, effects: int, *, taken: bool) -> Effect | None:
        """Begin to apply the one operation there is, and break off at an effect, had or not.

        Returns the effect; None where all of them were had before.
        """
        planned = self.plan()
        if not planned.steps:
            return None
        with self._reading(as_it_is) as (_, hand):
            return cut_off(planned, hand, effects, taken=taken)

    @contextmanager
    def _reading(self, retold: Retold) -> Iterator[tuple[Session, Hand]]:
        def change(hand: Hand) -> None:
            hand.retold = retold

        session = begin(self._options(), self._around(change))
        with opened(Writer, session, ready(session).endpoints) as client:
            yield session, cast(Hand, client)

    def _options(self) -> RunOptions:
        return RunOptions(self.folder, prune=True, caches=False)

    def _around(self, change: Callable[[Hand], None] = lambda hand: None) -> Surroundings:
        def connect(kind: object, endpoints: Any, settings: Any) -> Any:
            hand = Hand.of(endpoints, settings)
            change(hand)
            self.hands.append(hand)
            return hand

        self.hands = []
        return Surroundings(self.place.environ, Cleaner(), connect=connect)

    @property
    def writes(self) -> Sequence[Request]:
        """Return the writes of the last run."""
        return [request for hand in self.hands for request in hand.writes]


def cut_off(planned: Planned, hand: Hand, effects: int, *, taken: bool) -> Effect | None:
    """Begin the one operation of a plan, and break off at an effect, having had it or not.

    Returns the effect; None where there are no more.
    """
    clock = Clock()
    course = carry_out(planned.steps[0], planned.facts, Timing(clock.clock, settle=30.0, wait=600.0))
    response: Response | None = None
    try:
        effect = next(course)
        for _ in range(effects):
            response = _had(hand, clock, effect)
            effect = course.send(response)
    except StopIteration:
        return None
    if taken:
        _had(hand, clock, effect)
    course.close()
    return effect


def _had(hand: Hand, clock: Clock, effect: Effect) -> Response | None:
    """Perform one effect of an apply; what it would put into the journal is forgotten."""
    match effect:
        case Read(request):
            return hand.read(request)
        case Write(request):
            return hand.write(request)
        case Wait(seconds):
            clock.wait(seconds)
    return None
