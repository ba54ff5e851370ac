"""Writes files whole or not at all; which file may be written is decided elsewhere."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from reconcile.errors import ProblemsFound
from reconcile.model import Origin, Problem

Rename: TypeAlias = Callable[[Path, str], None]

_STREAMS = ("/dev/", "/proc/")
"""Names that stand for what is open already: another file put in their place would be seen by nobody."""


def replace(path: Path, text: str | bytes) -> None:
    """Put `text` in the place of what is there, at once; where that fails, raise OSError and change nothing.

    What is no regular file, such as a pipe, is written to. A link stays, and what it leads to is replaced.
    """
    data = text if isinstance(text, bytes) else _encoded(text)
    if _is_stream(path):
        with path.open("wb") as stream:
            stream.write(data)
        return
    place = Path(os.path.realpath(path))
    _beside(place, data, lambda beside: os.replace(beside, place))


def create(path: Path, text: str) -> None:
    """Make a file that was not there; raise FileExistsError where something is, which stays."""
    _beside(path, _encoded(text), lambda beside: _take(beside, path))


def replace_all(files: Mapping[Path, tuple[bytes, bytes]], rename: Rename = os.replace) -> None:
    """Put new bytes in the place of what files hold, all or none; each pair has the old and the new.

    Raises ProblemsFound where a file does not hold the old bytes any more, or is gone, and where one cannot
    be written: those that were replaced by then hold the old bytes again. A link stays, and what it leads to
    is replaced, with its mode. `rename` puts one file into the place of another.
    """
    news = {path: _name_beside(path) for path in files}
    olds = {path: _name_beside(path) for path in files}
    try:
        _check_held(files)
        for path, (before, after) in files.items():
            _write_new(path, news[path], after)
            _write_new(path, olds[path], before)
        _check_held(files)
        _all_in_place(news, olds, rename)
    finally:
        for left in (*news.values(), *olds.values()):
            with suppress(OSError):
                left.unlink()


def _check_held(files: Mapping[Path, tuple[bytes, bytes]]) -> None:
    """Raise ProblemsFound where a file does not hold the old bytes any more."""
    changed = [path for path, (before, _) in files.items() if not _holds(path, before)]
    if changed:
        words = "the file changed while live state was read: nothing was written; run again"
        raise ProblemsFound(tuple(Problem("changed", words, Origin(str(path))) for path in changed))


def _write_new(path: Path, beside: Path, data: bytes) -> None:
    try:
        _write_beside(beside, Path(os.path.realpath(path)), data)
    except OSError as error:
        words = f"the file cannot be written ({error.strerror}): nothing was written"
        raise ProblemsFound((Problem("unwritable", words, Origin(str(path))),)) from error


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _all_in_place(news: Mapping[Path, Path], olds: Mapping[Path, Path], rename: Rename) -> None:
    """Rename each new file to its place; raise ProblemsFound where one cannot be, the old ones put back."""
    done: list[Path] = []
    for path, beside in news.items():
        try:
            rename(beside, os.path.realpath(path))
        except OSError as error:
            left = [each for each in done if not _put_back(each, olds[each], rename)]
            still = f"the new text stands in {', '.join(map(str, left))} already: run again" if left else ""
            words = f"the file cannot be replaced ({error.strerror}): {still or 'nothing was written'}"
            raise ProblemsFound((Problem("unwritable", words, Origin(str(path))),)) from error
        done.append(path)


def _put_back(path: Path, beside: Path, rename: Rename) -> bool:
    try:
        rename(beside, os.path.realpath(path))
    except OSError:
        return False
    return True


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


def _encoded(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


def _beside(place: Path, data: bytes, then: Callable[[Path], None]) -> None:
    """Write the bytes to a file of their own in the same folder, and let `then` put that where it belongs."""
    beside = place.with_name(f".reconcile-{secrets.token_hex(8)}")
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
