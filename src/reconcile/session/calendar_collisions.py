"""Finds what in a calendar collides: with a freeze, with another run of one stage, with its own release."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from reconcile.fields.table import Row
from reconcile.model import Address, Json, Named, Ref, Resource
from reconcile.planfile.calendar_document import Collision
from reconcile.project.freezes import Freeze
from reconcile.provider.kinds import Kind
from reconcile.session.dated_resources import DatedResource, name_of, overlaps
from reconcile.timetables.spans import Span

NAMED_AT_MOST: Final = 24
"""How many others of one stage are named of a run."""

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""No schedule fires before it."""


class FrozenSpans:
    """Find the freezes that cover a resource in a span of time; what is found from a moment on is kept."""

    def __init__(self, freezes: Iterable[Freeze], since: datetime) -> None:
        self._since = since
        self._known = [(freeze, _Known(freeze.spans(since))) for freeze in freezes]

    def __call__(self, resource: Resource, span: Span) -> Iterator[tuple[Freeze, Iterator[Span]]]:
        """Yield each freeze that covers a resource, with its spans that have an instant of a span."""
        addresses = (resource.address, *resource.carries)
        for freeze, known in self._known:
            if any(map(freeze.covers, addresses)):
                early = span.start < self._since
                yield freeze, (_Known(freeze.spans(max(span.start, _FIRST))) if early else known).over(span)


class _Known:
    """Hold the spans of one freeze that were found, in order, and what finds more."""

    def __init__(self, more: Iterator[Span]) -> None:
        self._more = more
        self._found: list[Span] = []
        self._starts: list[datetime] = []

    def over(self, span: Span) -> Iterator[Span]:
        """Yield those that have an instant in common with a span, found as far as they are asked for."""
        while (not self._starts or self._starts[-1] < span.start) and self._find():
            pass
        at = max(0, bisect_left(self._starts, span.start) - 1)
        while (at < len(self._found) or self._find()) and not _is_after(self._found[at], span):
            if overlaps(self._found[at], span):
                yield self._found[at]
            at += 1

    def _find(self) -> bool:
        """Find one more; tell whether there was one."""
        found = next(self._more, None)
        if found is None:
            return False
        self._found.append(found)
        self._starts.append(found.start)
        return True


def _is_after(span: Span, other: Span) -> bool:
    return other.end is not None and span.start > other.end


def frozen_once(freeze: Freeze, spans: Iterator[Span], span: Span) -> Iterator[Collision]:
    """Yield that what lasts for a span of time collides with a freeze, in one of its spans or in many."""
    first, second = next(spans, None), next(spans, None)
    if first is not None:
        found = frozen(freeze, first, span)
        yield found._replace(message=f"{found.message}, and again") if second else found


def frozen(freeze: Freeze, within: Span, span: Span) -> Collision:
    """Return that what takes a span of time collides with a freeze in one of its own."""
    held = within.holds(span.start) and (within.end is None or (span.end or span.start) <= within.end)
    where = "inside" if held else "overlaps"
    words = f"{where} the freeze `{freeze.name}` ({freeze.reason})"
    begins = "" if held else f" from {_spelled(within.start, freeze)}"
    return Collision("frozen", freeze_address(freeze), f"{words}{begins}{until(within, freeze)}", freeze.name)


def until(span: Span, freeze: Freeze) -> str:
    """Return until when a freeze is in force, as words that follow others."""
    return " without an end in sight" if span.end is None else f" until {_spelled(span.end, freeze)}"


def freeze_address(freeze: Freeze) -> str:
    """Return the address under which a calendar has a freeze."""
    return f"freezes/{freeze.name}"


def _spelled(moment: datetime, freeze: Freeze) -> str:
    return moment.astimezone(freeze.zone).isoformat()


def same_stage(items: Iterable[DatedResource]) -> Mapping[Address, Sequence[Collision]]:
    """Return, for each that collides with another in the one place in which both are, the collisions."""
    places: dict[tuple[Json, ...], list[tuple[Span, DatedResource]]] = defaultdict(list)
    for item in items:
        if item.span is not None and item.dated.alone_in:
            places[_place(item)].append((item.span, item))
    found: dict[Address, list[Collision]] = defaultdict(list)
    for here in places.values():
        here.sort(key=lambda each: (each[0].start, each[1].resource.address))
        for at, one in enumerate(here):
            for other in islice(_together(one[0], here[at + 1 :]), NAMED_AT_MOST):
                _note(found, one, other)
                _note(found, other, one)
    return found


