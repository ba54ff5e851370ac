"""Holds what this run made of files, so that of the same bytes nothing is made a second time; what is kept
from one run to the next is left to `store`.
"""

from __future__ import annotations

from reconcile.manifests.cache.entries import Recalled
from reconcile.manifests.files import ManifestFiles
from reconcile.manifests.load import Loaded
from reconcile.named_tuple import NamedTuple


class FileBefore(NamedTuple):
    """Hold a file as it was read: its bytes, the key by which a cache knows it, and what it declares."""

    data: bytes
    key: str
    declares: Recalled


class ReadBefore:
    """Hold the files of the loads of one meaning; a file of which something was wrong is read anew."""

    def __init__(self) -> None:
        self._files: dict[str, FileBefore] = {}
        self._whole: tuple[ManifestFiles, Loaded] | None = None

    def file(self, name: str, data: bytes) -> FileBefore | None:
        """Return what was made of a file of this name and content, if anything was."""
        found = self._files.get(name)
        return found if found is not None and found.data == data else None

    def keep(self, name: str, read: FileBefore) -> None:
        """Keep what was made of a file."""
        self._files[name] = read

    def loaded(self, found: ManifestFiles) -> Loaded | None:
        """Return what the last load came to, where it was of just these files."""
        return self._whole[1] if self._whole is not None and self._whole[0] == found else None

    def keep_loaded(self, found: ManifestFiles, loaded: Loaded) -> None:
        """Keep what all these files came to."""
        self._whole = found, loaded
