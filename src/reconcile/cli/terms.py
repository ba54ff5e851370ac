"""How long an apply waits and looks, given what earlier ones left in doubt; it waits for nothing itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from reconcile.cli.session import Session
from reconcile.clock import now
from reconcile.course import Terms
from reconcile.journal import Journal, Unusable


def terms_of(session: Session, journal: Journal) -> Terms:
    """The terms of this run: of a build that was started again, also for what a lost journal does not say."""
    again = session.environment.get("GITHUB_RUN_ATTEMPT", "1") != "1"
    return terms_after(journal, session.flags.settle, again=again)


def terms_after(
    journal: Journal,
    settle: float,
    *,
    again: bool,
    clock: Callable[[], float] = now,
    wall: Callable[[], float] = time.time,
) -> Terms:
    """How long to wait and look, given what earlier applies left in doubt.

    `again` says that there was an earlier attempt: where its journal is lost, this one tells the next.
    """
    past, here, today = journal.past, clock(), wall()
    left = {address: min(at, today) + settle - today for address, at in past.in_doubt.items()}
    if again and not past.known:
        _note_doubt(journal)
        doubtful = settle
    else:
        doubtful = min(past.doubt, today) + settle - today
    return Terms(
        clock=clock,
        settle=settle,
        in_doubt={address: here + seconds for address, seconds in left.items() if seconds > 0},
        doubtful_until=here + doubtful if doubtful > 0 else 0.0,
        made=past.made,
    )


def _note_doubt(journal: Journal) -> None:
    try:
        journal.append({"event": "doubt", "address": ""})
    except OSError as error:
        raise Unusable(f"the journal cannot be written: {error.strerror}") from error
