"""What apply does: plan, ask, carry out, report; its exit code says how it ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import click

from reconcile.approval import Approval, approved, unfit
from reconcile.base import tracks
from reconcile.cli import codes
from reconcile.cli.client import opened
from reconcile.cli.collector import collector_on
from reconcile.cli.doubts import tell_doubts
from reconcile.cli.flags import Flags
from reconcile.cli.output import check_places, report, save, show
from reconcile.cli.progress import counted, counting, progress, reading
from reconcile.cli.readying import live_plan, ready
from reconcile.cli.session import Session, begin
from reconcile.cli.sink import SINK, Unwritten, every, say, tell
from reconcile.cli.stopping import SIGNALS, stopping
from reconcile.cli.telling import circumstances, complain, refuse
from reconcile.course import Terms
from reconcile.drive import Means, apply, begun_nothing
from reconcile.errors import ProblemsFound
from reconcile.guards import FROZEN, GUARD, LOCKED, UNFIT, refusals
from reconcile.journal import FOLDER, Busy, Journal, Unusable
from reconcile.model import Address, Json, Outcome, Plan, Problem, spell
from reconcile.plan import Planned
from reconcile.records import document, spelled
from reconcile.reports import text
from reconcile.reports.inert import inert
from reconcile.transport import Writer
from reconcile.verdict import Facts

UNREAD = Planned(Plan(), (), Facts({}))
"""The plan of a run that was refused before it read anything."""


@dataclass(frozen=True, slots=True)
class Consent:
    """How far the user has agreed beforehand: to all, past the guards, to what a saved plan says."""

    yes: bool
    force: bool
    plan: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """What writes: the client, and the journal that knows of it first."""

    client: Writer
    journal: Journal


@dataclass(frozen=True, slots=True)
class Work:
    """A plan with what of it is refused, and what there is to say beside it."""

    session: Session
    planned: Planned
    out: Path | None
    approval: Approval = field(default_factory=lambda: Approval({}, ()))

    @property
    def plan(self) -> Plan:
        """The plan as a value."""
        return self.planned.plan

    @property
    def to_do(self) -> int:
        """How many operations would be begun."""
        return len(self.plan.operations) - len(self.approval.refused)

    def document(self, outcomes: Sequence[Outcome] | None = None) -> dict[str, Json]:
        """The plan document, or the record of this apply."""
        return document(self.plan, circumstances(self.session), outcomes)

    def refusal(self, reasons: Sequence[Problem]) -> dict[str, Json]:
        """The record of this apply, which was refused as a whole for these reasons."""
        plan = self.plan._replace(problems=(*self.plan.problems, *reasons))
        words = [reason.message for reason in reasons]
        every = dict.fromkeys((operation.address for operation in plan.operations), "; ".join(words))
        outcomes = begun_nothing(self.planned, {**every, **self.approval.refused})
        settled = list(self.approval.settled)
        return document(plan, circumstances(self.session), outcomes + settled, words)


def applied(flags: Flags, paths: Sequence[str], consent: Consent, out: Path | None) -> int:
    """Plans, asks, applies, reports; the exit code."""
    if not consent.yes and consent.plan is None and not sys.stdin.isatty():
        raise click.UsageError("apply asks before it writes, and there is no terminal: add --yes")
    check_places(flags, out)
    session: Session | None = None
    try:
        if consent.plan is not None and consent.plan["prune"]:
            flags = flags._replace(prune=True)
        session = _begun(flags, paths, consent)
        refused = _unwelcome(session, consent)
        if refused:
            return _refuse(Work(session, UNREAD, out), refused)
        with _journal(session) as journal:
            prepared = ready(session)
            with opened(Writer, session, prepared.endpoints, prepared.secrets) as client:
                with progress(session, reading(len(prepared.endpoints))):
                    planned = live_plan(prepared, client, client.redactor.hear)
                tell_doubts(planned.plan, journal.past)
                return _carried_out(_work(session, planned, consent, out), Hand(client, journal), consent)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)
    except Unusable as error:
        refuse(flags, (Problem("journal", str(error)),), session)
    except Busy as error:
        locked = Problem(LOCKED, str(error))
        return _refuse(Work(_begun(flags, paths, consent), UNREAD, out), [locked])


def _begun(flags: Flags, paths: Sequence[str], consent: Consent) -> Session:
    """The session of what is asked for; of a saved plan, only of what that one is about."""
    among = None if consent.plan is None else consent.plan["selected"]
    return begin(flags, paths, live=True, among=among)


def _journal(session: Session) -> Journal:
    """The project's journal, held from here on; Unusable where a commit could have brought one in."""
    root = session.project.root
    if tracks(root, FOLDER):
        raise Unusable(f"git tracks {FOLDER}, so that a commit could write it: git rm -r --cached {FOLDER}")
    return Journal(root)


