"""Tells a run that only reads what earlier applies sent and made, and how far that is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from reconcile.desired import resolved
from reconcile.execution.journal import FOLDER, JOURNAL, Past, Unusable, glimpse
from reconcile.execution.memory import RunPlace
from reconcile.git.checkout import Standing
from reconcile.planning.build import Planned
from reconcile.session.events import Event, NotBelieved


def past_for_readers(root: Path, memory: Standing, tell: Callable[[Event], None]) -> Past:
    """Return what a project's journal says to a run that only reads.

    Nothing where somebody else could have written the journal, or where it cannot be read, which is told: an
    apply would be refused for the same reason.
    """
    if memory.kind == "foreign":
        tell(NotBelieved(f"warning: not believed: {memory.words} [journal]"))
        return Past()
    try:
        past = believed(glimpse(root), memory)
    except Unusable as error:
        tell(NotBelieved(f"warning: not believed: {error} [journal]"))
        return Past()
    tell_damage(past, tell)
    return past


def tell_damage(past: Past, tell: Callable[[Event], None]) -> None:
    """Tell of a journal's line that is not as it was written, and what an apply does about it."""
    if past.damaged:
        words = "this line is damaged, so that nobody knows what an earlier apply left in doubt"
        then = "apply waits for --settle before it creates or runs anything"
        tell(NotBelieved(f"{FOLDER}/{JOURNAL}:{past.damaged}: warning: {words}; {then} [journal]"))


def believed(past: Past, memory: Standing) -> Past:
    """Return the believed part of a journal: where git cannot tell who wrote it, its doubts, not its ids."""
    return past if memory.kind == "ours" else past._replace(made={})


def doubt_warnings(planned: Planned, past: Past, here: RunPlace) -> tuple[str, ...]:
    """Return a warning for each operation that is in doubt."""
    return tuple(_doubts(planned, past, here)) if past.doubts else ()


def _doubts(planned: Planned, past: Past, here: RunPlace) -> Iterator[str]:
    """Yield a warning, with the moment, for each operation that was sent and never seen to take effect."""
    for step in planned.steps:
        identity = here.identity(resolved(step.wanted, planned.facts.ids), step.operation.id)
        about = [doubt.meant.wall for doubt in past.about(identity)]
        if about:
            words = f"what an earlier apply sent{_moment(max(about))} was never seen to take effect"
            place = f"{step.operation.origin}: warning: {step.operation.address}"
            yield f"{place}: {words}; apply looks again before it sends [in-doubt]"


def _moment(at: float) -> str:
    try:
        return f" at {datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return ""
