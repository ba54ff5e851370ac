"""Reads a project's manifests into all their resources and all their problems; planning is left to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconcile.fields.check import NO_VALUE
from reconcile.manifests.drafts import Drafts, drafted
from reconcile.manifests.files import Files, Folder, ManifestFiles, read_files
from reconcile.manifests.interpolate import Vocabulary, variables_in
from reconcile.manifests.joining import Declarations, Joined, joined
from reconcile.model import EMPTY, Json, Origin, Problem, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue

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


def load(project: Project, catalogue: Catalogue, outside: Outside, files: Files | None = None) -> Loaded:
    """Return all resources and problems of the project's manifests, read from its folder or from `files`."""
    found = read_files(files or Folder(project.root), project.manifests)
    drafts = drafted(found.files, project, catalogue, outside.words(project))
    declared = Declarations(drafts.resources, drafts.partial, drafts.left_out, drafts.unsure)
    whole = joined(declared, project, catalogue)
    loaded = loaded_of(found, drafts, whole)
    if not outside.variables.keys() - project.variable_names:
        return loaded
    used = variables_in(document.value for document in drafts.documents)
    return loaded._replace(variables=frozenset(used))


def loaded_of(found: ManifestFiles, drafts: Drafts, whole: Joined) -> Loaded:
    """Return what was found in files, drafted and joined, with each problem that is worth telling once."""
    problems = [*found.problems, *drafts.problems, *whole.problems]
    problems = [*drafts.spoiled, *_beside(drafts.spoiled, problems)]
    if not (is_whole := found.is_whole and drafts.is_whole):
        problems = [problem for problem in problems if problem.code != "unknown-reference"]
    return Loaded(
        resources=tuple(whole.resources),
        problems=_first(sorted(set(problems), key=by_place)),
        files=found.names,
        is_whole=is_whole,
        left_out=whole.left_out,
    )


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
