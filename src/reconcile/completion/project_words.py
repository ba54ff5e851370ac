"""Finds the names that a project has: environments, systems, addresses.

Manifests are skimmed, not loaded: what is offered is a help, and every command checks what it is given. What
was skimmed of a file is kept with the file's size and time in a cache of the user's own, outside the project,
where no checkout can bring it in.
"""

from __future__ import annotations

import json
import os
import time
from binascii import crc32
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reconcile.completion.skimmed_files import (
    PROJECT_FILE,
    SkimmedFile,
    bytes_of,
    manifest_files,
    project_file,
)
from reconcile.git.above import folders_above, is_ours
from reconcile.named_tuple import NamedTuple

KEPT_AT_MOST = 64
WAITS = 1.0
"""Seconds after which no more manifests are read: somebody has pressed a key."""

_ROOT = "/"
"""The key of the project's folder, which no file has."""


class ProjectWords(NamedTuple):
    """Hold the names of a project."""

    environments: tuple[str, ...] = ()
    systems: Mapping[str, str] = MappingProxyType({})
    """The type of each system."""

    addresses: tuple[str, ...] = ()


def project_words(folder: Path | None, waits: float = WAITS) -> ProjectWords:
    """Return the names of the project in `folder`, or of the nearest one; none where there is no project.

    After `waits` seconds no more manifests are read, and the names are those of what was read until then.
    """
    over = time.monotonic() + waits
    found = _root() if folder is None else folder
    root = os.path.realpath(found) if found is not None else ""
    file = project_file(root) if root else None
    if file is None:
        return ProjectWords()
    kept = _Kept(root)
    about = kept.project(file)
    systems: dict[str, str] = about["systems"]
    manifests = [*kept.manifests(about["manifests"], lambda: time.monotonic() < over)]
    kept.write()
    named = (_address(*each.split("/"), systems=systems) for each in manifests if each.count("/") == 3)
    addresses = tuple(sorted({address for address in named if address}))
    return ProjectWords(tuple(about["environments"]), systems, addresses)


def _root() -> Path | None:
    here = Path.cwd()
    above = [here, *folders_above(here)]
    found = next((folder for folder in above if (folder / PROJECT_FILE).is_file()), None)
    if found is None or found == here or (is_ours(above[-1]) and is_ours(found)):
        return found
    return None


def _address(type_: str, kind: str, name: str, system: str, *, systems: Mapping[str, str]) -> str | None:
    """Return the address of a manifest; None where it does not say which system is meant."""
    if not system:
        named = [each for each, of in systems.items() if of == type_]
        if len(named) != 1:
            return None
        system = named[0]
    return f"{system}/{kind}/{name}" if system in systems else None


class _Kept:
    """Hold what was kept of a project, and what of it is new."""

    def __init__(self, root: str) -> None:
        self._root = root
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reconcile"
        self._file = base / f"{crc32(os.fsencode(root)):08x}.json"
        self._old: dict[str, Any] = {}
        self._new: dict[str, Any] = {_ROOT: root}
        with suppress(OSError, ValueError):
            found = json.loads(self._file.read_bytes())
            self._old = found if isinstance(found, dict) and found.get(_ROOT) == root else {}

    def project(self, file: SkimmedFile) -> dict[str, Any]:
        """Return the environments, systems and manifest folders of the project file."""
        found: dict[str, Any] = self._of(file, _skimmed_project)
        return found

    def manifests(self, listed: list[str], in_time: Callable[[], bool]) -> Iterator[str]:
        """Yield type, kind, name and system of each manifest, with a slash between them."""
        for file in manifest_files(self._root, listed, in_time):
            yield from map(str, self._of(file, _skimmed))
        if not in_time():  # the next time goes on from here
            self._new = {**self._old, **self._new}

    def _of(self, file: SkimmedFile, skim: Callable[[bytes], Any]) -> Any:
        stamp = [file.written, file.size]
        kept = self._old.get(file.name)
        if not isinstance(kept, list) or len(kept) != 2 or kept[0] != stamp:
            kept = [stamp, skim(bytes_of(self._root, file))]
        self._new[file.name] = kept
        return kept[1]

    def write(self) -> None:
        """Keep what was found, where it is new."""
        if self._new == self._old:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self._file.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps(self._new), encoding="utf-8")
            os.replace(temporary, self._file)
            kept = sorted(self._file.parent.glob("*.json"), key=os.path.getmtime, reverse=True)
            for old in kept[KEPT_AT_MOST:]:
                old.unlink()


def _skimmed(data: bytes) -> list[str]:
    from reconcile.completion.skimming import skimmed  # not needed where nothing has changed

    return skimmed(data)


def _skimmed_project(data: bytes) -> dict[str, Any]:
    from reconcile.completion.skimming import skimmed_project

    return skimmed_project(data)
