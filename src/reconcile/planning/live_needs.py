"""Finds which objects to delete stand in others by what is live: a tombstone may give its key alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from reconcile.desired import Wanted
from reconcile.fields.deferred import needs
from reconcile.fields.table import Table
from reconcile.model import Address, Json, Live, Spec

LiveNeeds = Mapping[Address, frozenset[Address]]


def live_needs(wanted: Iterable[Wanted], live: Mapping[Address, Live]) -> LiveNeeds:
    """Return which tombstones each one's live object refers to, as far as that goes round in no ring."""
    gone = {item.resource.address: item for item in wanted if item.resource.absent}
    there = {address: live[address] for address in gone if address in live}
    if len(there) < 2:
        return {}
    owners = {(at.system, gone[at].kind.name, str(found.id)): at for at, found in there.items()}
    found: dict[Address, frozenset[Address]] = {}
    for address, shown in there.items():
        said = _references(gone[address].kind.table, shown.fields)
        meant = (owners.get((address.system, kind, str(id_))) for kind, id_ in said)
        found[address] = frozenset(other for other in meant if other is not None) - {address}
    return _without_rings(found, {address: needs(item.resource) for address, item in gone.items()})


def _references(table: Table, said: Spec) -> Iterator[tuple[str, Json]]:
    """Yield the kind and id of each object that a live one refers to."""
    for name, row in table.rows.items():
        value = said.get(name)
        if value is None:
            continue
        if row.refers_to:
            yield row.refers_to, value
        elif row.shape == "object":
            yield from _references(row.nested, value)
        elif row.shape == "keyed":
            for entry in value:
                yield from _references(row.nested, entry)


def _without_rings(found: LiveNeeds, written: Mapping[Address, Iterable[Address]]) -> LiveNeeds:
    """Return what is left once nothing goes round, with what the manifests say of order too."""
    while True:
        every = {at: {*found.get(at, ()), *written.get(at, ())} for at in {*found, *written}}
        try:
            TopologicalSorter(every).prepare()
        except CycleError as error:
            ring = {*error.args[1]}
            found = {at: others - ring if at in ring else others for at, others in found.items()}
        else:
            return found
