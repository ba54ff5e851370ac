"""Defines the exceptions of calls that could not keep their promise; authors' mistakes are a `Problem`."""

from __future__ import annotations

from typing import Literal

from reconcile.model import Problem


class ApiError(Exception):
    """Say that a system did not give a usable answer.

    `effect` says what the request did there: `none` (the server refused the request, or it was never sent),
    `unknown` (the answer was lost, or says nothing of the outcome). `retry_after` is in seconds and is set
    only where the server put the request off and thereby said that the request took no effect.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        effect: Literal["none", "unknown"] = "unknown",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.effect = effect
        self.retry_after = retry_after


class TooLate(ApiError):
    """Say that a write did not leave, since by then the look that the write rests on was too old."""

    def __init__(self, message: str) -> None:
        super().__init__(message, effect="none")


class Withheld(ApiError):
    """Say that a write did not leave, since this apply may send no more; the message says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, effect="none")


class LockLost(Withheld):
    """Say that a write did not leave, since this apply has its lock no more, or cannot tell."""


class ProblemsFound(Exception):
    """Say that the input holds problems, and carry all of them in the order of the files."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:3]))
        self.problems = problems


class NotRead(ProblemsFound):
    """Say that live state could not be read, or told apart, so that what differs is not known."""


class UnknownType(KeyError):
    """Say that no type of system has that name; `known` are the types that installed packages add."""

    def __init__(self, name: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.known = known


class UnusablePackage(LookupError):
    """Say why the package that adds a type of system cannot be used; nothing else is the worse for it."""


class Unsure(Exception):
    """Say that something depends on a field of which nothing is known."""


class WrongUsage(Exception):
    """Say that what was asked for is nothing that there is, or that can be asked together; exit code 64."""
