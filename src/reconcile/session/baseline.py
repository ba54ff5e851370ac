"""Reads the base, and finds which of its resources was which of those declared now; it gives no labels."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.errors import ProblemsFound
from reconcile.git.as_read import AsRead
from reconcile.git.blobs import NOT_THERE
from reconcile.git.checkout import Checkout, Where
from reconcile.git.refs import NoBase, NotYet, commit, in_submodule, names_folder
from reconcile.git.state import Head, Witness, head
from reconcile.manifests import Outside
from reconcile.manifests.files import Files, Folder
from reconcile.manifests.references import identity, kind_of
from reconcile.model import EMPTY, Address, Change, Json, Problem, Resource, spell
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE, Project, project_changes, read_project
from reconcile.provider.kinds import Catalogue
from reconcile.session.caches import Caches
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.events import NoBaseYet

if TYPE_CHECKING:
    from reconcile.project.freezes import Freeze
    from reconcile.project.values import LockPlace

UNREAD_CODES = frozenset({"outside-project", "unreadable", "limit-files", "limit-bytes", "limit-size"})
"""The codes of what could not be read at all, whatever it says."""


class Base(NamedTuple):
    """Hold the same project at another commit or in another folder."""

    name: str
    changes: tuple[Change, ...] = ()
    """What of the project file itself differs from it, in the other environments too."""

    resources: Mapping[Address, Resource] = EMPTY
    problems: tuple[Problem, ...] = ()
    """Warnings: what of it could not be read or understood."""

    partial: bool = False
    """Whether files of it could not be read, so that it may have held what it does not show."""

    lawless: bool = False
    """Whether its project file is there and cannot be read, so that nobody knows what it forbids."""

    freezes: tuple[Freeze, ...] = ()
    lock: LockPlace | None = None
    head: Head | None = None
    """What git says of the files that were read, where it was asked together with the base."""


class Third(NamedTuple):
    """Hold what reading a base needs beside the project."""

    outside: Outside
    caches: Caches
    where: Callable[[], Where]
    read: Witness | None = None
    """What this run has read of the project's folder; None where it did that before."""

    def seen(self, files: Files) -> Files:
        """Return the files of the base, of which those that were read of the folder are not read again."""
        return files if self.read is None else AsRead(files, self.read)

    def is_as_read(self, name: str, data: bytes) -> bool:
        """Tell whether a file of the base says what the folder's says."""
        return self.read is not None and self.read.kept.get(name) == data


def read_base(ref: str, project: Project, third: Third, *, needed: bool = True) -> Base | NoBaseYet:
    """Return the project and its manifests as they are at `ref`; ProblemsFound where there is no such base.

    Where a base is not `needed`, a ref that was never made is no base yet.
    """
    try:
        with open_base(ref, project.root, third) as at:
            found = _read(ref, at.name, third.seen(at.files), (project, third))
            return found._replace(problems=(*at.problems, *found.problems), head=at.head())
    except NotYet as error:
        if not needed:
            return NoBaseYet(ref, error.doubt)
        raise _no_base(error) from error
    except NoBase as error:
        raise _no_base(error) from error


class OpenBase(NamedTuple):
    """Hold the files of a base while it is open."""

    name: str
    files: Files
    head: Callable[[], Head | None] = lambda: None
    """What git says of the files that this run has read, asked together with the base."""

    problems: tuple[Problem, ...] = ()


@contextmanager
def open_base(ref: str, root: Path, third: Third) -> Iterator[OpenBase]:
    """Yield the files of the base; NoBase where there is none."""
    if names_folder(ref):
        yield OpenBase(ref, _folder(root, ref))
        return
    where = third.where()
    with commit(root, where, ref) as files:
        read = third.read
        here = None if read is None else (lambda: head(where, read.read_so_far, files))
        yield OpenBase(files.oid, files, here or (lambda: None), tuple(_whose(ref, where)))


def _whose(ref: str, where: Where) -> Iterator[Problem]:
    """Yield a warning where another repository than the one around the project could have been meant."""
    if isinstance(where, Checkout) and where.submodule:
        yield Problem("outer-base", f"--base {ref}: {in_submodule(where)}", severity="warning")


