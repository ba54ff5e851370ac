"""What apply does: plan, ask, carry out, report; its exit code says how it ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from reconcile.apply import Terms
from reconcile.approval import Approval, approved, unfit
from reconcile.cli import codes
from reconcile.cli.client import opened
from reconcile.cli.flags import Flags
from reconcile.cli.output import show
from reconcile.cli.progress import counted, counting, progress, reading
from reconcile.cli.reading import save
from reconcile.cli.session import (
    Session,
    begin,
    circumstances,
    complain,
    endpoints,
    live_plan,
    needed,
    refuse,
)
from reconcile.cli.stopping import SIGNALS, stopping
from reconcile.drive import Means, apply
from reconcile.errors import ProblemsFound
from reconcile.guards import refusals
from reconcile.journal import Journal
from reconcile.model import Json, Outcome, Plan
from reconcile.plan import Planned
from reconcile.records import document, spelled
from reconcile.reports import text
from reconcile.transport import Writer
from reconcile.verdict import Facts


@dataclass(frozen=True, slots=True)
class Consent:
    """How far the user has agreed beforehand: to all, past the guards, to what a saved plan says."""

    yes: bool
    force: bool
    plan: Mapping[str, Json] | None = None


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

    def document(
        self, outcomes: Sequence[Outcome] | None = None, refused: Sequence[str] = ()
    ) -> dict[str, Json]:
        """The plan document, or the record of this apply."""
        return document(self.plan, circumstances(self.session), outcomes, refused)


def applied(flags: Flags, paths: Sequence[str], consent: Consent, out: Path | None) -> int:
    """Plans, asks, applies, reports; the exit code."""
    if not consent.yes and consent.plan is None and not sys.stdin.isatty():
        raise click.UsageError("apply asks before it writes, and there is no terminal: add --yes")
    session: Session | None = None
    try:
        if consent.plan is not None and consent.plan["prune"]:
            flags = replace(flags, prune=True)
        session = begin(flags, paths, live=True)
        refused = list(_unwelcome(session, consent))
        if refused:
            return _refuse(Work(session, Planned(Plan(), (), Facts({})), out), refused)
        bound = endpoints(session, (item.resource for item in needed(session)))
        with opened(Writer, session, bound) as client:
            with progress(session, reading(len(bound))):
                planned = live_plan(session, client)
            return _carried_out(_work(session, planned, consent, out), client, consent)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)


def _unwelcome(session: Session, consent: Consent) -> Sequence[str]:
    """Why nothing may be applied at all."""
    frozen = session.environment.get("RECONCILE_FREEZE")
    if frozen:
        return [f"frozen: {frozen}"]
    return [] if consent.plan is None else list(unfit(consent.plan, circumstances(session)))


def _work(session: Session, planned: Planned, consent: Consent, out: Path | None) -> Work:
    planned = replace(planned, plan=replace(planned.plan, problems=session.loaded.problems))
    work = Work(session, planned, out)
    if consent.plan is None:
        return work
    return replace(work, approval=approved(consent.plan, planned.plan, circumstances(session)))


def _carried_out(work: Work, client: Writer, consent: Consent) -> int:
    whole = work.document()
    complain(whole["problems"])
    refused = _guarded(work, consent)
    if refused:
        return _refuse(work, refused)
    if work.to_do and work.session.flags.output == "text":
        click.echo("\n".join(text.plan_lines(whole)))
    if (
        work.to_do
        and not consent.yes
        and consent.plan is None
        and not _agreed(text.summary(whole["summary"]))
    ):
        click.echo("Nothing was written.", err=True)
        return codes.ERROR
    return _driven(work, client)


def _guarded(work: Work, consent: Consent) -> list[str]:
    """Why the guards refuse what would be begun; none where the user forces it, and then it says so."""
    begun = tuple(item for item in work.plan.operations if item.address not in work.approval.refused)
    found = list(refusals(replace(work.plan, operations=begun), work.session.project.guards))
    if not consent.force:
        return found
    for reason in found:
        click.echo(f"Forced: {reason}", err=True)
    return []


def _refuse(work: Work, reasons: Sequence[str]) -> int:
    _report(work, work.document([], reasons))
    for reason in reasons:
        click.echo(f"Refused: {reason}", err=True)
    return codes.REFUSED


def _agreed(summary: str) -> bool:
    answer: str = click.prompt(f"{summary} Write `yes` to do it", default="no", show_default=False, err=True)
    return answer.strip().lower() == "yes"


def _driven(work: Work, client: Writer) -> int:
    """Carries out what is to be done; the exit code."""
    flags, refused = work.session.flags, work.approval.refused
    terms = Terms(clock=time.monotonic, settle=flags.settle)
    threads = flags.parallelism * max(1, len({item.address.system for item in work.plan.operations}))
    with (
        Journal(work.session.project.root) as journal,
        stopping(client) as stopped,
        progress(work.session, counted(0, work.to_do)) as say,
    ):
        means = Means(client, journal.append, stopped.event, threads, counting(say, work.to_do))
        outcomes = apply(work.planned, terms, means, refused)
    outcomes += work.approval.settled
    _report(work, work.document(outcomes), shown=bool(work.to_do))
    return SIGNALS[stopped.by] if stopped.by else _code(outcomes)


def _code(outcomes: Sequence[Outcome]) -> int:
    """0 complete; 4 where refusals are all that is missing; else 3."""
    statuses = {outcome.status for outcome in outcomes} - {"done", "unchanged"}
    if not statuses:
        return codes.OK
    return codes.REFUSED if statuses == {"refused"} else codes.INCOMPLETE


def _report(work: Work, whole: dict[str, Json], *, shown: bool = False) -> None:
    """Keeps and prints the record; what was `shown` before the work began is not printed again."""
    if work.out is not None:
        save(work.out, spelled(whole))
    if shown and work.session.flags.output == "text":
        click.echo("\n" + "\n".join(text.outcome_lines(whole)))
    else:
        show(work.session.flags, whole)
