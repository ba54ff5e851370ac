"""Decides how the places of a file's nodes are kept and found again; what the nodes mean is left to others.

A place is an index into the file's text. One array holds a file's nodes in source order: a scalar takes one
slot (its place), a collection two (its place, and the slot after its last descendant), and an alias of a
collection two (its place, and the slot of the anchored collection, which is always an earlier one).
"""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

from reconcile.model import Json, Origin

_BLOCK: Final = 1024


class Lines:
    """Hold the lines and columns of a file's text, whose newlines are counted once, when first asked for."""

    __slots__ = ("_before", "_text", "file")

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._text = text
        self._before: array[int] | None = None

    def origin(self, place: int) -> Origin:
        """Return the origin of the character at `place`."""
        text, block = self._text, place // _BLOCK
        if self._before is None:
            counts = (text.count("\n", start, start + _BLOCK) for start in range(0, len(text), _BLOCK))
            self._before = array("I", accumulate(counts, initial=0))
        line = self._before[block] + text.count("\n", block * _BLOCK, place)
        return Origin(self.file, line + 1, place - text.rfind("\n", 0, place))


class Dropped:
    """Stand for a key that a mapping cannot have, until the mapping ends."""

    __slots__ = ("at", "nested")

    def __init__(self, at: int, *, nested: bool = False) -> None:
        self.at = at
        self.nested = nested


class Marks:
    """Hold the places of the nodes of one file, shared by its documents."""

    __slots__ = ("_item_tables", "_key_tables", "keys", "lines", "loud", "places")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.places = array("I")
        self.keys: Mapping[str, str | None] = {}
        """Every key of the file, wherever it stands."""
        self.loud = False
        """Whether the file spells a truth value in capitals."""
        self._key_tables: dict[int, dict[str, int]] = {}
        self._item_tables: dict[int, array[int]] = {}

    def entry(self, node: Json, at: int, step: str | int) -> int | None:
        """Return the slot of the entry `step` of the collection `node` at slot `at`; None for no entry."""
        match node, step:
            case dict(), str():
                return self._key_table(node, at).get(step)
            case list(), int() if 0 <= step < len(node):
                return self._item_table(node, at)[step]
        return None

    def keep_table(self, node: dict[Any, Json], at: int) -> None:
        """Record the table of a mapping that still has `Dropped` keys, as it cannot be derived afterwards."""
        self._key_tables[at] = {key: slot for key, slot in self._keys(node, at) if isinstance(key, str)}

    def key_place(self, node: dict[Any, Json], at: int, key: str) -> int:
        """Return the place of a key of a mapping that is still being read."""
        return next(self.places[slot] for name, slot in self._keys(node, at) if name == key)

    def _key_table(self, node: dict[str, Json], at: int) -> dict[str, int]:
        at = min(at, self.places[at + 1])
        if at not in self._key_tables:
            self._key_tables[at] = dict(self._keys(node, at))
        return self._key_tables[at]

    def _item_table(self, node: list[Json], at: int) -> array[int]:
        at = min(at, self.places[at + 1])
        if at not in self._item_tables:
            self._item_tables[at] = array("I", self._items(node, at))
        return self._item_tables[at]

    def _keys(self, node: dict[Any, Json], at: int) -> Iterator[tuple[Any, int]]:
        at += 2
        for key, value in node.items():
            yield key, at
            nested = isinstance(key, Dropped) and key.nested
            at = self._after(value, self.places[at + 1] if nested else at + 1)

    def _items(self, node: list[Json], at: int) -> Iterator[int]:
        at += 2
        for value in node:
            yield at
            at = self._after(value, at)

    def _after(self, value: Json, at: int) -> int:
        if not isinstance(value, dict | list):
            return at + 1
        end = self.places[at + 1]
        return end if end > at else at + 2


class Places:
    """Hold what was kept of the places of a file's nodes, and unpack it when a place is asked for."""

    __slots__ = ("_data", "_marks", "_packed", "file")

    def __init__(self, file: str, data: bytes, packed: str) -> None:
        self.file = file
        self._data = data
        self._packed = packed
        self._marks: Marks | None = None

    def document(self, value: Json, at: int) -> YamlDocument:
        """Return the document whose first node has the slot `at`; ValueError where no places were kept."""
        if self._marks is None:
            self._marks = Marks(Lines(self._data.decode("utf-8-sig"), self.file))
            self._marks.places.frombytes(b64decode(self._packed))
        return YamlDocument(value, self.file, self._marks, at)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """Hold one YAML document as plain values; what an alias repeats is one shared object, so change none."""

    value: Json
    file: str
    marks: Marks = field(repr=False, compare=False)
    at: int = field(repr=False, compare=False)
    """The slot of its first node."""

    @property
    def begins_at(self) -> int:
        """Return the place in the file's text of the document's first node."""
        return self.marks.places[self.at]

    @property
    def packed(self) -> str:
        """Return the places of all nodes of the document's file as one text, for `Places`."""
        return b64encode(self.marks.places.tobytes()).decode()

    @property
    def loud(self) -> bool:
        """Tell whether the document's file spells a truth value as `True`, `TRUE`, `False` or `FALSE`."""
        return self.marks.loud

    def mentions(self, keys: Set[str]) -> bool:
        """Tell whether the document's file has a mapping with one of these keys anywhere."""
        return not self.marks.keys.keys().isdisjoint(keys)

    def locate(self, path: Sequence[str | int], *, value: bool = False) -> Origin:
        """Return the place of the key or list item at `path`, or of its value.

        A path that does not exist has the place of its nearest parent that does; `()` is the first node's.
        """
        marks, node, at = self.marks, self.value, self.at
        found = at
        for step in path:
            slot = marks.entry(node, at, step)
            if slot is None:
                break
            found = slot
            at = slot + isinstance(node, dict)
            node = node[step]
        else:
            found = at if value else found
        return marks.lines.origin(marks.places[found])
