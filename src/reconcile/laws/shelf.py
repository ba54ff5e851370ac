"""Keeps the objects of one kind as a server would: what it takes, what it refuses, and how it shows a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from reconcile.fields.annotations import Default, Doc
from reconcile.fields.attributes import attributes
from reconcile.fields.table import Table
from reconcile.model import Json
from reconcile.provider.kinds import Kind
from reconcile.provider.rest import Rest

UNKNOWN = {"kept_by_the_server": "and known to no table"}
"""What every row has besides: an update that replaces the object says it back."""

Row = dict[str, Json]


class Said(NamedTuple):
    """Hold an answer: its status and its body."""

    status: int
    body: Json = None


class Shelf:
    """Keep the objects of a kind by their ids."""

    def __init__(self, kind: Kind, rest: Rest, first: int = 1) -> None:
        self.kind = kind
        self.rest = rest
        self.rows: dict[str, Row] = {}
        self._next = first

    def create(self, said: Row, around: Mapping[str, str]) -> Said:
        """Keep a new object, in the one that its path names; two of one name are two."""
        whole = {**around, **said}
        wrong = [*self._unknown(said, UNKNOWN), *self._lacking(whole)]
        if wrong:
            return Said(422, {"errors": wrong})
        number, self._next = self._next, self._next + 1
        id_ = (
            str(uuid5(NAMESPACE_URL, f"{self.kind.name}/{number}")) if self.rest.has_text_id else str(number)
        )
        self.rows[id_] = {**UNKNOWN, **whole}
        return Said(201, self.answer(id_))

    def update(self, id_: str, said: Row) -> Said:
        """Change an object, or put what is said in its place, as the kind's routes say of an update."""
        wrong = [*self._unknown(said, self.shown(id_))]
        if wrong:
            return Said(422, {"errors": wrong})
        row = self.rows[id_]
        kept = (
            {name: row[name] for name in self.rest.in_paths if name in row} if self.rest.is_replaced else row
        )
        self.rows[id_] = {**kept, **{name: value for name, value in said.items() if name != self.rest.id}}
        return Said(200, self.answer(id_))

    def delete(self, id_: str) -> Said:
        """Take an object away, and say nothing."""
        del self.rows[id_]
        return Said(204)

    def named(self, ids: Mapping[str, str]) -> str | None:
        """Return the id of the object that a path means; None where there is none."""
        own = [id_ for place, id_ in ids.items() if place not in self.rest.in_paths]
        around = {place: id_ for place, id_ in ids.items() if place in self.rest.in_paths}
        found = [id_ for id_ in self.within(around) if not own or id_ == own[-1]]
        return found[0] if found else None

    def within(self, around: Mapping[str, str]) -> Iterator[str]:
        """Yield the ids of the objects that stand in what a path names."""
        for id_, row in self.rows.items():
            if all(str(row.get(place)) == value for place, value in around.items()):
                yield id_

    def answer(self, id_: str) -> Json:
        """Return what an answer about one object says."""
        return placed({}, self.rest.row, self.shown(id_)) if self.rest.row else self.shown(id_)

    def shown(self, id_: str) -> Row:
        """Return an object as a list shows it: all that the table knows, and what it does not know."""
        row = self.rows[id_]
        hidden = {*self.rest.in_paths} - {self.rest.name}
        known = {
            name: value for name, value in _displayed(self.kind.table, row).items() if name not in hidden
        }
        unknown = {name: value for name, value in row.items() if name not in self.kind.table.rows}
        own = id_ if self.rest.has_text_id else int(id_)
        return {self.rest.name: f"{self.kind.name} {id_}", **known, **unknown, self.rest.id: own}

    def _unknown(self, said: Row, shown: Mapping[str, Json]) -> Iterator[str]:
        for name in said:
            if name not in self.kind.table.rows and name not in shown:
                yield f"{name} is not a field of a {self.kind.name}"

    def _lacking(self, said: Row) -> Iterator[str]:
        for name, row in self.kind.table.rows.items():
            if row.required and not row.asked and said.get(name) is None:
                yield f"{name} can't be blank"


def _displayed(table: Table, said: Mapping[str, Json]) -> Row:
    found: Row = {}
    for name, row in table.rows.items():
        value = _held(table, name, said.get(name))
        if row.table is not None and value is not None:
            entries = [
                _displayed(row.table, entry) for entry in ([value] if row.shape == "object" else value)
            ]
            value = entries[0] if row.shape == "object" else entries
        if row.shown_as is None:
            found[name] = value
        else:
            name_of = {row.shown_as.name: f"{row.shown_as.field} {value}"}
            found[row.shown_as.field] = None if value is None else {row.shown_as.id: value, **name_of}
    return found


def _held(table: Table, name: str, value: Json) -> Json:
    """Return the value of a field, that which stands for null where it is null."""
    if value is not None:
        return value
    attribute = attributes(table.model)[name]
    default, about = attribute.mark(Default), attribute.mark(Doc)
    if default is not None:
        return default.value
    return about.example if about is not None and table.rows[name].filled else None


def placed(body: Row, place: str, value: Json) -> Row:
    """Return an answer's body with a value at a place of it, such as `meta.total`."""
    first, _, rest = place.partition(".")
    return {**body, first: placed(body.get(first) or {}, rest, value) if rest else value}
