"""Prints and saves what plan and drift find; what is read and compared is decided in `session.plan`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from reconcile.cli import exit_codes
from reconcile.cli.console import every, tell
from reconcile.cli.flags import Flags
from reconcile.cli.listener import Listener, surroundings
from reconcile.cli.output import check_places, save, show
from reconcile.cli.problems import complain, refuse
from reconcile.cli.terminal import one_terminal
from reconcile.errors import ProblemsFound
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentProblem
from reconcile.planfile.json_form import json_text, to_json
from reconcile.reports.common.notices import is_guard
from reconcile.session.baseline import Base
from reconcile.session.plan import plan_document
from reconcile.session.session import Session, begin


class Command(NamedTuple):
    """Say what a command makes of a plan."""

    code: Callable[[Document, Base | None], int]
    """Its exit code, of a plan beside a base."""

    counts_others: bool = False
    """Whether the live objects that no manifest manages are counted too."""


def planned(flags: Flags, paths: Sequence[str], out: Path | None, command: Command) -> NoReturn:
    """Report the plan in the asked format, save it to `out`, and exit; with 1 where there is no plan."""
    session: Session | None = None
    options = flags.run_options(paths)
    try:
        check_places(flags, out)
        with Listener(flags) as listener:
            around = surroundings(flags, listener)
            session = begin(options._replace(caches=options.caches and out is None), around, hasty=True)
            whole = plan_document(session, counts_others=command.counts_others)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)
    complain(_beside(flags, whole))
    unsaved = bool(whole.not_read) and not command.counts_others
    kept = [] if out is None or unsaved else [lambda: save(out, json_text(to_json(whole)))]
    every([*kept, lambda: show(flags, whole)])
    if unsaved and out is not None:
        tell(f"{out} was not saved: a plan in which something was not read approves nothing")
    sys.exit(exit_codes.ERROR if whole.not_read else command.code(whole, session.base))


def _beside(flags: Flags, whole: Document) -> Iterator[DocumentProblem]:
    """Yield the problems that are told beside the report, without what it says itself where both are seen."""
    if flags.output != "text":
        yield from whole.problems
        return
    seen = one_terminal() and not flags.quiet
    for problem in whole.problems:
        told = seen and problem.severity != "warning" and problem not in whole.faults
        if not told and not is_guard(problem):
            yield problem
