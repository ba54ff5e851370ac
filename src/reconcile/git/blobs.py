"""Reads the files of a commit some at a time, whose sizes are known before any of it is in memory; which
files is left to `commit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconcile.git.asking import NoAnswer
from reconcile.git.objects import Object
from reconcile.git.repositories import Repository, failure, missing
from reconcile.git.tree import OutsideCheckout, Tree, TreeEntry, Unreadable
from reconcile.manifests.files import FILE_AT_MOST
from reconcile.model import Origin, Problem

NOT_THERE = "no-such-file"
"""The code of a file that the commit does not have."""

_FILES, _BYTES = 400, 16 * 2**20
"""As many files are read together at the most."""


class Blobs:
    """Read the contents of files in the order of `names`, some of them ahead."""

    def __init__(self, tree: Tree, names: Sequence[str] = ()) -> None:
        self._tree, self._names = tree, names
        self._places = {name: number for number, name in enumerate(names)}
        self._sized: dict[str, tuple[TreeEntry, int]] = {}
        """Each file that was looked at and not read, with its size."""
        self._ahead: dict[str, bytes | Problem] = {}
        """What was read and not asked for yet."""

    def read(self, name: str) -> bytes | Problem:
        """Return the bytes of one file, or why it cannot be read."""
        if name not in self._ahead:
            at = self._places.get(name)
            together = [name] if at is None else self._names[at : at + _FILES]
            self._look(each for each in together if each not in self._sized and each not in self._ahead)
            self._fetch(each for each in together if each in self._sized)
        return self._ahead.pop(name)

    def _look(self, names: Iterable[str]) -> None:
        """Learn of each file where its content is, and how large."""
        for of, entries in _by_holder(self._entries(names)).items():
            found = _sizes(of, [entry.oid for _, entry in entries])
            for (name, entry), blob in zip(entries, found, strict=True):
                if not isinstance(blob, Object):
                    self._ahead[name] = unread_blob(name, blob or missing(of, entry.oid))
                elif blob.size > FILE_AT_MOST:
                    words = f"the file has more than {FILE_AT_MOST:,} bytes: split it into several files"
                    self._ahead[name] = Problem("limit-size", words, Origin(name))
                else:
                    self._sized[name] = entry, blob.size

    def _entries(self, names: Iterable[str]) -> Iterator[tuple[str, TreeEntry]]:
        for name in names:
            try:
                entry = self._tree.file(name)
            except Unreadable as error:
                self._ahead[name] = unread_blob(name, error)
                continue
            if entry is None:
                self._ahead[name] = Problem(NOT_THERE, "the base does not have this file", Origin(name))
            else:
                yield name, entry

    def _fetch(self, names: Iterable[str]) -> None:
        """Read these files, and not all of them where they are large."""
        for of, entries in _by_holder(self._few(names)).items():
            found = _contents(of, [entry.oid for _, entry in entries])
            for (name, entry), blob in zip(entries, found, strict=True):
                if isinstance(blob, Object):
                    self._ahead[name] = blob.data
                else:
                    self._ahead[name] = unread_blob(name, blob or missing(of, entry.oid))

    def _few(self, names: Iterable[str]) -> Iterator[tuple[str, TreeEntry]]:
        total = 0
        for name in [*names]:
            entry, size = self._sized[name]
            if total and total + size > _BYTES:
                return
            total += size
            del self._sized[name]
            yield name, entry


def unread_blob(name: str, why: object) -> Problem:
    """Return the problem of a file or folder of the commit that cannot be read."""
    code = "outside-project" if isinstance(why, OutsideCheckout) else "unreadable"
    return Problem(code, f"this cannot be read: {why}", Origin(name))


def _by_holder(
    entries: Iterable[tuple[str, TreeEntry]],
) -> Mapping[Repository, list[tuple[str, TreeEntry]]]:
    found: dict[Repository, list[tuple[str, TreeEntry]]] = {}
    for name, entry in entries:
        found.setdefault(entry.held_by, []).append((name, entry))
    return found


def _sizes(of: Repository, oids: list[str]) -> Sequence[Object | str | None]:
    """Return what git answers; its words for each object where it does not."""
    try:
        return of.objects.sizes(oids)
    except NoAnswer as error:
        return [failure(of, error)] * len(oids)


def _contents(of: Repository, oids: list[str]) -> Sequence[Object | str | None]:
    try:
        return of.objects.contents(oids, FILE_AT_MOST)
    except NoAnswer as error:
        return [failure(of, error)] * len(oids)
