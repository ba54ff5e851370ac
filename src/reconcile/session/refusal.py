"""Says how an apply may end before its time: refused, declined by whoever was asked, or broken off."""

from __future__ import annotations

from reconcile.model import Problem
from reconcile.planfile.document import Document


class Refused(Exception):
    """Say that an apply was refused: a guard, a freeze, a conflict, the lock, or a plan that no longer fits.

    `problems` says why, with the codes of exit 4; `record` is what was planned, and what of it was done.
    """

    def __init__(self, problems: tuple[Problem, ...], record: Document) -> None:
        super().__init__("; ".join(problem.message for problem in problems[:3]))
        self.problems = problems
        self.record = record


class Declined(Exception):
    """Say that whoever was asked said no, so that nothing was sent. `record` is the plan that was shown."""

    def __init__(self, record: Document) -> None:
        super().__init__("nothing was written: the plan was not approved")
        self.record = record


class BrokenOff(Exception):
    """Say that an apply was broken off, as the `__cause__` of what broke it off, which is raised as it came.

    That is an interrupt, or what the listener raised. Nothing was begun after it, and what was under way has
    ended: `record` says what became of each operation.
    """

    def __init__(self, record: Document) -> None:
        super().__init__("nothing more was begun, and what was under way has ended: `record` has all of it")
        self.record = record
