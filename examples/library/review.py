"""Plans a project, shows what differs, and applies just that: `python review.py FOLDER [ENVIRONMENT]`."""

from __future__ import annotations

import sys

import reconcile
from reconcile.session.events import Ended, Event


def main(arguments: list[str]) -> int:
    """Review the project that the arguments name; say in words what is in the way; return an exit code."""
    if not 1 <= len(arguments) <= 2:
        return told(64, "usage: python review.py FOLDER [ENVIRONMENT]")
    try:
        return review(*arguments)
    except reconcile.Refused as refused:
        return told(4, *(problem.message for problem in refused.problems))
    except reconcile.ProblemsFound as found:  # NotRead is one of these
        return told(1, *found.problems)
    except KeyboardInterrupt as interrupt:
        if isinstance(interrupt.__cause__, reconcile.BrokenOff):  # something was begun
            print(reconcile.render(interrupt.__cause__.record), end="")
        return told(130, "Interrupted.")


def review(folder: str, environment: str | None = None) -> int:
    """Apply what was shown, and nothing that came to it meanwhile; return how the run ended."""
    project = reconcile.load(folder, environment=environment)
    planned = reconcile.plan(project)
    print(reconcile.render(planned), end="")
    if not planned.operations:
        return 3 if planned.blocked else 0
    done = reconcile.apply(project, approve=planned, on_event=heard)
    print(reconcile.render(done), end="")
    return 0 if done.complete else 3


def heard(event: Event) -> None:
    """Print what became of each operation, as it ends."""
    if isinstance(event, Ended):
        print(event.outcome.status, event.outcome.address)


def told(code: int, *words: object) -> int:
    """Print words to standard error, a line each, and return the code."""
    print(*words, sep="\n", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
