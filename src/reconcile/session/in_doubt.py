"""What earlier applies sent and made, for who only reads: how far it is believed, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from reconcile.desired import resolved
from reconcile.execution.journal import Past, Unusable, glimpse
from reconcile.execution.memory import RunPlace
from reconcile.git.checkout import Standing
from reconcile.planning.build import Planned
from reconcile.session.events import Event, NotBelieved


def past_for_readers(root: Path, memory: Standing, tell: Callable[[Event], None]) -> Past:
    """Return what a project's journal says to who only reads; nothing where somebody else could have
    written it."""
    if memory.kind == "foreign":
        return Past()
    try:
        return believed(glimpse(root), memory)
    except Unusable as error:
        tell(NotBelieved(f"warning: not believed: {error} [journal]"))
        return Past()


def believed(past: Past, memory: Standing) -> Past:
    """Return what is believed of a journal: where git cannot tell who wrote it, its doubts, not its ids."""
    return past if memory.kind == "ours" else past._replace(made={})


def doubt_warnings(planned: Planned, past: Past, here: RunPlace) -> tuple[str, ...]:
    """Return a warning for each operation that is in doubt."""
    return tuple(_doubts(planned, past, here)) if past.doubts else ()


def _doubts(planned: Planned, past: Past, here: RunPlace) -> Iterator[str]:
    """Yield which operations were sent before, and when, without that anybody saw the effect."""
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
