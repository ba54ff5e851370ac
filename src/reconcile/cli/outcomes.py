"""How an apply ends: what is printed and kept of it, and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, Unwritten, every, say, tell
from reconcile.cli.output import report, save, show
from reconcile.model import Outcome, Problem
from reconcile.planfile.document import Document, to_json
from reconcile.planfile.write import spelled
from reconcile.reports import text
from reconcile.session.consent import UNREAD, Work


def refused_whole(work: Work, reasons: Sequence[Problem]) -> int:
    """Says why nothing was begun; as text, a plan is shown only where live was read."""
    whole = work.refusal(reasons)
    code = reported(_refusal(work, whole), exit_codes.REFUSED)
    for reason in reasons:
        tell(f"Refused: {SINK.inert(reason.message)}")
    return code


def _refusal(work: Work, whole: Document) -> Iterator[Callable[[], None]]:
    """What writes each output of a refusal."""
    flags = work.session.flags
    if flags.output != "text":
        yield lambda: show(flags, whole)
    else:
        if work.planned is not UNREAD:
            yield lambda: say("\n".join([*text.plan_lines(whole), "", *text.outcome_lines(whole)]))
        yield lambda: report(flags, whole)
    if work.out is not None:
        yield partial(save, work.out, spelled(to_json(whole)))


def code_of(outcomes: Sequence[Outcome]) -> int:
    """0 complete; 4 where refusals are all that is missing; else 3."""
    statuses = {outcome.status for outcome in outcomes} - {"done", "unchanged"}
    if not statuses:
        return exit_codes.OK
    return exit_codes.REFUSED if statuses == {"refused"} else exit_codes.INCOMPLETE


def reported(outputs: Iterable[Callable[[], None]], code: int, *, sent: bool = False) -> int:
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
        return code or (exit_codes.INCOMPLETE if sent else exit_codes.ERROR)
    return code


def outputs_of(work: Work, whole: Document, *, shown: bool) -> Iterator[Callable[[], None]]:
    """What writes each output; what was `shown` before the work began is not printed again."""
    flags = work.session.flags
    if shown and flags.output == "text":
        yield lambda: say("\n" + "\n".join(text.outcome_lines(whole)))
        yield lambda: report(flags, whole)
    else:
        yield lambda: show(flags, whole)
    if work.out is not None:
        yield partial(save, work.out, spelled(to_json(whole)))
