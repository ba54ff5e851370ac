"""Plans a project, shows what differs, and applies just that: `python review.py FOLDER [ENVIRONMENT]`."""

from __future__ import annotations

import sys

import reconcile


def main(folder: str, environment: str | None = None) -> int:
    """Apply what was shown, and nothing that came to it meanwhile; return how the run ended."""
    project = reconcile.load(folder, environment=environment)
    planned = reconcile.plan(project)
    print(reconcile.render(planned, "text"), end="")
    if not planned.operations:
        return 0
    try:
        done = reconcile.apply(project, approve=planned, on_event=print)
    except reconcile.Refused as refused:
        print(*(problem.message for problem in refused.problems), sep="\n")
        return 4
    print(reconcile.render(done, "text"), end="")
    return 0 if done.complete else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
