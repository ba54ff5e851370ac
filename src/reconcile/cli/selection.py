"""Which of the declared resources PATH and --target leave; one that matches nothing is an error."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase

from reconcile.cli.flags import Flags
from reconcile.errors import ProblemsFound
from reconcile.manifests import Loaded
from reconcile.model import Address, Problem, Resource
from reconcile.nearest import nearest
from reconcile.project import Project


def selected(flags: Flags, project: Project, loaded: Loaded, paths: Sequence[str]) -> frozenset[Address]:
    """The addresses that PATH and --target leave; ProblemsFound for all of them that match nothing."""
    under = [_under(path, project, loaded) for path in paths]
    matching = [_matching(glob, loaded) for glob in flags.target]
    problems = tuple(found for found in (*under, *matching) if isinstance(found, Problem))
    if problems:
        raise ProblemsFound(problems)
    chosen = frozenset(resource.address for resource in loaded.resources)
    for given in (under, matching):
        if given:
            chosen &= {address for found in given if not isinstance(found, Problem) for address in found}
    return chosen


def _under(path: str, project: Project, loaded: Loaded) -> list[Address] | Problem:
    inside = os.path.relpath(project.root / path, project.root)
    found = [
        r.address for r in loaded.resources if inside == "." or any(_lies_in(f, inside) for f in _files(r))
    ]
    if not found and inside not in loaded.files and not any(_lies_in(file, inside) for file in loaded.files):
        near = nearest(inside, loaded.files)
        return Problem("no-such-path", f"no manifest in `{path}`{_did_you_mean(near)}")
    return found


def _files(resource: Resource) -> set[str]:
    return {resource.origin.file, *(share.origin.file for share in resource.carries.values())}


def _lies_in(file: str, path: str) -> bool:
    return file == path or file.startswith(f"{path}/")


def _matching(glob: str, loaded: Loaded) -> list[Address] | Problem:
    names = {
        str(address): resource.address
        for resource in loaded.resources
        for address in (resource.address, *resource.carries)
    }
    found = [address for name, address in names.items() if fnmatchcase(name, glob)]
    if not found:
        near = nearest(glob, names)
        return Problem("no-such-target", f"nothing is declared as `{glob}`{_did_you_mean(near)}")
    return found


def _did_you_mean(near: str | None) -> str:
    return f"; did you mean `{near}`?" if near else ""
