"""Finds the manifest files of a project, none outside it by path or link; what they say is left to others."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from reconcile.model import Origin, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE
from reconcile.suggest import nearest

FILES_AT_MOST = 200_000
BYTES_AT_MOST = 256 * 2**20
FILE_AT_MOST = 8 * 2**20
_CHANGED = "the file changed while it was read, so that nobody wrote what was seen of it"
_TICK = 20_000_000
"""Nanoseconds: as coarse as a file system stamps what is written."""

_ENDINGS = (".yaml", ".yml")
_NEARLY = (*_ENDINGS, ".json", ".yalm", ".ymal", ".yam", ".yaml.txt", ".yml.txt")
"""What a name may end in, in any case, that somebody meant to be read."""


class Files(Protocol):
    """Describe where the files of a project come from."""

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """Return the manifest files under the listed paths, each once and in order of their names."""

    def read(self, name: str) -> bytes | Problem:
        """Return the bytes of one file, or why it cannot be read."""


class ManifestFiles(NamedTuple):
    """Hold the manifest files of a project, read, and what of them could not be."""

    names: tuple[str, ...]
    files: list[tuple[str, bytes]]
    problems: list[Problem]

    @property
    def is_whole(self) -> bool:
        """Tell whether every file could be read."""
        return not any(problem.severity == "error" for problem in self.problems)


def read_files(source: Files, listed: tuple[tuple[str, Origin], ...]) -> ManifestFiles:
    """Return the bytes of the manifest files under the listed paths; none where they are too many."""
    names, problems = source.found(listed)
    files: list[tuple[str, bytes]] = []
    unread: list[Problem] = []
    total = 0
    for name in names:
        data = source.read(name)
        if isinstance(data, Problem):
            unread.append(data)
            continue
        total += len(data)
        if total > BYTES_AT_MOST:
            words = "more than 256 MiB of manifests: split the project"
            return ManifestFiles(tuple(names), [], [*problems, Problem("limit-bytes", words, Origin(name))])
        files.append((name, data))
    return ManifestFiles(tuple(names), files, [*problems, *unread])


@dataclass(frozen=True, slots=True)
class Folder:
    """Read the files of a project as they lie in its folder."""

    root: Path
    _folders: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    """Whether each folder that was met lies inside: finding that out takes longer than reading a file."""

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """Return the manifest files, relative to the root, each once and in order of their names."""
        names: dict[str, None] = {}
        problems: list[Problem] = []
        for text, origin in listed:
            path = os.path.normpath(text)
            problem = _refused(self.root, path, text, origin)
            if problem:
                problems.append(problem)
                continue
            for file in _files(self.root, path):
                if isinstance(file, Problem):
                    problems.append(file)
                    continue
                names[file] = None
                if len(names) > FILES_AT_MOST:
                    words = f"more than {FILES_AT_MOST:,} manifest files: split the project"
                    return [], [Problem("limit-files", words, origin)]
        return sorted(names), problems

    def read(self, name: str) -> bytes | Problem:
        """Return the bytes of one manifest; a problem where it is no regular file inside the project."""
        origin, path = Origin(name), os.path.join(self.root, name)
        if not self._holds(path):
            words = "the file lies outside the project: links must stay inside it"
            return Problem("outside-project", words, origin)
        try:
            if not os.path.isfile(path):
                words = "this is no regular file (a pipe, a device, a link to nothing): remove it"
                return Problem("unreadable", words, origin)
            with open(path, "rb") as stream:
                data = _whole(stream)
            return data if data is not None else Problem("changed", f"{_CHANGED}: run again", origin)
        except OSError as error:
            words = f"the file cannot be read ({error.strerror}): let this user read it"
            return Problem("unreadable", words, origin)

    def _holds(self, path: str) -> bool:
        if os.path.islink(path):
            return _inside(self.root, Path(path))
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._folders[folder] = _inside(self.root, Path(folder))
        return self._folders[folder]


def _whole(stream: BufferedReader) -> bytes | None:
    """Return the bytes of a file, as many as it may have and one more; None where it changed meanwhile."""
    before = os.fstat(stream.fileno())
    data = stream.read(min(before.st_size, FILE_AT_MOST) + 1)  # a read takes the memory that it asks for
    after = os.fstat(stream.fileno())
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if same and time.time_ns() - after.st_mtime_ns < _TICK:  # a change may have left the stamp as it was
        same = os.pread(stream.fileno(), len(data) + 1, 0)[: len(data)] == data
    return data if same and len(data) == min(before.st_size, FILE_AT_MOST + 1) else None


def is_manifest(name: str) -> bool:
    """Tell whether a file of this name is read as YAML."""
    return name.endswith(_ENDINGS)


def is_found(name: str) -> bool:
    """Tell whether a file of this name is a manifest in any listed folder; the project file is none."""
    return is_manifest(name) and name != FILE


def is_nearly_found(name: str) -> bool:
    """Tell whether a file of this name is not read, but ends so that somebody may think it is."""
    return not is_manifest(name) and name.strip().lower().endswith(_NEARLY)


def project_files_nearby(root: Path, read: Sequence[str] = ()) -> list[Problem]:
    """Return warnings for files in `root` that are not `read`, and nearly have the project file's name."""
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    near = {FILE.removesuffix(".yaml") + ending for ending in _NEARLY}
    words = f"this file is not read: the project file is called {FILE}"
    return [
        Problem("nearly-read", words, Origin(name), "warning")
        for name in names
        if name not in {FILE, *read} and name.strip().lower() in near
        if FILE not in names or not name.endswith(".json")  # beside the project file, JSON is another thing
    ]


