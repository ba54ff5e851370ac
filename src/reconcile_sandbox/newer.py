"""Decides what a replacement makes of fields that a newer server has and the vendor's page does not."""

from __future__ import annotations

from collections.abc import Mapping

from .system import Fields, Json

Keys = Mapping[str, tuple[str, ...]]
"""The fields that tell the entries of a list apart, by the name of the list."""


def replaced(after: Json, before: Json, sent: Json, keys: Keys, name: str = "") -> Json:
    """Return `after`, which has the fields of the page, with the others as they were sent, else null."""
    if isinstance(after, dict) and isinstance(before, dict) and isinstance(sent, dict):
        inner = {
            key: replaced(value, before.get(key), sent.get(key), keys, key) for key, value in after.items()
        }
        return {**inner, **{key: sent.get(key) for key in before if key not in after}}
    if isinstance(after, list) and isinstance(before, list) and isinstance(sent, list) and name in keys:
        had, said = _by_key(before, keys[name]), _by_key(sent, keys[name])
        entries = [(_key(entry, keys[name]), entry) for entry in after]
        return [replaced(entry, had.get(key), said.get(key), keys) for key, entry in entries]
    return after


def _by_key(entries: list[Fields], key: tuple[str, ...]) -> dict[tuple[Json, ...], Fields]:
    return {_key(entry, key): entry for entry in entries}


def _key(entry: Fields, key: tuple[str, ...]) -> tuple[Json, ...]:
    return tuple(entry.get(name) for name in key)
