"""Reads objects of one repository by a git that stays and is asked again, with no filter and no conversion;
what they mean is left to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from reconcile.git.asking import Dialogue, NoAnswer, begin_git
from reconcile.named_tuple import NamedTuple

OBJECT_SECONDS = 120
_TOGETHER = 400
"""As many names as a pipe holds although nobody reads the answers yet."""

_USAGE = 129
"""How a git ends that is too old to be asked for sizes and contents by turns."""

_What: TypeAlias = Literal["info", "contents"]


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
        self._is_old = False
        """Whether this git takes one kind of question alone, so that there is one for each."""

    def sizes(self, names: Sequence[str]) -> list[Object | None]:
        """Return kind and size of each object; None for one that is not there. NoAnswer where git fails."""
        return self._answered("info", names, 0)

    def contents(self, names: Sequence[str], at_most: int) -> list[Object | None]:
        """Return each object, None for one that is not there; NoAnswer for one above `at_most` bytes."""
        return self._answered("contents", names, at_most)

    def close(self) -> None:
        """End each git that was begun."""
        while self._running:
            self._running.popitem()[1].close()

    def _answered(self, what: _What, names: Sequence[str], at_most: int) -> list[Object | None]:
        if not self._is_old:
            try:
                asked = [f"{what} {name}" for name in names]
                return [*self._answers("--batch-command", asked, (what, at_most))]
            except NoAnswer as error:
                if error.code != _USAGE:
                    raise
                self._is_old = True
        return [*self._answers("--batch-check" if what == "info" else "--batch", names, (what, at_most))]

    def _answers(self, how: str, asked: Sequence[str], of: tuple[_What, int]) -> Iterator[Object | None]:
        what, at_most = of
        for start in range(0, len(asked), _TOGETHER):
            git = self._running.get(how) or self._running.setdefault(how, self._begun(how))
            together = asked[start : start + _TOGETHER]
            try:
                git.say("".join(f"{line}\n" for line in together).encode(errors="surrogateescape"))
                for _ in together:
                    yield _answer(git, at_most, whole=what == "contents")
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
