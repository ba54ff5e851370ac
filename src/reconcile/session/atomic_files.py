"""Writes files whole or not at all; which file may be written is decided elsewhere."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from reconcile.errors import ProblemsFound
from reconcile.model import Origin, Problem

_STREAMS = ("/dev/", "/proc/")
"""Names that stand for what is open already: another file put in their place would be seen by nobody."""


def replace(path: Path, text: str) -> None:
    """Put `text` in the place of what is there, at once; where that fails, raise OSError and change nothing.

    What is no regular file, such as a pipe, is written to. A link stays, and what it leads to is replaced.
    """
    if _is_stream(path):
        with path.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
        return
    place = Path(os.path.realpath(path))
    _beside(place, text, lambda beside: os.replace(beside, place))


def create(path: Path, text: str) -> None:
    """Make a file that was not there; raise FileExistsError where something is, which stays."""
    _beside(path, text, lambda beside: _take(beside, path))


def replace_all(files: Mapping[Path, tuple[bytes, bytes]]) -> None:
    """Put new bytes in the place of what files hold, all or none; each pair has the old and the new.

    Raises ProblemsFound where a file does not hold the old bytes any more, OSError where one cannot be
    written. A link stays, and what it leads to is replaced, with its mode.
    """
    beside = {path: _name_beside(path) for path in files}
    try:
        for path, (_, data) in files.items():
            _write_beside(beside[path], Path(os.path.realpath(path)), data)
        for path, (before, _) in files.items():
            if path.read_bytes() != before:
                words = "the file changed while live state was read: nothing was written; run again"
                raise ProblemsFound((Problem("changed", words, Origin(str(path))),))
        for path in files:
            os.replace(beside[path], os.path.realpath(path))
    finally:
        for left in beside.values():
            with suppress(OSError):
                left.unlink()


def _name_beside(path: Path) -> Path:
    return Path(os.path.realpath(path)).with_name(f".reconcile-{secrets.token_hex(8)}")


def _write_beside(beside: Path, place: Path, data: bytes) -> None:
    with beside.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileNotFoundError):
        beside.chmod(stat.S_IMODE(place.stat().st_mode))


def writable(path: Path) -> bool:
    """Tell whether a file there could be replaced: the file and its folder let this user write."""
    if path.is_dir() or not path.parent.is_dir():
        return False
    if _is_stream(path):
        return os.access(path, os.W_OK)
    place = Path(os.path.realpath(path))
    return os.access(place.parent, os.W_OK) and (not place.exists() or os.access(place, os.W_OK))


def _beside(place: Path, text: str, then: Callable[[Path], None]) -> None:
    """Write the text to a file of its own in the same folder, and let `then` put that where it belongs."""
    beside = place.with_name(f".reconcile-{secrets.token_hex(8)}")
    data = text.encode(errors="backslashreplace")
    try:
        _write_beside(beside, place, data)
        then(beside)
    finally:
        with suppress(OSError):
            beside.unlink()


def _take(beside: Path, place: Path) -> None:
    try:
        os.link(beside, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        beside.rename(place)


def _is_stream(path: Path) -> bool:
    if os.path.abspath(path).startswith(_STREAMS):
        return True
    with suppress(FileNotFoundError):
        return not stat.S_ISREG(path.stat().st_mode)
    return False
