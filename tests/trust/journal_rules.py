"""Which entry of the journal may follow which: one table, for the enumerated executions and for the model.

`python -m tests.trust.journal_rules` prints it as the macros that docs/model/apply.pml includes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

IDLE, MEANT, UNSAID, LEFT, TAKEN, LOST = STATES = ("IDLE", "MEANT", "UNSAID", "LEFT", "TAKEN", "LOST")
"""How the last write about an object stands: none is open; it is announced; it was announced by a process
that is no more; it is under way; it was answered, and its effect was not seen; nobody knows of its effect."""

EVENTS = ("intent", "left", "taken", "unknown", "none", "settled", "crash", "done", "ended")
"""The entries, and how an apply ends: it is no more, it says that all is done, or it says something else."""

TABLE: tuple[tuple[str, str, str], ...] = (
    (IDLE, "intent", MEANT),
    (IDLE, "settled", IDLE),  # what another machine began was seen
    (IDLE, "crash", IDLE),
    (IDLE, "done", IDLE),
    (IDLE, "ended", IDLE),
    (MEANT, "left", LEFT),
    (MEANT, "none", IDLE),  # it never left
    (MEANT, "crash", UNSAID),
    (UNSAID, "left", LOST),  # whoever opens the journal next takes it for one that has left by then
    (UNSAID, "crash", UNSAID),
    (LEFT, "taken", TAKEN),
    (LEFT, "unknown", LOST),
    (LEFT, "none", IDLE),  # the server refused it
    (LEFT, "crash", LOST),
    (TAKEN, "settled", IDLE),
    (TAKEN, "crash", LOST),
    (TAKEN, "ended", LOST),
    (LOST, "settled", IDLE),
    (LOST, "intent", MEANT),  # looked for until settle had passed, or the next apply
    (LOST, "crash", LOST),
    (LOST, "ended", LOST),
)
_NEXT = {(state, event): after for state, event, after in TABLE}


class Refused(ValueError):
    """Says that an entry stands where it may not."""


class Stand(NamedTuple):
    """How the writes about one object stand; `open` counts those before the last whose outcome nobody saw."""

    state: str = IDLE
    open: int = 0

    def after(self, event: str) -> Stand:
        """How they stand after an event; Refused where none may follow."""
        found = _NEXT.get((self.state, event))
        if found is None:
            raise Refused(f"{event} after {self.state}")
        if event == "intent" and self.state == LOST:
            return Stand(found, self.open + 1)
        if event == "settled":
            return Stand(found)
        if event == "none" and self.open:
            return Stand(LOST, self.open - 1)
        if event == "done" and self.open:
            raise Refused(f"done while {self.open} writes are open")
        return self._replace(state=found)


def event_of(entry: Mapping[str, Any]) -> str:
    """What the table calls an entry of the journal."""
    if entry["event"] != "outcome":
        return str(entry["event"])
    return {"taken": "taken", "none": "none"}.get(entry["effect"], "unknown")


def stands_after(events: Iterable[str], stand: Stand = Stand()) -> Stand:  # noqa: B008  # it is a value
    """How the writes stand after all events; Refused at the first that may not follow."""
    for event in events:
        stand = stand.after(event)
    return stand


def macros() -> str:
    """The table as Promela reads it: for each event, what may come before it and what is then."""
    lines = ["/* Written by python -m tests.trust.journal_rules; a test holds it to the table. */"]
    lines += [f"#define {state} {number}" for number, state in enumerate(STATES)]
    for event in EVENTS:
        rows = [(before, after) for before, given, after in TABLE if given == event]
        may = " || ".join(f"(s) == {before}" for before, _ in rows)
        then = rows[-1][1]
        for before, after in reversed(rows[:-1]):
            then = f"((s) == {before} -> {after} : {then})"
        lines += [f"#define MAY_{event.upper()}(s) ({may})", f"#define AFTER_{event.upper()}(s) {then}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(macros(), end="")  # noqa: T201
