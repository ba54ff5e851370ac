"""Loads manifests as `load` does, without reading again the files that a cache knows; `entries` decides what
is kept of a file, and `store` does the I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Protocol, TypeVar

from reconcile.manifests.cache.columns import UNUSABLE
from reconcile.manifests.cache.entries import Recalled, cache_entry, recalled_from
from reconcile.manifests.cache.kept_faces import FACES, KeptFaces
from reconcile.manifests.cache.read_before import FileBefore, ReadBefore
from reconcile.manifests.drafts import Drafts, drafted
from reconcile.manifests.envelope import LeftOut
from reconcile.manifests.files import Files, Folder, read_files
from reconcile.manifests.joining import Declarations, Joined, composed, in_place_order, joined
from reconcile.manifests.load import Loaded, Outside, loaded_of
from reconcile.manifests.resources import MadeResource
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue

Item = TypeVar("Item")


class EntryStore(Protocol):
    """Describe what keeps entries by the digests of their files."""

    def key(self, data: bytes) -> str: ...
    def find(self, key: str) -> Json: ...
    def keep(self, key: str, entry: Json) -> bool: ...
    def hold(self, key: str) -> None: ...
    def is_sound(self, keys: Iterable[str]) -> bool: ...
    def keep_sound(self, keys: Iterable[str]) -> None: ...


class CachedSource(NamedTuple):
    """Load what `load` would, and put what was learned of files that are in order into the cache.

    Which variables manifests use is not kept, so that `Loaded.variables` says nothing.
    """

    cache: EntryStore | None
    """None: nothing is kept from one run to the next."""

    before: ReadBefore | None = None
    """What this run made of the files of another load of the same meaning; None: there is no other."""

    faces: bool = False
    """Whether the faces of files in order are kept, too."""

    def load(
        self, project: Project, catalogue: Catalogue, outside: Outside, files: Files | None = None
    ) -> Loaded:
        """Return all resources and problems of the project's manifests, as `load` does."""
        found = read_files(files or Folder(project.root), project.manifests)
        same = self.before and self.before.loaded(found)
        if same:
            return same
        known = KnownFiles(self, project, catalogue)
        unknown = [file for file in found.files if not known.recall(file)]
        drafts = drafted(unknown, project, catalogue, outside.words(project))
        whole = _joined(known, drafts, project, catalogue)
        known.learn(drafts, whole)
        loaded = loaded_of(found, drafts, whole)
        if not loaded.problems:
            known.keep_sound()
        if self.cache and self.faces and not loaded.errors:
            resources = [*known.recalled.resources, *drafts.resources]
            faces = KeptFaces(self.cache)
            faces.keep(faces.made(found.files, resources, catalogue))
        elif self.cache:
            self.cache.hold(FACES)
        if self.before:
            self.before.keep_loaded(found, loaded)
        return loaded


class _Unknown(NamedTuple):
    """Hold a file that is not known, and the key by which a cache would know it."""

    key: str
    data: bytes


class KnownFiles:
    """Hold what is known of the files of one load, and what is not known yet."""

    def __init__(self, source: CachedSource, project: Project, catalogue: Catalogue) -> None:
        self.recalled = Recalled([], [], set())
        self._cache, self._before = source.cache, source.before
        self._project, self._catalogue = project, catalogue
        self._keys: list[str] = []
        self._unknown: dict[str, _Unknown] = {}

    @property
    def is_sound(self) -> bool:
        """Tell whether each file is known, and nothing was wrong among just these."""
        return not self._unknown and self._cache is not None and self._cache.is_sound(self._keys)

    def recall(self, file: tuple[str, bytes]) -> bool:
        """Tell whether a file is known, and add what it declares."""
        name, data = file
        read = (self._before and self._before.file(name, data)) or self._kept(name, data)
        if read is None:
            return False
        if self._before:
            self._before.keep(name, read)
        more = read.declares
        self._keys.append(read.key)
        self.recalled.resources.extend(more.resources)
        self.recalled.left_out.extend(more.left_out)
        self.recalled.sound.update(more.sound)
        return True

    def _kept(self, name: str, data: bytes) -> FileBefore | None:
        """Return what an earlier run kept of a file; None, and note the file, where that is nothing."""
        key = self._cache.key(data) if self._cache else ""
        try:
            entry = self._cache.find(key) if self._cache else None
            return FileBefore(data, key, recalled_from(entry, (name, data), self._project, self._catalogue))
        except UNUSABLE:
            self._unknown[name] = _Unknown(key, data)
            return None

    def learn(self, drafts: Drafts, whole: Joined) -> None:
        """Keep what became of every file that was not known and has no problem of its own."""
        if not self._unknown:
            return
        spoiled, sound = drafts.spoiled_files, whole.sound
        made = _by_file(drafts.whole, lambda each: each.resource.origin.file)
        left_out = _by_file(drafts.left_out, lambda each: each.origin.file)
        for name in [name for name in self._unknown if name not in spoiled]:
            (key, data), (here, there) = self._unknown[name], (made.get(name, ()), left_out.get(name, ()))
            if self._before:
                self._before.keep(name, FileBefore(data, key, _declared(here, there, sound)))
            entry = cache_entry(here, there, sound) if self._cache else None
            if entry is not None and self._cache and self._cache.keep(key, entry):
                del self._unknown[name]
                self._keys.append(key)

    def keep_sound(self) -> None:
        """Keep that nothing is wrong among the files of this load, where each of them is kept."""
        if not self._unknown and self._cache:
            self._cache.keep_sound(self._keys)


def _declared(made: Sequence[MadeResource], left_out: Sequence[LeftOut], sound: Set[int]) -> Recalled:
    resources = [each.resource for each in made]
    return Recalled(resources, [*left_out], {id(each) for each in resources if id(each) in sound})


def _joined(known: KnownFiles, drafts: Drafts, project: Project, catalogue: Catalogue) -> Joined:
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
