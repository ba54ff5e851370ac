"""Says whether the files that a run read are those of the commit checked out; others act on it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import sha1

from reconcile.git.asking import SECONDS, NoAnswer, ask
from reconcile.git.checkout import Checkout, Where
from reconcile.git.commit import Commit
from reconcile.git.tree import Unreadable
from reconcile.manifests.files import Files
from reconcile.model import Origin, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE

_SHA1 = 40


class Head(NamedTuple):
    """Hold the commit that is checked out, and whether what was read differs from it; None is unknown."""

    commit: str | None = None
    dirty: bool | None = False
    why: str = ""
    """Why git cannot tell that of a checkout, in its own words."""


class Digest(NamedTuple):
    """Hold git's name of a file's bytes, and of them with plain line ends where they have others."""

    blob: str
    plain: str | None = None


class Witness:
    """Read files, and keep the digest of each, and its bytes where somebody will want them again."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.keeps = False
        """Whether the bytes are kept too."""

        self.read_so_far: dict[str, Digest | None] = {}
        """The digests by file name; None for what could not be read."""

        self.kept: dict[str, bytes] = {}

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """Return what the files find."""
        return self._files.found(listed)

    def read(self, name: str) -> bytes | Problem:
        """Return what the files read, and keep its digest."""
        data = self._files.read(name)
        self.read_so_far[name] = None if isinstance(data, Problem) else blob_digest(data)
        if self.keeps and not isinstance(data, Problem):
            self.kept[name] = data
        return data


def blob_digest(data: bytes) -> Digest:
    """Return the names that git gives to these bytes, by SHA-1."""
    plain = _blob(data.replace(b"\r\n", b"\n")) if b"\r\n" in data else None
    return Digest(_blob(data), plain)


def _blob(data: bytes) -> str:
    found = sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    found.update(data)
    return found.hexdigest()


def head(where: Where, read: Mapping[str, Digest | None], beside: Commit | None = None) -> Head:
    """Return the commit, and whether one of the files that were read is not as the commit has it.

    Where another commit is read already, the same git is asked for this one.
    """
    if not isinstance(where, Checkout):
        return Head(None, False if where.kind == "none" else None)
    try:
        ask(where.top, "ls-files", "-z", "--", f":(literal,top){where.path(FILE)}")  # no index, no answer
        if where.head is None:
            return Head(None, bool(read))
        if beside is not None and beside.oid == where.head:
            return Head(where.head, any(_differs(where, beside, read)))
        with Commit(where, where.head, SECONDS, beside) as commit:
            return Head(where.head, any(_differs(where, commit, read)))
    except (Unreadable, NoAnswer) as error:
        return Head(where.head, None, str(error))


def _differs(where: Checkout, commit: Commit, read: Mapping[str, Digest | None]) -> Iterator[bool]:
    by_sha1 = len(commit.oid) == _SHA1
    converted: set[str] = set()
    for name, found in read.items():
        blob = commit.blob(name) if by_sha1 else _by_content(commit.read(name))
        if found is None or blob is None or blob not in {found.blob, found.plain}:
            yield True
        elif blob != found.blob:
            converted.add(name)
    yield bool(converted) and not _converts(where) and not converted <= {*_marked_as_text(where)}


def _by_content(data: bytes | Problem) -> str | None:
    return None if isinstance(data, Problem) else _blob(data)


def _converts(where: Checkout) -> bool:
    """Tell whether git gives every text the line ends of this system."""
    try:
        return ask(where.top, "config", "--get", "core.autocrlf").strip().lower() in {b"true", b"input"}
    except NoAnswer:
        return False


def _marked_as_text(where: Checkout) -> Iterator[str]:
    """Yield the project's files whose line ends git converts by an attribute."""
    start = f"{where.inside}/" if where.inside else ""
    asked = ask(where.top, "ls-files", "--eol", "-z", "--", f":(literal,top){where.inside}")
    for line in asked.split(b"\0"):
        about, _, name = line.partition(b"\t")
        if b" attr/text" in about:
            yield os.fsdecode(name).removeprefix(start)
