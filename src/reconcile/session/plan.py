"""Plans on a client that cannot write: what differs, what apply would do, what nobody manages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Literal

from reconcile.live.observe import MadeIds
from reconcile.model import Problem
from reconcile.planfile.document import Document
from reconcile.planfile.write import document
from reconcile.planning.build import Planned
from reconcile.planning.guards import GUARD, Refusal
from reconcile.session.changed import only_changed, widened
from reconcile.session.clients import Brief, opened
from reconcile.session.entangled import Unloaded
from reconcile.session.events import InDoubt, ReadingLive
from reconcile.session.prepare import Ready, live_plan, ready
from reconcile.session.recall import Recall
from reconcile.session.run_info import run_info, tell_state
from reconcile.session.session import Session
from reconcile.session.unchecked import with_unchecked


def plan_document(session: Session, *, counts_others: bool = False) -> Document:
    """Return the plan of a session, with what was not read named in it; ProblemsFound where there is none.

    `counts_others` is for a scheduled check: it asks how many live objects no manifest manages, too. An undo
    must have read all that its record is about.
    """
    if session.options.changed:
        return _of_changed(session)
    return _document(session, counts_others=counts_others)


def _of_changed(session: Session) -> Document:
    """Return the plan of what changed; the rest is loaded where live state shows that it is needed."""
    try:
        return _document(only_changed(session))
    except Unloaded:
        return _document(only_changed(session.whole() if session.whole else session))


def _document(session: Session, *, counts_others: bool = False) -> Document:
    recall = Recall(session)
    found, others = _planned(session, recall.made, counts_others=counts_others)
    while found.entangled:
        session = widened(session, found.entangled)
        found, others = _planned(session, recall.made, counts_others=counts_others)
    refused = _refused(session, found)
    problems = (*found.plan.problems, *_warned(refused))
    made_by: Literal["plan", "drift"] = "drift" if counts_others else "plan"
    info = run_info(session, others)._replace(command=made_by, would_refuse=refused)
    whole = document(found.plan._replace(problems=problems), info)
    tell_state(session)
    session.around.on_event(InDoubt(recall.doubts(found)))
    return whole


def _refused(session: Session, found: Planned) -> tuple[Refusal, ...]:
    """Return what an apply of the plan would refuse; where nothing is to be done, that is nothing."""
    if not found.steps:
        return ()
    from reconcile.session.foreseen import would_refuse

    return tuple(would_refuse(session, found))


def _warned(refused: Iterable[Refusal]) -> Iterator[Problem]:
    """Yield a warning for each guard that would refuse an apply: whoever approves the plan is to know."""
    for refusal in refused:
        if refusal.code == GUARD:
            yield Problem(GUARD, f"apply would be refused: {refusal.message}", severity="warning")


def _checked(found: Planned, session: Session, prepared: Ready) -> Planned:
    """Return the plan with what is known of the ids that it writes; a review of what changed asks for none.

    No list is asked for twice: a plan is whole without this.
    """
    from reconcile.transport import Reader

    once = Brief(session.options._replace(retries=0), session.around)
    opens = partial(opened, Reader, once, prepared.endpoints, prepared.secrets)
    return with_unchecked(found, opens, asks=not session.options.changed)


def _planned(
    session: Session, made: MadeIds, *, counts_others: bool
) -> tuple[Planned, Mapping[str, int | None] | None]:
    from reconcile.transport import Reader

    prepared = ready(session, partly=session.undoes is None)
    with opened(Reader, session, prepared.endpoints, prepared.secrets) as client:
        session.around.on_event(ReadingLive(len(prepared.endpoints)))
        hear = client.redactor.hear
        if not counts_others:
            found = live_plan(prepared, client, hear, made)
            return found if session.undoes or found.entangled else _checked(found, session, prepared), None
        from reconcile.session.unmanaged import Remembering, unmanaged

        lists = Remembering(client, prepared)
        found = live_plan(prepared, lists, hear, made)
        return found, None if found.plan.not_read else unmanaged(prepared, found.facts.ids, lists)
