"""The third side of the comparison: the same project at its base, and what of it was which resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reconcile.base import Commit, NoBase, commit
from reconcile.cli.caches import Caches
from reconcile.cli.catalogue import CATALOGUE
from reconcile.errors import ProblemsFound
from reconcile.kinds import Catalogue
from reconcile.manifests import Outside, load
from reconcile.manifests.find import Files, Folder
from reconcile.manifests.relations import identity, kind_of
from reconcile.model import EMPTY, Address, Change, Json, Problem, Resource, spell
from reconcile.project import FILE, Project, project_changes, read_project


class Base(NamedTuple):
    """The same project at another commit or in another folder."""

    name: str
    changes: tuple[Change, ...] = ()
    """What of the project file itself differs from it, in the other environments too."""

    resources: Mapping[Address, Resource] = EMPTY
    problems: tuple[Problem, ...] = ()
    """Warnings: what of the base cannot be read is as if it were not there, and somebody should know."""


def read_base(ref: str, project: Project, outside: Outside, caches: Caches) -> Base:
    """The project and its manifests as they are at `ref`; ProblemsFound where there is no such base."""
    folder = project.root / ref
    try:
        files: Files = Folder(folder) if folder.is_dir() else commit(project.root, ref)
    except NoBase as error:
        raise ProblemsFound((Problem("no-base", str(error)),)) from error
    name = files.oid if isinstance(files, Commit) else ref
    data = files.read(FILE)
    if isinstance(data, Problem):
        if isinstance(files, Folder):
            message = f"--base {ref}: the folder has no {FILE}: name the folder of a project"
            raise ProblemsFound((Problem("no-base", message),))
        return Base(name, problems=_unread(ref, f"has no {FILE} here", ()))
    then, problems = _as_it_was(data, project, project.environment)
    if then is None:
        return Base(name, problems=_unread(ref, f"has a {FILE} that cannot be read", problems))
    loaded = load(then, CATALOGUE, outside, files, caches.shelf(then, outside))
    warned = _unread(ref, "has manifests that cannot be read", loaded.errors) if loaded.errors else ()
    changes = tuple(_changes(data, then, project))
    return Base(name, changes, {resource.address: resource for resource in loaded.resources}, warned)


def _as_it_was(
    data: bytes, now: Project, environment: str | None
) -> tuple[Project | None, tuple[Problem, ...]]:
    """The base's project in that environment; one that it did not have yet lies over its top level."""
    then, problems = read_project(data, now.root, CATALOGUE, environment)
    if not any(problem.code == "unknown-environment" for problem in problems):
        return then, problems
    then, problems = read_project(data, now.root, CATALOGUE, None)
    return then and then._replace(environment=environment), problems


def _changes(data: bytes, then: Project, now: Project) -> Iterator[Change]:
    """A pull request is planned in one environment, and reviewed for all of them."""
    here = project_changes(then, now)
    yield from here
    shown = {_said(change) for change in here}
    text = Folder(now.root).read(FILE)
    if isinstance(text, Problem):
        return
    for name in sorted({*now.environments} - {now.environment}):
        before, _ = _as_it_was(data, now, name)
        after, _ = read_project(text, now.root, CATALOGUE, name)
        for change in project_changes(before, after) if before and after else ():
            if _said(change) not in shown:
                yield change._replace(path=("environments", name, *change.path))


def _said(change: Change) -> tuple[str, str, str]:
    return spell(change.path), repr(change.before), repr(change.after)


def _unread(ref: str, what: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    first = next((f" ({problem})" for problem in problems), "")
    message = f"--base {ref} {what}{first}: what it does not say is labelled `change`, a conflict included"
    return (Problem("unreadable-base", message, severity="warning"),)


class Formers(NamedTuple):
    """Which resource of the base was which of those that are declared now."""

    by_address: Mapping[Address, Resource]
    by_identity: Mapping[tuple[str, str, Json], Resource]

    def of(self, resource: Resource, catalogue: Catalogue) -> Resource | None:
        """The one with its address; else that of the same live object, whose manifest was called otherwise.

        What several share is carried by the first of them, whichever that is: it goes by its object alone.
        """
        found = None if resource.managed_as else self.by_address.get(resource.address)
        return found or self.by_identity.get(_place(resource, catalogue))


def formers(base: Base, now: Iterable[Resource], catalogue: Catalogue) -> Formers:
    """The resources of the base; those whose address somebody has now are found by it alone."""
    taken = {resource.address for resource in now if not resource.managed_as}
    left = [r for r in base.resources.values() if r.managed_as or r.address not in taken]
    places = {_place(resource, catalogue): resource for resource in left}
    return Formers(base.resources, {place: resource for place, resource in places.items() if place[2]})


def _place(resource: Resource, catalogue: Catalogue) -> tuple[str, str, Json]:
    kind = kind_of(resource, catalogue)
    return resource.address.system, kind.name, identity(kind, resource) or ""
