"""Applies a plan, the one way to write: guards, freezes, conflicts, approval, lock and journal are inside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from reconcile.clock import Pulse
from reconcile.errors import ProblemsFound
from reconcile.execution.executor import CutShort, Executor, execute
from reconcile.execution.journal import Busy, Journal, Unusable
from reconcile.git.checkout import NoCheckout
from reconcile.model import Problem
from reconcile.planfile.document import Document
from reconcile.planfile.missing import refusals_alone
from reconcile.planfile.write import document_refusal
from reconcile.planning.contents import Outcome
from reconcile.planning.guards import GUARD, LOCKED
from reconcile.session import events
from reconcile.session.clients import opened
from reconcile.session.consent import UNREAD, Approve, Consent, Work, guarded, unwelcome, work_of
from reconcile.session.foreseen import refused_by_name
from reconcile.session.held_signals import HeldSignals
from reconcile.session.in_doubt import believed, doubt_warnings, tell_damage
from reconcile.session.keeping import Keeper
from reconcile.session.locks import Locks
from reconcile.session.prepare import live_plan, ready
from reconcile.session.recall import made_by, where
from reconcile.session.refusal import BrokenOff, Declined, Refused
from reconcile.session.run_info import tell_state
from reconcile.session.session import Session, of_saved
from reconcile.session.timing import timing_of
from reconcile.transport import Writer

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Hand:
    """Hold what writes: the client, the journal that knows of it first, and the locks under which it does."""

    client: Writer
    journal: Journal
    locks: Locks


def apply(session: Session, approve: Approve, *, force: bool = False) -> Document:
    """Carry out what is approved, and return the record of it.

    Raises TypeError where `approve` is nothing that can approve; Refused where a guard, a freeze, a conflict,
    the lock or a plan that no longer fits is in the way and is all that is missing; Declined where whoever
    was asked said no; ProblemsFound and NotRead before anything is written. What breaks it off, such as an
    interrupt or a listener that raises, is raised on, from a BrokenOff that has the record.
    """
    consent = Consent(approve, force)
    if consent.plan is not None:
        session = of_saved(session, consent.plan, _base_of(consent.plan))
    if reasons := unwelcome(session, consent):
        raise _refused(Work(session, UNREAD), reasons)
    try:
        with _journal(session) as journal:
            journal.past = believed(journal.past, session.memory())
            tell_damage(journal.past, session.around.on_event)
            with Locks(session) as locks:
                return _under_lock(session, journal, locks, consent)
    except Unusable as error:
        raise ProblemsFound((Problem("journal", str(error)),)) from error
    except Busy as error:
        raise _refused(Work(session, UNREAD), [Problem(LOCKED, str(error))]) from error


def _base_of(saved: Document) -> str | None:
    """Return the commit that a saved plan was made against; None where its `base` is no commit.

    Anybody may have written the file, so that a folder named in it is not read.
    """
    return saved.base if saved.base and _COMMIT.fullmatch(saved.base) else None


def _refused(work: Work, reasons: Sequence[Problem]) -> Refused:
    return Refused(tuple(reasons), work.refusal(reasons))


def _journal(session: Session) -> Journal:
    """Return the project's journal, which the caller holds.

    Raises Unusable where somebody else could have written the journal, ProblemsFound where git refuses the
    checkout.
    """
    place, memory = session.where(), session.memory()
    if isinstance(place, NoCheckout) and place.kind == "refused":
        raise ProblemsFound((Problem("git", f"git refuses this checkout, so apply does too: {place.words}"),))
    if memory.kind == "foreign":
        raise Unusable(memory.words)
    return (session.around.open_journal or Journal)(session.project.root)


def _under_lock(session: Session, journal: Journal, locks: Locks, consent: Consent) -> Document:
    prepared, around = ready(session), session.around
    with opened(Writer, session, prepared.endpoints, prepared.secrets) as client:
        around.on_event(events.ReadingLive(len(prepared.endpoints)))
        here = where(session)
        made = partial(made_by, journal.past, here)
        planned = live_plan(prepared, client, client.redactor.hear, made)
        tell_state(session)
        around.on_event(events.InDoubt(doubt_warnings(planned, journal.past, here)))
        return _approved(work_of(session, planned, consent), _Hand(client, journal, locks), consent)


def _approved(work: Work, hand: _Hand, consent: Consent) -> Document:
    whole = work.document()
    refused = tuple(Problem(GUARD, reason) for reason in guarded(work, consent))
    work.session.around.on_event(events.PlanMade(whole, work.to_do, refused))
    if refused:
        raise _refused(work, refused)
    if work.to_do and consent.asks and not consent.given(_asked_about(work, whole, consent)):
        raise Declined(whole)
    return _carried_out(work, hand)


def _asked_about(work: Work, whole: Document, consent: Consent) -> Document:
    """Return the plan as whoever is asked is shown it: with what would be refused by name."""
    foreseen = () if consent.force else refused_by_name(work.session, work.planned)
    return whole._replace(would_refuse=tuple(map(document_refusal, foreseen)))


def _carried_out(work: Work, hand: _Hand) -> Document:
    keeper = Keeper(work)
    done, by = _driven(work, hand)
    outcomes = [*done, *work.approval.settled]
    record = keeper.ended(outcomes)
    if by is not None:
        broken_off = BrokenOff(record)
        broken_off.__cause__ = by.__cause__
        raise by from broken_off
    if refusals_alone(record):
        raise Refused(tuple(work.refusals_of(outcomes)), record)
    return record


def _driven(work: Work, hand: _Hand) -> tuple[list[Outcome], BaseException | None]:
    """Carry out the operations that are not refused; return their outcomes, and what broke this off.

    A stop lets those under way end, and none begin.
    """
    session, around = work.session, work.session.around
    timing = replace(
        timing_of(session, hand.journal, hand.locks.sure_at),
        hear=hand.client.redactor.hear,
        clean=around.cleaner.clean,
    )
    around.stop.watch(hand.client)
    around.on_event(events.Applying(work.to_do))
    executor = Executor(
        hand.client,
        hand.journal.append,
        around.stop,
        around.threads or _threads(work),
        lambda outcome: around.on_event(events.Ended(outcome)),
        begun=lambda address: around.on_event(events.Begun(address)),
        waits=lambda address, wait: around.on_event(events.Waiting(address, wait.why, wait.left)),
        why_lost=hand.journal.why_lost,
        why_over=hand.locks.why_lost,
        unanswered=hand.locks.unanswered,
        why_refused=work.why_frozen,
    )
    with Pulse() as pulse, HeldSignals(around.stop) as held:
        timing = replace(timing, ran_since=around.ran_since or pulse.ran_since)
        try:
            return execute(work.planned, timing, executor, work.approval.refused), held.raised
        except CutShort as cut:
            return cut.outcomes, held.raised or cut.by


def _threads(work: Work) -> int:
    """Return how many operations may be under way, so that none waits while another thinks."""
    systems = max(1, len({item.address.system for item in work.plan.operations}))
    parallelism = work.session.options.parallelism
    return (parallelism + parallelism // 4) * systems
