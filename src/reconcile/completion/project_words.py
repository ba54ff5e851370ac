"""Finds the names that a project has: environments, systems, addresses.

Manifests are skimmed, not loaded: what is offered is a help, and every command checks what it is given. What
was skimmed of a file is kept with the file's size and time in a cache of the user's own, outside the project,
where no checkout can bring it in.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import crc32

from reconcile.git.above import folders_above, is_ours

PROJECT_FILE = "reconcile.yaml"
KEPT_AT_MOST = 64
_ROOT = "/"
"""The key of the project's folder, which no file has."""

_ENDINGS = (".yaml", ".yml")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_API = re.compile(r"^apiVersion:\s*[\"']?([\w.-]+)/", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*[\"']?(\w+)", re.MULTILINE)
_METADATA = re.compile(r"^metadata:(\s*\{[^}]*\}|.*(?:\n[ \t]+.*|\n[ \t]*)*)", re.MULTILINE)
_OF_METADATA = re.compile(r"(?:^|[{,\s])(name|system):\s*[\"']?([\w.-]+)")
_DIVIDER = re.compile(r"^---.*$", re.MULTILINE)


class ProjectWords(NamedTuple):
    """Hold the names of a project."""

    environments: tuple[str, ...] = ()
    systems: Mapping[str, str] = MappingProxyType({})
    """The type of each system."""

    addresses: tuple[str, ...] = ()


def project_words(folder: Path | None) -> ProjectWords:
    """Return the names of the project in `folder`, or of the nearest one; none where there is no project."""
    root = _root() if folder is None else folder
    if root is None or not (root / PROJECT_FILE).is_file():
        return ProjectWords()
    kept = _Kept(root.resolve())
    about = kept.project()
    systems: dict[str, str] = about["systems"]
    manifests = [*kept.manifests(about["manifests"])]
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

    def __init__(self, root: Path) -> None:
        self._root = root
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reconcile"
        self._file = base / f"{crc32(os.fsencode(root)):08x}.json"
        self._old: dict[str, Any] = {}
        self._new: dict[str, Any] = {_ROOT: str(root)}
        with suppress(OSError, ValueError):
            found = json.loads(self._file.read_bytes())
            self._old = found if isinstance(found, dict) and found.get(_ROOT) == str(root) else {}

    def project(self) -> dict[str, Any]:
        """Return the environments, systems and manifest folders of the project file."""
        found: dict[str, Any] = self._of(PROJECT_FILE, os.stat(self._root / PROJECT_FILE), _skimmed_project)
        return found

    def manifests(self, listed: list[str]) -> Iterator[str]:
        """Yield type, kind, name and system of each manifest, with a slash between them."""
        for name in listed:
            for entry in _files(os.path.join(self._root, name)):
                path = os.path.relpath(entry.path, self._root)
                yield from map(str, self._of(path, entry.stat(), _skimmed))

    def _of(self, name: str, about: os.stat_result, skim: Any) -> Any:
        stamp = [about.st_mtime_ns, about.st_size]
        kept = self._old.get(name)
        if not isinstance(kept, list) or len(kept) != 2 or kept[0] != stamp:
            kept = [stamp, skim(self._root / name)]
        self._new[name] = kept
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


class _Entry(NamedTuple):
    """Stand for a file that is listed by itself, as `os.scandir` describes those of a folder."""

    path: str

    def stat(self) -> os.stat_result:
        return os.stat(self.path)


def _files(path: str) -> Iterator[os.DirEntry[str] | _Entry]:
    """Yield the manifest files at a path, those in its folders too; nothing of what cannot be read."""
    if os.path.isfile(path):
        yield _Entry(path)
        return
    with suppress(OSError), os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.name.endswith(_ENDINGS) and entry.name != PROJECT_FILE and entry.is_file():
                yield entry


def _skimmed(file: Path) -> list[str]:
    """Return type, kind, name and system of each document that says what it is, with slashes between."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [found for document in _DIVIDER.split(text) if (found := _named(document))]


def _named(document: str) -> str | None:
    api, kind, metadata = (each.search(document) for each in (_API, _KIND, _METADATA))
    if not (api and kind and metadata):
        return None
    of: dict[str, str] = {}
    for key, value in _OF_METADATA.findall(metadata[1]):
        of.setdefault(key, value)
    name, system = of.get("name", ""), of.get("system", "")
    if not _NAME.fullmatch(name) or (system and not _NAME.fullmatch(system)):
        return None
    return f"{api[1]}/{kind[1]}/{name}/{system}"


def _skimmed_project(file: Path) -> dict[str, Any]:
    """Return what a project file says of names; nothing where it cannot be read."""
    from reconcile.yaml_source import read_documents

    documents: Any = ()
    with suppress(OSError):
        documents, _ = read_documents(file.read_bytes(), PROJECT_FILE)
    value = documents[0].value if documents and isinstance(documents[0].value, dict) else {}
    systems, environments, listed = (value.get(key) for key in ("systems", "environments", "manifests"))
    typed = systems if isinstance(systems, dict) else {}
    manifests = listed if isinstance(listed, list) else ["manifests"]
    return {
        "environments": [*_named_well(environments)],
        "systems": {name: _type(name, typed[name]) for name in _named_well(systems)},
        "manifests": [name for name in manifests if isinstance(name, str)],
    }


def _named_well(names: Any) -> Iterator[str]:
    """Yield the keys that are names, which a shell takes for nothing else."""
    for name in names if isinstance(names, dict) else ():
        if isinstance(name, str) and _NAME.fullmatch(name):
            yield name


def _type(name: str, entry: Any) -> str:
    found = entry.get("type") if isinstance(entry, dict) else None
    return found if isinstance(found, str) else name
