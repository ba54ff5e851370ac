"""Asks before an apply, and prints how it ended; what is written is decided in `session.apply`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, tell
from reconcile.cli.event_stream import EventStream, streamed
from reconcile.cli.flags import Flags
from reconcile.cli.listener import Listener, surroundings
from reconcile.cli.outcomes import ended, outputs_of, refused, reported
from reconcile.cli.output import check_places, printed_options
from reconcile.cli.problems import refuse
from reconcile.cli.terminal import somebody_sits_there
from reconcile.errors import ProblemsFound
from reconcile.planfile.document import Document
from reconcile.reports import text
from reconcile.reports.common.closing import last_line
from reconcile.reports.common.layout import wrapped
from reconcile.reports.common.notices import would_be_refused
from reconcile.session.apply import apply
from reconcile.session.consent import ALL, Approve
from reconcile.session.refusal import Declined, Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin


@dataclass(frozen=True, slots=True)
class Asked:
    """Say how an apply is asked for: without a question or guards, by which plan, its record kept where."""

    yes: bool
    force: bool
    plan: Document | None
    out: Path | None
    events: str | None = None
    """The file for the stream of events; `-` for standard output."""

    begin: Callable[[RunOptions, Surroundings], Session] = begin
    """Loads what is applied: the manifests, or what an undo takes back."""

    def approve(self, flags: Flags) -> Approve:
        """Return who approves: the saved plan, nobody, or whoever sits there."""
        return self.plan or (ALL if self.yes else partial(_agreed, flags))


def applied(flags: Flags, paths: Sequence[str], asked: Asked) -> int:
    """Plan, ask, apply and report; return the exit code."""
    if not asked.yes and asked.plan is None and not somebody_sits_there():
        raise click.UsageError("apply asks before it writes, and there is no terminal: add --yes")
    with streamed(asked.events) as stream:
        code = stream.ended_with(lambda: _applied(flags, paths, asked, stream))
    return code


def _applied(flags: Flags, paths: Sequence[str], asked: Asked, stream: EventStream) -> int:
    with Listener(flags, stream) as listener:
        try:
            return ended(flags, listener, _record(flags, paths, asked, listener), asked.out)
        except Refused as error:
            return refused(flags, listener, error, asked.out)
        except Declined as error:
            outputs = outputs_of(flags, error.record, asked.out, listener)
            code = reported(outputs, exit_codes.ERROR)
            tell("Nothing was written.")
            return code


def _record(flags: Flags, paths: Sequence[str], asked: Asked, listener: Listener) -> Document:
    session: Session | None = None
    try:
        check_places(flags, asked.out)
        options = flags.run_options(paths)._replace(caches=False)
        session = asked.begin(options, surroundings(flags, listener))
        return apply(session, asked.approve(flags), force=asked.force)
    except ProblemsFound as error:
        listener.clear()
        refuse(flags, error.problems, session)


def _agreed(flags: Flags, plan: Document) -> bool:
    """Ask whether to do it, and return whether that was a yes.

    The question says where, what would be refused, and, where no plan stands above it, what there is to do.
    """
    what = "" if flags.output == "text" and not flags.quiet else f"{last_line(plan)} "
    options = printed_options(flags)
    refused = (line for words in would_be_refused(plan) for line in wrapped(words, options.width))
    above = "".join(f"{line}\n" for line in (*text.headline(plan, options), *refused))
    question = SINK.clean(f"{above}{what}Write `yes` to do it")
    try:
        answer: str = click.prompt(question, default="no", show_default=False, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):  # nobody is there any more, and that is no yes
            return False
        raise
    return answer.strip().lower() == "yes"
