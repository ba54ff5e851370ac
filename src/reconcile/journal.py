"""The journal of an apply, and its lock: what was meant to be sent, and what came of it."""

from __future__ import annotations

import json
import os
import stat
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from reconcile.model import Json

FOLDER = ".reconcile"
JOURNAL = "journal.jsonl"
READ_AT_MOST = 16 * 2**20
"""Only the end of a longer journal is read: what is in doubt is recent."""

_FLAGS = os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_READ_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Unusable(Exception):
    """The journal or its folder cannot be used; the message says why and what to do."""


class Busy(Exception):
    """Another apply of this project is under way; the message says which process."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal says of earlier applies."""

    known: bool = False
    """Whether there was a journal at all."""

    in_doubt: Mapping[str, float] = field(default_factory=dict)
    """Address to when a write was sent whose effect nobody saw, in seconds since the epoch."""

    made: Mapping[str, Json] = field(default_factory=dict)
    """Address to the id that its creation was answered with."""

    doubt: float = 0.0
    """When an apply began that knew of an earlier one without its journal."""


def remembered(data: bytes) -> Past:
    """What a journal's text says; a torn or foreign line is passed over."""
    in_doubt: dict[str, float] = {}
    made: dict[str, Json] = {}
    doubt = 0.0
    for entry in _entries(data):
        address = entry["address"]
        if entry["event"] == "doubt":
            doubt = entry["at"]
        elif entry["event"] == "intent":
            in_doubt[address] = entry["at"]
        elif entry["event"] == "settled" or entry.get("effect") == "none":
            in_doubt.pop(address, None)
        if isinstance(entry.get("id"), str | int):
            made[address] = entry["id"]
    return Past(bool(data), in_doubt, made, doubt)


def glimpse(root: Path) -> Past:
    """What the journal in `root` says, without holding it; nothing where there is none that can be read."""
    flags = os.O_RDONLY | os.O_NONBLOCK | _READ_FLAGS
    try:
        descriptor = os.open(root / FOLDER / JOURNAL, flags)
    except OSError:
        return Past()
    try:
        return remembered(_end_of(descriptor)) if stat.S_ISREG(os.fstat(descriptor).st_mode) else Past()
    except OSError:
        return Past()
    finally:
        os.close(descriptor)


def _end_of(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, READ_AT_MOST, max(0, size - READ_AT_MOST))


def _entries(data: bytes) -> Iterator[Mapping[str, Json]]:
    for line in data.splitlines():
        entry = _entry(line)
        if entry is not None:
            yield entry


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
    """An append-only file of JSON lines in the project's `.reconcile`, held by one process at a time.

    Each entry is on the disk when `append` returns. It holds addresses, methods, paths, digests and ids: no
    values and no secrets. Entering raises Busy or Unusable. Safe for threads.
    """

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self._root, self._clock = root, clock
        self._lock = Lock()
        self._descriptors: list[int] = []
        self.past = Past()

    def append(self, entry: Mapping[str, Json]) -> None:
        """Writes one entry, in one piece, and waits until it is durable; OSError where it is not."""
        whole = {"at": round(self._clock(), 3), **entry}
        line = json.dumps({**whole, "crc": _crc(whole)}, sort_keys=True) + "\n"
        with self._lock:
            written = os.write(self._descriptors[-1], line.encode())
            if written != len(line.encode()):
                raise OSError(28, "the journal's disk is full")
            os.fsync(self._descriptors[-1])

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _open(self) -> None:
        folder = self._folder()
        _hold(self._file(folder, "lock"))
        journal = self._file(folder, JOURNAL)
        data = _end_of(journal)
        self.past = remembered(data)
        if data and not data.endswith(b"\n"):
            os.write(journal, b"\n")

    def _folder(self) -> int:
        path = self._root / FOLDER
        try:
            path.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_RDONLY | os.O_DIRECTORY | getattr(os, "O_NOFOLLOW", 0)
            self._descriptors.append(os.open(path, flags))
        except OSError as error:
            reason = (
                f"{FOLDER} cannot be used ({error.strerror}): it is a folder of the project's own, no link"
            )
            raise Unusable(reason) from error
        return self._descriptors[-1]

    def _file(self, folder: int, name: str) -> int:
        try:
            found = os.open(name, os.O_RDWR | os.O_APPEND | _FLAGS, 0o600, dir_fd=folder)
        except OSError as error:
            raise Unusable(f"{FOLDER}/{name} cannot be opened ({error.strerror}): remove it") from error
        self._descriptors.append(found)
        if not stat.S_ISREG(os.fstat(found).st_mode):
            raise Unusable(f"{FOLDER}/{name} is no regular file: remove it")
        return found

    def _close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.pop())


def _hold(lock: int) -> None:
    """Takes the lock for as long as the process lives; Busy names the one that has it."""
    import fcntl  # not on every system; only an apply needs it

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
        raise Busy(f"another apply of this project is under way (process {holder or 'unknown'})") from error
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
