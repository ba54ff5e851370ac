"""What apply does: plan, ask, carry out, report."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, say, tell
from reconcile.cli.flags import Flags
from reconcile.cli.gc_off import collector_on
from reconcile.cli.outcomes import code_of, outputs_of, refused_whole, reported
from reconcile.cli.output import check_places, show
from reconcile.cli.problems import complain, refuse
from reconcile.cli.progress import counted, counting, progress, reading
from reconcile.cli.signals import SIGNALS, Stop, stopping
from reconcile.clock import Pulse
from reconcile.errors import ProblemsFound
from reconcile.execution.executor import Executor, apply
from reconcile.execution.journal import Busy, Journal, Unusable
from reconcile.git.checkout import NoCheckout
from reconcile.model import Outcome, Problem
from reconcile.planning.guards import GUARD, LOCKED
from reconcile.reports import text
from reconcile.session.clients import opened
from reconcile.session.consent import UNREAD, Consent, Work, guarded, unwelcome, work_of
from reconcile.session.in_doubt import believed, tell_doubts
from reconcile.session.prepare import live_plan, ready
from reconcile.session.recall import made_by, where
from reconcile.session.session import Session, begin
from reconcile.session.timing import timing_of
from reconcile.transport import Writer

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Hand:
    """What writes: the client, and the journal that knows of it first."""

    client: Writer
    journal: Journal


def applied(flags: Flags, paths: Sequence[str], consent: Consent, out: Path | None) -> int:
    """Plans, asks, applies, reports; the exit code."""
    if not consent.yes and consent.plan is None and not sys.stdin.isatty():
        raise click.UsageError("apply asks before it writes, and there is no terminal: add --yes")
    session: Session | None = None
    try:
        check_places(flags, out)
        if consent.plan is not None and consent.plan.prune:
            flags = flags._replace(prune=True)
        session = _begun(flags, paths, consent)
        refused = unwelcome(session, consent)
        if refused:
            return refused_whole(Work(session, UNREAD, out), refused)
        with _journal(session) as journal:
            journal.past = believed(journal.past, session.memory)
            prepared = ready(session)
            with opened(Writer, session, prepared.endpoints, prepared.secrets) as client:
                with progress(session, reading(len(prepared.endpoints))):
                    made = partial(made_by, journal.past, where(session))
                    planned = live_plan(prepared, client, client.redactor.hear, made)
                tell_doubts(planned, journal.past, where(session))
                return _carried_out(work_of(session, planned, consent, out), Hand(client, journal), consent)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)
    except Unusable as error:
        refuse(flags, (Problem("journal", str(error)),), session)
    except Busy as error:
        locked = Problem(LOCKED, str(error))
        return refused_whole(Work(_begun(flags, paths, consent), UNREAD, out), [locked])


def _begun(flags: Flags, paths: Sequence[str], consent: Consent) -> Session:
    """The session of what is asked for; of a saved plan, what that one is about, seen against its base."""
    if consent.plan is None:
        return begin(flags, paths, live=True)
    among, base = consent.plan.selected, str(consent.plan.base)
    own = base if _COMMIT.fullmatch(base) else None  # a file that anybody could have written names no folder
    based = flags._replace(base=flags.base or own)
    try:
        return begin(based, paths, live=True, among=among)
    except ProblemsFound as error:
        if flags.base is not None or any(problem.code != "no-base" for problem in error.problems):
            raise
    return begin(flags, paths, live=True, among=among)  # the base is gone since: what the plan shows stands


def _journal(session: Session) -> Journal:
    """Return the project's journal, held from here on; Unusable where somebody else could have written it."""
    where, memory = session.where(), session.memory
    if isinstance(where, NoCheckout) and where.kind == "refused":
        raise ProblemsFound((Problem("git", f"git refuses this checkout, so apply does too: {where.words}"),))
    if memory.kind == "foreign":
        raise Unusable(memory.words)
    return Journal(session.project.root)


def _carried_out(work: Work, hand: Hand, consent: Consent) -> int:
    whole = work.document()
    complain(whole.problems)
    refused = guarded(work, consent)
    if refused:
        return refused_whole(work, [Problem(GUARD, reason) for reason in refused])
    if work.to_do and work.session.flags.output == "text":
        say("\n".join(text.plan_lines(whole)))
    if work.to_do and not consent.yes and consent.plan is None and not _agreed(text.summary(whole.summary)):
        if work.session.flags.output != "text":
            show(work.session.flags, whole)
        tell("Nothing was written.")
        return exit_codes.ERROR
    return _driven(work, hand)


def _agreed(summary: str) -> bool:
    question = SINK.clean(f"{summary} Write `yes` to do it")
    try:
        answer: str = click.prompt(question, default="no", show_default=False, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):  # nobody is there any more, and that is no yes
            return False
        raise
    return answer.strip().lower() == "yes"


def _driven(work: Work, hand: Hand) -> int:
    """Carries out what is to be done; the exit code."""
    collector_on()
    with stopping(hand.client) as stopped:  # a second signal, too, leaves the record to be written
        outcomes = _outcomes(work, hand, stopped)
        code = SIGNALS[stopped.by] if stopped.by else code_of(outcomes)
        sent = any(outcome.requests_sent for outcome in outcomes)
        outputs = outputs_of(work, work.document(outcomes), shown=bool(work.to_do))
        return reported(outputs, code, sent=sent)


def _outcomes(work: Work, hand: Hand, stopped: Stop) -> list[Outcome]:
    flags, refused = work.session.flags, work.approval.refused
    terms = replace(timing_of(work.session, hand.journal), hear=hand.client.redactor.hear, clean=SINK.clean)
    systems = max(1, len({item.address.system for item in work.plan.operations}))
    threads = (flags.parallelism + flags.parallelism // 4) * systems  # none waits while another thinks
    with Pulse() as pulse, progress(work.session, counted(0, work.to_do)) as count:
        told = counting(count, work.to_do)
        means = Executor(
            hand.client, hand.journal.append, stopped.event, threads, told, hand.journal.why_lost
        )
        outcomes = apply(work.planned, replace(terms, ran_since=pulse.ran_since), means, refused)
    return [*outcomes, *work.approval.settled]
