"""Refuses outputs that a run would write over its own inputs, by whatever name they are given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.model import Json, Origin

if TYPE_CHECKING:
    from reconcile.cli.flags import Flags

FILE = "reconcile.yaml"
MANIFESTS = (("manifests", Origin(FILE)),)
"""Where manifests are unless the project file says so; where it can't be read, they may be there."""


def check_outputs(flags: Flags, outputs: Iterable[Path], read: Iterable[Path] = ()) -> None:
    """Raise a usage error where an output is a file that the run reads, or two outputs are one file.

    A file is known by what it is, not by its name: links, hard links and other spellings are the same file.
    `read` is what the run reads beside the project and the folder that its base may be.
    """
    named = tuple(outputs)
    places = [_identity(file) for file in named]
    for at, file in enumerate(named):
        if places[at] in places[:at]:
            raise click.UsageError(f"{file} is named for two outputs: give each a file of its own")
    there = {place: file for place, file in zip(places, named, strict=True) if not isinstance(place, str)}
    for given in _read(flags, read) if there else ():
        place = _identity(given)
        output = None if isinstance(place, str) else there.get(place)
        if output is not None:
            also = "" if str(given) == str(output) else f" ({given})"
            raise click.UsageError(f"{output} is a file that this run reads{also}: name another to write to")


def _identity(file: Path) -> tuple[int, int] | str:
    """Return what a file is: its device and its number there; for one that does not exist, its real path."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return os.path.realpath(file)
    return found.st_dev, found.st_ino


def _read(flags: Flags, more: Iterable[Path]) -> Iterator[Path]:
    """Yield every file that a run may read."""
    yield from more
    yield from (Path(name) for name in map(os.environ.get, ("SSL_CERT_FILE",)) if name)
    for folder in (flags.chdir, *((flags.chdir / flags.base,) if flags.base else ())):
        if folder.is_dir():
            yield from _of_project(folder)


def _of_project(folder: Path) -> Iterator[Path]:
    from reconcile.manifests.files import Folder
    from reconcile.project import read_project
    from reconcile.session.catalogue import CATALOGUE

    yield folder / FILE
    yield from (folder / ".reconcile" / name for name in ("journal.jsonl", "lock"))
    data = Folder(folder.absolute()).read(FILE)
    if not isinstance(data, bytes):
        return
    root = folder.absolute()
    first, _ = read_project(data, root, CATALOGUE, None)
    others = (read_project(data, root, CATALOGUE, name)[0] for name in (first.environments if first else ()))
    listed = [MANIFESTS, *(project.manifests for project in (first, *others) if project)]
    for name in dict.fromkeys(name for each in listed for name in Folder(root).found(each)[0]):
        yield folder / name
    secret = (
        system.secrets for project in (first, *others) if project for system in project.systems.values()
    )
    yield from (Path(file) for each in secret for file in _files(dict(each)))


def _files(value: Json) -> Iterator[str]:
    """Yield the files that secrets are read from."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "file" and isinstance(inner, str):
                yield inner
            else:
                yield from _files(inner)
