"""What a run says of itself: the circumstances of its document, and the problems that end it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, tell
from reconcile.cli.flags import Flags
from reconcile.cli.output import report, show
from reconcile.model import Problem
from reconcile.planfile.document import DocumentProblem
from reconcile.planfile.write import RunInfo, failed
from reconcile.reports import text
from reconcile.version import VERSION

if TYPE_CHECKING:
    from reconcile.session.session import Session


def circumstances(session: Session | None, unmanaged: Mapping[str, int | None] | None = None) -> RunInfo:
    """What the document says of this run."""
    made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if session is None:
        return RunInfo(VERSION, made, clean=SINK.clean)
    used = session.used
    systems = {
        name: {"type": config.system.type, "url": config.url}
        for name, config in session.project.systems.items()
        if name in used
    }
    here = session.here()
    return RunInfo(
        tool_version=VERSION,
        created_at=made,
        environment=session.project.environment,
        systems=systems,
        commit=here.commit,
        dirty=here.dirty,
        prune=session.flags.prune,
        selected=session.named,
        base=session.base.name if session.base else None,
        unmanaged=unmanaged,
        clean=SINK.clean,
        project_changes=session.base.changes if session.base else (),
    )


def refuse(flags: Flags, problems: Sequence[Problem], session: Session | None = None) -> NoReturn:
    """Reports the problems, in the asked format, and exits with 1."""
    whole = failed(problems, circumstances(session))
    complain(whole.problems)
    if flags.output == "text":
        report(flags, whole)
    else:
        show(flags, whole)
    sys.exit(exit_codes.ERROR)


def complain(problems: Iterable[DocumentProblem]) -> None:
    """Prints problems to standard error, one a line, in one write."""
    lines = "\n".join(text.problem_lines(problems))
    if lines:
        tell(lines)
