"""Puts the ids that names stand for in their place; a name that does not stand for one object is a problem at
its line, and what is not known of the base is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from reconcile.desired import Meant, NameQuery, Wanted, with_names
from reconcile.errors import ApiError
from reconcile.fields.named import NameAt
from reconcile.live.name_doubts import Doubt, doubt, nowhere, placed, unlabelled, unseen
from reconcile.live.name_queries import Asked, NamedSide, id_of
from reconcile.live.pages import Line, abandoned, lines
from reconcile.live.sights import THREADS_AT_MOST
from reconcile.manifests.references import identity
from reconcile.model import Address, FieldPath, Json, Named, Noted, Problem, Resource


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


def names_resolved(items: Sequence[Wanted], line: Line, threads: int) -> Names:
    """Return the resources with the id in the place of each name that stands for exactly one object.

    What only the base names, and nothing has that name, stays a name, which equals nothing.
    """
    sides = [NamedSide(item, resource) for item in items for resource in _resources(item)]
    if not (sides := [side for side in sides if side.names]):
        return Names(tuple(items))
    systems = {side.system for side in sides}
    many = max(1, min(threads * len(systems), THREADS_AT_MOST))
    with lines(systems, line, threads) as by_system, abandoned(many) as pool:
        asked = Asked(by_system, pool)
        while queries := {query for side in sides for query in side.open(asked.answers)}:
            asked.ask(queries)
        return _Resolution(asked, sides).of(items)


def _resources(item: Wanted) -> Iterator[Resource]:
    for resource in (item.resource, item.former):
        if resource is not None and not resource.is_literal:
            yield resource


class _Resolution:
    """Puts the ids into both sides of resources, and tells what is wrong with a name."""

    def __init__(self, asked: Asked, sides: Sequence[NamedSide]) -> None:
        self.asked, self.problems, self.warnings = asked, list[Problem](), list[Problem]()
        self.sides = {id(side.resource): side for side in sides}
        self.gone, self.lacking, self.unseen = set[Address](), set[str](), list[Noted]()

    def of(self, items: Sequence[Wanted]) -> Names:
        """Return all items but those that are gone, or of which a name is wrong."""
        found = tuple(filter(None, map(self._item, items)))
        self.problems += _rivals(item for item in found if not item.left)
        return Names(
            wanted=found,
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
            gone=frozenset(self.gone),
            unseen=tuple(self.unseen),
            silent=self.asked.silent(self.lacking),
        )

    def _item(self, item: Wanted) -> Wanted | None:
        side = self.sides.get(id(item.resource))
        former = self._former(item)
        if side is None:
            return item._replace(former=former)
        if item.left:
            return self._only_based(item, side)
        wrong = [*self._wrong(side)]
        self.problems += wrong
        if wrong or self._is_gone(side):
            return None
        ids = self._ids(side)
        names = (Meant(query, ids[at.path]) for at, query in side.places() if query)
        known = tuple(dict.fromkeys(meant for meant in names if meant.id is not None))
        resource, again = with_names(item.kind.table, item.resource, lambda at: ids.get(at.path))
        self.problems += again
        return item._replace(resource=resource, former=former, names=known)

    def _ids(self, side: NamedSide) -> Mapping[FieldPath, Json]:
        """Return the id that each name of a side stands for; None where it stands for none."""
        answers = self.asked.answers
        return {
            at.path: None if query is None else id_of(query, answers[query]) for at, query in side.places()
        }

    def _doubt(self, query: NameQuery, *, may_be_gone: bool) -> Doubt:
        found = doubt(self.asked, query, may_be_gone=may_be_gone)
        if not isinstance(found, ApiError):
            self.lacking.add(query.system)
        return found

    def _wrong(self, side: NamedSide) -> Iterator[Problem]:
        """Yield what is wrong with each name that does not stand for exactly one object."""
        for at, query in side.places():
            origin = side.resource.locate(at.path)
            if query is not None:
                yield from placed(self._doubt(query, may_be_gone=at.gone or side.resource.absent), origin)
            elif not _waits(at):
                yield nowhere(at, origin)

    def _is_gone(self, side: NamedSide) -> bool:
        """Tell whether a tombstone's object is not there, since nothing has a name of its key.

        Parts of a shared object that must not be there, and are not, are kept in mind too.
        """
        resource = side.resource
        lost = [path for path, id_ in self._ids(side).items() if id_ is None]
        shares = resource.carries.items()
        self.gone |= {of for of, share in shares for path in lost if share.path == path[: len(share.path)]}
        if not lost or not resource.absent or resource.id is not None:
            return False
        self.gone.add(resource.address)
        return True

    def _former(self, item: Wanted) -> Resource | None:
        """Return the resource as the base has it; a name there that stands for no one object is told."""
        side = self.sides.get(id(item.former))
        if side is None or item.former is None:
            return item.former
        ids = self._ids(side)
        for at, query in side.places():
            why = self._doubt(query, may_be_gone=True) if query else None
            if isinstance(why, ApiError):
                self.problems += placed(why, item.resource.origin)
            elif query and ids[at.path] is None and not (why is None and (at.gone or item.former.absent)):
                self.warnings.append(unlabelled(item, at, why))
        return with_names(item.kind.table, item.former, lambda at: ids.get(at.path))[0]

    def _only_based(self, item: Wanted, side: NamedSide) -> Wanted | None:
        """Return what only the base declares, where it can be looked at; it is told where it cannot."""
        resource, ids = item.resource, self._ids(side)
        for at, query in side.places():
            why = self._doubt(query, may_be_gone=True) if query else None
            if isinstance(why, ApiError):
                self.problems += placed(why, resource.origin)
            elif why is not None:
                self.unseen += unseen(resource, at, why)
        if any(id_ is None and path[0] in item.kind.key for path, id_ in ids.items()):
            return None
        return item._replace(resource=with_names(item.kind.table, resource, lambda at: ids.get(at.path))[0])


def _waits(at: NameAt) -> bool:
    """Tell whether it is the name of what this one is within that is not known, which is told there."""
    return isinstance(at.around.get(at.mark.within), Named)


def _rivals(items: Iterable[Wanted]) -> Iterator[Problem]:
    """Yield a problem for two manifests that claim one live object, which their names have shown."""
    first: dict[tuple[str, str, Json], Wanted] = {}
    for item in items:
        resource = item.resource
        found = identity(item.kind, resource)
        if found is None:
            continue
        other = first.setdefault((resource.address.system, item.kind.name, found), item)
        if other is not item and (item.names or other.names):
            both = f"{resource.address} and {other.resource.address} ({other.resource.origin})"
            yield Problem("claimed-twice", f"{both} claim the same live object; keep one", resource.origin)
