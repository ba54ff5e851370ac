"""Loads what a run works on: the project in an environment, with all that its manifests declare."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from reconcile.errors import ProblemsFound
from reconcile.git.checkout import NoCheckout, Standing, Where, checkout, standing
from reconcile.git.state import Head, Witness, head
from reconcile.manifests import Loaded, Outside
from reconcile.manifests.files import Files, Folder, project_files_nearby
from reconcile.manifests.known_entries import too_far
from reconcile.manifests.lacking import lacking
from reconcile.manifests.load import by_place
from reconcile.model import Address, Origin, Problem
from reconcile.moments import epoch_of
from reconcile.planfile.document import Document
from reconcile.project import FILE, Project, read_project
from reconcile.project.allowed import allowed
from reconcile.session.background import soon
from reconcile.session.baseline import Base, Third, read_base
from reconcile.session.caches import Caches, kept
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.selection import asks_for, listed, selected


class Undoing(NamedTuple):
    """Hold the record that an undo takes back, and the one of its environment before it."""

    record: Document
    previous: Document | None = None


NOT_ASKED = NoCheckout("silent", "git was not asked")


class Session(NamedTuple):
    """Hold a project in an environment, with all that its manifests declare."""

    options: RunOptions
    around: Surroundings
    project: Project
    loaded: Loaded
    selected: frozenset[Address]
    base: Base | None = None
    where: Callable[[], Where] = lambda: NOT_ASKED
    """Where git keeps the project; asked when the run began."""

    here: Callable[[], Head] = lambda: Head(None, None)
    """What git says of the files that were read."""

    memory: Callable[[], Standing] = lambda: Standing("unknown", NOT_ASKED.words)
    """How far what earlier runs left in `.reconcile` is believed."""

    partial: bool = False
    """Whether PATH, --target or a saved plan says what is selected."""

    is_asked: Callable[[Address, str], bool] = lambda address, file: True
    """Whether what a file declares under an address is asked for, also where only the base has it."""

    not_compared: int | None = None
    """How many manifests are not selected because they say what they said at the base."""

    undoes: Undoing | None = None
    """What an undo takes back: the resources are those of its record, not those that manifests declare."""

    @property
    def declared(self) -> set[Address]:
        """Return every address that the manifests declare, those of parts of another resource too."""
        return {address for r in self.loaded.resources for address in (r.address, *r.carries)}

    @property
    def named(self) -> tuple[str, ...] | None:
        """Return the selected addresses and those of their parts; None where nobody asked for only a part."""
        if not self.partial:
            return None
        chosen = (r for r in self.loaded.resources if r.address in self.selected)
        return tuple(sorted({str(address) for r in chosen for address in (r.address, *r.carries)}))

    @property
    def used(self) -> set[str]:
        """Return the systems that manifests use."""
        return {resource.address.system for resource in self.loaded.resources}


FilesOf: TypeAlias = Callable[[Path], Files]
"""Gives the files of a project's folder."""


def begin(
    options: RunOptions, around: Surroundings, *, hasty: bool = False, source: FilesOf = Folder
) -> Session:
    """Load the project and its manifests for a run that asks systems; ProblemsFound where one is wrong.

    A run that writes, or whose result another run approves, must not use caches. One that is `hasty` asks git
    while it reads.
    """
    session = _loaded(options, around, source, live=True, hasty=hasty)
    ref = options.base_or_none or options.base
    return session if ref is None else based(session, ref, needed=not options.base_or_none)


def loaded_offline(options: RunOptions, around: Surroundings) -> Session:
    """Load the project and its manifests for a run that asks nobody; ProblemsFound where one is wrong."""
    return _loaded(options, around, Folder, live=False)


def loaded_in_one(options: RunOptions, around: Surroundings) -> Session:
    """Load the project and its manifests in one environment, for a run that asks nobody; ProblemsFound where
    one is wrong, or no environment is chosen out of several.
    """
    return _loaded(options, around, Folder, live=True)


