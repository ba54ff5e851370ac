"""Makes of each document what it declares by itself; what resources say of each other is left to
`joining`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from reconcile.manifests.envelope import Declared, LeftOut, open_envelopes
from reconcile.manifests.interpolate import Vocabulary
from reconcile.manifests.partial import Doubts, Partial
from reconcile.manifests.resources import MadeResource, made
from reconcile.manifests.rules import findings
from reconcile.manifests.texts import read_texts
from reconcile.model import Address, Problem, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue, Kind
from reconcile.yaml_source import YamlDocument


class Drafts(NamedTuple):
    """Collect what the documents of some files come to, each by itself."""

    documents: Sequence[YamlDocument]
    whole: list[MadeResource]
    partial: list[Partial]
    left_out: list[LeftOut]
    problems: list[Problem]
    spoiled: list[Problem]
    """The problems of texts that are no YAML that can be read."""
    is_whole: bool
    """Whether every document is known, and what it declares."""

    @property
    def resources(self) -> list[Resource]:
        """Return the resources of which nothing is wrong by themselves."""
        return [each.resource for each in self.whole]

    @property
    def unsure(self) -> Mapping[Address, Doubts]:
        """Return, by address, the fields of whole resources that hold what could not be read."""
        return {each.resource.address: each.doubts for each in self.whole if each.doubts}

    @property
    def spoiled_files(self) -> Set[str]:
        """Return the files of which something is wrong by itself."""
        return {problem.origin.file for problem in (*self.spoiled, *self.problems) if problem.origin}


def drafted(
    files: Sequence[tuple[str, bytes]], project: Project, catalogue: Catalogue, words: Vocabulary
) -> Drafts:
    """Return what the documents of `files` declare; `words` are what manifests may draw on."""
    texts = read_texts(files)
    opened = open_envelopes(texts.documents, project, catalogue) if texts.documents else ()
    declared, left_out, problems = _sorted(opened)
    spoiled = _less_texts(texts.spoiled, declared)
    is_whole = texts.is_whole and len(declared) + len(left_out) == len(texts.documents)
    drafts = Drafts(texts.documents, [], [], left_out, problems, spoiled, is_whole)
    spoilt = {problem.origin for problem in spoiled if problem.origin}
    for kind, group in _by_kind(declared).items():
        batch = made(kind, group, words, spoilt)
        drafts.whole.extend(batch.whole)
        drafts.partial.extend(batch.partial)
        problems += batch.problems
    for resource, kind, doubts in drafts.partial:
        problems += findings(resource, kind, doubts, project.systems[resource.address.system].options)
    return drafts


def _sorted(
    items: Iterable[Declared | LeftOut | Problem],
) -> tuple[list[Declared], list[LeftOut], list[Problem]]:
    found: tuple[list[Declared], list[LeftOut], list[Problem]] = [], [], []
    for item in items:
        match item:
            case Declared():
                found[0].append(item)
            case LeftOut():
                found[1].append(item)
            case _:
                found[2].append(item)
    return found


def _less_texts(spoiled: list[Problem], declared: Iterable[Declared]) -> list[Problem]:
    """Return the problems less those of numbers beyond any range that stand for a string, as their source."""
    beyond = {problem.origin for problem in spoiled if problem.code == "number-range"}
    files = {origin.file for origin in beyond if origin}
    known = {at for item in declared if item.document.file in files for at in item.texts()} & beyond
    return [p for p in spoiled if p.code != "number-range" or p.origin not in known] if known else spoiled


def _by_kind(declared: Iterable[Declared]) -> dict[Kind, list[Declared]]:
    groups: dict[str, list[Declared]] = {}
    for item in declared:
        groups.setdefault(f"{item.kind.api_version} {item.kind.name}", []).append(item)
    return {group[0].kind: group for group in groups.values()}
