"""What plan and drift do: read, compare, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from reconcile.cli.client import opened
from reconcile.cli.flags import Flags
from reconcile.cli.output import save, show
from reconcile.cli.progress import progress, reading
from reconcile.cli.readying import live_plan, ready
from reconcile.cli.session import Session, begin
from reconcile.cli.telling import circumstances, complain, refuse
from reconcile.errors import ProblemsFound
from reconcile.model import Plan
from reconcile.records import document, spelled


def planned(flags: Flags, paths: Sequence[str], out: Path | None, *, drift: bool = False) -> Plan:
    """The plan, reported in the asked format and saved to `out`; exits with 1 where there is none.

    For `drift`, the live objects that no manifest manages are counted too.
    """
    session: Session | None = None
    try:
        session = begin(flags, paths, live=True, cached=out is None, hasty=True)
        plan, others = _plan(session, drift)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)
    finally:
        if session is not None and session.ahead is not None:
            session.ahead.close()
    whole = document(plan, circumstances(session, others))
    complain(whole["problems"])
    if out is not None:
        save(out, spelled(whole))
    show(flags, whole)
    return plan


def _plan(session: Session, drift: bool) -> tuple[Plan, Mapping[str, int | None] | None]:
    from reconcile.cli.unmanaged import Remembering, unmanaged
    from reconcile.transport import Reader

    prepared = ready(session)
    with (
        opened(Reader, session, prepared.endpoints, prepared.secrets) as client,
        progress(session, reading(len(prepared.endpoints))),
    ):
        reads = session.ahead.over(client) if session.ahead else client
        if not drift:
            return live_plan(prepared, reads).plan, None
        lists = Remembering(reads, prepared)
        found = live_plan(prepared, lists)
        return found.plan, unmanaged(prepared, found.facts.ids, lists)
