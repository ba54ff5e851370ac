"""Says what earlier applies sent and nobody saw take effect, where a plan still holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from reconcile.cli.sink import SINK, tell
from reconcile.git.checkout import Standing
from reconcile.journal import FOLDER, Past, glimpse
from reconcile.model import Plan


def tell_doubts(plan: Plan, past: Past) -> None:
    """A line on standard error for each operation that is in doubt; the plan is the same without it."""
    lines = "\n".join(doubts(plan, past))
    if lines:
        tell(lines)


def doubts(plan: Plan, past: Past) -> Iterator[str]:
    """Which operations were sent before, and when, without that anybody saw the effect."""
    for operation in plan.operations:
        at = past.in_doubt.get(str(operation.address))
        if at is not None:
            words = f"what an earlier apply sent{_moment(at)} was never seen to take effect"
            place = SINK.inert(f"{operation.origin}: warning: {operation.address}")
            yield f"{place}: {words}; apply looks again before it sends [in-doubt]"


def past_of(plan: Plan, root: Path, memory: Callable[[], Standing]) -> Past:
    """Return what the project's journal says to who only reads; nothing where there is nothing to do."""
    if not plan.operations or not (root / FOLDER).is_dir():
        return Past()
    standing = memory()
    return Past() if standing.kind == "foreign" else believed(glimpse(root), standing)


def believed(past: Past, memory: Standing) -> Past:
    """Return what is believed of a journal: where git cannot tell who wrote it, its doubts, not its ids."""
    return past if memory.kind == "ours" else replace(past, made={})


def _moment(at: float) -> str:
    try:
        return f" at {datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return ""