def _no_base(error: NoBase) -> ProblemsFound:
    return ProblemsFound((Problem(error.code, str(error)),))


def _folder(root: Path, ref: str) -> Folder:
    folder = root / ref
    if not os.path.lexists(folder / FILE):
        what = (
            f"the folder has no {FILE}: name the folder of a project" if folder.is_dir() else "no such folder"
        )
        raise ProblemsFound((Problem("no-base", f"--base {ref}: {what}"),))
    return Folder(folder)


def _read(ref: str, name: str, files: Files, beside: tuple[Project, Third]) -> Base:
    project, third = beside
    data = files.read(FILE)
    if isinstance(data, Problem):
        if data.code == NOT_THERE:
            return Base(name, problems=_unread(ref, f"has no {FILE} here", ()))
        return Base(name, problems=(_doubt(ref, data),), partial=True, lawless=True)
    same = third.is_as_read(FILE, data)
    then, problems = (project, ()) if same else _as_it_was(data, project, project.environment)
    if then is None:
        unread = _unread(ref, f"has a {FILE} that cannot be read", problems)
        return Base(name, problems=unread, lawless=True)
    loaded = third.caches.load(then, third.outside, files)
    missing = tuple(problem for problem in loaded.errors if problem.code in UNREAD_CODES)
    broken = tuple(problem for problem in loaded.errors if problem.code not in UNREAD_CODES)
    warned = _unread(ref, "has manifests that cannot be read", broken) if broken else ()
    warned += tuple(_doubt(ref, problem) for problem in missing)
    resources = {resource.address: resource for resource in loaded.resources}
    changes = () if same else tuple(_changes(data, then, project))
    law = Base(name, changes, resources, warned, partial=bool(missing))
    return law._replace(freezes=then.freezes, lock=then.lock)


def _doubt(ref: str, problem: Problem) -> Problem:
    """Return the warning about a part of the base of which nobody knows what it held."""
    held = "what it may have held counts as a conflict"
    return Problem("unread-base", f"--base {ref}: {problem}; {held}", severity="warning")


def _as_it_was(
    data: bytes, now: Project, environment: str | None
) -> tuple[Project | None, tuple[Problem, ...]]:
    """Return the base's project in that environment, and its problems.

    For an environment that the base did not have yet, the base's top level is taken.
    """
    then, problems = read_project(data, now.root, CATALOGUE, environment)
    if not any(problem.code == "unknown-environment" for problem in problems):
        return then, problems
    then, problems = read_project(data, now.root, CATALOGUE, None)
    return then and then._replace(environment=environment), problems


def _changes(data: bytes, then: Project, now: Project) -> Iterator[Change]:
    """Yield how the project file differs from the base's, in this environment first, then in the others.

    A pull request is planned in one environment, and reviewed for all of them. A change that is the same here
    is not repeated for another environment.
    """
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


class BaseResources(NamedTuple):
    """Hold the resources of the base, to find which of them a resource declared now was."""

    by_address: Mapping[Address, Resource]
    by_identity: Mapping[tuple[str, str, Json], Resource]

    def of(self, resource: Resource, catalogue: Catalogue) -> Resource | None:
        """Return the base's resource of that address; else that of the same live object, renamed since.

        A resource that several manifests share is carried by the first of them, whichever that is: it is
        looked for by its live object alone. None where the base has no such resource.
        """
        found = None if resource.managed_as else self.by_address.get(resource.address)
        return found or self.by_identity.get(_place(resource, catalogue))


def formers(base: Base, now: Iterable[Resource], catalogue: Catalogue) -> BaseResources:
    """Return the base's resources; those whose address is declared now are found by their address alone."""
    taken = {resource.address for resource in now if not resource.managed_as}
    left = [r for r in base.resources.values() if r.managed_as or r.address not in taken]
    places = {_place(resource, catalogue): resource for resource in left}
    return BaseResources(base.resources, {place: resource for place, resource in places.items() if place[2]})


def _place(resource: Resource, catalogue: Catalogue) -> tuple[str, str, Json]:
    kind = kind_of(resource, catalogue)
    return resource.address.system, kind.name, identity(kind, resource) or ""
