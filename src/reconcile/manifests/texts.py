"""Reads the manifest files of a project into documents, and what of them could not be read; what documents
declare is left to `envelope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconcile.manifests.cache.entries import Shelf
from reconcile.manifests.envelope import PARTS
from reconcile.manifests.files import BYTES_AT_MOST, Files
from reconcile.model import Origin, Problem
from reconcile.yaml_source import YamlDocument, helpers, read_all

_HARMLESS = frozenset(
    {"duplicate-key", "empty-value", "leading-zero", "number-range", "yaml-alias", "yaml-merge", "yaml-tag"}
)
"""The problems that a document may have while all the rest of it is read."""


class Texts(NamedTuple):
    """Hold what the files of a project say."""

    files: tuple[str, ...]
    documents: list[YamlDocument]
    """The documents of the files that the shelf does not know."""

    problems: list[Problem]
    """The problems of files that could not be read at all."""

    spoiled: list[Problem]
    """The problems of texts that are no YAML that can be read."""

    @property
    def is_whole(self) -> bool:
        """Tell whether every document is known, so that what none of them declares is declared nowhere."""
        unread = any(problem.severity == "error" for problem in self.problems)
        return not unread and all(problem.code in _HARMLESS for problem in self.spoiled)


def read_texts(source: Files, listed: tuple[tuple[str, Origin], ...], shelf: Shelf) -> Texts:
    """Return the documents of the listed files and folders, less those of files that the shelf knows."""
    names, problems = source.found(listed)
    files, unread = _files(source, names)
    helping = [] if shelf.knows_some else helpers(files)
    source.all_read()
    unknown = [(name, data) for name, data in files if not shelf.recall(name, data)]
    texts = Texts(tuple(names), [], [*problems, *unread], [])
    for found, more in read_all(unknown, helping):
        texts.documents.extend(found)
        texts.spoiled.extend(_undivided(more) if more else ())
    return texts


def _files(source: Files, names: Sequence[str]) -> tuple[list[tuple[str, bytes]], list[Problem]]:
    files: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    total = 0
    for name in names:
        data = source.read(name)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        total += len(data)
        if total > BYTES_AT_MOST:
            words = "more than 256 MiB of manifests: split the project"
            return [], [Problem("limit-bytes", words, Origin(name))]
        files.append((name, data))
    return files, problems


def _undivided(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of one file; a manifest that begins inside another one is told once, as that."""
    manifest: dict[str, Problem] = {}
    for problem in problems:
        part = _part(problem)
        if part is None:
            yield problem
            continue
        if part in manifest:
            yield from _begun(manifest)
            manifest = {}
        manifest[part] = problem
    yield from _begun(manifest)


def _begun(manifest: dict[str, Problem]) -> Iterable[Problem]:
    """Return what is wrong with a manifest of which these parts stand in the one before it."""
    if len(manifest) < 2:
        return manifest.values()
    first = next(iter(manifest.values()))
    words = "another manifest begins here, inside the one before it: put a line `---` above this one"
    return [Problem("missing-divider", words, first.origin)]


def _part(problem: Problem) -> str | None:
    """Return the part of a manifest that stands twice in one document, if that is what is wrong."""
    if problem.code != "duplicate-key" or problem.origin is None or problem.origin.column != 1:
        return None
    return next((part for part in PARTS if problem.message.startswith(f"`{part}` ")), None)
