"""Reads the bytes of manifests into documents, and what of them could not be read; what documents declare is
left to `envelope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconcile.manifests.envelope import PARTS
from reconcile.model import Problem
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source import YamlDocument, helpers, read_all

_HARMLESS = frozenset(
    {"duplicate-key", "empty-value", "leading-zero", "number-range", "yaml-alias", "yaml-merge", "yaml-tag"}
)
"""The problems that a document may have while all the rest of it is read."""


class Texts(NamedTuple):
    """Hold what some files say."""

    documents: list[YamlDocument]
    spoiled: list[Problem]
    """The problems of texts that are no YAML that can be read."""

    @property
    def is_whole(self) -> bool:
        """Tell whether every document is known, so that what none of them declares is declared nowhere."""
        return all(problem.code in _HARMLESS for problem in self.spoiled)


def read_texts(files: Sequence[tuple[str, bytes]]) -> Texts:
    """Return the documents of files, in their order, and what of the files could not be read."""
    texts = Texts([], [])
    for found, more in read_all(files, helpers(files)):
        texts.documents.extend(found)
        texts.spoiled.extend(_undivided(more) if more else ())
    return texts


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
