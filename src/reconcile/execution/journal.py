"""Keeps the journal of an apply, under its lock: what was meant to be sent, and what came of it."""

from __future__ import annotations

import json
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from reconcile.execution.durable import Durable
from reconcile.execution.locking import FULL, Busy, give_back, hold, hold_project, release, why_unusable
from reconcile.execution.memory import Past, past_of
from reconcile.model import Json
from reconcile.moments import Moment, moment
from reconcile.project.ownership import why_not_own

__all__ = ["FOLDER", "Busy", "Journal", "Past", "Unusable", "glimpse", "remembered"]

FOLDER = ".reconcile"
JOURNAL = "journal.jsonl"
LOCK = "lock"
READ_AT_MOST = 16 * 2**20
"""Bytes of the end of a longer journal that are read: what is in doubt is recent."""

_CREATED = os.O_RDWR | os.O_APPEND | os.O_CREAT
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Unusable(Exception):
    """Say that the journal or its folder cannot be used, why, and what to do."""


def remembered(data: bytes) -> Past:
    """Return what a journal's text says; a torn last line is passed over, and a damaged one is told."""
    return past_of(_entries(data), known=bool(data))


def lock_of(root: Path) -> Path:
    """Return the file that an apply of the project in `root` locks."""
    return root / FOLDER / LOCK


def glimpse(root: Path) -> Past:
    """Return what the journal in `root` says, without holding its lock; nothing where there is none.

    Raises Unusable where it cannot be read, or somebody else could have written it.
    """
    opened: list[int] = []
    try:
        opened.append(os.open(root / FOLDER, os.O_RDONLY | os.O_DIRECTORY | _SAFE))
        opened.append(os.open(JOURNAL, os.O_RDONLY | os.O_NONBLOCK | _SAFE, dir_fd=opened[0]))
        if not stat.S_ISREG(os.fstat(opened[1]).st_mode):
            raise Unusable(f"{FOLDER}/{JOURNAL} is no regular file: remove it")
        _must_be_own(opened[0], FOLDER)
        _must_be_own(opened[1], f"{FOLDER}/{JOURNAL}")
        return remembered(_end_of(opened[1]))
    except FileNotFoundError:
        return Past()
    except OSError as error:
        words = f"{FOLDER}/{JOURNAL} cannot be read ({error.strerror}): let this user read it"
        raise Unusable(words) from error
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _must_be_own(descriptor: int, name: str) -> None:
    """Raise Unusable where another user, or any user, could have written the file."""
    if words := why_not_own(os.fstat(descriptor), name, FOLDER):
        raise Unusable(words)


def _end_of(descriptor: int) -> bytes:
    """Return the journal, or of a longer one the whole lines at its end."""
    start = os.fstat(descriptor).st_size - READ_AT_MOST
    if start <= 0:
        return os.pread(descriptor, READ_AT_MOST, 0)
    return os.pread(descriptor, READ_AT_MOST + 1, start - 1).partition(b"\n")[2]


def _entries(data: bytes) -> Iterator[Mapping[str, Json]]:
    """Yield what each line says; `damaged` for a line that is not as it was written.

    The last line may be torn: what it was to announce was never sent.
    """
    *lines, last = data.split(b"\n")
    for number, line in enumerate([*lines, b"" if _is_torn(last) else last], 1):
        entry = _entry(line)
        if entry is not None:
            yield entry
        elif line.strip():
            yield {"event": "damaged", "address": "", "at": 0.0, "line": number}


def _is_torn(line: bytes) -> bool:
    """Tell whether a line without an end is the beginning of one, and not a whole one."""
    try:
        json.JSONDecoder().raw_decode(line.decode())
    except (ValueError, RecursionError):
        return True
    return False


def _entry(line: bytes) -> Mapping[str, Json] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or entry.pop("crc", None) != _crc(entry):
        return None
    shaped = isinstance(entry.get("address"), str) and isinstance(entry.get("at"), int | float)
    return entry if shaped and isinstance(entry.get("event"), str) else None


def _crc(entry: Mapping[str, Json]) -> int:
    return zlib.crc32(json.dumps(entry, sort_keys=True).encode())


