"""Loads manifests as `load` does, without reading again the files that a cache knows; `entries` decides what
is kept of a file, and `store` does the I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol, TypeVar

from reconcile.manifests.cache.columns import UNUSABLE
from reconcile.manifests.cache.entries import Recalled, cache_entry, recalled_from
from reconcile.manifests.drafts import Drafts, drafted
from reconcile.manifests.files import Files, Folder, read_files
from reconcile.manifests.joining import Declarations, Joined, composed, in_place_order, joined
from reconcile.manifests.load import Loaded, Outside, loaded_of
from reconcile.model import Json
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue

Item = TypeVar("Item")


class EntryStore(Protocol):
    """Describe what keeps entries by the digests of their files."""

    def key(self, data: bytes) -> str: ...
    def find(self, key: str) -> Json: ...
    def keep(self, key: str, entry: Json) -> bool: ...
    def is_sound(self, keys: Iterable[str]) -> bool: ...
    def keep_sound(self, keys: Iterable[str]) -> None: ...


class CachedSource(NamedTuple):
    """Load what `load` would, and put what was learned of files that are in order into the cache.

    Which variables manifests use is not kept, so that `Loaded.variables` says nothing.
    """

    cache: EntryStore

    def load(
        self, project: Project, catalogue: Catalogue, outside: Outside, files: Files | None = None
    ) -> Loaded:
        """Return all resources and problems of the project's manifests, as `load` does."""
        found = read_files(files or Folder(project.root), project.manifests)
        known = _Known(self.cache, project, catalogue)
        unknown = [file for file in found.files if not known.recall(file)]
        drafts = drafted(unknown, project, catalogue, outside.words(project))
        whole = _joined(known, drafts, project, catalogue)
        known.learn(drafts, whole)
        loaded = loaded_of(found, drafts, whole)
        if not loaded.problems:
            known.keep_sound()
        return loaded


class _Known:
    """Hold what the cache knows of the files of one load, and what it does not know yet."""

    def __init__(self, cache: EntryStore, project: Project, catalogue: Catalogue) -> None:
        self.recalled = Recalled([], [], set())
        self._cache, self._project, self._catalogue = cache, project, catalogue
        self._keys: list[str] = []
        self._unknown: dict[str, str] = {}
        """The keys of the files that are not known, by their names."""

    @property
    def is_sound(self) -> bool:
        """Tell whether each file is known, and nothing was wrong among just these."""
        return not self._unknown and self._cache.is_sound(self._keys)

    def recall(self, file: tuple[str, bytes]) -> bool:
        """Tell whether a file is known, and add what it declares."""
        key = self._cache.key(file[1])
        try:
            more = recalled_from(self._cache.find(key), file, self._project, self._catalogue)
        except UNUSABLE:
            self._unknown[file[0]] = key
            return False
        self._keys.append(key)
        self.recalled.resources.extend(more.resources)
        self.recalled.left_out.extend(more.left_out)
        self.recalled.sound.update(more.sound)
        return True

    def learn(self, drafts: Drafts, whole: Joined) -> None:
        """Put every file into the cache that was not known and has no problem of its own."""
        if not self._unknown:
            return
        spoiled, sound = drafts.spoiled_files, whole.sound
        made = _by_file(drafts.whole, lambda each: each.resource.origin.file)
        left_out = _by_file(drafts.left_out, lambda each: each.origin.file)
        for name in [name for name in self._unknown if name not in spoiled]:
            entry = cache_entry(made.get(name, ()), left_out.get(name, ()), sound)
            if entry is not None and self._cache.keep(self._unknown[name], entry):
                self._keys.append(self._unknown.pop(name))

    def keep_sound(self) -> None:
        """Keep that nothing is wrong among the files of this load, where each of them is kept."""
        if not self._unknown:
            self._cache.keep_sound(self._keys)


def _joined(known: _Known, drafts: Drafts, project: Project, catalogue: Catalogue) -> Joined:
    """Return what known and drafted files declare, checked unless all is known to be in order."""
    recalled = known.recalled
    if known.is_sound:
        resources, problems = composed(in_place_order(recalled.resources), project)
        return Joined(resources, problems, {}, len(recalled.left_out))
    resources = [*recalled.resources, *drafts.resources]
    left_out = [*recalled.left_out, *drafts.left_out]
    declared = Declarations(resources, drafts.partial, left_out, drafts.unsure, recalled.sound)
    return joined(declared, project, catalogue)


def _by_file(items: Iterable[Item], file_of: Callable[[Item], str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(file_of(item), []).append(item)
    return found
