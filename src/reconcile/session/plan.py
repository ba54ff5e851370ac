"""Plans on a client that cannot write: what differs, what apply would do, what nobody manages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.live.observe import MadeIds
from reconcile.model import Problem
from reconcile.planfile.document import Document
from reconcile.planfile.write import document
from reconcile.planning.build import Planned
from reconcile.planning.contents import Plan
from reconcile.planning.guards import GUARD, refusals
from reconcile.project import Guards
from reconcile.session.clients import opened
from reconcile.session.events import InDoubt, ReadingLive
from reconcile.session.prepare import live_plan, ready
from reconcile.session.recall import Recall
from reconcile.session.run_info import run_info, tell_state
from reconcile.session.session import Session


def plan_document(session: Session, *, counts_others: bool = False) -> Document:
    """Return the plan of a session; ProblemsFound where there is none, NotRead where live was not read.

    `counts_others` asks how many live objects no manifest manages.
    """
    recall = Recall(session)
    found, others = _planned(session, recall.made, counts_others=counts_others)
    expected = tuple(_expected(found.plan, session.project.guards))
    problems = (*found.plan.problems, *expected)
    whole = document(found.plan._replace(problems=problems), run_info(session, others))
    tell_state(session)
    session.around.on_event(InDoubt(recall.doubts(found)))
    return whole


def _expected(plan: Plan, guards: Guards) -> Iterator[Problem]:
    """Yield a warning for each guard that would refuse an apply: whoever approves the plan is to know."""
    for reason in refusals(plan, guards):
        yield Problem(GUARD, f"apply would be refused: {reason}", severity="warning")


def _planned(
    session: Session, made: MadeIds, *, counts_others: bool
) -> tuple[Planned, Mapping[str, int | None] | None]:
    from reconcile.transport import Reader

    prepared = ready(session)
    with opened(Reader, session, prepared.endpoints, prepared.secrets) as client:
        session.around.on_event(ReadingLive(len(prepared.endpoints)))
        hear = client.redactor.hear
        if not counts_others:
            return live_plan(prepared, client, hear, made), None
        from reconcile.session.unmanaged import Remembering, unmanaged

        lists = Remembering(client, prepared)
        found = live_plan(prepared, lists, hear, made)
        return found, unmanaged(prepared, found.facts.ids, lists)