class Journal:
    """Hold an append-only file of JSON lines in the project's `.reconcile`, open to one process at a time.

    Each entry is on the disk when `append` returns. An entry holds addresses, methods, paths, digests and
    ids: no values and no secrets. Entering raises Busy or Unusable. Safe for threads.
    """

    def __init__(self, root: Path, clock: Callable[[], Moment] = moment) -> None:
        self.clock = clock
        self.past = Past()
        self._root = root
        self._mutex = Lock()
        self._durable = Durable(lambda: os.fsync(self._file))
        self._descriptors: list[int] = []
        self._lock = self._file = -1
        self._held = False

    def append(self, entry: Mapping[str, Json]) -> None:
        """Write one entry, in one piece, and wait until it is durable; raise OSError where it is not."""
        now = self.clock()
        whole = {"at": now.wall, **({"boot": now.boot, "up": now.up} if now.boot else {}), **entry}
        line = json.dumps({**whole, "crc": _crc(whole)}, sort_keys=True).encode() + b"\n"
        with self._mutex:
            self._put_back()
            _add(self._file, line)
            number = self._durable.wrote()
        self._durable.until(number)

    def why_lost(self) -> str:
        """Return why this apply may write no more, or the empty text.

        The reason is that its lock or journal is no longer found at its name.
        """
        for name, descriptor in ((LOCK, self._lock), (JOURNAL, self._file)):
            if not _is_at(self._root / FOLDER / name, descriptor):
                return (
                    f"{FOLDER}/{name} was removed or replaced while this apply ran, so that another one may "
                    "run beside it (git clean, a restored cache?): plan and apply again"
                )
        return ""

    def __enter__(self) -> Self:
        try:
            self._open()
        except OSError as error:
            self._close()
            raise Unusable(why_unusable(error, FOLDER)) from error
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _open(self) -> None:
        self._hold_project()
        folder = self._folder()
        self._lock = self._opened(folder, LOCK)
        hold(self._lock)
        self._descriptors.remove(self._lock)
        self._held = True
        self._file = self._opened(folder, JOURNAL)
        _sync(folder)
        self.past = remembered(_end_of(self._file))
        self._stamp()

    def _hold_project(self) -> None:
        try:
            self._descriptors.append(hold_project(self._root, self._root / FOLDER / LOCK))
        except OSError as error:
            raise Unusable(f"the project's folder cannot be opened ({error.strerror})") from error

    def _stamp(self) -> None:
        """Note that every write in doubt has left by now.

        The process that sent it has ended, and may not have said when the write left.
        """
        unsaid = {doubt.identity for doubt in self.past.doubts if doubt.left is None}
        try:
            for identity in unsaid:
                about = {"address": identity.address} if identity.environment is None else identity._asdict()
                self.append({"event": "left", **about})
        except OSError as error:
            raise Unusable(f"the journal cannot be written: {error.strerror}") from error
        now = self.clock()
        doubts = (doubt._replace(left=doubt.left or now) for doubt in self.past.doubts)
        self.past = self.past._replace(doubts=tuple(doubts))

    def _folder(self) -> int:
        path = self._root / FOLDER
        try:
            made = not path.exists()
            path.mkdir(mode=0o700, exist_ok=True)
            self._descriptors.append(os.open(path, os.O_RDONLY | os.O_DIRECTORY | _SAFE))
            if made:
                _sync(self._descriptors[0])
        except OSError as error:
            if error.errno in FULL:
                raise
            reason = (
                f"{FOLDER} cannot be used ({error.strerror}): it is a folder of the project's own, no link"
            )
            raise Unusable(reason) from error
        _must_be_own(self._descriptors[-1], FOLDER)
        return self._descriptors[-1]

    def _opened(self, folder: int, name: str) -> int:
        try:
            found = os.open(name, _CREATED | _SAFE, 0o600, dir_fd=folder)
        except OSError as error:
            if error.errno in FULL:
                raise
            raise Unusable(f"{FOLDER}/{name} cannot be opened ({error.strerror}): remove it") from error
        self._descriptors.append(found)
        if not stat.S_ISREG(os.fstat(found).st_mode):
            raise Unusable(f"{FOLDER}/{name} is no regular file: remove it")
        _must_be_own(found, f"{FOLDER}/{name}")
        return found

    def _put_back(self) -> None:
        """Go on in a new journal that says the same, where the journal is no longer found at its name."""
        if _is_at(self._root / FOLDER / JOURNAL, self._file):
            return
        with suppress(OSError, Unusable):
            there = self._opened(self._folder(), JOURNAL)
            _add(there, _end_of(self._file))
            os.fsync(there)
            self._file = there

    def _close(self) -> None:
        if self._held:
            self._held = False
            give_back(self._lock)
        while self._descriptors:
            release(self._descriptors.pop())


def _has_ended(descriptor: int) -> bool:
    """Cut off a torn last line; tell whether the last one that is left has its end."""
    size = os.fstat(descriptor).st_size
    if not size or os.pread(descriptor, 1, size - 1) == b"\n":
        return True
    last = _end_of(descriptor).rpartition(b"\n")[2]
    if _is_torn(last):
        os.ftruncate(descriptor, size - len(last))
        return True
    return False


def _sync(folder: int) -> None:
    """Make the names in a folder durable, where its file system can."""
    with suppress(OSError):
        os.fsync(folder)


def _is_at(path: Path, descriptor: int) -> bool:
    """Tell whether the open file is the one at its name."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except OSError:
        return False


def _add(descriptor: int, line: bytes) -> None:
    """Write a line; a torn line before it is taken out."""
    rest = line if _has_ended(descriptor) else b"\n" + line
    while rest:
        rest = rest[os.write(descriptor, rest) :]
