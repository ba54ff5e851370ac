"""Holds the wanted side: resources with their kinds, secrets and ids; what differs from live is left to
`planning`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, NewType

from reconcile.fields.table import Table
from reconcile.fields.walk import deferred_values, replaced, seal
from reconcile.model import Address, Env, Json, Problem, Ref, Resource, Secret
from reconcile.provider.cases import Options
from reconcile.provider.kinds import Kind


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


def with_secrets(
    resource: Resource, environment: Mapping[str, str], table: Table
) -> tuple[Resource, tuple[Problem, ...]]:
    """Return `resource` with its `{env}` secrets read from the environment, and what is missing there."""
    if resource.is_literal:
        return resource, ()

    def read(value: Json) -> Json:
        return Secret(environment[value.name], value.name) if _is_set(value, environment) else value

    spec = seal(table, replaced(resource.spec, read))
    return resource._replace(spec=spec), tuple(_missing(resource, environment))


def _is_set(value: Json, environment: Mapping[str, str]) -> bool:
    return isinstance(value, Env) and bool(environment.get(value.name))


def _missing(resource: Resource, environment: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each secret that is not set, on its field's line; an empty one would clear live."""
    for place, value in deferred_values(resource.spec):
        if isinstance(value, Env) and not _is_set(value, environment):
            lacks = "empty" if value.name in environment else "not set"
            message = f"{resource.address} reads {value.name}, which is {lacks}: set it, or run where it is"
            yield Problem("missing-secret", message, resource.locate((str(place[0]),)))
