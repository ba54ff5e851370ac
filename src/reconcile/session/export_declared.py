"""Puts into an export what manifests read from the environment: whatever is live there stays unsaid."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.fields.table import Row, Table
from reconcile.fields.walk import deferred_values, keyed
from reconcile.live_manifests import Manifest, unnamed
from reconcile.model import Env, Json, Resource, Spec


def with_declared(found: Manifest, declared: Iterable[Resource]) -> Manifest:
    """Return the manifest with each `{env: NAME}` that a declaration of the object has, in its place.

    What is live in such a place is a secret, also where somebody has put another one there.
    """
    spec = found.spec
    for resource in declared:
        if _is_of(resource, found):
            spec = _object(found.kind.table, resource.spec, spec)
    return found if spec is found.spec else found._replace(spec=spec)


def _is_of(resource: Resource, found: Manifest) -> bool:
    address, kind, live = resource.address, found.kind, found.live
    if (address.system, address.kind) != (found.system, kind.name):
        return False
    if resource.id is not None:
        return str(resource.id) == str(live.id)
    named = {name: resource.spec.get(name) for name in kind.key}
    return not any(True for _ in deferred_values(named)) and kind.key_of(named) == kind.key_of(live.fields)


def _object(table: Table, declared: Spec, said: Spec) -> Spec:
    """Return what is said with the variables in the places where the declaration has them."""
    read: dict[str, Json] = {}
    for name, value in declared.items():
        row, have = table.rows.get(name), said.get(name)
        if row is not None and have is not None:
            read[name] = _value(row, value, have)
    return {**said, **read}


def _value(row: Row, declared: Json, have: Json) -> Json:
    if isinstance(declared, Env):
        return declared
    if row.table is None or not declared:
        return have
    if row.shape == "object":
        return _object(row.table, declared, have) if isinstance(have, dict) else have
    if row.shape != "keyed" or not isinstance(have, list):
        return have
    ours = keyed(row, declared)
    return [_object(row.table, ours.get(row.key_of(unnamed(entry)), {}), entry) for entry in have]
