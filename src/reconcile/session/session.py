"""Loads what a run works on: the project in an environment, with all that its manifests declare."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial

from reconcile.errors import ProblemsFound
from reconcile.git.checkout import NoCheckout, Standing, Where, checkout, standing
from reconcile.git.refs import names_folder
from reconcile.git.state import Head, Witness, head
from reconcile.manifests import Loaded
from reconcile.manifests.changed_sides import Beyond
from reconcile.manifests.files import Folder
from reconcile.model import Address, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.project import Project
from reconcile.session.background import soon
from reconcile.session.baseline import Base, Third, read_base
from reconcile.session.caches import Caches, kept
from reconcile.session.loading import FilesOf, Inputs, all_manifests, inputs_of, outside_of, project_of
from reconcile.session.narrow import narrow_project
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.selection import asks_for, listed, selected


class Undoing(NamedTuple):
    """Hold the record that an undo takes back, the one of its environment before it, and how it was found."""

    record: Document
    previous: Document | None = None
    name: str = ""
    """A name in the project's folder of records, or the file as it was named; nothing of a document."""


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

    beyond: Beyond | None = None
    """What was not loaded, where only what changed is compared."""

    whole: Callable[[], Session] | None = None
    """Loads all of it."""

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
        here = {resource.address.system for resource in self.loaded.resources}
        return here if self.beyond is None else {*here, *self.beyond.systems}


def begin(
    options: RunOptions, around: Surroundings, *, hasty: bool = False, source: FilesOf = Folder
) -> Session:
    """Load the project and its manifests for a run that asks systems; ProblemsFound where one is wrong.

    A run that writes, or whose result another run approves, must not use caches. One that is `hasty` asks git
    while it reads.
    """
    ref = options.base_or_none or options.base
    with inputs_of(options, source) as inputs:
        if options.changed and (found := narrow_project(options, around, inputs)):
            whole = partial(begin, options._replace(caches=False), around, source=source)
            session = _session(options, around, inputs, (found.project, found.loaded), hasty=False)
            known = session._replace(beyond=found.beyond, whole=whole)
            return known._replace(base=found.base, here=_known(found.base.head) or session.here)
        inputs.files.keeps = ref is not None
        alone = ref is None or names_folder(ref)  # else git is asked together with the base
        session = _loaded(options, around, inputs, live=True, hasty=hasty and alone)
        if ref is None:
            return session
        third = Third(outside_of(options, around), inputs.caches, inputs.where, inputs.files)
        return _based(session, ref, third, needed=not options.base_or_none)


def loaded_offline(options: RunOptions, around: Surroundings) -> Session:
    """Load the project and its manifests for a run that asks nobody; ProblemsFound where one is wrong."""
    with inputs_of(options._replace(base=None, base_or_none=None), Folder) as inputs:
        return _loaded(options, around, inputs, live=False)


def loaded_in_one(options: RunOptions, around: Surroundings) -> Session:
    """Load the project and its manifests in one environment, for a run that asks nobody; ProblemsFound where
    one is wrong, or no environment is chosen out of several.
    """
    with inputs_of(options._replace(base=None, base_or_none=None), Folder) as inputs:
        return _loaded(options, around, inputs, live=True)


def _loaded(
    options: RunOptions, around: Surroundings, inputs: Inputs, *, live: bool, hasty: bool = False
) -> Session:
    project = project_of(options, inputs.files, inputs.caches, live=live)
    loaded = all_manifests(project, outside_of(options, around), inputs, around)
    return _session(options, around, inputs, (project, loaded), hasty=hasty)


def _session(
    options: RunOptions,
    around: Surroundings,
    inputs: Inputs,
    read: tuple[Project, Loaded],
    *,
    hasty: bool,
) -> Session:
    files, _, where = inputs
    project, loaded = read
    chosen, state = selected(options, project, loaded), partial(_head, where, files)
    return Session(
        options,
        around,
        project,
        loaded,
        chosen,
        where=where,
        memory=lambda: standing(options.folder.absolute(), where()),
        here=soon(state).result if hasty else cache(state),
        partial=bool(options.paths or options.targets),
        is_asked=asks_for(options, project),
    )


def _head(where: Callable[[], Where], files: Witness) -> Head:
    return head(where(), files.read_so_far)


def based(session: Session, ref: str, *, needed: bool = True) -> Session:
    """Return the session seen against the project at `ref`; ProblemsFound where there is no such base.

    Where it is not `needed`, a ref that was never made is no base yet, and that is told.
    """
    with kept(session.project.root, soon(session.where), cached=session.options.caches) as caches:
        third = Third(outside_of(session.options, session.around), caches, session.where)
        return _based(session, ref, third, needed=needed)


def _based(session: Session, ref: str, third: Third, *, needed: bool) -> Session:
    options, base = session.options, read_base(ref, session.project, third, needed=needed)
    if isinstance(base, Base):
        return session._replace(base=base, here=_known(base.head) or session.here)
    session.around.on_event(base)
    if options.only:
        words = f"--only {options.only} needs a base, and there is none yet: leave it out"
        raise ProblemsFound((Problem("no-base", words),))
    return session


def _known(here: Head | None) -> Callable[[], Head] | None:
    return None if here is None else lambda: here


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
    root = options.folder.absolute()
    project = project_of(options, Folder(root), Caches(None), live=True)
    where = cache(partial(checkout, root))
    return Session(options, around, project, Loaded((), ()), frozenset(), where=where)
