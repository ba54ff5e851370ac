"""Gives each load what earlier runs kept of its files, and keeps at a run's end what its loads learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from reconcile.git.checkout import OURS, Where, standing
from reconcile.manifests import Loaded, Outside, load
from reconcile.manifests.cache.cached_source import CachedSource
from reconcile.manifests.cache.changed_files import ChangedFiles
from reconcile.manifests.cache.entries import context, project_context
from reconcile.manifests.cache.kept_faces import KeptFaces
from reconcile.manifests.cache.read_before import ReadBefore
from reconcile.manifests.cache.store import Cache
from reconcile.manifests.files import Files
from reconcile.project import Project
from reconcile.session.background import soon
from reconcile.session.catalogue import CATALOGUE


class Caches:
    """Hold the caches of one run, one for each meaning that manifests have in it; without a folder, none.

    Where manifests are loaded `again`, as a base has them, what the run made of a file serves for its second
    reading too. With `faces`, a later run can do without the files that both have.
    """

    def __init__(
        self,
        root: Path | None,
        where: Future[Where] | None = None,
        *,
        again: bool = False,
        faces: bool = False,
    ) -> None:
        self._root, self._again, self._faces = root, again, faces
        self._believed = None if root is None or where is None else soon(_is_believed, root, where)
        self._open: dict[str, Cache] = {}
        self._before: dict[str, ReadBefore] = {}

    def load(self, project: Project, outside: Outside, files: Files) -> Loaded:
        """Return what `manifests.load` returns, without reading again what is known."""
        strange = outside.variables.keys() - project.variable_names  # what is kept does not say who uses one
        if strange or not (self._again or self._is_believed):
            return load(project, CATALOGUE, outside, files)
        return self._source(project, outside).load(project, CATALOGUE, outside, files)

    def _source(self, project: Project, outside: Outside) -> CachedSource:
        meaning = context(project, outside.words(project).variables, outside.secrets)
        before = self._before.setdefault(meaning, ReadBefore()) if self._again else None
        return CachedSource(self._of(lambda: meaning), before, faces=self._faces)

    def of_changed(self, project: Project, outside: Outside) -> ChangedFiles | None:
        """Return what loads of two sides what differs; None where nothing is known of the rest."""
        if outside.variables.keys() - project.variable_names or not self._is_believed:
            return None
        source = self._source(project, outside)
        kept = None if source.cache is None else KeptFaces(source.cache)
        return ChangedFiles(source, kept, (project, CATALOGUE, outside)) if kept and kept.are_there else None

    def knows(self, project: bytes, environment: str | None, types: Sequence[str]) -> bool:
        """Tell whether this project file, with systems of these types, was in order before, in that
        environment.
        """
        cache = self._of(lambda: project_context(types, environment, CATALOGUE))
        return cache is not None and cache.is_sound([cache.key(project)])

    def keep(self, project: bytes, environment: str | None, types: Sequence[str]) -> None:
        """Keep that this project file is in order, in that environment."""
        cache = self._of(lambda: project_context(types, environment, CATALOGUE))
        if cache is not None:
            cache.keep_sound([cache.key(project)])

    def _of(self, spelled: Callable[[], str]) -> Cache | None:
        """Return the cache of a meaning, which is spelled out only then; None where no cache is believed."""
        if self._root is None or not self._is_believed:
            return None
        meaning = spelled()
        return self._open.get(meaning) or self._open.setdefault(meaning, Cache(self._root, meaning))

    @property
    def _is_believed(self) -> bool:
        return self._believed is not None and self._believed.result()

    def write(self) -> None:
        """Write what was learned, for later runs."""
        for cache in self._open.values():
            cache.write()


def _is_believed(root: Path, where: Future[Where]) -> bool:
    """Tell whether nobody else can have brought a cache in; where git cannot tell, somebody can."""
    return standing(root, where.result()) is OURS


@contextmanager
def kept(
    root: Path, where: Future[Where], *, cached: bool, again: bool = False, faces: bool = False
) -> Iterator[Caches]:
    """Yield the caches of a run, and write them at its end.

    They hold nothing of earlier runs where somebody else could have brought them in.
    """
    caches = Caches(root if cached else None, where, again=again, faces=faces)
    try:
        yield caches
    finally:
        caches.write()
