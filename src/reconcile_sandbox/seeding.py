"""Decides what state the systems start from, where a seed is given; each system makes its own world."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable

from .schema import violations
from .system import Fields, Json, System


def seeded(document: Json, systems: Iterable[System]) -> dict[str, Fields]:
    """Return the state of every system from a JSON document `{"flexdeploy": {"releases": [...], ...}, ...}`.

    A system that the document does not name, and a collection that its part does not name, starts from the
    default world. Raises ValueError, naming the place, for a state that no such system could hold.
    """
    known = {system.name: system for system in systems}
    if any(violations({"type": "object"}, document)):
        raise ValueError("the state must be an object with a key for each system: " + ", ".join(known))
    for name in document:
        if name not in known:
            raise ValueError(
                f"unknown system {name!r} in the state{_nearest(name, known)}; known: {', '.join(known)}"
            )
    return {name: _part(system, document.get(name, {})) for name, system in known.items()}


def _part(system: System, part: Json) -> Fields:
    problem = next(violations(system.seed, part, system.name), None)
    if problem is not None:
        raise ValueError(f"the state does not fit: {problem}")
    state = {**system.world(), **copy.deepcopy(part)}
    system.complete(state)
    return state


def _nearest(text: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(text, list(known), 1)
    return f" (did you mean {near[0]}?)" if near else ""
