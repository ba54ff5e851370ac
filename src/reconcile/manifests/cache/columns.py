"""Keeps the plain documents of a file by columns, and makes resources of them again; `store` does the I/O.

Plain is a document that says its apiVersion, kind, name and spec, in this order, from its line's first column
on, and nothing else. Nearly all documents are; as columns they take two thirds of the time and of the memory
that they take one after another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from reconcile.fields.table import Table
from reconcile.fields.walk import seal
from reconcile.manifests.envelope import PARTS
from reconcile.manifests.resources import MadeResource, implied, place_of
from reconcile.model import Address, FieldPath, Json, Origin, Resource, Spec
from reconcile.named_tuple import NamedTuple, tuple_of
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue, Kind
from reconcile.yaml_source import Places

UNUSABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What an entry that is none of ours may raise."""


def _rest(*, is_literal: bool) -> tuple[Json, ...]:
    """Return what a plain resource says beside its first five fields."""
    nowhere = Origin("")
    plain = Resource(
        Address("", "", ""), "", {}, nowhere, lambda path, *, value=False: nowhere, is_literal=is_literal
    )
    return plain[5:]


_LITERAL, _NOT_LITERAL = _rest(is_literal=True), _rest(is_literal=False)


class _Columns(NamedTuple):
    """Hold documents of one kind and system in one file: name, first node's slot, line and spec of each."""

    system: str
    api_version: str
    kind: str
    names: list[str]
    slots: list[int]
    lines: list[int]
    specs: list[dict[str, Json]]


def is_plain(made: MadeResource) -> bool:
    """Tell whether a document that is in order, and means what it says, is kept as a row of columns."""
    value = made.declared.document.value
    if [*value] != PARTS or made.resource.origin.column != 1 or not isinstance(value["spec"], dict):
        return False
    return made.resource.is_literal and bool(value["metadata"] == {"name": str(made.resource.address.name)})


def columns(plain: Iterable[MadeResource]) -> Json:
    """Return what to keep of plain documents."""
    found: dict[tuple[str, str, str], _Columns] = {}
    for each in plain:
        document, address = each.declared.document, each.resource.address
        head = address.system, document.value["apiVersion"], document.value["kind"]
        of = found.get(head) or found.setdefault(head, _Columns(*head, [], [], [], []))
        of.names.append(address.name)
        of.slots.append(document.at)
        of.lines.append(each.resource.origin.line)
        of.specs.append(document.value["spec"])
    return [*found.values()]


def recalled(kept: Json, places: Places, project: Project, catalogue: Catalogue) -> Iterator[Resource]:
    """Yield the resources of columns; raise one of `UNUSABLE` for what is none of ours."""
    for of in (_Columns(*each) for each in kept):
        if not _are_columns(of):
            raise ValueError("no columns")
        kind = kind_named(catalogue, of.api_version, of.kind)
        yield from _rows(of, kind, project.systems[of.system].options, places)


def kind_named(catalogue: Catalogue, api_version: str, name: str) -> Kind:
    """Return the kind that a kept document is of; KeyError for one that is not known by now."""
    kind = catalogue[api_version.split("/")[0]].kind(name)
    if kind is None:
        raise KeyError(api_version, name)
    return kind


def _rows(of: _Columns, kind: Kind, options: Mapping[str, Json], places: Places) -> Iterator[Resource]:
    table, file, sealed = kind.table, places.file, [row.name for row in kind.table.sensitive]
    around, silent = (of, places, table), frozenset(row.name for row in table.implied)
    system, kind_name, api_version = of.system, kind.name, kind.api_version
    for index, (name, line, spec) in enumerate(zip(of.names, of.lines, of.specs, strict=True)):
        said = spec if silent <= spec.keys() else implied(table, spec, name, options)
        own = said if said.keys().isdisjoint(sealed) else seal(table, said)
        address, origin = tuple_of(Address, (system, kind_name, name)), tuple_of(Origin, (file, line, 1))
        locate = partial(_place, around, index, said)
        rest = _LITERAL if own is said else _NOT_LITERAL
        yield tuple_of(Resource, (address, api_version, own, origin, locate, *rest))


def _are_columns(of: _Columns) -> bool:
    columns = {str: of.names, int: (*of.slots, *of.lines), dict: of.specs}
    return all({type_}.issuperset(map(type, column)) for type_, column in columns.items())


def _place(
    around: tuple[_Columns, Places, Table], index: int, said: Spec, path: FieldPath, *, value: bool = False
) -> Origin:
    of, places, table = around
    metadata = {"name": of.names[index]}
    whole = dict(zip(PARTS, (of.api_version, of.kind, metadata, of.specs[index]), strict=True))
    return placed(places, of.slots[index], (table, whole, said), path, value=value)


def placed(
    places: Places, at: int, of: tuple[Table, Json, Spec], path: FieldPath, *, value: bool = False
) -> Origin:
    """Return the place of a field of a kept document.

    `of` is the document's table, all that the document says, and the spec that it means.
    """
    table, whole, spec = of
    try:
        return place_of(places.document(whole, at), table, spec, path, value=value)
    except UNUSABLE:
        return Origin(places.file)
