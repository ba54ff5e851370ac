"""Keeps the faces of files beside what is kept of them, by the same keys; `store` does the I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol, TypeAlias

from reconcile.manifests.cache.faces import Face, face_of
from reconcile.model import Json, Resource
from reconcile.provider.kinds import Catalogue

FACES: Final = "faces"
"""The key of all faces in a cache."""

_AT_MOST = 4
"""As many faces are kept for each file of a project: those of its former contents too."""

_LOST = (KeyError, TypeError, ValueError, AttributeError)
"""What a kept face that is none of ours may raise."""

FilesRead: TypeAlias = Iterable[tuple[str, bytes]]


class FaceStore(Protocol):
    """Describe what keeps faces."""

    def key(self, data: bytes) -> str: ...
    def find(self, key: str) -> Json: ...
    def keep(self, key: str, entry: Json) -> bool: ...
    def hold(self, key: str) -> None: ...


class KeptFaces:
    """Hold the faces that a cache keeps."""

    def __init__(self, cache: FaceStore) -> None:
        kept = cache.find(FACES)
        self._cache, self._kept = cache, kept if isinstance(kept, dict) else {}

    @property
    def are_there(self) -> bool:
        """Tell whether the face of any file is known."""
        return bool(self._kept)

    def key(self, data: bytes) -> str:
        """Return the key of a file with these bytes."""
        return self._cache.key(data)

    def of(self, keys: Mapping[str, str]) -> Mapping[str, Face] | None:
        """Return the faces of files by their names; None where one is not known."""
        try:
            return {name: Face(*self._kept[key]) for name, key in keys.items()}
        except _LOST:
            return None

    def made(
        self, files: FilesRead, resources: Iterable[Resource], catalogue: Catalogue
    ) -> Mapping[str, Json]:
        """Return the faces of files by their keys; `resources` are what these files, and no others, declare.

        A face that is kept is not made again.
        """
        by_file: dict[str, list[Resource]] = {}
        for resource in resources:
            by_file.setdefault(resource.origin.file, []).append(resource)
        found: dict[str, Json] = {}
        for name, data in files:
            key = self._cache.key(data)
            found[key] = self._kept.get(key) or face_of(by_file.get(name, ()), catalogue)
        return found

    def keep(self, faces: Mapping[str, Json], files: Iterable[str] = ()) -> None:
        """Keep these faces beside those that are kept, and what is kept of the `files` with these keys.

        Of too many faces, these alone are kept.
        """
        for key in files:
            self._cache.hold(key)
        if faces.keys() <= self._kept.keys():
            self._cache.hold(FACES)
            return
        every = {**self._kept, **faces}
        self._cache.keep(FACES, every if len(every) <= _AT_MOST * len(faces) else faces)
