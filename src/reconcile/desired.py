"""Reads the secrets of a resource from the operator's environment; what is missing there is a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.fields.table import Table
from reconcile.fields.walk import deferred_values, replaced, seal
from reconcile.model import Env, Json, Problem, Resource, Secret


def opened(
    resource: Resource, environment: Mapping[str, str], table: Table
) -> tuple[Resource, tuple[Problem, ...]]:
    """`resource` with its `{env}` secrets read from the operator's environment, or what is missing there."""
    if resource.is_literal:
        return resource, ()

    def read(value: Json) -> Json:
        return Secret(environment[value.name], value.name) if _is_set(value, environment) else value

    spec = seal(table, replaced(resource.spec, read))
    return resource._replace(spec=spec), tuple(_missing(resource, environment))


def _is_set(value: Json, environment: Mapping[str, str]) -> bool:
    return isinstance(value, Env) and bool(environment.get(value.name))


def _missing(resource: Resource, environment: Mapping[str, str]) -> Iterator[Problem]:
    """The secrets that are not set, each on the line of its field; an empty one would clear what is live."""
    for place, value in deferred_values(resource.spec):
        if isinstance(value, Env) and not _is_set(value, environment):
            lacks = "empty" if value.name in environment else "not set"
            message = f"{resource.address} reads {value.name}, which is {lacks}: set it, or run where it is"
            yield Problem("missing-secret", message, resource.locate((str(place[0]),)))
