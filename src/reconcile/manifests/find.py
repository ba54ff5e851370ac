"""Finds the manifest files of a project; none may lie outside it, by path or by link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from reconcile.model import Origin, Problem

FILES_AT_MOST = 200_000
BYTES_AT_MOST = 256 * 2**20
FILE_AT_MOST = 8 * 2**20
_ENDINGS = (".yaml", ".yml")


def manifest_files(root: Path, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
    """The project's manifest files, relative to `root`, each once and in order of their names."""
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for text, origin in listed:
        path = os.path.normpath(text)
        problem = _refused(root, path, text, origin)
        if problem:
            problems.append(problem)
            continue
        for file in _files(root, path):
            found[file] = None
            if len(found) > FILES_AT_MOST:
                return [], [
                    Problem(
                        "limit-files",
                        f"more than {FILES_AT_MOST:,} manifest files: split the project",
                        origin,
                    )
                ]
    return sorted(found), problems


def read_file(root: Path, name: str) -> bytes | Problem:
    """The bytes of one manifest; a problem where it is no regular file inside the project."""
    origin, path = Origin(name), root / name
    if not _inside(root, path):
        return Problem(
            "outside-project", "the file lies outside the project: links must stay inside it", origin
        )
    if not path.is_file():
        return Problem("unreadable", "not a regular file", origin)
    try:
        with path.open("rb") as stream:
            return stream.read(FILE_AT_MOST + 1)
    except OSError as error:
        return Problem("unreadable", f"cannot be read: {error.strerror}", origin)


def _refused(root: Path, path: str, text: str, origin: Origin) -> Problem | None:
    if os.path.isabs(path) or path.startswith("..") or not _inside(root, root / path):
        return Problem("outside-project", f"`{text}` lies outside the project", origin)
    if not (root / path).exists():
        return Problem("no-such-file", f"`{text}` does not exist; create it, or list what does", origin)
    return None


def _inside(root: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _files(root: Path, path: str) -> Iterator[str]:
    if not (root / path).is_dir():
        yield path
        return
    for folder, folders, names in os.walk(root / path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = os.path.relpath(folder, root)
        yield from (
            os.path.normpath(os.path.join(inside, name)) for name in sorted(names) if name.endswith(_ENDINGS)
        )
