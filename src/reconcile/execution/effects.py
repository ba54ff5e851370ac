"""Describes the effects that an operation yields while it is carried out; the executor performs them, one by
one.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from reconcile.model import Json, Request, Response
from reconcile.planning.contents import Outcome


@dataclass(frozen=True, slots=True)
class Read:
    """Ask for a read to be sent; its response comes back, or ApiError."""

    request: Request


@dataclass(frozen=True, slots=True)
class Write:
    """Ask for a request to be sent once; its response comes back, or ApiError.

    TooLate comes back where the request cannot leave in time, Withheld where this apply may send no more.
    """

    request: Request
    leave_by: float = field(default=math.inf, compare=False)
    """The time on `Timing.clock` by which the request must have left: later, its look is too old."""

    entry: Mapping[str, Json] = field(default_factory=dict, compare=False)
    """What the journal says of the request once it has left."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Ask for a turn to this system, kept until the next write is over: no other read comes between."""

    system: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask for this many seconds to pass."""

    seconds: float
    why: str = field(default="", compare=False)
    """What is waited for, in words."""

    left: float = field(default=0.0, compare=False)
    """Seconds that it is waited for at most, this time and the times after it."""


@dataclass(frozen=True, slots=True)
class Record:
    """Ask for an entry in the journal, durable before anything else happens."""

    entry: Mapping[str, Json]
    begins: bool = field(default=False, compare=False)
    """Whether the operation's first write comes next: only until then can a stop keep it from beginning."""


Effect: TypeAlias = Read | Write | Keep | Wait | Record


Effects: TypeAlias = Generator[Effect, Response | None, Outcome]


class Interrupted(Exception):
    """Say that a stop was asked for; thrown into the generator where it would wait, or begin.

    The operation then ends with what it knows.
    """


class Unrecorded(Exception):
    """Say that an entry could not be made durable, and why; thrown into the generator."""
