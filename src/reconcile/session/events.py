"""Names what a run tells its listener while it works; how it is shown or kept is the listener's business."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from reconcile.model import Outcome, Problem
from reconcile.planfile.document import Document


class ReadingLive(NamedTuple):
    """Live state is being read."""

    systems: int


class InDoubt(NamedTuple):
    """What earlier applies sent was never seen to take effect."""

    warnings: tuple[str, ...]


class PlanMade(NamedTuple):
    """A plan is made, of which so many operations would be begun; the guards that refuse it, if any do."""

    plan: Document
    to_do: int
    refusals: tuple[Problem, ...] = ()


class Forced(NamedTuple):
    """A guard or a conflict was lifted."""

    reason: str


class Applying(NamedTuple):
    """So many operations are about to be carried out."""

    to_do: int


class Ended(NamedTuple):
    """One operation has its outcome."""

    outcome: Outcome


class NoBaseYet(NamedTuple):
    """The ref that was to be the base was never made; differences have no labels."""

    ref: str


class NotBelieved(NamedTuple):
    """What is kept of earlier runs is not believed."""

    reason: str


class Unlisted(NamedTuple):
    """A kind has no list, so that an export leaves it out."""

    what: str


Event: TypeAlias = (
    ReadingLive | InDoubt | PlanMade | Forced | Applying | Ended | NoBaseYet | NotBelieved | Unlisted
)
