"""Selects the declared resources that PATH and --target leave; one that matches nothing is an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from reconcile.errors import ProblemsFound
from reconcile.manifests import Loaded
from reconcile.model import Address, Problem, Resource
from reconcile.project import Project
from reconcile.session.run_options import RunOptions
from reconcile.suggest import nearest


def selected(options: RunOptions, project: Project, loaded: Loaded) -> frozenset[Address]:
    """Return the addresses that PATH and --target leave; ProblemsFound names each that matches nothing."""
    paths, targets = options.paths, options.targets
    places = {path: _inside(path, options, project) for path in paths}
    by_path = {path: _under(place, loaded) for path, place in places.items()}
    by_glob = {glob: _matching(glob, loaded) for glob in targets}
    problems = [_no_path(path, places[path], loaded) for path, found in by_path.items() if found is None]
    problems += [_no_target(glob, loaded) for glob, found in by_glob.items() if not found]
    if problems:
        raise ProblemsFound(tuple(problems))
    chosen = frozenset(resource.address for resource in loaded.resources)
    if paths:
        chosen &= {address for found in by_path.values() for address in found or ()}
    if targets:
        chosen &= {address for found in by_glob.values() for address in found}
    if not chosen and paths and targets:
        words = f"nothing in {', '.join(paths)} is declared as {', '.join(targets)}: widen one of them"
        raise ProblemsFound((Problem("no-such-target", words),))
    return chosen


def asks_for(options: RunOptions, project: Project) -> Callable[[Address, str], bool]:
    """Return what tells whether PATH and --target leave an address that a file declares."""
    targets = options.targets
    inside = [_inside(path, options, project) for path in options.paths]

    def is_asked(address: Address, file: str) -> bool:
        by_path = not inside or any(_lies_in(file, path) for path in inside)
        return by_path and (not targets or any(fnmatchcase(str(address), glob) for glob in targets))

    return is_asked


def listed(names: Collection[str], loaded: Loaded) -> frozenset[Address]:
    """Return the addresses that are named, or have a part that is; an unknown name selects nothing."""
    known = frozenset(names)
    return frozenset(
        r.address
        for r in loaded.resources
        if str(r.address) in known or any(str(part) in known for part in r.carries)
    )


def _under(inside: str, loaded: Loaded) -> list[Address] | None:
    """Return the addresses declared under a path; None where there is no manifest at all."""
    found = [r.address for r in loaded.resources if any(_lies_in(f, inside) for f in _files(r))]
    return found if found or any(_lies_in(file, inside) for file in loaded.files) else None


def _no_path(path: str, inside: str, loaded: Loaded) -> Problem:
    """Return the problem of a path without manifests, with the nearest that has some, as one types it."""
    folders = {f"{folder}/" for file in loaded.files for folder in _folders(file)}
    typed = os.path.normpath(path)
    before = typed.removesuffix(inside) if inside != "." and typed.endswith(inside) else ""
    near = _near(inside, {*loaded.files, *folders}, before)
    return Problem("no-such-path", f"no manifest in `{path}`{near}")


def _folders(file: str) -> Iterator[str]:
    return (str(folder) for folder in PurePosixPath(file).parents if folder.name)


def _no_target(glob: str, loaded: Loaded) -> Problem:
    return Problem("no-such-target", f"nothing is declared as `{glob}`{_near(glob, _names(loaded))}")


def _near(text: str, known: Iterable[str], before: str = "") -> str:
    """Return words that name the nearest of what is known, by the whole of its name or by its end.

    A far one is named, and not taken to be meant. `before` is what has to stand before each name.
    """
    by_end = {end: name for name in sorted(known, reverse=True) for end in _ends(name)}
    close = nearest(text, by_end)
    if close is not None:
        return f"; did you mean `{before}{by_end[close]}`?"
    far = nearest(text, by_end.values(), least=0.0)
    return f"; the nearest is `{before}{far}`" if far else ""


def _ends(name: str) -> Iterator[str]:
    """Yield the ends by which a name may be meant: of `a/b/c.yaml` also `b/c.yaml`, `c.yaml` and `c`."""
    parts = name.rstrip("/").split("/")
    yield from ("/".join(parts[at:]) for at in range(len(parts)))
    yield parts[-1].rsplit(".", 1)[0]


def _files(resource: Resource) -> set[str]:
    return {resource.origin.file, *(share.origin.file for share in resource.carries.values())}


def _inside(path: str, options: RunOptions, project: Project) -> str:
    """Return where a path leads, as seen from the project's folder."""
    place = (options.started or project.root) / path
    inside = os.path.relpath(place, project.root)
    if options.started is None or not inside.startswith(os.pardir):
        return inside
    return os.path.relpath(os.path.realpath(place), os.path.realpath(project.root))  # through links


def _lies_in(file: str, path: str) -> bool:
    return path in {".", file} or file.startswith(f"{path}/")


def _matching(glob: str, loaded: Loaded) -> list[Address]:
    return [address for name, address in _names(loaded).items() if fnmatchcase(name, glob)]


def _names(loaded: Loaded) -> Mapping[str, Address]:
    """Return each address that may be named, with that of the resource that carries it."""
    return {
        str(address): resource.address
        for resource in loaded.resources
        for address in (resource.address, *resource.carries)
    }
