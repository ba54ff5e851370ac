"""What plan and drift do: read, compare, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from reconcile.cli.console import every
from reconcile.cli.flags import Flags
from reconcile.cli.output import check_places, save, show
from reconcile.cli.problems import circumstances, complain, refuse
from reconcile.cli.progress import progress, reading
from reconcile.errors import ProblemsFound
from reconcile.live.observe import Made
from reconcile.model import Plan, Problem
from reconcile.planfile.document import to_json
from reconcile.planfile.write import document, spelled
from reconcile.planning.build import Planned
from reconcile.planning.guards import GUARD, refusals
from reconcile.project import Guards
from reconcile.reports.common.notices import is_guard
from reconcile.session.baseline import Base
from reconcile.session.clients import opened
from reconcile.session.prepare import live_plan, ready
from reconcile.session.recall import Recall
from reconcile.session.session import Session, begin


class Command(NamedTuple):
    """What a command makes of a plan."""

    code: Callable[[Plan, Base | None], int]
    """Its exit code, of a plan beside a base."""

    counts_others: bool = False
    """Whether the live objects that no manifest manages are counted too."""


def planned(flags: Flags, paths: Sequence[str], out: Path | None, command: Command) -> NoReturn:
    """Reports the plan in the asked format, saves it to `out`, and exits; with 1 where there is no plan."""
    session: Session | None = None
    try:
        check_places(flags, out)
        session = begin(flags, paths, live=True, cached=out is None, hasty=True)
        recall = Recall(session)
        found, others = _plan(session, recall.made, counts_others=command.counts_others)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)
    finally:
        if session is not None and session.ahead is not None:
            session.ahead.close()
    expected = tuple(_expected(found.plan, session.project.guards))
    whole = document(_with_problems(found.plan, expected), circumstances(session, others))
    complain(problem for problem in whole.problems if flags.output != "text" or not is_guard(problem))
    recall.tell_doubts(found)
    kept = [] if out is None else [lambda: save(out, spelled(to_json(whole)))]
    every([*kept, lambda: show(flags, whole)])
    sys.exit(command.code(found.plan, session.base))


def _expected(plan: Plan, guards: Guards) -> Iterator[Problem]:
    """Which guards would refuse an apply of this; whoever reads the plan is to know before it is approved."""
    for reason in refusals(plan, guards):
        yield Problem(GUARD, f"apply would be refused: {reason}", severity="warning")


def _with_problems(plan: Plan, more: tuple[Problem, ...]) -> Plan:
    return plan._replace(problems=(*plan.problems, *more))


def _plan(
    session: Session, made: Made, *, counts_others: bool
) -> tuple[Planned, Mapping[str, int | None] | None]:
    from reconcile.transport import Reader

    prepared = ready(session)
    with (
        opened(Reader, session, prepared.endpoints, prepared.secrets) as client,
        progress(session, reading(len(prepared.endpoints))),
    ):
        reads = session.ahead.over(client) if session.ahead else client
        hear = client.redactor.hear
        if not counts_others:
            return live_plan(prepared, reads, hear, made), None
        from reconcile.session.unmanaged import Remembering, unmanaged

        lists = Remembering(reads, prepared)
        found = live_plan(prepared, lists, hear, made)
        return found, unmanaged(prepared, found.facts.ids, lists)
