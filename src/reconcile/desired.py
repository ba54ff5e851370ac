"""Holds the wanted side: resources with their kinds, secrets and ids; what differs from live is left to
`planning`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NewType

from reconcile.fields.named import Id, names_in, twice_by_name, with_ids_of_names
from reconcile.fields.table import Table, table_at
from reconcile.fields.walk import deferred_values, replaced, seal
from reconcile.model import (
    Address,
    Env,
    FieldPath,
    Joint,
    Json,
    Origin,
    Part,
    Problem,
    Ref,
    Resource,
    Secret,
    spell,
)
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import Options
from reconcile.provider.kinds import Kind
from reconcile.provider.lookups import Lookup


class NameQuery(NamedTuple):
    """Hold what is asked for a name: the same for each manifest that says it."""

    system: str
    lookup: Lookup
    within: Json
    text: str


class Meant(NamedTuple):
    """Hold a name, and the id that it was found to stand for."""

    query: NameQuery
    id: Json


class Wanted(NamedTuple):
    """Hold one resource with the kind that it is of and its system's options."""

    resource: Resource
    kind: Kind
    options: Options
    former: Resource | None = None
    """The same resource as the base has it, where there is a base and it has one."""

    based: bool = False
    """Whether there is a base, so that differences have labels."""

    left: bool = False
    """Only the base has it: it is looked at to say so, and of several with its name any will do."""

    unsure: bool = False
    """Whether a part of the base that cannot be read may have held something of it."""

    names: tuple[Meant, ...] = ()
    """The names that the manifest says in the place of ids."""

    @property
    def is_as_it_was(self) -> bool:
        """Tell whether the base has the very same resource, with nothing in it that is known only later."""
        return self.former is self.resource and self.resource.is_literal


Resolved = NewType("Resolved", Wanted)
"""What is wanted, and what the base wanted, with every id that is known in the place of its reference."""


def resolved(wanted: Wanted, ids: Mapping[Address, Json]) -> Resolved:
    """Return both sides of `wanted` with the references whose ids are known replaced by them."""
    resource, former = wanted.resource, wanted.former
    if resource.is_literal and (former is None or former.is_literal):
        return Resolved(wanted)
    base = None if former is None else with_ids(former, ids)
    return Resolved(wanted._replace(resource=with_ids(resource, ids), former=base))


def with_ids(resource: Resource, ids: Mapping[Address, Json]) -> Resource:
    """Return `resource` with every reference whose id is known replaced by it."""
    if resource.is_literal:
        return resource
    spec = replaced(
        resource.spec, lambda value: ids.get(value.address, value) if isinstance(value, Ref) else value
    )
    return resource._replace(spec=spec)


def with_names(
    table: Table, resource: Resource, ids_of: Callable[[Resource], Id]
) -> tuple[Resource, tuple[Problem, ...]]:
    """Return `resource` with the id in the place of each name that stands for one, and what is thereby wrong.

    That is an entry that is written twice. What was joined of several resources is joined again, as their
    ids show which of them claim one entry; each of them has ids of its own.
    """
    if resource.joint is None:
        return _with_names(table, resource, ids_of(resource))
    return _joined_again(table, resource, resource.joint, ids_of)


def _with_names(table: Table, resource: Resource, id_of: Id) -> tuple[Resource, tuple[Problem, ...]]:
    renamed = with_ids_of_names(table, resource.spec, id_of)
    moved = {old: new for new, old in renamed.keys.items()}
    known = ((at.path, at.text) for at in names_in(table, resource.spec) if id_of(at) is not None)
    found = resource._replace(
        spec=renamed.spec,
        named={_moved(path, moved): text for path, text in known},
        locate=lambda path, *, value=False: resource.locate(_moved(path, renamed.keys), value=value),
        held={_moved(path, moved): hold for path, hold in resource.held.items()},
        known=tuple(entry._replace(path=_moved(entry.path, moved)) for entry in resource.known),
        pruned=frozenset(_moved(path, moved) for path in resource.pruned),
        carries={
            of: share._replace(path=_moved(share.path, moved)) for of, share in resource.carries.items()
        },
    )
    places = twice_by_name(table, resource.spec, renamed)
    return found, tuple(_twice(resource.locate(one), resource.locate(two), now) for one, two, now in places)


def _joined_again(
    table: Table, resource: Resource, joint: Joint, ids_of: Callable[[Resource], Id]
) -> tuple[Resource, tuple[Problem, ...]]:
    """Return a resource joined of its parts, in each of which the ids stand in the place of names."""
    known = [
        _with_names(table_at(table, place_in(resource, part)), part, ids_of(part)) for part in joint.parts
    ]
    parts = [part for part, _ in known]
    (whole,), wrong = joint.join(parts)
    named = {(*place_in(whole, part), *path): text for part in parts for path, text in part.named.items()}
    joined = whole._replace(
        address=resource.address,
        origin=resource.origin,
        absent=resource.absent,
        depends_on=resource.depends_on,
        named=named,
    )
    return joined, (*(problem for _, more in known for problem in more), *wrong)


def without_parts(resource: Resource, absent: Collection[Address]) -> Resource:
    """Return a resource joined of several, less those that ask for the absence of what is nowhere."""
    joint = resource.joint
    if joint is None or not absent:
        return resource
    parts = tuple(part for part in joint.parts if part.address not in absent)
    if parts:
        return resource._replace(joint=joint._replace(parts=parts))
    lists = {str(share.path[0]): Part() for share in resource.carries.values()}
    return resource._replace(spec={**resource.spec, **lists}, joint=None)


def place_in(whole: Resource, part: Resource) -> FieldPath:
    """Return where a part stands in the resource that it was joined to; () for what the others joined."""
    return whole.carries[part.address].path if part.address in whole.carries else ()


def _moved(path: FieldPath, places: Mapping[FieldPath, FieldPath]) -> FieldPath:
    """Return a path with its longest beginning that is in `places` replaced."""
    begins = (end for end in range(len(path), 0, -1) if path[:end] in places)
    end = next(begins, 0)
    return (*places[path[:end]], *path[end:]) if end else path


def _twice(first: Origin, second: Origin, path: FieldPath) -> Problem:
    words = f"{spell(path)} is the entry that {first} writes in another way: keep one of them"
    return Problem("claimed-twice", words, second)


def with_secrets(
    resource: Resource, environment: Mapping[str, str], table: Table
) -> tuple[Resource, tuple[Problem, ...]]:
    """Return `resource` with its `{env}` secrets read from the environment, and what is missing there."""
    if resource.is_literal:
        return resource, ()

    def read(value: Json) -> Json:
        return Secret(environment[value.name], value.name) if _is_set(value, environment) else value

    spec, joint = seal(table, replaced(resource.spec, read)), resource.joint
    if joint is not None:
        inside = ((part, table_at(table, place_in(resource, part))) for part in joint.parts)
        parts = tuple(with_secrets(part, environment, own)[0] for part, own in inside)
        joint = joint._replace(parts=parts)
    return resource._replace(spec=spec, joint=joint), tuple(_missing(resource, environment))


def _is_set(value: Json, environment: Mapping[str, str]) -> bool:
    return isinstance(value, Env) and bool(environment.get(value.name))


def _missing(resource: Resource, environment: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each secret that is not set, on its field's line; an empty one would clear live."""
    for place, value in deferred_values(resource.spec):
        if isinstance(value, Env) and not _is_set(value, environment):
            lacks = "empty" if value.name in environment else "not set"
            message = f"{resource.address} reads {value.name}, which is {lacks}: set it, or run where it is"
            yield Problem("missing-secret", message, resource.locate((str(place[0]),)))
