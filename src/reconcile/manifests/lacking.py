"""Finds what a project lacks as a whole: manifests, and any use of a variable that the operator sets; what
one file lacks is left to `load`.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.manifests.interpolate import variables_in
from reconcile.manifests.load import Loaded, Outside
from reconcile.model import Problem
from reconcile.project import Project
from reconcile.suggest import suggestion


def lacking(project: Project, loaded: Loaded, outside: Outside) -> Iterator[Problem]:
    """Yield the problems of the project as a whole; none while some of it could not be read."""
    if not loaded.is_whole:
        return
    if project.manifests and not (loaded.resources or loaded.left_out or loaded.errors):
        yield _no_manifest(project, loaded)
    inside = variables_in((*project.variables.values(), *outside.variables.values()))
    known = project.variable_names | loaded.variables | {*inside}
    for name in outside.variables:
        if name not in known:
            near = suggestion(name, known) or ": neither reconcile.yaml nor a manifest names any"
            yield Problem("unknown-var", f"--var: no variable `{name[:80]}`{near}")


def _no_manifest(project: Project, loaded: Loaded) -> Problem:
    listed = ", ".join(f"`{path}`" for path, _ in project.manifests)
    found = "no file holds a document" if loaded.files else "no file's name ends in .yaml or .yml"
    words = f"this project has no manifest: in {listed} {found}"
    todo = "add one, or write `manifests: []` where that is meant"
    return Problem("no-manifest", f"{words}; {todo}", project.manifests[0][1])
