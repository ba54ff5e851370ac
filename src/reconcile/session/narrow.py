"""Loads what a plan of what changed is about, and no more, where what is kept of the rest allows that."""

from __future__ import annotations

from collections.abc import Callable

from reconcile.errors import ProblemsFound
from reconcile.git.as_read import expect, has
from reconcile.git.refs import NoBase
from reconcile.git.state import Witness
from reconcile.manifests import Loaded
from reconcile.manifests.changed_sides import Beyond, Side, TwoSides
from reconcile.manifests.files import BYTES_AT_MOST, Files, project_files_nearby
from reconcile.model import Problem
from reconcile.moments import epoch_of
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE, Project
from reconcile.session.baseline import Base, Third, open_base
from reconcile.session.loading import Inputs, outside_of, project_of, without_errors
from reconcile.session.run_options import RunOptions, Surroundings


class NarrowProject(NamedTuple):
    """Hold a project with what of it and of its base concerns what differs."""

    project: Project
    loaded: Loaded
    base: Base
    beyond: Beyond


def narrow_project(options: RunOptions, around: Surroundings, inputs: Inputs) -> NarrowProject | None:
    """Return the project as far as it differs from its base; None where all of it has to be loaded.

    That is so where anything may be wrong, too: who loads all of it says what.
    """
    ref = options.base or options.base_or_none
    if ref is None or options.paths or options.targets or not options.caches:
        return None
    files, outside = inputs.files, outside_of(options, around)
    project = project_of(options, files, inputs.caches, live=True)
    changed = None if project.freezes else inputs.caches.of_changed(project, outside)
    if changed is None:
        return None
    try:
        with open_base(ref, project.root, Third(outside, inputs.caches, inputs.where, files)) as at:
            sides = None if at.problems else _sides(files, at.files, project, changed.kept.key)
            found = None if sides is None else changed.load(sides, epoch_of(around.begun))
            if found is None or not found.beyond.declared:
                return None
            nearby = project_files_nearby(project.root, found.now.files)
            resources = {resource.address: resource for resource in found.then.resources}
            base = Base(at.name, resources=resources, head=at.head())
            return NarrowProject(project, without_errors(found.now, nearby, around), base, found.beyond)
    except (NoBase, ProblemsFound):
        return None


def _sides(files: Witness, base: Files, project: Project, key: Callable[[bytes], str]) -> TwoSides | None:
    """Return what differs between the folder and its base; None where something of them cannot be read.

    None too where the project file differs: then the same manifest means something else.
    """
    (names, problems), (past, wrong) = (each.found(project.manifests) for each in (files, base))
    if not _is_same(files, base, FILE) or any(problem.severity == "error" for problem in (*problems, *wrong)):
        return None
    same: dict[str, str] = {}
    now: list[tuple[str, bytes]] = []
    there, total = {*past}, 0
    for name in names:
        data = files.read(name)
        if isinstance(data, Problem) or (total := total + len(data)) > BYTES_AT_MOST:
            return None
        if name in there and _is_same(files, base, name):
            same[name] = key(data)
        else:
            now.append((name, data))
    differing = [name for name in past if name not in same]
    expect(base, differing)
    then = [(name, base.read(name)) for name in differing]
    read = [(name, data) for name, data in then if isinstance(data, bytes)]
    if len(read) < len(then) or sum(len(data) for _, data in read) + total > BYTES_AT_MOST:
        return None
    return TwoSides(same, Side(names, now, problems), Side(past, read, wrong), files.read)


def _is_same(files: Witness, base: Files, name: str) -> bool:
    digest = files.read_so_far.get(name)
    return digest is not None and has(base, name, digest)