def _together(
    span: Span, later: Iterable[tuple[Span, DatedResource]]
) -> Iterator[tuple[Span, DatedResource]]:
    for other in later:
        if not overlaps(span, other[0]):
            return
        yield other


def _place(item: DatedResource) -> tuple[Json, ...]:
    rows, spec = item.kind.table.rows, item.resource.spec
    parts = (rows[name].form(spec.get(name)) for name in item.dated.alone_in)
    return item.resource.address.system, item.kind.name, *parts


def _note(
    found: Mapping[Address, list[Collision]],
    one: tuple[Span, DatedResource],
    other: tuple[Span, DatedResource],
) -> None:
    mine = found[one[1].resource.address]
    if len(mine) < NAMED_AT_MOST:
        (span, item), address = other, other[1].resource.address
        place = " and ".join(f"{name} {_shown(item, name)}" for name in item.dated.alone_in)
        when = span.start.isoformat()
        when += "" if span.end == span.start or span.end is None else f" to {span.end.isoformat()}"
        mine.append(Collision("same-stage", str(address), f"{place} are those of {address} too, {when}"))


def _shown(item: DatedResource, name: str) -> str:
    return str(item.resource.named.get((name,)) or item.resource.spec.get(name))


def outside_release(items: Sequence[DatedResource], links: Links) -> Mapping[Address, Sequence[Collision]]:
    """Return, for each run outside of a release that it belongs to, the collisions."""
    found: dict[Address, list[Collision]] = {}
    for item in items if links.releases else ():
        if item.dated.what == "run" and item.span is not None:
            outside = [words for each in links.of(item.resource) if (words := _outside(item.span, each))]
            if outside:
                found[item.resource.address] = outside
    return found


class Links:
    """Find the releases that a run belongs to: those that its `dependsOn` names, or what is linked to one."""

    def __init__(self, items: Iterable[DatedResource], resources: Iterable[tuple[Resource, Kind]]) -> None:
        self.releases = {item.resource.address: item for item in items if item.dated.what == "release"}
        self._others = {each[0].address: each for each in resources}

    def of(self, run: Resource) -> Iterator[DatedResource]:
        """Yield the releases that a run belongs to, each once."""
        named = (each for address in run.depends_on for each in self._named(address))
        yield from {each.resource.address: each for each in named}.values()

    def _named(self, address: Address) -> Iterator[DatedResource]:
        if address in self.releases:
            yield self.releases[address]
        elif address in self._others:
            link, kind = self._others[address]
            for row in kind.table.rows.values():
                if row.refers_to is not None:
                    yield from (each for each in self.releases.values() if _means(link, row, each))


def _means(link: Resource, row: Row, release: DatedResource) -> bool:
    """Tell whether a field of a resource means a release: by a reference, its pinned id, or its name."""
    value, other = link.spec.get(row.name), release.resource
    if isinstance(value, Ref):
        return value.address == other.address
    if value is None or link.address.system != other.address.system or row.refers_to != release.kind.name:
        return False
    if not isinstance(value, Named):
        return other.id is not None and bool(row.form(value) == row.form(other.id))
    within = row.nameable.within if row.nameable else ""
    same = not within or str(link.spec.get(within)) == str(other.spec.get(within))
    return same and value.text == name_of(other, release.kind)


def _outside(span: Span, release: DatedResource) -> Collision | None:
    first, last = release.bounds
    address = release.resource.address
    words = ""
    if first is not None and span.start < first:
        words = f"begins before {address}, whose first day is {release.start}"
    elif last is not None and (span.start >= last or (span.end is not None and span.end > last)):
        verb = "begins" if span.start >= last else "ends"
        words = f"{verb} after {address}, whose last day is {release.end}"
    return Collision("outside-release", str(address), words) if words else None
