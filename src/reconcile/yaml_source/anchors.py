"""Decides what an alias repeats and what that costs; building the values is left to `constructor`."""

from __future__ import annotations

from typing import Final

from reconcile.model import Json

_OPEN: Final = -1


class Anchor:
    """Describe what an anchor names; an alias of it stands for `size` nodes on `height` levels."""

    __slots__ = ("at", "before", "deepest", "depth", "height", "size", "value")

    def __init__(self, value: Json, at: int = -1) -> None:
        self.value = value
        self.at = at
        """The slot of a collection's place; -1 for a scalar."""
        self.size = 1
        self.height = 0
        self.before = self.depth = self.deepest = 0

    @property
    def is_open(self) -> bool:
        """Tell whether the anchor's value has not ended, so that an alias of it would contain itself."""
        return self.size == _OPEN


class Anchors:
    """Collect the anchors of the document that is being read."""

    def __init__(self) -> None:
        self.expanded = 0
        """How many nodes the aliases of the file stand for, beyond the ones that are written."""
        self._named: dict[str, Anchor] = {}
        self._open: list[Anchor] = []

    def clear(self) -> None:
        """Forget all anchors, since a new document sees no anchor of the one before."""
        self._named.clear()
        self._open.clear()

    def scalar(self, name: str, value: Json) -> None:
        """Let `name` stand for the scalar `value` from here on."""
        self._named[name] = Anchor(value)

    def begin(self, name: str | None, value: Json, at: int, depth: int, before: int) -> None:
        """Note that a collection begins at the given depth, after so many nodes; it may have a name."""
        if self._open:
            self._reach(depth)
        if name is not None:
            anchor = self._named[name] = Anchor(value, at)
            anchor.size = _OPEN
            anchor.before = before + self.expanded
            anchor.depth = anchor.deepest = depth
            self._open.append(anchor)

    def end(self, at: int, after: int) -> None:
        """Note that the collection at slot `at` ends, after so many nodes."""
        if self._open and self._open[-1].at == at:
            anchor = self._open.pop()
            anchor.size = after + self.expanded - anchor.before
            anchor.height = anchor.deepest - anchor.depth + 1
            if self._open:
                self._reach(anchor.deepest)

    def find(self, name: str) -> Anchor | None:
        """Return the anchor that `name` means here, None where there is none."""
        return self._named.get(name)

    def use(self, anchor: Anchor, depth: int) -> None:
        """Note that an alias of `anchor` stands at the given depth."""
        self.expanded += anchor.size - 1
        if self._open:
            self._reach(depth + anchor.height)

    def _reach(self, depth: int) -> None:
        self._open[-1].deepest = max(self._open[-1].deepest, depth)
