"""Seals of a live object what the base holds as a secret: it is one, whatever the manifests say by now."""

from __future__ import annotations

from reconcile.desired import Wanted
from reconcile.fields.table import Row, Table
from reconcile.fields.walk import keyed
from reconcile.model import Env, Json, Live, Secret, Spec


def sealed_by_base(wanted: Wanted, live: Live) -> Live:
    """Return `live` with each text sealed that stands where the base reads one from the environment."""
    base = wanted.resource if wanted.left else wanted.former
    if base is None or base.is_literal:
        return live
    said = _object(wanted.kind.table, base.spec, live.fields)
    return live if said is live.fields else live._replace(fields=said)


def _object(table: Table, base: Spec, said: Spec) -> Spec:
    sealed: dict[str, Json] = {}
    for name, value in base.items():
        row, have = table.rows.get(name), said.get(name)
        closed = have if row is None or have is None else _value(row, value, have)
        if closed is not have:
            sealed[name] = closed
    return {**said, **sealed} if sealed else said


def _value(row: Row, base: Json, have: Json) -> Json:
    if isinstance(base, Secret | Env):
        return Secret(have) if isinstance(have, str) else have
    if row.table is None or not base:
        return have
    if row.shape == "object":
        return _object(row.table, base, have)
    former = keyed(row, base)
    entries = [_object(row.table, former.get(row.key_of(entry), {}), entry) for entry in have]
    return have if all(new is old for new, old in zip(entries, have, strict=True)) else entries
