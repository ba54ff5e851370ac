"""Reads many files on several processors; what a file says is left to `reader`.

Each further process reads a share and hands back plain values and their places. A file of which there is more
to say, and the share of a process that did not end well, are read by the calling process after all.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Final, NoReturn, TypeAlias

from reconcile.model import Problem
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source.positions import Lines, Marks, YamlDocument
from reconcile.yaml_source.reader import read_documents

File: TypeAlias = tuple[str, bytes]
FileRead: TypeAlias = tuple[tuple[YamlDocument, ...], tuple[Problem, ...]]
WORTH: Final = 1 << 20
"""The bytes below which all is read before another process has begun to be of help."""

PROCESSES: Final = 4


class Helper(NamedTuple):
    """Describe a process that reads a share of the files, and the pipe on which it hands them back."""

    process: int
    pipe: int
    lifeline: int | None = None
    """An end of a pipe into which nobody writes: it closes when this process ends, and so does the helper."""


def helpers(files: Sequence[File], worth: int = WORTH) -> list[Helper | None]:
    """Begin processes that read their shares of `files`, for `read_all`; none for a few bytes.

    Call this before there are threads, of which a new process would have copies that do not run. None stands
    for a process that the system did not give.
    """
    count = _processes() if sum(len(data) for _, data in files) >= worth else 1
    return [_begun(files[share::count]) for share in range(1, count)]


def read_all(files: Sequence[File], helpers: Sequence[Helper | None] = ()) -> Iterator[FileRead]:
    """Return what `read_documents` says of each file, in order; `helpers` have begun with the same files."""
    count = len(helpers) + 1
    own = [read_documents(data, name) for name, data in files[::count]]
    shares = [own, *(_ended(helper, files[share::count]) for share, helper in enumerate(helpers, 1))]
    return (shares[at % count][at // count] for at in range(len(files)))


def _processes() -> int:
    """Return how many can read side by side; one where there are threads, or no fork that is safe."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(PROCESSES, len(os.sched_getaffinity(0)))


def _begun(files: Sequence[File]) -> Helper | None:
    """Begin a process that reads `files`; None where the system gives none."""
    ends: list[int] = []
    try:
        ends += os.pipe()
        ends += os.pipe()
        process = os.fork()
    except OSError:
        for end in ends:
            os.close(end)
        return None
    ours, theirs, life, lifeline = ends
    if process == 0:
        os.close(lifeline)
        _help(files, theirs, life)
    os.close(theirs)
    os.close(life)
    return Helper(process, ours, lifeline)


def _help(files: Sequence[File], pipe: int, life: int) -> NoReturn:
    """Read the files in the helping process, and end that process whatever happens in it.

    The helping process says nothing and cleans up nothing.
    """
    try:
        threading.Thread(target=_end_with, args=(life,), daemon=True).start()
        with open(pipe, "wb") as stream:
            stream.write(marshal.dumps([_packed(*read_documents(data, name)) for name, data in files]))
    finally:
        os._exit(0)


def _end_with(life: int) -> None:
    """End this process when the one that it helps has ended: nobody is there to take what it reads."""
    os.read(life, 1)
    os._exit(0)


def _ended(helper: Helper | None, files: Sequence[File]) -> list[FileRead]:
    """Return what the helping process handed back; files that it did not hand back are read here."""
    packed = [] if helper is None else _handed(helper)
    packed += [None] * (len(files) - len(packed))
    return [
        read_documents(data, name) if text is None else (_unpacked(name, data, text), ())
        for (name, data), text in zip(files, packed, strict=True)
    ]


def _handed(helper: Helper) -> list[bytes | None]:
    with open(helper.pipe, "rb") as stream:
        data = stream.read()
    if helper.lifeline is not None:
        os.close(helper.lifeline)
    with contextlib.suppress(ChildProcessError):  # where SIGCHLD is ignored, nobody has to wait for it
        os.waitpid(helper.process, 0)
    try:
        packed: list[bytes | None] = marshal.loads(data)  # noqa: S302 - of our own process
    except (ValueError, EOFError, TypeError):
        return []
    return packed


def _packed(documents: tuple[YamlDocument, ...], problems: tuple[Problem, ...]) -> bytes | None:
    """Return a file's documents as bytes; None where it has problems, or values that are not plain."""
    if problems or not documents:
        return None
    marks = documents[0].marks
    values = [(document.value, document.at) for document in documents]
    try:
        return marshal.dumps((values, marks.places.tobytes(), [*marks.keys], marks.loud))
    except ValueError:
        return None


def _unpacked(name: str, data: bytes, text: bytes) -> tuple[YamlDocument, ...]:
    values, places, keys, loud = marshal.loads(text)  # noqa: S302 - of our own process
    marks = Marks(Lines(data.decode("utf-8-sig"), name))
    marks.places.frombytes(places)
    marks.keys, marks.loud = dict.fromkeys(keys), loud
    return tuple(YamlDocument(value, name, marks, at) for value, at in values)
