"""Lays an environment over the project file's top level, and remembers which says what; checks nothing."""

from __future__ import annotations

from reconcile.fields.check import ValuePlace, value_at
from reconcile.model import Json, Origin
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source import YamlDocument


class Layers(NamedTuple):
    """Hold the top level, and where one is chosen its environment, the later one winning key by key."""

    document: YamlDocument
    environment: str | None
    in_order: bool = False
    """Whether the document is known to fit its field tables."""

    @property
    def places(self) -> tuple[ValuePlace, ...]:
        """Return where the layers stand in the document."""
        top: ValuePlace = ()
        return (top,) if self.environment is None else (top, ("environments", self.environment))

    def merged(self, *keys: str) -> dict[str, Json]:
        """Return the mapping at `keys`, with all its layers' entries."""
        merged: dict[str, Json] = {}
        for place in self.places:
            merged.update(value_at(self.document.value, (*place, *keys)) or {})
        return merged

    def place(self, *keys: str) -> ValuePlace:
        """Return where the last layer that says something at `keys`, or around them, says it."""
        for depth in range(len(keys), 0, -1):
            for place in reversed(self.places):
                if keys[depth - 1] in (value_at(self.document.value, (*place, *keys[: depth - 1])) or {}):
                    return (*place, *keys)
        return keys

    def locate(self, *keys: str, value: bool = False) -> Origin:
        """Return the line of what stands at `keys`."""
        return self.document.locate(self.place(*keys), value=value)
