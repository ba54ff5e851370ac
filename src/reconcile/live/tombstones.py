"""Decides whether a tombstone names the live object that it would remove, or another one."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.fields.table import key_text
from reconcile.model import Json, Live, Problem, Ref, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind

_LONGEST = 80


class _Part(NamedTuple):
    """Hold a field of the natural key, and what it says on either side."""

    name: str
    written: str
    live: str


def names_another(kind: Kind, resource: Resource, live: Live) -> Problem | None:
    """Return what is wrong where a tombstone's key, as it is written, is another's than the live object's.

    What only defaults from the resource's name, or from an option, says nothing about the object. The
    references of the key are ids already, where what they mean exists.
    """
    different = [*_differing(kind, resource, live)] if resource.absent else []
    if not different:
        return None
    both = ", ".join(f"`{part.name}` is `{part.written}` here and `{part.live}` there" for part in different)
    found = f"is pinned to id {live.id}" if resource.id is not None else f"was id {live.id} at the base"
    words = f"{resource.address} {found}, which is another object than its spec names: {both}"
    todo = "correct the one that is wrong; nothing is deleted until they agree"
    return Problem("wrong-tombstone", f"{words}; {todo}", resource.locate((different[0].name,)))


def _differing(kind: Kind, resource: Resource, live: Live) -> Iterator[_Part]:
    for name in kind.key:
        if not _is_written(resource, name):
            continue
        form, value, have = kind.table.rows[name].form, resource.spec.get(name), live.fields.get(name)
        if isinstance(value, Ref):
            yield _Part(name, f"{value.address}, which is not there", _shown(have))
        elif key_text(form(value)) != key_text(form(have)):
            yield _Part(name, _shown(value), _shown(have))


def _is_written(resource: Resource, name: str) -> bool:
    """Tell whether a field stands in the manifest.

    A field that does not has the place of what would be around it.
    """
    return resource.locate((name,)) != resource.locate(())


def _shown(value: Json) -> str:
    text = key_text(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
