"""Reads the project file and all manifests of a run; which of them are meant is left to `selection`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from reconcile.errors import ProblemsFound
from reconcile.git.checkout import Where, checkout
from reconcile.git.state import Witness
from reconcile.manifests import Loaded, Outside
from reconcile.manifests.files import Files, project_files_nearby
from reconcile.manifests.known_entries import too_far
from reconcile.manifests.lacking import lacking
from reconcile.manifests.load import by_place
from reconcile.model import Origin, Problem
from reconcile.moments import epoch_of
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE, Project, read_project
from reconcile.project.allowed import allowed
from reconcile.session.background import soon
from reconcile.session.caches import Caches, kept
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.run_options import RunOptions, Surroundings

FilesOf: TypeAlias = Callable[[Path], Files]
"""Gives the files of a project's folder."""


class Inputs(NamedTuple):
    """Hold what a run reads by: its files, what was kept of them, and where git has them."""

    files: Witness
    caches: Caches
    where: Callable[[], Where]


@contextmanager
def inputs_of(options: RunOptions, source: FilesOf) -> Iterator[Inputs]:
    """Yield what a run reads by; what was learned is kept at the end."""
    root, again = options.folder.absolute(), bool(options.base or options.base_or_none)
    asked = soon(checkout, root)
    with kept(root, asked, cached=options.caches, again=again, faces=options.changed) as caches:
        yield Inputs(Witness(source(root)), caches, asked.result)


def project_of(options: RunOptions, files: Files, caches: Caches, *, live: bool) -> Project:
    """Return the project in the environment of the run; ProblemsFound where its file is wrong, or missing."""
    root = options.folder.absolute()
    if not os.path.lexists(root / FILE):
        place = "here" if options.folder == Path() else f"in {options.folder}"
        message = f"no {FILE} {place}: reconcile init writes one, -C names another folder"
        raise ProblemsFound((Problem("no-project", message), *project_files_nearby(root)))
    data = files.read(FILE)
    if isinstance(data, Problem):
        raise ProblemsFound((data,))
    types: list[str] = []

    def known(named: Sequence[str]) -> bool:
        types.extend(named)
        return caches.knows(data, options.environment, named)

    project, problems = read_project(data, root, CATALOGUE, options.environment, known)
    if project is None:
        raise ProblemsFound(problems)
    if live:
        _need_environment(project)
    caches.keep(data, options.environment, types)
    return project


def _need_environment(project: Project) -> None:
    """Raise ProblemsFound where the project has environments and none is chosen."""
    if project.environments and project.environment is None:
        names = ", ".join(project.environments)
        words = f"the project has environments: write --env with one of {names}"
        raise ProblemsFound((Problem("which-environment", words, Origin(FILE)),))


def all_manifests(project: Project, outside: Outside, inputs: Inputs, around: Surroundings) -> Loaded:
    """Return all that the manifests declare, with warnings; ProblemsFound where one is wrong."""
    loaded = inputs.caches.load(project, outside, inputs.files)
    lacks = (*project_files_nearby(project.root, loaded.files), *lacking(project, loaded, outside))
    return _with_freezes(project, without_errors(loaded, lacks, around), around)


def without_errors(loaded: Loaded, beside: Iterable[Problem], around: Surroundings) -> Loaded:
    """Return what is declared, with the warnings `beside` it; ProblemsFound where one is an error."""
    told = (*beside, *loaded.problems)
    found = _within_reach(loaded._replace(problems=told), epoch_of(around.begun))
    if found.errors:
        raise ProblemsFound(found.problems)
    return found


def _with_freezes(project: Project, loaded: Loaded, around: Surroundings) -> Loaded:
    """Return what is declared, with a warning for what fires inside a freeze."""
    if not project.freezes:
        return loaded
    from reconcile.session.frozen_firings import freeze_warnings

    return loaded._replace(problems=(*loaded.problems, *freeze_warnings(project, loaded, around.today())))


def outside_of(options: RunOptions, around: Surroundings) -> Outside:
    """Return what the operator adds to the files."""
    return Outside(allowed(around.environ).readable, options.variables)


def _within_reach(loaded: Loaded, now: float) -> Loaded:
    """Return what is declared, with a problem for each difference that is to be known for too long."""
    found = tuple(too_far(loaded.resources, now))
    problems = sorted((*loaded.problems, *found), key=by_place) if found else loaded.problems
    return loaded._replace(problems=tuple(problems))