def _refused(root: Path, path: str, text: str, origin: Origin) -> Problem | None:
    if os.path.isabs(path) or path.startswith("..") or not _inside(root, root / path):
        words = f"`{text}` lies outside the project: list files and folders inside it"
        return Problem("outside-project", words, origin)
    if not _exists(root / path):
        hint = _existing(root, path) or "create it, or list what does"
        return Problem("no-such-file", f"`{text}` does not exist; {hint}", origin)
    return None


def _existing(root: Path, path: str) -> str | None:
    """Return a hint at the name nearest to the path's first part that is not there; None for no near name."""
    there, *parts = [*reversed(Path(path).parents), Path(path)]
    for part in parts:
        if not _exists(root / part):
            near = nearest(part.name, _manifests_in(root / there))
            return near and f"did you mean `{there / near}`?"
        there = part
    return None


def _manifests_in(folder: Path) -> Iterator[str]:
    """Yield the names in a folder that a project may mean to list."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and (entry.is_dir() or is_found(entry.name)):
                yield entry.name


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _inside(root: Path, path: Path) -> bool:
    try:
        return _real(path).is_relative_to(_real(root))
    except (OSError, ValueError):
        return False


def _real(path: Path) -> Path:
    """Return where a path leads, as far as it exists; OSError, with every Python, for links that go round."""
    try:
        return Path(os.path.realpath(path, strict=True))
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise
        return Path(os.path.realpath(path))


def _files(root: Path, path: str) -> Iterator[str | Problem]:
    """Yield the manifests at a path, and what is passed over: folders that are links or cannot be read."""
    if not (root / path).is_dir():
        yield path
        return
    unread: list[OSError] = []
    for folder, folders, names in os.walk(root / path, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = os.path.relpath(folder, root)
        files = [os.path.normpath(os.path.join(inside, name)) for name in (*folders, *sorted(names))]
        yield from (linked_folder(name) for name in files[: len(folders)] if (root / name).is_symlink())
        for name in files[len(folders) :]:
            if is_found(name):
                yield name
            elif is_nearly_found(name):
                yield _nearly(name)
    for error in unread:
        words = f"the folder cannot be read ({error.strerror}): let this user read it"
        yield Problem("unreadable", words, Origin(os.path.relpath(error.filename, root)))


def _nearly(name: str) -> Problem:
    words = "this file is not read: the name of a manifest ends in .yaml or .yml; rename it, or move it away"
    return Problem("nearly-read", words, Origin(name), "warning")


def linked_folder(name: str) -> Problem:
    words = "a link to a folder is not followed: list the folder itself under manifests in reconcile.yaml"
    return Problem("linked-folder", words, Origin(name), "warning")