def _loaded(
    options: RunOptions, around: Surroundings, source: FilesOf, *, live: bool, hasty: bool = False
) -> Session:
    root = options.folder.absolute()
    asked, files = soon(checkout, root), Witness(source(root))
    with kept(root, asked, cached=options.caches) as caches:
        project = _project(options, files, caches, live=live)
        loaded = _whole(project, outside_of(options, around), files, caches)
        loaded = _within_reach(loaded, epoch_of(around.begun))
        if loaded.errors:
            raise ProblemsFound(loaded.problems)
        loaded = _with_freezes(project, loaded, around)
    chosen, state = selected(options, project, loaded), partial(_head, asked.result, files)
    return Session(
        options,
        around,
        project,
        loaded,
        chosen,
        where=asked.result,
        memory=lambda: standing(root, asked.result()),
        here=soon(state).result if hasty else cache(state),
        partial=bool(options.paths or options.targets),
        is_asked=asks_for(options, project),
    )


def _with_freezes(project: Project, loaded: Loaded, around: Surroundings) -> Loaded:
    """Return what is declared, with a warning for what fires inside a freeze."""
    if not project.freezes:
        return loaded
    from reconcile.session.frozen_firings import freeze_warnings

    return loaded._replace(problems=(*loaded.problems, *freeze_warnings(project, loaded, around.today())))


def outside_of(options: RunOptions, around: Surroundings) -> Outside:
    """Return what the operator adds to the files."""
    return Outside(allowed(around.environ).readable, options.variables)


def _whole(project: Project, outside: Outside, files: Files, caches: Caches) -> Loaded:
    """Return what the manifests declare, with the problems of the project as a whole."""
    loaded = caches.load(project, outside, files)
    around = (*project_files_nearby(project.root, loaded.files), *lacking(project, loaded, outside))
    return loaded._replace(problems=(*around, *loaded.problems)) if around else loaded


def _within_reach(loaded: Loaded, now: float) -> Loaded:
    """Return what is declared, with a problem for each difference that is to be known for too long."""
    found = tuple(too_far(loaded.resources, now))
    problems = sorted((*loaded.problems, *found), key=by_place) if found else loaded.problems
    return loaded._replace(problems=tuple(problems))


def _head(where: Callable[[], Where], files: Witness) -> Head:
    return head(where(), files.read_so_far)


def based(session: Session, ref: str, *, needed: bool = True) -> Session:
    """Return the session seen against the project at `ref`; ProblemsFound where there is no such base.

    Where it is not `needed`, a ref that was never made is no base yet, and that is told.
    """
    options, outside = session.options, outside_of(session.options, session.around)
    asked = soon(session.where)
    with kept(session.project.root, asked, cached=options.caches) as caches:
        base = read_base(ref, session.project, Third(outside, caches, session.where), needed=needed)
    if isinstance(base, Base):
        return session._replace(base=base)
    session.around.on_event(base)
    if options.only:
        words = f"--only {options.only} needs a base, and there is none yet: leave it out"
        raise ProblemsFound((Problem("no-base", words),))
    return session


def narrowed(session: Session, among: Collection[str]) -> Session:
    """Return the session with no address selected but these, as a saved plan names them."""
    chosen = session.selected & listed(among, session.loaded)
    return session._replace(selected=chosen, partial=True, is_asked=lambda address, file: False)


def of_saved(session: Session, saved: Document, own_base: str | None) -> Session:
    """Return the session narrowed to what a saved plan is about, and seen against its base.

    A base that is gone since leaves the labels of the plan as they stand there; ProblemsFound where the plan
    is of the differences of one label alone, which nobody can tell from the others without a base.
    """
    options = session.options
    options = options._replace(prune=options.prune or saved.prune, only=options.only or saved.only)
    session = session._replace(options=options)
    if saved.selected is not None:
        session = narrowed(session, saved.selected)
    if options.base or options.base_or_none:
        return session
    if own_base is None:
        return _unlabelled(session, saved)
    try:
        return based(session, own_base)
    except ProblemsFound as error:
        if options.only or any(problem.code != "no-base" for problem in error.problems):
            raise
        return session


def _unlabelled(session: Session, saved: Document) -> Session:
    """Return the session as it is; ProblemsFound where its plan needs the labels that a base gives."""
    if saved.only is not None:
        against = f" against {saved.base}" if saved.base else ""
        words = f"the plan has --only {saved.only}{against}: give that --base here too"
        raise ProblemsFound((Problem("no-base", words),))
    return session


def open_project(options: RunOptions, around: Surroundings) -> Session:
    """Open the project without its manifests, for what looks at live state alone."""
    project = _project(options, Folder(options.folder.absolute()), Caches(None), live=True)
    return Session(options, around, project, Loaded((), ()), frozenset())


def _project(options: RunOptions, files: Files, caches: Caches, *, live: bool) -> Project:
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
