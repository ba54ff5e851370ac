"""Reads a project's manifests into all their resources and all their problems; planning is left to others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from operator import attrgetter
from typing import NamedTuple

from reconcile.fields.check import NO_VALUE
from reconcile.manifests import references
from reconcile.manifests.cache.entries import Shelf
from reconcile.manifests.envelope import Declared, LeftOut, open_envelopes
from reconcile.manifests.files import Files, Folder
from reconcile.manifests.interpolate import Vocabulary, variables_in
from reconcile.manifests.partial import NONE, Doubts, Partial
from reconcile.manifests.resources import MadeResource, made
from reconcile.manifests.rules import findings
from reconcile.manifests.texts import read_texts
from reconcile.model import EMPTY, Address, Json, Origin, Problem, Resource
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue, Kind

PROBLEMS_AT_MOST = 1_000


class Outside(NamedTuple):
    """Hold what the operator adds to the files."""

    secrets: frozenset[str] | None = None
    """The only variables of the environment that manifests may read, where the operator lists them."""

    variables: Mapping[str, Json] = EMPTY
    """Variables that lie over the project's own."""

    def words(self, project: Project) -> Vocabulary:
        """Return what the project's manifests may draw on."""
        variables = {**project.variables, **self.variables}
        return Vocabulary(variables, project.auth_variables, self.secrets)


