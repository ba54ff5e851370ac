"""What apply does: plan, ask, carry out, report; its exit code says how it ended."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from types import FrameType

import click

from reconcile.apply import Terms
from reconcile.cli import codes
from reconcile.cli.client import opened
from reconcile.cli.flags import Flags
from reconcile.cli.output import show
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
from reconcile.drive import Means, apply
from reconcile.errors import ProblemsFound
from reconcile.guards import refusals
from reconcile.journal import Journal
from reconcile.model import Json, Outcome
from reconcile.plan import Planned
from reconcile.records import document, spelled
from reconcile.reports import text
from reconcile.transport import Writer

SIGNALS = {signal.SIGINT: codes.SIGINT, signal.SIGTERM: codes.SIGTERM}
GRACE = 5.0
"""Seconds that a request in flight may still take once the run was told to stop."""


@dataclass(frozen=True, slots=True)
class Consent:
    """How far the user has agreed beforehand."""

    yes: bool
    force: bool


def applied(flags: Flags, paths: Sequence[str], consent: Consent, out: Path | None) -> int:
    """Plans, asks, applies, reports; the exit code."""
    if not consent.yes and not sys.stdin.isatty():
        raise click.UsageError("apply asks before it writes, and there is no terminal: add --yes")
    session: Session | None = None
    try:
        session = begin(flags, paths, live=True)
        bound = endpoints(session, (item.resource for item in needed(session)))
        with opened(Writer, session, bound) as client:
            planned = live_plan(session, client)
            planned = replace(planned, plan=replace(planned.plan, problems=session.loaded.problems))
            return _carried_out(session, planned, client, consent, out)
    except ProblemsFound as error:
        refuse(flags, error.problems, session)


def _carried_out(
    session: Session, planned: Planned, client: Writer, consent: Consent, out: Path | None
) -> int:
    whole = document(planned.plan, circumstances(session))
    complain(whole["problems"])
    refused = _refused(session, planned, consent)
    if refused:
        _report(session, document(planned.plan, circumstances(session), [], refused), out)
        for reason in refused:
            click.echo(f"Refused: {reason}", err=True)
        return codes.REFUSED
    if not planned.plan.operations:
        outcomes = [Outcome(item.address, "blocked", item.reason) for item in planned.plan.blocked]
        _report(session, document(planned.plan, circumstances(session), outcomes), out)
        return codes.INCOMPLETE if planned.plan.blocked else codes.OK
    if session.flags.output == "text":
        click.echo("\n".join(text.plan_lines(whole)))
    if not consent.yes and not _agreed(text.summary(whole["summary"])):
        click.echo("Nothing was written.", err=True)
        return codes.ERROR
    return _driven(session, planned, client, out)


def _refused(session: Session, planned: Planned, consent: Consent) -> list[str]:
    frozen = session.environment.get("RECONCILE_FREEZE")
    if frozen:
        return [f"frozen: {frozen}"]
    found = list(refusals(planned.plan, session.project.guards))
    if consent.force:
        for reason in found:
            click.echo(f"Forced: {reason}", err=True)
        return []
    return found


def _agreed(summary: str) -> bool:
    answer: str = click.prompt(f"{summary} Write `yes` to do it", default="no", show_default=False, err=True)
    return answer.strip().lower() == "yes"


def _driven(session: Session, planned: Planned, client: Writer, out: Path | None) -> int:
    flags = session.flags
    terms = Terms(clock=time.monotonic, settle=flags.settle, prune=flags.prune)
    with Journal(session.project.root) as journal, _stopping(client) as stopped:
        threads = flags.parallelism * max(1, len({o.address.system for o in planned.plan.operations}))
        means = Means(client, journal.append, stopped.event, threads)
        outcomes = apply(planned, terms, means)
    whole = document(planned.plan, circumstances(session), outcomes)
    if out is not None:
        save(out, spelled(whole))
    if flags.output == "json":
        show(flags, whole)
    else:
        click.echo("\n" + "\n".join(text.outcome_lines(whole)))
    return SIGNALS[stopped.by] if stopped.by else _code(outcomes)


def _code(outcomes: Sequence[Outcome]) -> int:
    """0 complete; 4 where refusals are all that is missing; else 3."""
    statuses = {outcome.status for outcome in outcomes} - {"done", "unchanged"}
    if not statuses:
        return codes.OK
    return codes.REFUSED if statuses == {"refused"} else codes.INCOMPLETE


def _report(session: Session, whole: dict[str, Json], out: Path | None) -> None:
    if out is not None:
        save(out, spelled(whole))
    show(session.flags, whole)


@dataclass(slots=True)
class _Stop:
    """Whether the run was told to stop, and by which signal."""

    event: Event
    by: signal.Signals | None = None


@contextmanager
def _stopping(client: Writer) -> Iterator[_Stop]:
    """SIGINT and SIGTERM let what is under way end within seconds, and begin nothing new."""
    stop = _Stop(Event())

    def told(number: int, frame: FrameType | None) -> None:
        stop.by = signal.Signals(number)
        stop.event.set()
        client.stop_after(GRACE)

    before = {number: signal.signal(number, told) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
