"""Finds what a spec may hold by mistake: each of these was meant otherwise by somebody, and none is an error;
errors are left to `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconcile.fields.table import Row, Table
from reconcile.model import FieldPath, Json, Problem, Resource, Secret, spell
from reconcile.provider.kinds import Kind

_SHELL = re.compile(r"\$\{[^{}]*\}")
_LATE = re.compile(r"\{\s*[\"']?(var|ref|env|named)[\"']?\s*:[^{}]*\}")
_UNSEEN = "\u200b\u2060\ufeff"
"""Characters that nobody sees, and that `str.strip` leaves."""


def slips(resource: Resource, kind: Kind) -> Iterator[Problem]:
    """Yield a warning for each slip in the resource's spec, at its line; no value is repeated."""
    if not _may_slip(resource.spec):  # a path for each leaf is a tenth of a cold `validate`
        return
    for path, row, value in _leaves(kind.table, resource.spec, ()):
        for code, words in _words(kind, path, row, value):
            yield Problem(code, f"`{spell(path)}` {words}", resource.locate(path), "warning")


def _may_slip(value: Json) -> bool:
    """Tell whether anything inside a value could be a slip in some field."""
    if isinstance(value, str):
        return "{" in value or value != _bare(value)
    if not isinstance(value, dict | list):
        return isinstance(value, Secret)
    for inner in value.values() if isinstance(value, dict) else value:
        if type(inner) is str:  # nearly all of them: a call each costs more than the look
            if "{" in inner or inner != _bare(inner):
                return True
        elif type(inner) is not int and _may_slip(inner):
            return True
    return False


def _bare(text: str) -> str:
    """Return a text without what nobody sees at its ends."""
    return text.strip().strip(_UNSEEN)


def _words(kind: Kind, path: FieldPath, row: Row, value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, Secret):
        yield "secret-in-clear", "is a secret by its name, and stands in clear: write {env: NAME}"
    if not isinstance(value, str):
        return
    if _is_name(kind, path, row) and value != _bare(value):
        yield "blank-in-name", "has a blank at an end of it, which makes it another name: take it away"
    if "{" not in value:
        return
    if late := _LATE.search(value):
        words = f"holds `{{{late[1]}: …}}` inside a text, where it is text: it is a value by itself alone"
        yield "value-in-text", words
    elif marks := _template(value):
        yield "template", f"holds `{marks}`, which nothing here fills in: a value is {{var: NAME}}"


def _template(text: str) -> str | None:
    """Return how a text marks a part that somebody else would fill in; None where it marks none."""
    if _SHELL.search(text):
        return "${…}"
    begins = text.find("{{")
    return "{{…}}" if begins >= 0 and text.find("}}", begins + 2) >= 0 else None


def _is_name(kind: Kind, path: FieldPath, row: Row) -> bool:
    """Tell whether a field holds a name: it identifies the object, or is called one."""
    return row.is_text and ((len(path) == 1 and path[0] in kind.key) or row.name.lower().endswith("name"))


def _leaves(table: Table, spec: Json, path: FieldPath) -> Iterator[tuple[FieldPath, Row, Json]]:
    """Yield every value of a spec that is no mapping and no list, with its path and the row of its field."""
    for name, value in spec.items():
        row = table.rows.get(name)
        if row is None or value is None:
            continue
        if row.table is None:
            yield from _inside(row, value, (*path, name))
        elif isinstance(value, dict):
            yield from _leaves(row.table, value, (*path, name))
        elif isinstance(value, list):
            for entry in value:
                yield from _leaves(row.table, entry, (*path, name, row.key_of(entry)))


def _inside(row: Row, value: Json, path: FieldPath) -> Iterator[tuple[FieldPath, Row, Json]]:
    """Yield the values inside a field that is compared as a whole; those in a list have the list's place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _inside(row, inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from ((path, row, leaf) for _, _, leaf in _inside(row, inner, ()))
    else:
        yield path, row, value
