"""Lets one apply of a project run at a time, by locks that end with their process; what is done under them is
decided elsewhere.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The errors of a disk that has no room."""

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class Busy(Exception):
    """Say that another apply of this project is under way, and which process runs it."""


def hold_project(root: Path, note: Path) -> int:
    """Lock the project's folder, which stays when all that lies in it is removed; return the open folder.

    `note` is the file in which the process that holds the lock gives its number. Where a file system cannot
    lock a folder, the lock of `hold` has to do. Raises Busy.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | getattr(os, "O_CLOEXEC", 0))
    try:
        _locked(folder)
    except BlockingIOError as error:
        if not _passed_on(folder):
            here = os.fstat(folder)
            os.close(folder)
            raise _busy(_said_at(note), here) from error
    except OSError:
        pass
    return folder


def hold(lock: int) -> None:
    """Lock an open file for as long as this process lives.

    Raises Busy, which names the process that has the lock, and OSError where the file cannot be locked or
    written.
    """
    try:
        _locked(lock)
    except (BlockingIOError, PermissionError) as error:
        raise _busy(os.pread(lock, 20, 0), os.fstat(lock)) from error
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def holder_of(lock: Path) -> str:
    """Return the words of Busy where a process has the lock file that `hold` locks; nothing where none has.

    It is not locked for that, so that no apply finds it taken by somebody who only looked.
    """
    said = _said_at(lock)
    with suppress(OSError):
        locked = lock.lstat()
        if _is_holder(said.decode(errors="replace").strip(), locked):
            return str(_busy(said, locked))
    return ""


def give_back(lock: int) -> None:
    """Unlock what `hold` locked, and take out the number of this process: the next holder has another."""
    with suppress(OSError):
        os.ftruncate(lock, 0)
    release(lock)


def release(descriptor: int) -> None:
    """Unlock a file that `hold` or `hold_project` may have locked, and close it.

    Closing alone frees it only once nobody has it open: a child process has, from its fork to its exec.
    """
    with suppress(OSError):
        _unlocked(descriptor)
    os.close(descriptor)


def why_unusable(error: OSError, folder: str) -> str:
    """Return why the lock in `folder` cannot be had, and what to do; never that another apply has it."""
    if error.errno in FULL:
        return f"{folder} cannot be written ({error.strerror}): make room on the disk that holds the project"
    if error.errno in _NO_LOCKS:
        words = f"the file system that holds {folder} has no locks ({error.strerror}), so that nothing keeps"
        return f"{words} two applies apart: put the project on a local disk"
    return f"{folder} cannot be used ({error.strerror}): see that this user may write it"


def _locked(descriptor: int) -> None:
    import fcntl  # not on every system; only an apply needs it

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlocked(descriptor: int) -> None:
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


def _busy(said: bytes, locked: os.stat_result) -> Busy:
    """Return the exception, which names the process that was noted where it is the one that has the lock."""
    holder = said.decode(errors="replace").strip()
    known = _is_holder(holder, locked)
    return Busy(f"another apply of this project is under way (process {holder if known else 'unknown'})")


def _is_holder(process: str, locked: os.stat_result) -> bool:
    return process.isascii() and process.isdecimal() and _has_open(process, locked)


def _has_open(process: str, locked: os.stat_result) -> bool:
    """Tell whether a process runs and, where that can be seen, has the locked file open."""
    try:
        os.kill(int(process), 0)
        opened = os.listdir(f"/proc/{process}/fd")
    except FileNotFoundError:  # a system without /proc
        return not os.path.isdir("/proc/self/fd")
    except (OSError, OverflowError):
        return False
    for descriptor in opened:
        with suppress(OSError):
            if os.path.samestat(os.stat(f"/proc/{process}/fd/{descriptor}"), locked):
                return True
    return False


def _said_at(note: Path) -> bytes:
    with suppress(OSError):
        descriptor = os.open(note, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
        try:
            return os.read(descriptor, 20)
        finally:
            os.close(descriptor)
    return b""


def _passed_on(folder: int) -> bool:
    """Tell whether the parent process locked the folder and handed the lock on: `flock . reconcile …`."""
    here = os.fstat(folder)
    for descriptor in _inherited():
        with suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), here):
                _locked(descriptor)
                return True
    return False


def _inherited() -> Iterator[int]:
    """Yield the open files that this process inherited."""
    with suppress(OSError):
        for name in os.listdir("/dev/fd"):
            with suppress(OSError):
                if os.get_inheritable(int(name)):
                    yield int(name)
