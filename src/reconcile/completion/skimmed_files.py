"""Finds the files that completion may read: a project's manifests, none outside it by path or link, and none
beyond the limits of a manifest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from stat import S_ISREG

from reconcile.named_tuple import NamedTuple

PROJECT_FILE = "reconcile.yaml"
MOST_FILES = 200_000
MOST_BYTES = 256 * 2**20
MOST_OF_ONE = 8 * 2**20
MOST_OF_PROJECT = 2**20
"""The bytes of a project file, which is parsed while somebody waits; one has some thousands."""

_ENDINGS = (".yaml", ".yml")


class SkimmedFile(NamedTuple):
    """Hold a file's path from the project's folder, its size and when it was last written."""

    name: str
    size: int
    written: int
    """In nanoseconds."""


def project_file(root: str) -> SkimmedFile | None:
    """Return the project file of a folder; None where there is none that may be read."""
    return _at(root, PROJECT_FILE, MOST_OF_PROJECT)


def manifest_files(root: str, listed: Iterable[str], in_time: Callable[[], bool]) -> Iterator[SkimmedFile]:
    """Yield the manifests under the listed paths of a project, in no order, while there is time."""
    number = size = 0
    for path in listed:
        for file in _under(root, os.path.normpath(path), in_time):
            number, size = number + 1, size + file.size
            if number > MOST_FILES or size > MOST_BYTES:
                return
            yield file


def bytes_of(root: str, file: SkimmedFile) -> bytes:
    """Return the bytes of a file, as many as it had when it was found; none where it cannot be read."""
    with suppress(OSError), open(os.path.join(root, file.name), "rb") as stream:
        return stream.read(file.size)
    return b""


def _under(root: str, path: str, in_time: Callable[[], bool]) -> Iterator[SkimmedFile]:
    if os.path.isabs(path) or not _is_inside(root, path):
        return
    if (file := _at(root, path, MOST_OF_ONE)) and in_time():
        yield file
    folders = [path]
    while folders:
        folder = folders.pop()
        with suppress(OSError, ValueError), os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                if not in_time():
                    return
                name = os.path.normpath(os.path.join(folder, entry.name))
                if entry.is_dir(follow_symlinks=False):
                    folders += [] if entry.name.startswith(".") else [name]
                elif entry.name.endswith(_ENDINGS) and entry.name != PROJECT_FILE:
                    yield from filter(None, [_found(root, name, entry)])


def _at(root: str, path: str, most: int) -> SkimmedFile | None:
    """Return the regular file at a path, which a link may lead to where it stays inside the project."""
    with suppress(OSError, ValueError):
        about = os.stat(os.path.join(root, path))
        return _of_size(path, about, most) if _is_inside(root, path) else None
    return None


def _found(root: str, path: str, entry: os.DirEntry[str]) -> SkimmedFile | None:
    """Return the same for an entry of a folder that is inside."""
    with suppress(OSError):
        if not entry.is_symlink() or _is_inside(root, path):
            return _of_size(path, entry.stat(), MOST_OF_ONE)
    return None


def _of_size(path: str, about: os.stat_result, most: int) -> SkimmedFile | None:
    if S_ISREG(about.st_mode) and about.st_size <= most:
        return SkimmedFile(path, about.st_size, about.st_mtime_ns)
    return None


def _is_inside(root: str, path: str) -> bool:
    with suppress(OSError, ValueError):
        return os.path.commonpath((root, os.path.realpath(os.path.join(root, path)))) == root
    return False
