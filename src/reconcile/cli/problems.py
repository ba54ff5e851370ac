"""Reports the problems that end a run, or that stand beside its result."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, tell
from reconcile.cli.flags import Flags
from reconcile.cli.output import report, show
from reconcile.model import Problem
from reconcile.planfile.document_parts import DocumentProblem
from reconcile.planfile.write import failed
from reconcile.reports import text
from reconcile.session.run_info import bare_info, run_info

if TYPE_CHECKING:
    from reconcile.session.session import Session


def refuse(flags: Flags, problems: Sequence[Problem], session: Session | None = None) -> NoReturn:
    """Report the problems, in the asked format, and exit with 1."""
    whole = failed(problems, run_info(session) if session else bare_info(SINK.clean))
    complain(whole.problems)
    if flags.output == "text":
        report(flags, whole)
    else:
        show(flags, whole)
    sys.exit(exit_codes.ERROR)


def complain(problems: Iterable[DocumentProblem]) -> None:
    """Print problems to standard error, one a line, in one write."""
    lines = "\n".join(text.problem_lines(problems))
    if lines:
        tell(lines)
