"""Keeps what loading came to in `.reconcile/cache`, by content; whoever may not believe it never opens it.

One file for each meaning that manifests can have (tool, schema, project, environment). Its first line, after
a checksum of its own, lists the entries, one for each manifest file: the digest of its bytes, and the length
and checksum of the entry. The entries follow, and are read one by one, since holding all of them takes time.
The checksums find what a disk or an interrupted copy damaged; they are no protection against an attacker.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from reconcile.json_codec import decode, encode
from reconcile.model import Json
from reconcile.project.ownership import why_not_own
from reconcile.version import VERSION

CACHE_FOLDER = ".reconcile/cache"
CACHES_AT_MOST = 64
"""The most files that are kept: a project has two for each environment."""

CACHE_BYTES_AT_MOST = 1 << 30
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_UNUSABLE = (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError, MemoryError)
"""What a list of entries that is none of ours may raise."""


class Cache:
    """Hold what was kept for one meaning; reading and writing never fail, but find or keep nothing."""

    def __init__(self, root: Path, context: str) -> None:
        self._root = root
        self._name = _digest(f"{VERSION}\n{context}".encode()) + ".kept"
        self._file: int | None = None
        self._places: dict[str, tuple[int, int, int]] = {}
        """The start, length and checksum of each entry, by the digest of its file's bytes."""
        self._sound: set[str] = set()
        """The files, as one digest, among which nothing was wrong."""
        self._used: dict[str, bytes | None] = {}
        """The entries that this run found (None: as they were) and kept."""
        self._marks: set[str] = set()
        """The files, as one digest, among which this run found nothing wrong."""
        self._new = False
        self._can = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
        if self._can:
            with contextlib.suppress(*_UNUSABLE):
                self._open()

    def key(self, data: bytes) -> str:
        """Return the key by which the entry of a file with these bytes is found."""
        return _digest(data)

    def find(self, key: str) -> Json:
        """Return the entry of a file; None where there is none that can be believed."""
        text = self._used.get(key) or self._entry(key)
        if text is None:
            return None
        try:
            entry = decode(text)
        except ValueError:
            return None
        self._used.setdefault(key, None)
        return entry

    def keep(self, key: str, entry: Json) -> bool:
        """Keep the entry of a file, once `write` is called; False where JSON cannot spell it."""
        try:
            self._used[key] = encode(entry)
        except ValueError:
            return False
        self._new = True
        return True

    def hold(self, key: str) -> None:
        """Keep an entry as it is, though this run does not look at it; one that is not there is no matter."""
        if key in self._places:
            self._used.setdefault(key, None)

    def is_sound(self, keys: Iterable[str]) -> bool:
        """Tell whether nothing was wrong among just these files; two of one key are two."""
        return _all_of(keys) in self._sound

    def keep_sound(self, keys: Iterable[str]) -> None:
        """Keep that nothing is wrong among these files."""
        mark = _all_of(keys)
        self._marks.add(mark)
        self._new |= mark not in self._sound

    def write(self) -> None:
        """Put what this run found and kept in the place of what was there, in one step."""
        if self._new and self._can:
            with contextlib.suppress(OSError), _folder(self._root, make=True) as folder:
                _ignored_by_git(folder)
                temporary = f"{secrets.token_hex(8)}.tmp"
                _put(folder, temporary, self._spelled())
                os.replace(temporary, self._name, src_dir_fd=folder, dst_dir_fd=folder)
                _forget(folder)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> None:
        with _folder(self._root) as folder:
            self._file = os.open(self._name, os.O_RDONLY | os.O_NONBLOCK | _SAFE, dir_fd=folder)
        about = os.fstat(self._file)
        if (
            stat.S_ISREG(about.st_mode)
            and not why_not_own(about, self._name, CACHE_FOLDER)
            and about.st_size < CACHE_BYTES_AT_MOST
        ):
            with open(self._file, "rb", closefd=False) as stream:
                line = stream.readline()
            check, _, text = line.partition(b" ")
            if int(check, 16) != crc32(text):
                return
            head, start = decode(text), len(line)
            for key, length, check in head["entries"]:
                self._places[key] = start, length, check
                start += length
            self._sound = set(head["sound"])

    def _entry(self, key: str) -> bytes | None:
        """Return the bytes of an entry that are as they were written, else None."""
        if key not in self._places or self._file is None:
            return None
        start, length, check = self._places[key]
        try:
            text = os.pread(self._file, min(length, CACHE_BYTES_AT_MOST), start)
        except _UNUSABLE:
            return None
        return text if crc32(text) == check else None

    def _spelled(self) -> Iterator[bytes]:
        texts = {key: self._entry(key) if text is None else text for key, text in self._used.items()}
        kept = {key: text for key, text in texts.items() if text is not None}
        entries = [[key, len(text), crc32(text)] for key, text in kept.items()]
        head = encode({"sound": sorted(self._marks), "entries": entries}) + b"\n"
        yield b"%08x %b" % (crc32(head), head)
        yield from kept.values()


@contextlib.contextmanager
def _folder(root: Path, *, make: bool = False) -> Iterator[int]:
    """Open the cache's folder without following a link; OSError where that cannot be or is unsafe."""
    opened: list[int] = []
    try:
        for name in CACHE_FOLDER.split("/"):
            above = opened[-1] if opened else None
            place = name if opened else root / name
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(place, 0o700, dir_fd=above)
            opened.append(os.open(place, os.O_RDONLY | os.O_DIRECTORY | _SAFE, dir_fd=above))
            if words := why_not_own(os.fstat(opened[-1]), name, CACHE_FOLDER):
                raise PermissionError(words)
        yield opened[-1]
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _put(folder: int, name: str, parts: Iterable[bytes]) -> None:
    with open(os.open(name, _NEW | _SAFE, 0o600, dir_fd=folder), "wb") as stream:
        stream.writelines(parts)


def _ignored_by_git(folder: int) -> None:
    with contextlib.suppress(FileExistsError):
        _put(folder, ".gitignore", [b"*\n"])


def _forget(folder: int) -> None:
    """Remove the files that were written longest ago, past the most that are kept."""
    ages = {name: os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime for name in os.listdir(folder)}
    ages.pop(".gitignore", None)
    for name in sorted(ages, key=lambda name: ages[name], reverse=True)[CACHES_AT_MOST:]:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)


def _all_of(keys: Iterable[str]) -> str:
    return _digest("\n".join(sorted(keys)).encode())


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
