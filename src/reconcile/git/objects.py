"""Reads objects of one repository by a git that stays and is asked again, with no filter and no conversion;
what they mean is left to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reconcile.git.asking import Dialogue, NoAnswer, begin_git

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
        self._running: dict[str, Dialogue] = {}

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
            git = self._running.get(how) or self._running.setdefault(how, self._begun(how))
            together = names[start : start + _TOGETHER]
            try:
                git.say("".join(f"{name}\n" for name in together).encode(errors="surrogateescape"))
                for _ in together:
                    yield _answer(git, at_most, whole=how == "--batch")
            except (NoAnswer, OSError, ValueError) as error:
                del self._running[how]
                raise NoAnswer(*git.last_words(str(error))) from error

    def _begun(self, how: str) -> Dialogue:
        return Dialogue(begin_git(self._folder, *self._options, "cat-file", how), "cat-file", self._seconds)


def _answer(git: Dialogue, at_most: int, *, whole: bool) -> Object | None:
    line = git.line(4096)
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
    data = git.take(found.size + 1)
    if len(data) != found.size + 1 or not data.endswith(b"\n"):
        raise ValueError("git cat-file ended in the middle of an object")
    return found._replace(data=data[:-1])