def _unwelcome(session: Session, consent: Consent) -> list[Problem]:
    """Why nothing may be applied at all."""
    frozen = session.environment.get("RECONCILE_FREEZE")
    if frozen:
        return [Problem(FROZEN, f"frozen: {frozen}")]
    misfits = () if consent.plan is None else unfit(consent.plan, circumstances(session))
    return [Problem(UNFIT, reason) for reason in misfits]


def _work(session: Session, planned: Planned, consent: Consent, out: Path | None) -> Work:
    approval = Approval({}, ())
    if consent.plan is not None:
        approval = approved(consent.plan, planned.plan, circumstances(session))
        left = _left_out(session, consent.plan["selected"])
        settled = tuple(each for each in approval.settled if str(each.address) not in left)
        approval = replace(approval, settled=settled)
    refused = {**_conflicts(planned, consent), **approval.refused}
    return Work(session, planned, out, replace(approval, refused=refused))


def _left_out(session: Session, among: Sequence[str] | None) -> frozenset[str]:
    """What the saved plan is about and this run is not, by its PATH or --target: it is not refused."""
    if session.named is None:
        return frozenset()
    declared = frozenset(map(str, session.declared))
    about = declared if among is None else declared.intersection(among)
    return about.difference(session.named)


def _conflicts(planned: Planned, consent: Consent) -> Mapping[Address, str]:
    """The operations on what somebody else changed since the base, unless it is forced; whole ones, also
    where --only leaves the conflict out."""
    found: dict[Address, str] = {}
    for step in planned.steps:
        changes = step.operation.changes
        paths = [*(change.path for change in changes if change.label == "conflict"), *step.conflicts]
        if paths:
            fields = ", ".join(map(spell, paths))
            found[step.operation.address] = f"conflict on {fields}: live, base and manifests all differ"
    if not consent.force:
        return {
            address: f"{reason}; agree on a value, or apply with --force" for address, reason in found.items()
        }
    for address, reason in found.items():
        tell(f"Forced: {inert(f'{address}: {reason}')}")
    return {}


def _carried_out(work: Work, hand: Hand, consent: Consent) -> int:
    whole = work.document()
    complain(whole["problems"])
    refused = _guarded(work, consent)
    if refused:
        return _refuse(work, [Problem(GUARD, reason) for reason in refused])
    if work.to_do and work.session.flags.output == "text":
        say("\n".join(text.plan_lines(whole)))
    if (
        work.to_do
        and not consent.yes
        and consent.plan is None
        and not _agreed(text.summary(whole["summary"]))
    ):
        tell("Nothing was written.")
        return codes.ERROR
    return _driven(work, hand)


def _guarded(work: Work, consent: Consent) -> list[str]:
    """Why the guards refuse what would be begun; none where the user forces it, and then it says so."""
    begun = tuple(item for item in work.plan.operations if item.address not in work.approval.refused)
    found = list(refusals(work.plan._replace(operations=begun), work.session.project.guards))
    if not consent.force:
        return found
    for reason in found:
        tell(f"Forced: {inert(reason)}")
    return []


def _refuse(work: Work, reasons: Sequence[Problem]) -> int:
    """Says why nothing was begun; as text, a plan is shown only where live was read."""
    whole = work.refusal(reasons)
    code = _reported(_refusal(work, whole), codes.REFUSED)
    for reason in reasons:
        tell(f"Refused: {inert(reason.message)}")
    return code


