"""Which of the declared resources PATH and --target leave; one that matches nothing is an error."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from reconcile.cli.flags import Flags
from reconcile.errors import ProblemsFound
from reconcile.manifests import Loaded
from reconcile.model import Address, Problem, Resource
from reconcile.nearest import nearest
from reconcile.project import Project


def selected(flags: Flags, project: Project, loaded: Loaded, paths: Sequence[str]) -> frozenset[Address]:
    """The addresses that PATH and --target leave; a path or glob that matches nothing is an error."""
    chosen = {resource.address for resource in loaded.resources}
    if paths:
        chosen &= {address for path in paths for address in _under(path, project, loaded)}
    if flags.target:
        chosen &= {address for glob in flags.target for address in _matching(glob, loaded)}
    return frozenset(chosen)


def listed(names: Collection[str], loaded: Loaded) -> frozenset[Address]:
    """The addresses that are named, or have a part that is; a name that nothing has selects nothing."""
    known = frozenset(names)
    return frozenset(
        r.address
        for r in loaded.resources
        if str(r.address) in known or any(str(part) in known for part in r.carries)
    )


def _under(path: str, project: Project, loaded: Loaded) -> list[Address]:
    inside = os.path.relpath(project.root / path, project.root)
    found = [
        r.address for r in loaded.resources if inside == "." or any(_lies_in(f, inside) for f in _files(r))
    ]
    if not found and inside not in loaded.files and not any(_lies_in(file, inside) for file in loaded.files):
        near = nearest(inside, loaded.files)
        raise ProblemsFound((Problem("no-such-path", f"no manifest in `{path}`{_did_you_mean(near)}"),))
    return found


def _files(resource: Resource) -> set[str]:
    return {resource.origin.file, *(share.origin.file for share in resource.carries.values())}


def _lies_in(file: str, path: str) -> bool:
    return file == path or file.startswith(f"{path}/")


def _matching(glob: str, loaded: Loaded) -> list[Address]:
    names = {
        str(address): resource.address
        for resource in loaded.resources
        for address in (resource.address, *resource.carries)
    }
    found = [address for name, address in names.items() if fnmatchcase(name, glob)]
    if not found:
        near = nearest(glob, names)
        raise ProblemsFound(
            (Problem("no-such-target", f"nothing is declared as `{glob}`{_did_you_mean(near)}"),)
        )
    return found


def _did_you_mean(near: str | None) -> str:
    return f"; did you mean `{near}`?" if near else ""
