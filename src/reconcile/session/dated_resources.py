"""Finds what the manifests say takes place at a time of its own: runs, releases, requested runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

from reconcile.fields.table import Row
from reconcile.model import Json, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.calendar_document import end_of_day, start_of_day
from reconcile.provider.kinds import Dated, Kind
from reconcile.timetables.spans import Span


class DatedResource(NamedTuple):
    """Hold a resource with when it takes place."""

    resource: Resource
    kind: Kind
    dated: Dated
    start: date | datetime | None
    end: date | datetime | None

    @property
    def span(self) -> Span | None:
        """Return the span of time that it takes, which for an instant ends as it begins; None: not known."""
        begins, ends = _instant(self.start), _instant(self.end, over=True)
        if begins is None:
            return None
        return Span(begins, begins if ends is None or ends < begins else ends)

    @property
    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Return the instants between which it lies, as far as they are known."""
        return _instant(self.start), _instant(self.end, over=True)


def dated_resources(resources: Iterable[tuple[Resource, Kind]]) -> Iterator[DatedResource]:
    """Yield each resource whose kind says when it takes place, those that are not to take place apart."""
    for resource, kind in resources:
        dated = kind.dated
        if dated is None or resource.absent or dated.called_off(resource.spec):
            continue
        rows, spec = kind.table.rows, resource.spec
        start, end = (
            _read(rows[name], spec.get(name)) if name else None for name in (dated.begins, dated.ends)
        )
        yield DatedResource(resource, kind, dated, start, end)


def name_of(resource: Resource, kind: Kind) -> str:
    """Return what a resource calls its object; its own name where it calls it nothing."""
    said = resource.spec.get(kind.rest.name) if kind.rest else None
    return said if isinstance(said, str) and said else resource.address.name


def overlaps(one: Span, other: Span) -> bool:
    """Tell whether two spans have an instant in common; one that ends as it begins is that instant."""
    if one.start == one.end or other.start == other.end:
        return one.start == other.start or one.holds(other.start) or other.holds(one.start)
    return (other.end is None or one.start < other.end) and (one.end is None or other.start < one.end)


def _read(row: Row, value: Json) -> date | datetime | None:
    """Return the instant or the day that a value says, by its normal form; None where it says none."""
    normal = row.form(value) if isinstance(value, str) else None
    with suppress(ValueError):
        if isinstance(normal, int):
            return datetime.fromisoformat(value.upper())
        if isinstance(normal, str):
            return date.fromisoformat(normal)
    return None


def _instant(moment: date | datetime | None, *, over: bool = False) -> datetime | None:
    """Return an instant in UTC; for a day when it begins, or when it is `over`."""
    if moment is None or isinstance(moment, datetime):
        return moment and moment.astimezone(UTC)
    return end_of_day(moment) if over else start_of_day(moment)
