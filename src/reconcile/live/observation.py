"""Holds what was seen of the live side, as a value: who compares with it needs no threads and no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.model import EMPTY, Address, Live, Problem
from reconcile.named_tuple import NamedTuple


class Observation(NamedTuple):
    """Hold the live object of each resource that has one, and what could not be read or told apart."""

    live: Mapping[Address, Live]
    """Each object is sealed by the base of its resource."""

    problems: tuple[Problem, ...] = ()
    clocks: Mapping[str, float] = EMPTY
    """What time it is for a system, where an answer showed it (seconds since the epoch)."""

    silent: frozenset[str] = frozenset()
    """The systems whose every answer said that there is nothing: as a wrong address would."""

    elsewhere: Mapping[Address, Sequence[Live]] = EMPTY
    """For a resource without a live object, those that may be it, moved by hand; they are nobody else's."""

    unread: Mapping[Address, Problem] = EMPTY
    """Why a resource could not be read or told apart: each one of them, however many there are."""
