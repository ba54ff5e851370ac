"""Takes down what a record keeps of each operation for an undo: where the object is, and how it was left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconcile.desired import resolved
from reconcile.fields.table import Row, Table, row_at
from reconcile.fields.walk import at, deferred_values, keyed
from reconcile.model import Address, FieldPath, Json, Resource, Secret, Spec
from reconcile.planfile.record_parts import Kept, KeptField
from reconcile.planning.build import Planned, Step
from reconcile.planning.contents import Outcome
from reconcile.planning.digest import digest
from reconcile.provider.kinds import Kind


def kept_before(planned: Planned) -> dict[Address, Kept]:
    """Return what is kept of each operation before any is begun: nobody knows yet what becomes of it."""
    ids = planned.facts.ids
    return {
        step.operation.address: _kept(step, Outcome(step.operation.address, "unknown"), ids)
        for step in planned.steps
    }


def kept_of(planned: Planned, outcomes: Iterable[Outcome]) -> dict[Address, Kept]:
    """Return what is kept of each operation that wrote, or of which nobody knows whether it did."""
    by_address = {outcome.address: outcome for outcome in outcomes}
    ids = {**planned.facts.ids, **{a: o.live.id for a, o in by_address.items() if o.live is not None}}
    found: dict[Address, Kept] = {}
    for step in planned.steps:
        outcome = _outcome_of(step, by_address)
        if outcome is not None and (outcome.requests_sent or outcome.status == "unknown"):
            found[step.operation.address] = _kept(step, outcome, ids)
    return found


def _outcome_of(step: Step, outcomes: Mapping[Address, Outcome]) -> Outcome | None:
    """Return what became of an operation, which may stand under the address of a part that it carries."""
    named = (step.operation.address, *step.wanted.resource.carries)
    return next((outcomes[address] for address in named if address in outcomes), None)


def _kept(step: Step, outcome: Outcome, ids: Mapping[Address, Json]) -> Kept:
    kind, live = step.wanted.kind, outcome.live
    resource = resolved(step.wanted, ids).resource
    told = outcome.status == "done"
    gone = told and step.operation.action == "delete"
    fields = live.fields if live is not None else {}
    return Kept(
        kind=kind.name,
        api_version=resource.api_version,
        id=live.id if live is not None else step.operation.id,
        key=_found_by(kind, resource),
        status=outcome.status,
        fields=tuple(
            KeptField(
                _steps(change.path),
                left_at(kind.table, fields, change.path) if told and not gone else None,
            )
            for change in step.operation.changes
        ),
        left=left_whole(kind.table, fields) if told and live is not None else None,
        carries=tuple(str(part) for part in sorted(resource.carries) if part != resource.address),
    )


def _found_by(kind: Kind, resource: Resource) -> dict[str, Json]:
    """Return what of a spec says where its object is: the natural key, and what is only looked up by."""
    names = {*kind.key, *kind.in_paths, *(row.name for row in kind.table.rows.values() if row.asked)}
    found = {name: resource.spec[name] for name in sorted(names) if resource.spec.get(name) is not None}
    return {name: value for name, value in found.items() if not any(True for _ in deferred_values(value))}


def _steps(path: FieldPath) -> tuple[Json, ...]:
    return tuple(list(step) if isinstance(step, tuple) else step for step in path)


def left_whole(table: Table, fields: Spec) -> str:
    """Return a digest of all that a manifest could say of a live object; its secrets are words in it."""
    return digest(_object(table, fields))


def left_at(table: Table, fields: Spec, path: FieldPath) -> str:
    """Return a digest of what is live at a path; the same for two spellings of one value."""
    return digest(normal_at(table, path, at(table, fields, path)))


def normal_at(table: Table, path: FieldPath, value: Json) -> Json:
    """Return the normal form of a value that stands at a path: of an entry or an object, all its fields."""
    row = row_at(table, path)
    if isinstance(path[-1], tuple):
        return None if value is None else _object(row.nested, value)
    return _value(row, value)


def _value(row: Row, value: Json) -> Json:
    if isinstance(value, Secret) or row.table is None:
        return row.normal(value)
    if row.shape == "object":
        return _object(row.table, value) if value else None
    return {"\n".join(key): _object(row.nested, entry) for key, entry in keyed(row, value).items()}


def _object(table: Table, fields: Spec) -> dict[str, Json]:
    rows = (row for row in table.rows.values() if not row.asked)
    return {row.name: _value(row, fields.get(row.name)) for row in rows}
