"""Refuses outputs that a run would write over its own inputs, by whatever name they are given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.model import Json, Origin

if TYPE_CHECKING:
    from reconcile.cli.flags import Flags

FILE = "reconcile.yaml"
KEPT = ".reconcile"
MANIFESTS = (("manifests", Origin(FILE)),)
"""Where manifests are unless the project file says so; where it can't be read, they may be there."""


def check_outputs(flags: Flags, outputs: Iterable[Path], read: Iterable[Path] = ()) -> None:
    """Raise a usage error where an output is a file that the run reads, or two outputs are one file.

    A file is known by what it is, not by its name: links, hard links and other spellings are the same file.
    `read` is what the run reads beside the project and the folder that its base may be. What git or this tool
    keeps for itself is no place for an output either, nor is one where the next run would take it for a
    manifest.
    """
    named = tuple(outputs)
    for file in named:
        check_place(file, flags.chdir)
    places = [_identity(file) for file in named]
    for at, file in enumerate(named):
        if places[at] in places[:at]:
            raise click.UsageError(f"{file} is named for two outputs: give each a file of its own")
    there = {place: file for place, file in zip(places, named, strict=True) if not isinstance(place, str)}
    for given in _read(flags, read) if named else ():
        place = _identity(given)
        output = None if isinstance(place, str) else there.get(place)
        if output is not None:
            also = "" if str(given) == str(output) else f" ({given})"
            raise click.UsageError(f"{output} is a file that this run reads{also}: name another to write to")
        for file in named if given.is_dir() else ():
            _check_no_manifest(file, given)


def _check_no_manifest(file: Path, folder: Path) -> None:
    """Raise a usage error where a file would be a manifest in this folder."""
    from reconcile.manifests.files import is_found

    real, within = Path(os.path.realpath(file)), Path(os.path.realpath(folder))
    if not real.is_relative_to(within) or not is_found(real.name):
        return
    if not any(part.startswith(".") for part in real.relative_to(within).parts[:-1]):
        words = f"{file} would be read as a manifest, since it lies in {folder}: name another to write to"
        raise click.UsageError(words)


def check_place(file: Path, project: Path) -> None:
    """Raise a usage error where a file or folder lies in what git or this tool keeps for itself."""
    real = Path(os.path.realpath(file))
    for path in (Path(os.path.abspath(file)), real):
        parts = [part.casefold() for part in path.parts]
        if ".git" in parts or any(real.is_relative_to(folder) for folder in _git_folders(project)):
            raise click.UsageError(f"{file} lies in .git, which is git's own: name another to write to")
        if KEPT in parts and parts[parts.index(KEPT) + 1 :][:1] != ["schema"]:
            words = f"{file} lies in {KEPT}, where runs keep what they remember: name another to write to"
            raise click.UsageError(words)


def _git_folders(project: Path) -> Iterator[Path]:
    """Yield the folders that git keeps elsewhere for a checkout that holds the project."""
    real = Path(os.path.realpath(project))
    for top in (real, *real.parents):
        said = top / ".git"
        with suppress(OSError, ValueError):
            if said.is_file():
                yield Path(os.path.realpath(top / said.read_text("utf-8").removeprefix("gitdir:").strip()))
            elif said.is_symlink():
                yield Path(os.path.realpath(said))


def _identity(file: Path) -> tuple[int, int] | str:
    """Return what a file is: its device and its number there; for one that does not exist, its real path."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return os.path.realpath(file)
    return found.st_dev, found.st_ino


def _read(flags: Flags, more: Iterable[Path]) -> Iterator[Path]:
    """Yield every file that a run may read, and every folder in which it looks for manifests."""
    yield from more
    yield from (Path(name) for name in map(os.environ.get, ("SSL_CERT_FILE",)) if name)
    bases = (flags.chdir / base for base in (flags.base, flags.base_or_none) if base)
    for folder in (flags.chdir, *bases):
        if folder.is_dir():
            yield from _of_project(folder)


def _of_project(folder: Path) -> Iterator[Path]:
    from reconcile.manifests.files import Folder
    from reconcile.project import read_project
    from reconcile.session.catalogue import CATALOGUE
    from reconcile.yaml_source import read_documents

    yield folder / FILE
    root = folder.absolute()
    data = Folder(root).read(FILE)
    if not isinstance(data, bytes):
        return
    first, _ = read_project(data, root, CATALOGUE, None)
    others = (read_project(data, root, CATALOGUE, name)[0] for name in (first.environments if first else ()))
    listed = [MANIFESTS, *(project.manifests for project in (first, *others) if project)]
    for name in dict.fromkeys(name for each in listed for name in Folder(root).found(each)[0]):
        yield folder / name
    for document in read_documents(data, FILE)[0]:
        yield from (Path(file) for file in _secret_files(document.value))
    yield from (folder / name for name in dict.fromkeys(name for each in listed for name, _ in each))


def _secret_files(value: Json) -> Iterator[str]:
    """Yield the files that secrets are read from, wherever in a project file they are named."""
    match value:
        case dict():
            if isinstance(file := value.get("file"), str):
                yield file
            for inner in value.values():
                yield from _secret_files(inner)
        case list():
            for inner in value:
                yield from _secret_files(inner)
