"""Narrows a plan to what its manifests changed since the base; what live adds is left to `entangled`."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from reconcile.fields.deferred import needs
from reconcile.manifests import Loaded
from reconcile.manifests.references import with_kinds
from reconcile.manifests.same_meaning import mean_the_same
from reconcile.model import Address, Change, Origin, Problem, Resource
from reconcile.provider.kinds import Kind
from reconcile.session.baseline import formers
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.session import Session

_PLACE = frozenset({"type", "url", "headers"})
"""What of a system says where its objects are: with another one, all of them are others."""


def only_changed(session: Session) -> Session:
    """Return the session with nothing selected but what differs from its base, and what needs that.

    Without a base everything is new, and nothing is left out.
    """
    if session.base is None:
        return session
    resources = session.loaded.resources
    chosen = session.selected & with_dependents(resources, _differing(session))
    loaded = session.loaded._replace(problems=_about(chosen, session.loaded))
    return _narrowed(session._replace(loaded=loaded), chosen)


def _about(chosen: Collection[Address], loaded: Loaded) -> tuple[Problem, ...]:
    """Return the warnings less those on the lines of manifests that are not compared."""
    if not loaded.problems:
        return ()
    places = sorted(
        (origin, resource.address)
        for resource in loaded.resources
        for origin in (resource.origin, *(share.origin for share in resource.carries.values()))
    )
    return tuple(p for p in loaded.problems if (of := _owner(p, places)) is None or of in chosen)


def _owner(problem: Problem, places: Sequence[tuple[Origin, Address]]) -> Address | None:
    """Return the resource whose manifest a problem stands in; None where it stands in none."""
    if problem.origin is None:
        return None
    at = bisect_right(places, problem.origin, key=lambda place: place[0]) - 1
    return places[at][1] if at >= 0 and places[at][0].file == problem.origin.file else None


def widened(session: Session, more: Collection[Address]) -> Session:
    """Return a session that compares these resources, too."""
    asked = session._replace(selected=session.selected | {*more})
    return asked._replace(not_compared=(session.not_compared or 0) - _count(session, more))


def _narrowed(session: Session, chosen: frozenset[Address]) -> Session:
    left = session.selected - chosen
    beyond = session.beyond
    count = _count(session, left) if beyond is None else beyond.declared - _count(session, chosen)
    return session._replace(selected=chosen, partial=True, not_compared=count)


def _count(session: Session, chosen: Collection[Address]) -> int:
    """Return how many manifests declare the chosen resources: one that carries others stands in several."""
    found = (resource for resource in session.loaded.resources if resource.address in chosen)
    return sum(len({resource.address, *resource.carries}) for resource in found)


def _differing(session: Session) -> Iterator[Address]:
    """Yield the resources that the base has in another way, or not at all."""
    if session.base is None:
        return
    base = formers(session.base, session.loaded.resources, CATALOGUE)
    moved = Moved(session.base.changes)
    for resource, kind in with_kinds(session.loaded.resources, CATALOGUE):
        former = base.of(resource, CATALOGUE)
        same = former is not None and mean_the_same(former, resource)
        if not same or moved.concerns(resource, kind):
            yield resource.address


class Moved:
    """Hold which systems are elsewhere than at the base, and which of their options are others."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._elsewhere: set[str] = set()
        self._options: dict[str, set[str]] = defaultdict(set)
        for change in changes:
            match change.path:
                case ("systems", str(system), "options", str(option), *_):
                    self._options[system].add(option)
                case ("systems", str(system), str(part), *_) if part in _PLACE:
                    self._elsewhere.add(system)

    def concerns(self, resource: Resource, kind: Kind) -> bool:
        """Tell whether a resource means something else for that, though its manifest says the same.

        An option that fills in a field of the spec counts where it does so: there it stands in the spec.
        """
        system = resource.address.system
        filled_in = {row.name for row in kind.table.implied if row.from_option}
        return system in self._elsewhere or not self._options.get(system, set()) <= filled_in


def with_dependents(resources: Iterable[Resource], changed: Iterable[Address]) -> frozenset[Address]:
    """Return the changed resources, and those that refer to or wait for one of them, however far."""
    users, open_ = _users(resources), [*changed]
    found: set[Address] = set()
    while open_:
        address = open_.pop()
        if address not in found:
            found.add(address)
            open_ += users.get(address, ())
    return frozenset(found)


def _users(resources: Iterable[Resource]) -> Mapping[Address, list[Address]]:
    every = [*resources]
    carriers = {part: resource.address for resource in every for part in resource.carries}
    found: dict[Address, list[Address]] = defaultdict(list)
    for resource in every:
        for need in needs(resource):
            found[carriers.get(need, need)].append(resource.address)
    return found
