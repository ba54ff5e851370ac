"""Walks what a commit holds as its folder would be walked: links are followed, submodules are entered. Which
files matter is left to `commit`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TypeAlias

from reconcile.git.asking import NoAnswer
from reconcile.git.checkout import Checkout
from reconcile.git.objects import Object
from reconcile.git.repositories import Repository, failure, missing, repository, submodules
from reconcile.named_tuple import NamedTuple

LINKS_AT_MOST = 40
_LINK_BYTES = 4096
_TREE_BYTES = 64 * 2**20
_MODULES_BYTES = 2**20
_KINDS = {b"40000": "folder", b"120000": "link", b"160000": "submodule"}
_ENTRIES = {
    40: re.compile(rb"(\d+) ([^\0]+)\0(.{20})", re.DOTALL),
    64: re.compile(rb"(\d+) ([^\0]+)\0(.{32})", re.DOTALL),
}
_SUBMODULE = "its objects are not here: git submodule update --init"

TreePlace: TypeAlias = tuple[str, ...]
"""The parts of an absolute path without links."""


class Unreadable(Exception):
    """Say that a part of a commit cannot be read; the message says why."""


class OutsideCheckout(Unreadable):
    """Say that a link leaves the project."""

    def __init__(self) -> None:
        super().__init__("a link leaves the project")


class TreeEntry(NamedTuple):
    """Describe what stands at a place, and in which repository."""

    kind: str
    """`folder`, `file`, `link` or `submodule`."""

    oid: str
    held_by: Repository


class Tree:
    """Hold what one commit holds; each part is read when it is first needed."""

    def __init__(self, where: Checkout, oid: str, seconds: float, held_by: Repository | None = None) -> None:
        self.root: TreePlace = (*_parts(where.top), *_parts(where.inside))
        self._top = _parts(where.top)
        self._seconds = seconds
        self._outer = held_by or repository(where.top, seconds)
        self._open = [] if held_by else [self._outer]
        """The repositories that are read for this commit alone."""
        self._whole = TreeEntry("submodule", oid, self._outer)
        self._folders: dict[TreePlace, Mapping[str, TreeEntry]] = {}
        self._trees: dict[str, Mapping[str, TreeEntry]] = {}
        """The trees by their ids: one may stand in many places, and its content is the same in each."""
        self._near: dict[str, TreePlace | None] = {}
        """Where the folders lead in which files were looked for."""

    def close(self) -> None:
        """End each git that was begun for this commit."""
        for each in self._open:
            each.objects.close()

    def at(self, where: Checkout, oid: str) -> Tree:
        """Return what another commit holds, read by the same git, which closing that leaves as it is."""
        return Tree(where, oid, self._seconds, self._outer)

    def find(self, path: str) -> tuple[TreePlace, TreeEntry] | None:
        """Return where a path of the project leads, and what is there; None where there is nothing.

        Unreadable where that cannot be told, or is outside the project.
        """
        place = self._followed(path)
        if place is None:
            return None
        if place[: len(self.root)] != self.root:
            raise OutsideCheckout
        entry = self._at(place)
        return None if entry is None else (place, entry)

    def file(self, path: str) -> TreeEntry | None:
        """Return the file that a path of the project leads to; Unreadable where that cannot be told."""
        folder, _, name = path.rpartition("/")
        if folder not in self._near:
            found = self.find(folder)
            self._near[folder] = found[0] if found and is_folder(found[1]) else None
        near = self._near[folder]
        entry = None if near is None else self.inside(near).get(name)
        if entry is not None and entry.kind == "link":
            found = self.find(path)
            entry = found[1] if found else None
        return entry if entry is not None and entry.kind == "file" else None

    def inside(self, place: TreePlace) -> Mapping[str, TreeEntry]:
        """Return what stands in the folder at a place, by name; Unreadable where its objects are missing."""
        if place not in self._folders:
            self._folders[place] = self._entries(place)
        return self._folders[place]

    def _followed(self, path: str) -> TreePlace | None:
        """Return where a path leads, all of its links followed; None where there is nothing."""
        if not self._has_project():
            return None
        place, links = self.root, 0
        left = [*reversed(path.split("/"))]
        while left:
            part = left.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                place = place[:-1]
                continue
            entry = self._child(place, part)
            if entry is None or (entry.kind == "file" and any(left)):
                return None
            if entry.kind != "link":
                place = (*place, part)
                continue
            links += 1
            if links > LINKS_AT_MOST:
                raise Unreadable("a link goes round")
            target = os.fsdecode(self._content(entry.held_by, entry.oid, _LINK_BYTES).data)
            place = () if target.startswith("/") else place
            left += reversed(target.split("/"))
        return place

    def _has_project(self) -> bool:
        """Tell whether the commit has the project's folder; Unreadable where a link stands in its way."""
        for end in range(len(self._top), len(self.root)):
            entry = self.inside(self.root[:end]).get(self.root[end])
            if entry is not None and entry.kind == "link":
                raise Unreadable(f"{'/'.join(self.root[len(self._top) : end + 1])} is a link there")
            if entry is None or not is_folder(entry):
                return False
        return True

    def _child(self, place: TreePlace, name: str) -> TreeEntry | None:
        """Return what stands under a name; on the way down to the checkout, the checkout itself."""
        inner = (*place, name)
        if len(inner) > len(self._top):
            return self.inside(place).get(name)
        if inner != self._top[: len(inner)]:
            raise OutsideCheckout
        return self._whole

    def _at(self, place: TreePlace) -> TreeEntry | None:
        """Return what stands at a place; None for a project that is younger than the commit."""
        return self.inside(place[:-1]).get(place[-1]) if len(place) > len(self._top) else self._whole

    def _entries(self, place: TreePlace) -> Mapping[str, TreeEntry]:
        if place[: len(self._top)] != self._top:
            raise OutsideCheckout
        entry = self._at(place)
        if entry is None:
            return {}
        held_by = entry.held_by
        if entry.kind == "submodule" and entry is not self._whole:
            held_by = self._submodule(place, entry)
        known = self._trees.get(entry.oid)
        if known is None:
            known = self._trees[entry.oid] = self._tree(held_by, entry.oid)
        return known

    def _tree(self, held_by: Repository, oid: str) -> Mapping[str, TreeEntry]:
        tree = self._content(held_by, f"{oid}^{{tree}}", _TREE_BYTES).data
        return {
            os.fsdecode(name): TreeEntry(_KINDS.get(mode, "file"), inner.hex(), held_by)
            for mode, name, inner in (each.groups() for each in _ENTRIES[len(oid)].finditer(tree))
        }

    def _submodule(self, place: TreePlace, entry: TreeEntry) -> Repository:
        """Return the repository that has the commit of a submodule."""
        outer = entry.held_by
        listed = self.inside(_parts(outer.top)).get(".gitmodules")
        known = listed is not None and listed.kind == "file"
        text = self._content(outer, listed.oid, _MODULES_BYTES).data if listed and known else b""
        for found in submodules(outer, "/" + "/".join(place), text, self._seconds):
            self._open.append(found)
            try:
                if found.objects.sizes([f"{entry.oid}^{{tree}}"])[0] is not None:
                    return found
            except NoAnswer:
                continue
        raise Unreadable(f"{place[-1]} is a submodule, and {_SUBMODULE}")

    @staticmethod
    def _content(of: Repository, name: str, at_most: int) -> Object:
        try:
            (found,) = of.objects.contents([name], at_most)
        except NoAnswer as error:
            raise Unreadable(failure(of, error)) from error
        if found is None:
            raise Unreadable(missing(of, name))
        return found


def is_folder(entry: TreeEntry) -> bool:
    """Tell whether things can stand in what an entry describes: a folder or a submodule."""
    return entry.kind in {"folder", "submodule"}


def _parts(path: str) -> TreePlace:
    return tuple(filter(None, path.split("/")))
