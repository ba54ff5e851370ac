"""Makes manifests that show each kind of a system, of the examples in its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from reconcile.fields import forms
from reconcile.fields.annotations import Doc
from reconcile.fields.attributes import attributes
from reconcile.fields.table import Row, Table
from reconcile.model import EMPTY, Json, Spec
from reconcile.provider.kinds import Kind, System


class Sample(NamedTuple):
    """Hold what a manifest of a kind writes at first, and what it writes later in its place."""

    kind: str
    spec: Spec = EMPTY
    """What is written, but for the field that takes the resource's own name, which is another in each law."""
    change: Spec = EMPTY
    """What is written later; empty: nothing of such an object can be changed."""
    beside: Sequence[Mapping[str, Json]] = ()
    """Whole manifests that are declared beside it, such as those of what it refers to."""

    def __str__(self) -> str:
        return self.kind


def samples_of(system: System) -> Sequence[Sample]:
    """Return a sample of each kind that has objects of its own: every field with its example."""
    return tuple(_sample(system, kind, ()) for kind in system.kinds if kind.compose is None)


def _sample(system: System, kind: Kind, around: Sequence[str]) -> Sample:
    examples = dict(_examples(kind.table, kind.key))
    beside: list[Mapping[str, Json]] = []
    for row in kind.table.rows.values():
        other = system.kind(row.refers_to) if row.refers_to and row.name in examples else None
        if other is None:
            continue
        if other.name in (*around, kind.name):
            examples.pop(row.name)
            continue
        inner = _sample(system, other, (*around, kind.name))
        name = f"law-{other.name.lower()}"
        beside += [*inner.beside, manifest(other, name, inner.spec)]
        examples[row.name] = {"ref": f"{system.type}/{other.name}/{name}"}
    spec = _in_order(kind, examples)
    return Sample(kind.name, spec, _changed(kind, spec), tuple(beside))


def manifest(kind: Kind, name: str, spec: Spec, **metadata: Json) -> Mapping[str, Json]:
    """Return a manifest."""
    head = {"apiVersion": kind.api_version, "kind": kind.name}
    return {**head, "metadata": {"name": name, **metadata}, "spec": dict(spec)}


def _examples(table: Table, key: Sequence[str] = ()) -> Iterator[tuple[str, Json]]:
    """Yield each field with its example; what has a value where a manifest is silent is not written."""
    documented = attributes(table.model)
    for name, row in table.rows.items():
        about = documented[name].mark(Doc)
        if row.from_name or row.from_option or row.sensitive_if is not None or about is None:
            continue
        value = _example(row, about.example)
        if value is not None and (name in key or row.required or value not in ({}, [])):
            yield name, value


def _example(row: Row, example: Json) -> Json:
    if row.table is None:
        return example
    inner = dict(_examples(row.table, row.key))
    if row.shape == "object":
        return {**inner, **(example or {})}
    return example or ([inner] if {*row.key} <= {*inner} else None)


def _in_order(kind: Kind, spec: Mapping[str, Json]) -> Spec:
    """Return a spec without the fields that the vendor's rules refuse together, those of the key apart."""
    for name in [*spec]:
        without = {other: value for other, value in spec.items() if other != name}
        row = kind.table.rows[name]
        if _broken(kind, spec) > _broken(kind, without) and name not in kind.key and not row.required:
            spec = without
    return spec


def _broken(kind: Kind, spec: Spec) -> int:
    found = (finding for rule in kind.rules for finding in rule(spec))
    return sum(finding.severity == "error" for finding in found)


def _changed(kind: Kind, spec: Spec) -> Spec:
    """Return another value for each field that has one."""
    fixed = {*kind.key, *kind.in_paths, kind.id_field}
    rows = [row for row in kind.table.rows.values() if row.name in spec and row.name not in fixed]
    found: dict[str, Json] = {}
    for row in rows:
        value = _other(row, spec[row.name])
        if value is not None and not _broken(kind, {**spec, **found, row.name: value}):
            found[row.name] = value
    return found


def _other(row: Row, value: Json) -> Json:
    """Return another value than this; None where none can be told."""
    if row.asked or row.at_least is not None or row.refers_to or row.nameable or row.fires or row.filled:
        return None
    if row.choices:
        return next((choice for choice in row.choices if row.form(choice) != row.form(value)), None)
    if row.table is not None:
        return _other_inside(row, value)
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str() if row.form is forms.instant:
            return (datetime.fromisoformat(value) + timedelta(days=1)).isoformat()
        case str() if row.form in {forms.text, forms.prose}:
            return f"{value} 2"
        case list() if all(isinstance(entry, str) for entry in value):
            return [*value, "law"]
    return None


def _other_inside(row: Row, value: Json) -> Json:
    """Return an object, or a list of entries, in which the first field that can be another is another."""
    entry: dict[str, Json] = dict(value if row.shape == "object" else value[0] if value else {})
    for inner in row.nested.rows.values():
        if inner.name in entry and inner.name not in row.key:
            other = _other(inner, entry[inner.name])
            if other is not None:
                changed = {**entry, inner.name: other}
                return changed if row.shape == "object" else [changed, *value[1:]]
    return None
