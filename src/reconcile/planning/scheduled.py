"""Finds the changes of fields that hold a schedule, and when each of their sides fires; counts no firing."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.desired import Wanted
from reconcile.fields.table import Row
from reconcile.model import Change, Live


def with_times(item: Wanted, live: Live | None, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes, each of a schedule with when it fires before and after."""
    rows = {(row.name,): row for row in item.kind.table.schedules}
    if not rows:
        return tuple(changes)
    return tuple(_timed(rows[c.path], item, live, c) if c.path in rows else c for c in changes)


def _timed(row: Row, item: Wanted, live: Live | None, change: Change) -> Change:
    """Return a change with both of its timetables; a secret's is nobody's to know."""
    if row.fires is None or change.sensitive:
        return change
    have = {} if live is None else live.fields
    want = {**have, **item.resource.spec}
    before = row.fires(change.before, have, item.options)
    return change._replace(fires=(before, row.fires(change.after, want, item.options)))
