"""What plan and drift do: read, compare, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from reconcile.cli.client import opened
from reconcile.cli.flags import Flags
from reconcile.cli.output import save, show
from reconcile.cli.progress import progress, reading
from reconcile.cli.readying import live_plan, ready
from reconcile.cli.session import Session, begin
from reconcile.cli.telling import circumstances, complain, refuse
from reconcile.errors import ProblemsFound
from reconcile.model import Plan
from reconcile.plan import Planned
from reconcile.records import document, spelled


class Command(NamedTuple):
    """What a command makes of a plan."""

    code: Callable[[Plan], int]
    """Its exit code."""

    counts_others: bool = False
    """Whether the live objects that no manifest manages are counted too."""


def planned(flags: Flags, paths: Sequence[str], out: Path | None, command: Command) -> NoReturn:
    """Reports the plan in the asked format, saves it to `out`, and exits; with 1 where there is no plan."""
    session: Session | None = None
    try:
        session = begin(flags, paths, live=True, cached=out is None, hasty=True)
        found, others = _plan(session, counts_others=command.counts_others)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)
    finally:
        if session is not None and session.ahead is not None:
            session.ahead.close()
    whole = document(found.plan, circumstances(session, others))
    complain(whole["problems"])
    if out is not None:
        save(out, spelled(whole))
    show(flags, whole)
    sys.exit(command.code(found.plan))


def _plan(session: Session, *, counts_others: bool) -> tuple[Planned, Mapping[str, int | None] | None]:
    from reconcile.cli.unmanaged import Remembering, unmanaged
    from reconcile.transport import Reader

    prepared = ready(session)
    with (
        opened(Reader, session, prepared.endpoints, prepared.secrets) as client,
        progress(session, reading(len(prepared.endpoints))),
    ):
        reads = session.ahead.over(client) if session.ahead else client
        hear = client.redactor.hear
        if not counts_others:
            return live_plan(prepared, reads, hear), None
        lists = Remembering(reads, prepared)
        found = live_plan(prepared, lists, hear)
        return found, unmanaged(prepared, found.facts.ids, lists)
