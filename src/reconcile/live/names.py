"""Puts the ids that names stand for in their place; a name that does not stand for one object is a problem at
its line, and what is not known of the base is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconcile.desired import Meant, NameQuery, Wanted, with_names, without_parts
from reconcile.errors import ApiError
from reconcile.fields.named import NameAt
from reconcile.live.name_doubts import NameDoubt, doubt, nowhere, told_at, unlabelled, unseen
from reconcile.live.name_queries import Asked, NamedSide, id_of, sides_of
from reconcile.live.pages import Line, abandoned, lines
from reconcile.live.sights import THREADS_AT_MOST
from reconcile.manifests.references import rivals
from reconcile.manifests.rules import pinned_elsewhere
from reconcile.model import EMPTY, Address, Json, Named, Noted, Problem, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind


class Names(NamedTuple):
    """Hold the resources with ids in the place of names, and what stood against it."""

    wanted: tuple[Wanted, ...]
    """Those of which every name is known."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """Names of the base by which nobody knows what it meant."""

    gone: frozenset[Address] = frozenset()
    """The tombstones of which nothing is there, as no object has a name that they say."""

    unseen: tuple[Noted, ...] = ()
    """What only the base declares, and cannot be looked at: its name stands for no one object."""

    silent: frozenset[str] = frozenset()
    """The systems that lack a name, and of which no answer showed anything: as a wrong url would."""

    unread: Mapping[Address, Problem] = EMPTY
    """Why a name of a resource stands for nothing that is known; the other problems concern several."""


def names_resolved(items: Sequence[Wanted], line: Line, threads: int) -> Names:
    """Return the resources with the id in the place of each name that stands for exactly one object.

    What only the base names, and nothing has that name, stays a name, which equals nothing. Where no name
    is said, they are the very `items`.
    """
    by_resource = {
        id(of): sides
        for item in items
        for of in (item.resource, item.former)
        if of is not None and not of.is_literal and (sides := sides_of(item, of))
    }
    if not by_resource:
        return Names(tuple(items))
    sides = [side for found in by_resource.values() for side in found]
    systems = {side.system for side in sides}
    many = max(1, min(threads * len(systems), THREADS_AT_MOST))
    with lines(systems, line, threads) as by_system, abandoned(many) as pool:
        asked = Asked(by_system, pool)
        while queries := {query for side in sides for query in side.open(asked.answers)}:
            asked.ask(queries)
        return _Resolution(asked, by_resource).of(items)


class _Resolution:
    """Puts the ids into both sides of resources, and tells what is wrong with a name."""

    def __init__(self, asked: Asked, sides: Mapping[int, Sequence[NamedSide]]) -> None:
        self.asked, self.problems, self.warnings = asked, list[Problem](), list[Problem]()
        self.sides = sides
        self.gone, self.lacking, self.unseen = set[Address](), set[str](), list[Noted]()
        self.unread: dict[Address, Problem] = {}

    def of(self, items: Sequence[Wanted]) -> Names:
        """Return all items but those that are gone, or of which a name is wrong."""
        found = tuple(filter(None, map(self._item, items)))
        self.problems += rivals((item.resource, item.kind) for item in found if not item.left)
        return Names(
            wanted=found,
            problems=tuple(self.problems),
            unread=self.unread,
            warnings=tuple(self.warnings),
            gone=frozenset(self.gone),
            unseen=tuple(self.unseen),
            silent=self.asked.silent(self.lacking),
        )

    def _item(self, item: Wanted) -> Wanted | None:
        sides = self.sides.get(id(item.resource), ())
        if item.left:
            return self._only_based(item, sides)
        item = item._replace(former=self._former(item))
        wrong = [problem for side in sides for problem in self._wrong(side)]
        self._note(item, wrong)
        if wrong or self._is_gone(item, sides):
            return None
        if not sides:
            return item
        resource, again = self._with_ids(item, item.resource, sides)
        self._note(item, [*(again or _broken(item.kind, resource))])
        places = (place for side in sides for place in side.places())
        names = dict.fromkeys(Meant(query, self._id(query)) for _, query in places if query)
        return item._replace(resource=resource, names=tuple(each for each in names if each.id is not None))

    def _with_ids(
        self, item: Wanted, resource: Resource, sides: Sequence[NamedSide]
    ) -> tuple[Resource, tuple[Problem, ...]]:
        known = {
            (id(side.resource), at.path): self._id(query) for side in sides for at, query in side.places()
        }
        return with_names(item.kind.table, resource, lambda part: lambda at: known.get((id(part), at.path)))

    def _note(self, item: Wanted, problems: Sequence[Problem]) -> None:
        """Note what is wrong with the names of a resource."""
        self.problems += problems
        for problem in problems:
            self.unread.setdefault(item.resource.address, problem)

    def _id(self, query: NameQuery | None) -> Json:
        return None if query is None else id_of(query, self.asked.answers[query])

    def _doubt(self, query: NameQuery, *, may_be_gone: bool) -> NameDoubt:
        found = doubt(self.asked, query, may_be_gone=may_be_gone)
        if not isinstance(found, ApiError):
            self.lacking.add(query.system)
        return found

    def _wrong(self, side: NamedSide) -> Iterator[Problem]:
        """Yield what is wrong with each name that does not stand for exactly one object."""
        for at, query in side.places():
            origin = side.resource.locate(at.path, value=True)
            if query is not None:
                yield from told_at(self._doubt(query, may_be_gone=side.resource.absent), origin)
            elif not _waits(at):
                yield nowhere(at, origin)

    def _is_gone(self, item: Wanted, sides: Sequence[NamedSide]) -> bool:
        """Tell whether a tombstone's object is not there, since nothing has a name of its key.

        A part of a shared object that must not be there, and is not, is kept in mind too.
        """
        lost = {
            side.resource.address
            for side in sides
            if side.resource.absent and any(self._id(query) is None for _, query in side.places())
        }
        self.gone |= lost
        return item.resource.absent and item.resource.id is None and item.resource.address in lost

    def _former(self, item: Wanted) -> Resource | None:
        """Return the resource as the base has it; a name there that stands for no one object is told."""
        sides = self.sides.get(id(item.former), ())
        if item.former is None or not sides:
            return item.former
        absent = set[Address]()
        for side, at, query in _looked_up(sides):
            why = self._doubt(query, may_be_gone=True)
            if isinstance(why, ApiError):
                self._note(item, [*told_at(why, item.resource.origin)])
            elif why is None and self._id(query) is None and side.resource.absent:
                absent.add(side.resource.address)
            elif self._id(query) is None:
                self.warnings.append(unlabelled(side, at, why))
        return self._with_ids(item, without_parts(item.former, absent), sides)[0]

    def _only_based(self, item: Wanted, sides: Sequence[NamedSide]) -> Wanted | None:
        """Return what only the base declares, where it can be looked at; it is told where it cannot."""
        for side, _, query in _looked_up(sides):
            why = self._doubt(query, may_be_gone=True)
            if isinstance(why, ApiError):
                self.problems += told_at(why, item.resource.origin)
            elif why is not None:
                self.unseen.append(unseen(side, why))
        own = (query for side in sides if not side.place for _, query in side.places())
        if any(self._id(query) is None for query in own):
            return None
        return item._replace(resource=self._with_ids(item, item.resource, sides)[0]) if sides else item


def _looked_up(sides: Sequence[NamedSide]) -> Iterator[tuple[NamedSide, NameAt, NameQuery]]:
    """Yield each name of which it is known in what to look for it."""
    yield from ((side, at, query) for side in sides for at, query in side.places() if query)


def _broken(kind: Kind, resource: Resource) -> Iterator[Problem]:
    """Yield what is wrong with a resource that its ids alone show."""
    yield from pinned_elsewhere(kind, resource)
    for rule in () if resource.absent else kind.rules:
        for finding in rule(resource.spec):
            if finding.severity == "error":
                yield Problem(finding.code, finding.message, resource.locate(finding.path))


def _waits(at: NameAt) -> bool:
    """Tell whether it is the name of what this one is within that is not known, which is told there."""
    return isinstance(at.around.get(at.mark.within), Named)
