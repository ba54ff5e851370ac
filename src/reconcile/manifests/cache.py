"""Keeps what loading came to in `.reconcile/cache`, by content; whoever may not believe it never opens it.

One file for each meaning that manifests can have (tool, schema, project, environment); a line for each
manifest file: the digest of its bytes, a checksum of the entry, the entry.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

from reconcile.decode import decode
from reconcile.model import Json
from reconcile.version import VERSION

FOLDER = ".reconcile/cache"
FILES_AT_MOST = 32
BYTES_AT_MOST = 1 << 30
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class Cache:
    """What was kept for one meaning; reading and writing it never fail, they only find or keep nothing."""

    def __init__(self, root: Path, context: str) -> None:
        self._root = root
        self._name = _digest(f"{VERSION}\n{context}".encode()) + ".jsonl"
        self._found: dict[bytes, bytes] = {}
        self._used: dict[bytes, bytes] = {}
        self._new = False
        self._can = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
        if self._can:
            with contextlib.suppress(OSError):
                self._read()

    def find(self, data: bytes) -> Json:
        """The entry of a file with these bytes; None where there is none that can be believed."""
        key = _digest(data).encode()
        line = self._found.get(key)
        if line is None:
            return None
        check, _, text = line.partition(b" ")
        if _check(text) != check:
            return None
        try:
            entry = decode(text)
        except ValueError:
            return None
        self._used[key] = line
        return entry

    def keep(self, data: bytes, entry: Json) -> None:
        """Keeps the entry of a file with these bytes, once `write` is called."""
        text = json.dumps(entry, separators=(",", ":")).encode()
        self._used[_digest(data).encode()] = _check(text) + b" " + text
        self._new = True

    def write(self) -> None:
        """Puts what this run found and kept in the place of what was there, in one step."""
        if self._new and self._can:
            with contextlib.suppress(OSError), _folder(self._root, make=True) as folder:
                _ignored_by_git(folder)
                temporary = f"{secrets.token_hex(8)}.tmp"
                _put(folder, temporary, b"".join(b"%b %b\n" % pair for pair in self._used.items()))
                os.replace(temporary, self._name, src_dir_fd=folder, dst_dir_fd=folder)
                _forget(folder)

    def _read(self) -> None:
        with _folder(self._root) as folder:
            descriptor = os.open(self._name, os.O_RDONLY | os.O_NONBLOCK | _SAFE, dir_fd=folder)
            with open(descriptor, "rb") as stream:
                about = os.fstat(descriptor)
                if stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid():
                    lines = stream.read(BYTES_AT_MOST).split(b"\n")
                    self._found = {key: rest for key, _, rest in (line.partition(b" ") for line in lines)}


@contextlib.contextmanager
def _folder(root: Path, *, make: bool = False) -> Iterator[int]:
    """The cache's folder, opened without following a link; OSError where that cannot be."""
    opened: list[int] = []
    try:
        for name in FOLDER.split("/"):
            above = opened[-1] if opened else None
            place = name if opened else root / name
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(place, 0o700, dir_fd=above)
            opened.append(os.open(place, os.O_RDONLY | os.O_DIRECTORY | _SAFE, dir_fd=above))
        yield opened[-1]
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _put(folder: int, name: str, data: bytes) -> None:
    with open(os.open(name, _NEW | _SAFE, 0o600, dir_fd=folder), "wb") as stream:
        stream.write(data)


def _ignored_by_git(folder: int) -> None:
    with contextlib.suppress(FileExistsError):
        _put(folder, ".gitignore", b"*\n")


def _forget(folder: int) -> None:
    """Removes the files that were written longest ago, past the most that are kept."""
    ages = {name: os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime for name in os.listdir(folder)}
    ages.pop(".gitignore", None)
    for name in sorted(ages, key=lambda name: ages[name], reverse=True)[FILES_AT_MOST:]:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)


def _check(text: bytes) -> bytes:
    """A checksum against what a disk or an interrupted copy does; it keeps nobody out."""
    return b"%08x" % crc32(text)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
