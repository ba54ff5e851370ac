"""Names what a run tells its listener while it works; how it is shown or kept is the listener's business."""

from __future__ import annotations

from typing import TypeAlias

from reconcile.model import Address, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planning.contents import Outcome


class ReadingLive(NamedTuple):
    """Say that live state of so many systems is being read."""

    systems: int


class InDoubt(NamedTuple):
    """Say that what earlier applies sent was never seen to take effect."""

    warnings: tuple[str, ...]


class PlanMade(NamedTuple):
    """Say that a plan is made, how many of its operations would be begun, and which guards refuse it."""

    plan: Document
    to_do: int
    refusals: tuple[Problem, ...] = ()


class Forced(NamedTuple):
    """Say that a guard, a freeze or a conflict was lifted."""

    reason: str


class Applying(NamedTuple):
    """Say that so many operations are about to be carried out."""

    to_do: int


class Begun(NamedTuple):
    """Say that an operation has begun; told by the thread that carries it out."""

    address: Address


class Waiting(NamedTuple):
    """Say what an operation waits for, and for how many seconds at most; told by its own thread."""

    address: Address
    why: str
    seconds: float


class Ended(NamedTuple):
    """Say that one operation has its outcome."""

    outcome: Outcome


class LockWaits(NamedTuple):
    """Say what taking a lock waits for, and for how many seconds at most."""

    why: str
    seconds: float


class LockLeft(NamedTuple):
    """Say that a lock was not given back as if nothing had been, and what that means for the next apply."""

    reason: str


class NoBaseYet(NamedTuple):
    """Say that the ref that was to be the base was never made, so that differences have no labels."""

    ref: str
    doubt: str = ""
    """Why a fetch may have left it out all the same, and what to do."""


class NotBelieved(NamedTuple):
    """Say that what is kept of earlier runs is not believed."""

    reason: str


class Unlisted(NamedTuple):
    """Say that a kind has no list, so that an export leaves it out."""

    what: str


Event: TypeAlias = (
    ReadingLive
    | InDoubt
    | PlanMade
    | Forced
    | Applying
    | Begun
    | Waiting
    | LockWaits
    | LockLeft
    | Ended
    | NoBaseYet
    | NotBelieved
    | Unlisted
)
