"""Reads a resource's secrets from the operator's environment, and tells what is missing; sends none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.fields.table import Table
from reconcile.fields.walk import deferred_values, replaced, seal
from reconcile.model import Env, Json, Problem, Resource, Secret


def opened(
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
