"""Finds the manifest files of a commit by the rules by which a folder's are found, and within its limits;
what they say is left to others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from reconcile.git.blobs import Blobs, unread_blob
from reconcile.git.checkout import Checkout
from reconcile.git.objects import OBJECT_SECONDS
from reconcile.git.tree import Tree, TreeEntry, TreePlace, Unreadable, is_folder
from reconcile.manifests.files import FILES_AT_MOST, is_found, linked_folder
from reconcile.model import Origin, Problem

_ENTRIES_AT_MOST = 5 * FILES_AT_MOST
"""A few objects can say that there are more than anybody could check out."""


class Commit:
    """Hold the project's files as one commit has them; nothing is checked out.

    Leaving the `with` block ends each git that was begun.
    """

    def __init__(
        self, where: Checkout, oid: str, seconds: float = OBJECT_SECONDS, beside: Commit | None = None
    ) -> None:
        self.oid = oid
        self._tree: Tree = beside._tree.at(where, oid) if beside else Tree(where, oid, seconds)
        self._blobs = Blobs(self._tree)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tree.close()

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """Return the manifest files under the listed paths; none for a path that the commit lacks."""
        names: dict[str, None] = {}
        problems: list[Problem] = []
        for text, origin in listed:
            path = os.path.normpath(text)
            if os.path.isabs(path) or path.startswith(".."):
                problems.append(_outside(path))
                continue
            for file in self._under(path):
                if isinstance(file, Problem):
                    problems.append(file)
                    continue
                names[file] = None
                if len(names) > FILES_AT_MOST:
                    words = f"more than {FILES_AT_MOST:,} manifest files: split the project"
                    return [], [Problem("limit-files", words, origin)]
        ordered = sorted(names)
        self.expect(ordered)
        return ordered, problems

    def expect(self, names: Sequence[str]) -> None:
        """Read these files, in this order, some ahead of those that are asked for."""
        self._blobs = Blobs(self._tree, names)

    def read(self, name: str) -> bytes | Problem:
        """Return the bytes of one file, or why it cannot be read."""
        return self._blobs.read(name)

    def blob(self, name: str) -> str | None:
        """Return the id of a file's content, None where there is no file; Unreadable for what is unknown."""
        entry = self._tree.file(name)
        return None if entry is None else entry.oid

    def _under(self, path: str) -> Iterator[str | Problem]:
        try:
            found = self._tree.find(path)
        except Unreadable as error:
            yield unread_blob(path, error)
            return
        if found is None:
            return
        place, entry = found
        if not is_folder(entry):
            yield path
            return
        yield from self._walked("" if path == "." else path, place)

    def _walked(self, path: str, place: TreePlace) -> Iterator[str | Problem]:
        """Yield the manifests in a folder and those in it, as `manifests.files` finds them on a disk."""
        left, met = [(path, place)], 0
        while left:
            path, place = left.pop()
            try:
                entries = self._tree.inside(place)
            except Unreadable as error:
                yield unread_blob(path or ".", error)
                continue
            met += len(entries)
            if met > _ENTRIES_AT_MOST:
                words = f"more than {_ENTRIES_AT_MOST:,} files and folders: list fewer of them"
                yield Problem("limit-files", words, Origin(path or "."))
                return
            for name, entry in entries.items():
                inner = f"{path}/{name}" if path else name
                if is_folder(entry):
                    if not name.startswith("."):
                        left.append((inner, (*place, name)))
                elif self._leads_to_folder(inner, entry):
                    if not name.startswith("."):
                        yield linked_folder(inner)
                elif is_found(name):
                    yield inner

    def _leads_to_folder(self, path: str, entry: TreeEntry) -> bool:
        """Tell whether a link leads to a folder; one that cannot be followed is read and told as a file."""
        if entry.kind != "link":
            return False
        try:
            found = self._tree.find(path)
        except Unreadable:
            return False
        return found is not None and is_folder(found[1])


def _outside(path: str) -> Problem:
    return Problem("outside-project", f"the base lists `{path}`, which lies outside the project")
