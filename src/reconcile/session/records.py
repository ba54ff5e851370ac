"""Keeps the record of each apply in the project's `.reconcile/records`, and finds it again for an undo."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from reconcile.errors import ProblemsFound
from reconcile.execution.journal import FOLDER
from reconcile.model import Json, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import json_text
from reconcile.planfile.read import DOCUMENT_AT_MOST, read_document
from reconcile.project.ownership import why_not_own

RECORDS = f"{FOLDER}/records"
RECORDS_AT_MOST = 50
"""The records of one environment that are kept."""

_NAME = re.compile(r"(?P<place>.+)-(?P<number>\d{6,})\.json")
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class RecordName(NamedTuple):
    """Name one record of an environment; the numbers grow with each apply."""

    number: int
    name: str


class Shelf:
    """Hold the place of one record from before the first write on: a crash leaves what was kept last.

    Whoever makes it holds the project's lock, so that the number is nobody else's.
    """

    def __init__(self, root: Path, environment: str | None) -> None:
        folder = _opened(root, make=True)
        try:
            last = max((each.number for each in _named(folder, environment)), default=0)
            self.name = f"{_place(environment)}-{last + 1:06}.json"
        except BaseException:
            os.close(folder)
            raise
        self._folder, self._environment = folder, environment

    def keep(self, record: Mapping[str, Json], indent: int | None = 2) -> None:
        """Put the record, as JSON, in its place, at once; raise OSError where it cannot be kept."""
        beside = f".{secrets.token_hex(8)}"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, 0o600, dir_fd=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(json_text(record, indent).encode(errors="backslashreplace"))
                stream.flush()
                os.fsync(stream.fileno())
            os.rename(beside, self.name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except BaseException:
            self._remove(beside)
            raise

    def drop(self) -> None:
        """Take away the record of an apply that sent nothing."""
        self._remove(self.name)

    def close(self) -> None:
        """Leave no more than so many records of the environment."""
        for old in [*_named(self._folder, self._environment)][:-RECORDS_AT_MOST]:
            self._remove(old.name)
        os.close(self._folder)

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            os.unlink(name, dir_fd=self._folder)


def records_of(root: Path, environment: str | None) -> list[RecordName]:
    """Return the records of an environment, the oldest first; ProblemsFound where they are not believed."""
    try:
        folder = _opened(root, make=False)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _no_record(f"{RECORDS} cannot be read ({error.strerror}): let this user read it") from error
    try:
        return [*_named(folder, environment)]
    finally:
        os.close(folder)


def kept_record(root: Path, name: str) -> Document:
    """Return a record of the project's own folder; ProblemsFound says why there is none, or none to believe.

    Somebody else could have written a file that another user owns, or that every user may write.
    """
    place = f"{RECORDS}/{name}"
    try:
        folder = _opened(root, make=False)
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | _SAFE, dir_fd=folder)
        finally:
            os.close(folder)
        with os.fdopen(descriptor, "rb") as stream:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise _no_record(f"{place} is no regular file: remove it")
            _must_be_own(found, place)
            return _record(stream.read(DOCUMENT_AT_MOST + 1), place)
    except OSError as error:
        raise _no_record(f"{place} cannot be read: {error.strerror}") from error


def record_in(file: Path) -> Document:
    """Return the record in a file that whoever asks has named; ProblemsFound says why there is none."""
    try:
        with file.open("rb") as stream:
            return _record(stream.read(DOCUMENT_AT_MOST + 1), str(file))
    except OSError as error:
        raise _no_record(f"{file} cannot be read: {error.strerror}") from error


def _record(data: bytes, name: str) -> Document:
    try:
        found = read_document(data, name)
    except ValueError as error:
        raise _no_record(str(error)) from error
    if found.outcomes is None:
        raise _no_record(f"{name} is a plan, and no record of an apply: name what apply --out kept")
    return found


def _no_record(words: str) -> ProblemsFound:
    return ProblemsFound((Problem("no-record", words),))


def _opened(root: Path, *, make: bool) -> int:
    """Return the open folder of the records; OSError, or ProblemsFound where somebody else could write it."""
    outer = os.open(root / FOLDER, os.O_RDONLY | os.O_DIRECTORY | _SAFE)
    try:
        _must_be_own(os.fstat(outer), FOLDER)
        if make:
            with suppress(FileExistsError):
                os.mkdir("records", 0o700, dir_fd=outer)
        inner = os.open("records", os.O_RDONLY | os.O_DIRECTORY | _SAFE, dir_fd=outer)
    finally:
        os.close(outer)
    try:
        _must_be_own(os.fstat(inner), RECORDS)
    except BaseException:
        os.close(inner)
        raise
    return inner


def _must_be_own(found: os.stat_result, name: str) -> None:
    if words := why_not_own(found, name, FOLDER):
        raise _no_record(words)


def _place(environment: str | None) -> str:
    return "default" if environment is None else quote(environment, safe="")


def _named(folder: int, environment: str | None) -> Iterator[RecordName]:
    """Yield the records of an environment in the order in which they were kept."""
    place, found = _place(environment), []
    for name in os.listdir(folder):
        match = _NAME.fullmatch(name)
        if match and match["place"] == place:
            found.append(RecordName(int(match["number"]), name))
    yield from sorted(found)
