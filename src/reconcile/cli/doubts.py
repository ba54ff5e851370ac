"""Says what earlier applies sent and nobody saw take effect, where a plan still holds it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from reconcile.base import tracks
from reconcile.cli.sink import tell
from reconcile.journal import FOLDER, Past, glimpse
from reconcile.model import Plan
from reconcile.reports.inert import inert


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
            place = inert(f"{operation.origin}: warning: {operation.address}")
            yield f"{place}: {words}; apply looks again before it sends [in-doubt]"


def past_of(plan: Plan, root: Path) -> Past:
    """What the project's journal says, for who only reads; nothing where the plan has nothing to do, or where
    a commit could have written the journal."""
    if not plan.operations or not (root / FOLDER).is_dir() or tracks(root, FOLDER):
        return Past()
    return glimpse(root)


def _moment(at: float) -> str:
    try:
        return f" at {datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return ""
