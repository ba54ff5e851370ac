"""Reads objects of one repository by a git that stays and is asked again, with no filter and no conversion;
what they mean is left to others.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, NamedTuple

from reconcile.git.asking import NoAnswer, begin_git, end, own_words

OBJECT_SECONDS = 120
_TOGETHER = 400
"""As many names as a pipe holds although nobody reads the answers yet."""


class Object(NamedTuple):
    """Hold one object; without its bytes where only its size was asked for."""

    kind: str
    size: int
    data: bytes = b""


class Objects:
    """Read the objects of the repository in `folder`, by any name that is one line."""

    def __init__(self, folder: str, options: tuple[str, ...] = (), seconds: float = OBJECT_SECONDS) -> None:
        self._folder, self._options, self._seconds = folder, options, seconds
        self._running: dict[str, _Batch] = {}

    def sizes(self, names: Sequence[str]) -> list[Object | None]:
        """Return kind and size of each object; None for one that is not there. NoAnswer where git fails."""
        return [*self._answers("--batch-check", names, 0)]

    def contents(self, names: Sequence[str], at_most: int) -> list[Object | None]:
        """Return each object, None for one that is not there; NoAnswer for one above `at_most` bytes."""
        return [*self._answers("--batch", names, at_most)]

    def close(self) -> None:
        """End each git that was begun."""
        while self._running:
            self._running.popitem()[1].close()

    def _answers(self, how: str, names: Sequence[str], at_most: int) -> Iterator[Object | None]:
        for start in range(0, len(names), _TOGETHER):
            batch = self._running.get(how) or self._running.setdefault(how, self._begun(how))
            try:
                yield from batch.answers(names[start : start + _TOGETHER], at_most, whole=how == "--batch")
            except (NoAnswer, OSError, ValueError) as error:
                del self._running[how]
                raise NoAnswer(*batch.ended(str(error))) from error

    def _begun(self, how: str) -> _Batch:
        return _Batch(self._folder, (*self._options, "cat-file", how), self._seconds)


class _Batch:
    """Run one `git cat-file`."""

    def __init__(self, folder: str, words: tuple[str, ...], seconds: float) -> None:
        self._complaints: IO[bytes] = TemporaryFile()  # noqa: SIM115  # closed with the git that writes it
        self._git: subprocess.Popen[bytes] = begin_git(folder, *words, complaints=self._complaints)
        self._deadline = Timer(seconds, self._git.kill)
        self._deadline.daemon = True
        self._deadline.start()

    def answers(self, names: Sequence[str], at_most: int, *, whole: bool) -> Iterator[Object | None]:
        """Yield what git answers to some names, in their order."""
        asked, answered = self._git.stdin, self._git.stdout
        if asked is None or answered is None:
            raise ValueError("git has no pipes")
        asked.write("".join(f"{name}\n" for name in names).encode(errors="surrogateescape"))
        asked.flush()
        for _ in names:
            yield _answer(answered, at_most, whole=whole)

    def ended(self, otherwise: str) -> tuple[str, int | None]:
        """End the git; return what it complained of, else `otherwise`, and its exit code.

        The exit code is None where git did not end by itself, or ended with 0.
        """
        with suppress(subprocess.TimeoutExpired):  # its output has ended, so it is about to end too
            self._git.wait(0.2)
        code = self._git.poll()
        end(self._git)
        self._complaints.seek(0)
        said = self._complaints.read(4096)
        self.close()
        words = own_words(said, "cat-file", code or 0) if said or code else otherwise
        return words, code if code and code > 0 else None

    def close(self) -> None:
        """End the git, its deadline and the file of its complaints."""
        self._deadline.cancel()
        end(self._git)
        self._complaints.close()


def _answer(stream: IO[bytes], at_most: int, *, whole: bool) -> Object | None:
    line = stream.readline(4096)
    match line.split():
        case [_, b"missing" | b"ambiguous"]:
            return None
        case [_, (b"blob" | b"tree" | b"commit" | b"tag") as kind, size] if size.isdigit():
            found = Object(kind.decode(), int(size))
        case _:
            raise ValueError("git cat-file answered what cannot be read" if line else "git cat-file ended")
    if not whole:
        return found
    if found.size > at_most:
        raise ValueError(f"an object of {found.size:,} bytes, more than {at_most:,}, stands in the way")
    data = stream.read(found.size)
    if len(data) != found.size or stream.read(1) != b"\n":
        raise ValueError("git cat-file ended in the middle of an object")
    return found._replace(data=data)
