"""Tells what may be the object that is to be created, moved by hand; whether it is, only a person knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.desired import Wanted
from reconcile.model import Live, Problem

MOVED = "maybe-moved"


def may_be_moved(item: Wanted, alike: Sequence[Live]) -> Iterator[Problem]:
    """Yield the warning that live objects are alike but for where they are, with the id of each."""
    if not alike:
        return
    resource, kind = item.resource, item.kind
    where = ", ".join(kind.movable)
    found = ", ".join(sorted(_told(item, live) for live in alike))
    words = (
        f"{resource.address} is not there, and a {kind.name} is alike but for {where}: {found}; if it was "
        "moved by hand, pin it with metadata.id, or write where it is, so that no second one is created"
    )
    yield Problem(MOVED, words, resource.locate(kind.movable[:1]), "warning")


def _told(item: Wanted, live: Live) -> str:
    """Return an object's id and where it is, by id and name: `id 17 (plan_stage_id 3, prod)`."""
    rows = (item.kind.table.rows[name] for name in item.kind.movable)
    places = ((row.name, live.fields.get(row.name), live.fields.get(row.named_by or "")) for row in rows)
    told = ", ".join(f"{name} {value}" + (f", {called}" if called else "") for name, value, called in places)
    return f"id {live.id} ({told})"
