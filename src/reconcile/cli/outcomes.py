"""Reports how an apply ended: what is printed and kept of it, and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, Unwritten, every, tell
from reconcile.cli.flags import Flags
from reconcile.cli.listener import Listener
from reconcile.cli.output import printed_options, report, save, say_report, show
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import json_text, to_json
from reconcile.planfile.missing import refusals_alone
from reconcile.reports import text
from reconcile.reports.common.next_steps import next_steps
from reconcile.session.refusal import Refused


def refused(flags: Flags, listener: Listener, error: Refused, out: Path | None) -> int:
    """Say why nothing was begun, or what was not; as text, a plan is shown only where live was read."""
    listener.clear()
    record = error.record
    if not record.refused:
        return ended(flags, listener, record, out)
    code = reported(_refusal(flags, record, out, read=listener.planned), exit_codes.REFUSED)
    for reason in error.problems:
        tell(f"Refused: {SINK.inert(reason.message)}")
    if not listener.planned and not flags.quiet and (steps := next_steps(record)):
        tell(steps)  # no report says it
    return code


def ended(flags: Flags, listener: Listener, record: Document, out: Path | None) -> int:
    """Say what became of every operation, keep the record, and return the exit code."""
    listener.clear()
    sent = any(outcome.requests_sent for outcome in record.outcomes or ())
    outputs = outputs_of(flags, record, out, listener)
    stays = exit_codes.INCOMPLETE if record.stays else exit_codes.OK
    return reported(outputs, listener.signals.code or code_of(record) or stays, sent=sent)


def _refusal(flags: Flags, whole: Document, out: Path | None, *, read: bool) -> Iterator[Callable[[], None]]:
    """Yield a function for each output of a refusal, which writes it."""
    if flags.output != "text":
        yield lambda: show(flags, whole)
    else:
        if read:
            how = printed_options(flags)
            lines = [*text.plan_lines(whole, how), "", *text.outcome_lines(whole, how)]
            yield lambda: say_report(flags, "\n".join(lines))
        yield lambda: report(flags, whole)
    if out is not None:
        yield partial(save, out, json_text(to_json(whole)))


def code_of(record: Document) -> int:
    """Return 0 where all is done, 4 where refusals are all that is missing, else 3."""
    if record.complete:
        return exit_codes.OK
    return exit_codes.REFUSED if refusals_alone(record) else exit_codes.INCOMPLETE


def reported(outputs: Iterable[Callable[[], None]], code: int, *, sent: bool = False) -> int:
    """Print and keep the record, and return `code`.

    Where that is 0 and an output fails, return 1 instead, or 3 where something was `sent`: 1 would promise
    that nothing was.
    """
    try:
        every(outputs)
    except Unwritten as error:
        then = (
            "; what was sent stays: reconcile plan shows what is left" if sent else ": give it another place"
        )
        tell(f"Error: {error}{then}")
        return code or (exit_codes.INCOMPLETE if sent else exit_codes.ERROR)
    return code


def outputs_of(
    flags: Flags, whole: Document, out: Path | None, listener: Listener
) -> Iterator[Callable[[], None]]:
    """Yield a function for each output, which writes it; what was shown before is not printed again."""
    if listener.shown and flags.output == "text":
        if whole.outcomes is not None:
            lines = text.outcome_lines(whole, printed_options(flags)._replace(told=listener.told))
            yield lambda: say_report(flags, "\n" + "\n".join(lines))
        yield lambda: report(flags, whole)
    else:
        yield lambda: show(flags, whole)
    if out is not None:
        yield partial(save, out, json_text(to_json(whole)))