class Loaded(NamedTuple):
    """Hold what the manifests declare in this environment, in the order of files and lines."""

    resources: tuple[Resource, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()
    is_whole: bool = True
    """Whether every file could be read, each to its end."""

    left_out: int = 0
    """How many manifests belong to other environments."""

    variables: frozenset[str] = frozenset()
    """The variables that manifests use, where the operator sets one that the project file lacks."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return the problems that keep anything from being planned."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(
    project: Project,
    catalogue: Catalogue,
    outside: Outside,
    files: Files | None = None,
    shelf: Shelf | None = None,
) -> Loaded:
    """Return all resources and all problems of the project's manifests, read from its folder or from `files`.

    A file that `shelf` knows is not read again; one that it does not know, and that is in order, is put
    there.
    """
    source, shelf = files or Folder(project.root), shelf or Shelf(project, catalogue)
    texts = read_texts(source, project.manifests, shelf)
    opened = open_envelopes(texts.documents, project, catalogue) if texts.documents else ()
    drafts = _drafted(opened, texts.spoiled, outside.words(project))
    problems = [*texts.problems, *drafts.problems]
    own = {problem.origin.file for problem in (*drafts.spoiled, *problems) if problem.origin}
    whole = _together(drafts, shelf, project, catalogue)
    if shelf.lacks_some:
        shelf.keep(drafts.whole, drafts.left_out, own, whole.sound)
    problems += whole.problems
    if not problems and not drafts.spoiled:
        shelf.keep_sound()
    problems = [*drafts.spoiled, *_beside(drafts.spoiled, problems)]
    if not (is_whole := texts.is_whole and drafts.known == len(texts.documents)):
        problems = [problem for problem in problems if problem.code != "unknown-reference"]
    return Loaded(
        resources=tuple(whole.resources),
        problems=_first(sorted(set(problems), key=by_place)),
        files=texts.files,
        is_whole=is_whole,
        left_out=len(shelf.left_out) + len(drafts.left_out),
        variables=frozenset(variables_in(document.value for document in texts.documents))
        if outside.variables.keys() - project.variable_names
        else frozenset(),
    )


class _Drafts(NamedTuple):
    """Collect what the documents come to, each by itself."""

    whole: list[MadeResource]
    partial: list[Partial]
    left_out: list[LeftOut]
    problems: list[Problem]
    spoiled: list[Problem]
    """The problems of texts that are no YAML that can be read."""
    known: int
    """The number of documents of which it is known what they declare."""

    @property
    def unsure(self) -> Mapping[Address, Doubts]:
        """Return, by address, the fields of whole resources that hold what could not be read."""
        return {each.resource.address: each.doubts for each in self.whole if each.doubts}


class _Together(NamedTuple):
    """Collect what all resources come to beside each other, in the order of files and lines."""

    resources: list[Resource]
    between: list[Problem]
    found: Mapping[int, list[Problem]]
    """The findings by the identity of their resource."""

    @property
    def problems(self) -> list[Problem]:
        """Return all that is wrong among the resources, and with each."""
        return [*self.between, *(problem for found in self.found.values() for problem in found)]

    @property
    def sound(self) -> frozenset[int]:
        """Return the identities of the resources without findings."""
        return frozenset(id(resource) for resource in self.resources) - self.found.keys()


def _together(drafts: _Drafts, shelf: Shelf, project: Project, catalogue: Catalogue) -> _Together:
    resources = [*shelf.recalled, *(each.resource for each in drafts.whole)]
    resources.sort(key=attrgetter("origin"))
    if shelf.is_sound:  # each file is known, so nothing was left out or broken
        return _Together(*_composed(resources, project), {})
    left_out = [*shelf.left_out, *drafts.left_out]
    between = references.problems(resources, drafts.partial, left_out, catalogue)
    resources, more = _composed(resources, project)
    found = _findings(resources, shelf.sound, catalogue, drafts.unsure)
    return _Together(resources, [*between, *more], found)


def _drafted(
    opened: Iterable[Declared | LeftOut | Problem], spoiled: list[Problem], words: Vocabulary
) -> _Drafts:
    declared, left_out, problems = _sorted(opened)
    known = len(declared) + len(left_out)
    drafts = _Drafts([], [], left_out, problems, _less_texts(spoiled, declared), known)
    spoilt = {problem.origin for problem in drafts.spoiled if problem.origin}
    for kind, group in _by_kind(declared).items():
        batch = made(kind, group, words, spoilt)
        drafts.whole.extend(batch.whole)
        drafts.partial.extend(batch.partial)
        problems += batch.problems
    problems += [problem for item in drafts.partial for problem in findings(*item)]
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


def _findings(
    resources: Iterable[Resource],
    sound: Set[int],
    catalogue: Catalogue,
    unsure: Mapping[Address, Doubts],
) -> dict[int, list[Problem]]:
    """Return the findings by the identity of their resource; of what is known to be sound there are none."""
    unknown = (resource for resource in resources if id(resource) not in sound)
    pairs = references.with_kinds(unknown, catalogue)
    every = (
        (id(resource), [*findings(resource, kind, unsure.get(resource.address, NONE))])
        for resource, kind in pairs
    )
    return {identity: found for identity, found in every if found}


def _first(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems that a person can read; of very many, how many more there are."""
    left = problems[PROBLEMS_AT_MOST:]
    if not left:
        return tuple(problems)
    words = f"and {len(left):,} more problems from here on: mend these first"
    return (*problems[:PROBLEMS_AT_MOST], Problem("limit-problems", words, left[0].origin))


def _beside(spoiled: Iterable[Problem], problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems less those of a value that is missing or could not be read.

    Such a value is wrong for that alone.
    """
    places = {problem.origin for problem in spoiled}
    missing = {_line(problem) for problem in spoiled if problem.code == "empty-value"}
    for problem in problems:
        null = problem.message.endswith(NO_VALUE) and _line(problem) in missing
        if not (problem.code.startswith("wrong-") and (null or problem.origin in places)):
            yield problem


def _line(problem: Problem) -> tuple[str, int] | None:
    return problem.origin and (problem.origin.file, problem.origin.line)


def by_place(problem: Problem) -> tuple[str, int, int, str]:
    """Return the key by which reports order problems: file, line and column."""
    origin = problem.origin or Origin("")
    return origin.file, origin.line, origin.column, problem.message


def _by_kind(declared: Iterable[Declared]) -> dict[Kind, list[Declared]]:
    groups: dict[str, list[Declared]] = {}
    for item in declared:
        groups.setdefault(f"{item.kind.api_version} {item.kind.name}", []).append(item)
    return {group[0].kind: group for group in groups.values()}


def _composed(resources: list[Resource], project: Project) -> tuple[list[Resource], list[Problem]]:
    """Return the resources, joined kind by kind where one joins another, and the problems of joining."""
    problems: list[Problem] = []
    composers: list[Callable[[Sequence[Resource]], tuple[Sequence[Resource], Sequence[Problem]]]] = [
        kind.compose
        for type_ in {config.system.type: config.system for config in project.systems.values()}.values()
        for kind in type_.kinds
        if kind.compose is not None
    ]
    for compose in composers:
        joined, more = compose(resources)
        resources = list(joined)
        problems += more
    hosts = {part: resource.address for resource in resources for part in resource.carries}
    return [_rehosted(resource, hosts) for resource in resources] if hosts else resources, problems


def _rehosted(resource: Resource, hosts: Mapping[Address, Address]) -> Resource:
    """Return `resource` waiting for the hosts of the parts that it waits for, and never for itself."""
    depends_on = {hosts.get(address, address) for address in resource.depends_on} - {resource.address}
    return resource._replace(depends_on=tuple(sorted(depends_on)))