def _refusal(work: Work, whole: dict[str, Json]) -> Iterator[Callable[[], None]]:
    """What writes each output of a refusal."""
    flags = work.session.flags
    if flags.output != "text":
        yield lambda: show(flags, whole)
    else:
        if work.planned is not UNREAD:
            yield lambda: say("\n".join([*text.plan_lines(whole), "", *text.outcome_lines(whole)]))
        yield lambda: report(flags, whole)
    if work.out is not None:
        yield partial(save, work.out, spelled(whole))


def _agreed(summary: str) -> bool:
    question = SINK.clean(f"{summary} Write `yes` to do it")
    answer: str = click.prompt(question, default="no", show_default=False, err=True)
    return answer.strip().lower() == "yes"


def _driven(work: Work, hand: Hand) -> int:
    """Carries out what is to be done; the exit code."""
    collector_on()
    flags, refused = work.session.flags, work.approval.refused
    terms = replace(_terms(work.session, hand.journal), hear=hand.client.redactor.hear)
    systems = max(1, len({item.address.system for item in work.plan.operations}))
    threads = (flags.parallelism + flags.parallelism // 4) * systems  # none waits while another thinks
    with (
        stopping(hand.client) as stopped,
        progress(work.session, counted(0, work.to_do)) as count,
    ):
        told = counting(count, work.to_do)
        means = Means(hand.client, hand.journal.append, stopped.event, threads, told)
        outcomes = apply(work.planned, terms, means, refused)
    outcomes += work.approval.settled
    code = SIGNALS[stopped.by] if stopped.by else _code(outcomes)
    sent = any(outcome.requests_sent for outcome in outcomes)
    outputs = _outputs(work, work.document(outcomes), shown=bool(work.to_do))
    return _reported(outputs, code, sent=sent)


def _terms(session: Session, journal: Journal) -> Terms:
    again = session.environment.get("GITHUB_RUN_ATTEMPT", "1") != "1"
    return terms_after(journal, session.flags.settle, again=again)


def terms_after(
    journal: Journal,
    settle: float,
    *,
    again: bool,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> Terms:
    """How long to wait and look, given what earlier applies left in doubt.

    `again` says that there was an earlier attempt: where its journal is lost, this one tells the next.
    """
    past, now, today = journal.past, clock(), wall()
    left = {address: min(at, today) + settle - today for address, at in past.in_doubt.items()}
    if again and not past.known:
        _note_doubt(journal)
        doubtful = settle
    else:
        doubtful = min(past.doubt, today) + settle - today
    return Terms(
        clock=clock,
        settle=settle,
        in_doubt={address: now + seconds for address, seconds in left.items() if seconds > 0},
        doubtful_until=now + doubtful if doubtful > 0 else 0.0,
        made=past.made,
    )


def _note_doubt(journal: Journal) -> None:
    try:
        journal.append({"event": "doubt", "address": ""})
    except OSError as error:
        raise Unusable(f"the journal cannot be written: {error.strerror}") from error


def _code(outcomes: Sequence[Outcome]) -> int:
    """0 complete; 4 where refusals are all that is missing; else 3."""
    statuses = {outcome.status for outcome in outcomes} - {"done", "unchanged"}
    if not statuses:
        return codes.OK
    return codes.REFUSED if statuses == {"refused"} else codes.INCOMPLETE


def _reported(outputs: Iterable[Callable[[], None]], code: int, *, sent: bool = False) -> int:
    """Prints and keeps the record; the exit code is `code`, unless all went well and that cannot be said.

    Then it is 3 where something was `sent`, for 1 would promise that nothing was.
    """
    try:
        every(outputs)
    except Unwritten as error:
        then = (
            "; what was sent stays: reconcile plan shows what is left" if sent else ": give it another place"
        )
        tell(f"Error: {error}{then}")
        return code or (codes.INCOMPLETE if sent else codes.ERROR)
    return code


def _outputs(work: Work, whole: dict[str, Json], *, shown: bool) -> Iterator[Callable[[], None]]:
    """What writes each output; what was `shown` before the work began is not printed again."""
    flags = work.session.flags
    if shown and flags.output == "text":
        yield lambda: say("\n" + "\n".join(text.outcome_lines(whole)))
        yield lambda: report(flags, whole)
    else:
        yield lambda: show(flags, whole)
    if work.out is not None:
        yield partial(save, work.out, spelled(whole))
