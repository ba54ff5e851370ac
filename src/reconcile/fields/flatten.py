"""Puts ids that a live answer shows inside of objects into the fields that a manifest writes them in."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.fields.annotations import ShownAs
from reconcile.fields.table import Row, Table
from reconcile.model import Json, Spec


def flattened(table: Table, said: Json) -> Spec:
    """Return a live row in the manifest's words: `status: {id: 3, name: New}` gives `status_id: 3` too.

    The name stands beside it, as `status.name`. What is no mapping is returned as it is.
    """
    if not table.shown_inside or not isinstance(said, dict):
        return said  # type: ignore[no-any-return]
    found = dict(said)
    for row in table.shown_inside:
        if row.shown_as is not None:
            found |= _shown(row.name, row.shown_as, said)
        elif said.get(row.name) is not None:
            found[row.name] = _inside(row, said[row.name])
    return found


def _inside(row: Row, value: Json) -> Json:
    if row.shape == "object":
        return flattened(row.nested, value)
    return [flattened(row.nested, entry) for entry in value] if isinstance(value, list) else value


def _shown(field: str, as_: ShownAs, said: Spec) -> Mapping[str, Json]:
    """Return the field with the id that an answer shows, and the name beside it.

    An answer that lacks the object says nothing of the field, and one that has it null says null.
    """
    if as_.field not in said:
        return {}
    shown = said[as_.field]
    if not isinstance(shown, dict):
        return {field: shown}
    return {field: shown.get(as_.id), as_.named_by: shown.get(as_.name)}
