"""Reads the files of a base, of which those that stand in the folder too are not read again; what they say is
left to others.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.git.commit import Commit
from reconcile.git.state import Digest, Witness, blob_digest
from reconcile.git.tree import Unreadable
from reconcile.manifests.files import Files
from reconcile.model import Origin, Problem


class AsRead:
    """Read the files of a base: what was read of the folder stands for the file of its name and content.

    The bytes are the same object then, so that whoever knows them need not compare them.
    """

    def __init__(self, base: Files, read: Witness) -> None:
        self._base, self._read = base, read

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """Return what the base finds; of a commit only what is not in the folder is read ahead."""
        names, problems = self._base.found(listed)
        expect(self._base, [name for name in names if self._known(name) is None])
        return names, problems

    def read(self, name: str) -> bytes | Problem:
        """Return the bytes of a file of the base, or why it cannot be read."""
        known = self._known(name)
        if known is not None:
            return known
        data, here = self._base.read(name), self._read.kept.get(name)
        return here if here is not None and data == here else data

    def _known(self, name: str) -> bytes | None:
        """Return what was read of the folder, where git says that the commit has the same; else None."""
        here, digest = self._read.kept.get(name), self._read.read_so_far.get(name)
        if here is None or digest is None or not isinstance(self._base, Commit):
            return None
        return here if has(self._base, name, digest) else None


def expect(base: Files, names: Sequence[str]) -> None:
    """Let a commit read these files ahead, and no others."""
    if isinstance(base, Commit):
        base.expect(names)


def has(base: Files, name: str, digest: Digest) -> bool:
    """Tell whether the base has a file of that name and content; of a commit only trees are read for that."""
    if not isinstance(base, Commit):
        data = base.read(name)
        return not isinstance(data, Problem) and blob_digest(data) == digest
    try:
        return base.blob(name) == digest.blob
    except Unreadable:
        return False
