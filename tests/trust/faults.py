"""The catalogue: what can befall a request, and whether the system had acted by then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from reconcile_sandbox.faults import Fault

Phase = Literal["before", "after", "late"]
"""The fault comes before the effect, after it, or the effect comes after the fault."""


@dataclass(frozen=True)
class Blow:
    """One fault of the catalogue."""

    name: str
    phase: Phase
    reads: bool = True
    writes: bool = True
    strike: Fault | None = None
    """What it makes of the answer; None: no answer comes."""

    unsent: bool = False
    """No byte of the request leaves."""

    seconds: float = 0.0
    """How long the client waits for it."""

    twice: bool = False
    """The effect is had twice, as by a proxy that tries again: only where that is no harm."""

    one: bool = False
    """Strikes reads of one object only: in a list, what it says could be true."""


def _status(status: int, *, wait: str = "", body: object = "trouble", name: str = "status") -> Fault:
    return Fault(name, status=status, headers={"retry-after": wait} if wait else {}, body=body)


_BEFORE = (
    Blow("connection refused", "before", unsent=True),
    Blow("lost before", "before"),
    Blow("timeout before", "before", seconds=30.0),
    *(Blow(f"{status} before", "before", strike=_status(status)) for status in (500, 502, 503, 504)),
    Blow("503 with Retry-After", "before", strike=_status(503, wait="3")),
    Blow("429", "before", strike=_status(429)),
    Blow("429 with Retry-After", "before", strike=_status(429, wait="2")),
    Blow("429 with a long Retry-After", "before", strike=_status(429, wait="100000")),
    *(
        Blow(f"{status} refused", "before", reads=status in (401, 403, 404), strike=_status(status))
        for status in (400, 401, 403, 404, 408, 409, 412, 422)
    ),
    Blow("302", "before", strike=Fault("redirect", status=302)),
    Blow(
        "307 elsewhere",
        "before",
        strike=Fault("redirect", status=307, headers={"location": "https://evil.test/x"}),
    ),
    Blow("login page with 200", "before", strike=Fault("html")),
)
_AFTER = (
    Blow("lost after", "after"),
    Blow("timeout after", "after", seconds=30.0),
    *(
        Blow(f"{status} after", "after", reads=False, strike=_status(status, name="status_after"))
        for status in (408, 500, 502, 503, 504)
    ),
    Blow("truncated", "after", strike=Fault("truncated")),
    Blow("empty 200", "after", strike=Fault("empty")),
    Blow("text for JSON", "after", strike=Fault("body", body="all is well")),
    Blow("NaN", "after", strike=Fault("body", body='{"a": NaN}')),
    Blow("nested too deeply", "after", strike=Fault("body", body="[" * 100_000)),
    Blow("half a surrogate pair", "after", strike=Fault("body", body='{"a": "\\ud800"}')),
    Blow("gzip unasked", "after", strike=Fault("headers", headers={"content-encoding": "gzip"})),
    Blow("wrong Content-Type", "after", strike=Fault("headers", headers={"content-type": "text/plain"})),
    Blow("another id", "after", strike=Fault("wrong_id"), one=True),
    Blow("rows doubled", "after", writes=False, strike=Fault("duplicate_rows")),
    Blow("effect twice", "after", reads=False, twice=True),
)
_LATE = (
    Blow("late", "late", reads=False),
    Blow("accepted, then late", "late", reads=False, strike=Fault("body", body={})),
    Blow("late after a timeout", "late", reads=False, seconds=30.0),
    *(
        Blow(f"{status}, then late", "late", reads=False, strike=_status(status, name="status_after"))
        for status in (408, 500, 502, 504)
    ),
)
CATALOGUE = (*_BEFORE, *_AFTER, *_LATE)


@dataclass(frozen=True)
class Asked:
    """Of a request, what decides which faults may strike it."""

    safe: bool
    harmless_twice: bool = False
    one: bool = False


def drawn(rng: Random, asked: Asked) -> Blow:
    """One of the faults that can strike such a request; of writes, each phase as often."""
    fitting = [blow for blow in CATALOGUE if _fits(blow, asked)]
    phase = rng.choice(("before", "after") if asked.safe else ("before", "after", "late"))
    return rng.choice([blow for blow in fitting if blow.phase == phase])


def _fits(blow: Blow, asked: Asked) -> bool:
    if asked.safe:
        return blow.reads and (asked.one or not blow.one)
    return blow.writes and (asked.harmless_twice or not blow.twice)


@dataclass
class Struck:
    """How often each fault struck, and in which phase."""

    faults: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)

    def count(self, blow: Blow, *, safe: bool) -> None:
        """One more."""
        self.faults[blow.name] += 1
        self.phases[f"{'read' if safe else 'write'} {blow.phase}"] += 1

    def add(self, other: Struck) -> None:
        """The blows of another world."""
        self.faults.update(other.faults)
        self.phases.update(other.phases)

    def missing(self) -> list[str]:
        """The faults of the catalogue, and the phases, that never struck."""
        phases = ("read before", "read after", "write before", "write after", "write late")
        return [
            *(blow.name for blow in CATALOGUE if not self.faults[blow.name]),
            *(phase for phase in phases if not self.phases[phase]),
        ]

    def table(self) -> str:
        """Who struck how often, a line each."""
        rows = [*sorted(self.phases.items()), *((blow.name, self.faults[blow.name]) for blow in CATALOGUE)]
        return "\n".join(f"{count:8}  {name}" for name, count in rows)
