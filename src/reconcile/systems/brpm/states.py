"""The state machine of BRPM runs: which events lead from one state to another."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Literal

from reconcile.provider import Json

State = Literal["created", "planned", "started", "held", "blocked", "completed", "cancelled", "deleted"]

ORDER = ("created", "planned", "started", "completed")
"""A live run further along than the wanted state is in sync."""

BEGUN = ORDER[ORDER.index("started") :]
"""The states of a run that has begun, and goes on by itself from there to its end."""

_SPELLED = {"complete": "completed", "canceled": "cancelled"}
_ASIDE = frozenset({"held", "blocked", "cancelled", "deleted"})
"""States that are entered and left only where the manifest says so."""

TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "created": {"plan_it": "planned", "cancel": "cancelled"},
    "planned": {"start": "started", "hold": "held", "block": "blocked", "cancel": "cancelled"},
    "started": {"complete": "completed", "hold": "held", "block": "blocked", "cancel": "cancelled"},
    "held": {"start": "started", "block": "blocked", "cancel": "cancelled"},
    "blocked": {"start": "started", "cancel": "cancelled"},
}

AGAIN = frozenset({"plan_it", "hold", "block"})
"""Events that may be sent again when their answer was lost and the state has not moved."""


def state(value: Json) -> Json:
    """A state in one spelling: servers write `complete` and `canceled` too."""
    if not isinstance(value, str):
        return value
    lower = value.strip().lower()
    return _SPELLED.get(lower, lower) or None


def chain(live: str, wanted: str, transitions: Mapping[str, Mapping[str, str]]) -> tuple[str, ...] | None:
    """The shortest lawful events from one state to the other; None where none lead there."""
    open_: deque[tuple[str, tuple[str, ...]]] = deque([(live, ())])
    seen = {live}
    while open_:
        here, events = open_.popleft()
        if here == wanted:
            return events
        for event, there in transitions.get(here, {}).items():
            if there not in seen and (there == wanted or there not in _ASIDE):
                seen.add(there)
                open_.append((there, (*events, event)))
    return None
