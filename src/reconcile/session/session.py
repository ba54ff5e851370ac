"""What a command works on: the project in an environment, with all that its manifests declare."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

import click

from reconcile.cli.flags import Flags
from reconcile.errors import ProblemsFound
from reconcile.git.checkout import NoCheckout, Standing, Where, checkout, standing
from reconcile.git.state import Head, Witness, head
from reconcile.manifests import Loaded, Outside, load
from reconcile.manifests.cache.entries import project_context
from reconcile.manifests.files import Files, Folder, project_files_nearby
from reconcile.manifests.lacking import lacking
from reconcile.model import Address, Json, Origin, Problem
from reconcile.project import FILE, Project, read_project
from reconcile.project.allowed import allowed
from reconcile.session.background import soon
from reconcile.session.baseline import Base, Third, read_base
from reconcile.session.caches import Caches, kept
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.prefetch import Ahead
from reconcile.session.selection import asks_for, listed, selected
from reconcile.yaml_source import value_of

NOT_ASKED = NoCheckout("silent", "git was not asked")


class Session(NamedTuple):
    """A project in an environment, with all that its manifests declare."""

    flags: Flags
    project: Project
    loaded: Loaded
    environment: Mapping[str, str]
    selected: frozenset[Address]
    base: Base | None = None
    ahead: Ahead | None = None
    """What was asked for while the manifests were read."""

    where: Callable[[], Where] = lambda: NOT_ASKED
    """Where git keeps the project; asked when the run began."""

    here: Callable[[], Head] = lambda: Head(None, None)
    """What git says of the files that were read."""

    partial: bool = False
    """Whether PATH, --target or a saved plan says what is selected."""

    is_asked: Callable[[Address, str], bool] = lambda address, file: True
    """Whether what a file declares under an address is asked for, also where only the base has it."""

    @property
    def declared(self) -> set[Address]:
        """Every address that the manifests declare, of what is a part of another one too."""
        return {address for r in self.loaded.resources for address in (r.address, *r.carries)}

    @property
    def named(self) -> tuple[str, ...] | None:
        """The selected addresses and those of their parts; None where nobody asked for only a part."""
        if not self.partial:
            return None
        chosen = (r for r in self.loaded.resources if r.address in self.selected)
        return tuple(sorted({str(address) for r in chosen for address in (r.address, *r.carries)}))

    @property
    def memory(self) -> Standing:
        """How far what earlier runs left in `.reconcile` is believed."""
        return standing(self.project.root, self.where())

    @property
    def used(self) -> set[str]:
        """The systems that manifests use."""
        return {resource.address.system for resource in self.loaded.resources}


def begin(
    flags: Flags,
    paths: Sequence[str],
    *,
    live: bool,
    cached: bool = False,
    hasty: bool = False,
    among: Collection[str] | None = None,
) -> Session:
    """Loads the project and its manifests; ProblemsFound where anything stands against going on.

    Only a run that neither writes to a system nor saves what another run approves may be `cached`. One that
    is `hasty` asks git, and for long lists, meanwhile. `among` are the only addresses of a saved plan.
    """
    environment, root = dict(os.environ), flags.chdir.absolute()
    asked, files = soon(checkout, root), Witness(Folder(root))
    where = asked.result
    with kept(root, asked, cached=cached and not flags.no_cache) as caches:
        project = _project(flags, files, caches, live=live)
        outside = Outside(allowed(environment).readable, _variables(flags))
        ahead = Ahead(flags, project, environment) if hasty and not paths and not flags.target else None
        watched = ahead.watching(files) if ahead else files
        loaded = _whole(project, outside, watched, caches)
        if loaded.errors and ahead:
            ahead.close()
        if loaded.errors:
            raise ProblemsFound(loaded.problems)
        chosen = selected(flags, project, loaded, paths)
        if among is not None:
            chosen &= listed(among, loaded)
        state = partial(_head, where, files)
        here = soon(state).result if hasty else cache(state)
        base = _base(flags, project, Third(outside, caches, where)) if live else None
    only_part = bool(paths or flags.target) or among is not None
    asked_for = asks_for(flags, project, paths) if among is None else (lambda address, file: False)
    return Session(
        flags, project, loaded, environment, chosen, base, ahead, where, here, only_part, asked_for
    )


def _whole(project: Project, outside: Outside, files: Files, caches: Caches) -> Loaded:
    """What the manifests declare, with the problems of the project as a whole."""
    strange = outside.variables.keys() - project.variable_names  # what is kept does not say who uses one
    shelf = None if strange else caches.shelf(project, outside)
    loaded = load(project, CATALOGUE, outside, files, shelf)
    around = (*project_files_nearby(project.root, loaded.files), *lacking(project, loaded, outside))
    return loaded._replace(problems=(*around, *loaded.problems)) if around else loaded


def _base(flags: Flags, project: Project, third: Third) -> Base | None:
    ref = flags.base_or_none or flags.base
    if ref is None:
        return None
    base = read_base(ref, project, third, needed=not flags.base_or_none)
    if base is None and flags.only:
        message = f"--only {flags.only} needs a base, and there is none yet: leave it out"
        raise ProblemsFound((Problem("no-base", message),))
    return base


def _head(where: Callable[[], Where], files: Witness) -> Head:
    return head(where(), files.read_so_far)


def open_project(flags: Flags) -> Session:
    """The project without its manifests, for what looks at live state alone."""
    project = _project(flags, Folder(flags.chdir.absolute()), Caches(None), live=True)
    return Session(flags, project, Loaded((), ()), dict(os.environ), frozenset())


def _project(flags: Flags, files: Files, caches: Caches, *, live: bool) -> Project:
    root = flags.chdir.absolute()
    if not os.path.lexists(root / FILE):
        message = f"no {FILE} in {flags.chdir}: reconcile init writes one, -C names another folder"
        raise ProblemsFound((Problem("no-project", message), *project_files_nearby(root)))
    data = files.read(FILE)
    if isinstance(data, Problem):
        raise ProblemsFound((data,))
    meaning = partial(project_context, data, flags.env, CATALOGUE)
    known = partial(caches.knows, data, meaning)
    project, problems = read_project(data, root, CATALOGUE, flags.env, known)
    if project is None:
        raise ProblemsFound(problems)
    if live and project.environments and flags.env is None:
        names = ", ".join(project.environments)
        problem = Problem(
            "which-environment",
            f"the project has environments: write --env with one of {names}",
            Origin(FILE),
        )
        raise ProblemsFound((problem,))
    caches.keep(data, meaning)
    return project


def _variables(flags: Flags) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for given in flags.var:
        name, equals, value = given.partition("=")
        if not equals or not name:
            raise click.UsageError("--var takes NAME=VALUE")
        try:
            found[name] = value_of(value)
        except ValueError as error:
            raise click.UsageError(
                f"--var {name}: {error} (a text in quotes: --var '{name}=\"…\"')"
            ) from error
    return found
