"""Decides how long an apply waits and looks, given what earlier ones left in doubt; it waits for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from reconcile.clock import now
from reconcile.execution.attempt import Timing
from reconcile.execution.journal import Journal, Unusable
from reconcile.execution.memory import DoubtMark, RunPlace
from reconcile.model import Json
from reconcile.moments import Moment, elapsed
from reconcile.named_tuple import NamedTuple
from reconcile.session.limits import WAIT
from reconcile.session.recall import where
from reconcile.session.session import Session


class BuildAttempt(NamedTuple):
    """Name the attempt of a run of a build server; a run that is started again is one attempt more."""

    run: str = ""
    number: int = 1

    def __str__(self) -> str:
        return f"{self.run}#{self.number}"

    @property
    def before(self) -> BuildAttempt:
        """Return the attempt before this one."""
        return self._replace(number=self.number - 1)


def build_attempt_of(environment: Mapping[str, str], name: str) -> BuildAttempt | None:
    """Return the attempt that a build server says this is, for one environment; None where none says so."""
    number = environment.get("GITHUB_RUN_ATTEMPT", "")
    if not number:
        return None
    run = (environment.get(part, "") for part in ("GITHUB_RUN_ID", "GITHUB_JOB"))
    return BuildAttempt("/".join((*run, name)), int(number) if number.isdecimal() and len(number) < 10 else 2)


def timing_of(session: Session, journal: Journal, sure_at: float = 0.0) -> Timing:
    """Return how long this apply waits and looks; `sure_at` says until when another machine's write may show.

    In a build that was started again, that includes what a lost journal does not say.
    """
    here = where(session)
    attempt = build_attempt_of(session.around.environ, here.environment)
    terms = timing_after(journal, session.options.settle, here, attempt, clock=session.around.clock)
    doubtful = max(terms.doubtful_until, sure_at)
    return replace(terms, wait=session.options.wait, doubtful_until=doubtful)


def timing_after(
    journal: Journal,
    settle: float,
    where: RunPlace,
    attempt: BuildAttempt | None = None,
    *,
    clock: Callable[[], float] = now,
) -> Timing:
    """Return how long to wait and look, given what earlier applies left in doubt.

    Where the attempt before this one has left no trace in the journal, it is lost, or an older one has been
    put in its place: what that attempt sent is waited for, and the next apply is told. So is what a damaged
    line may have announced.
    """
    past, here, today = journal.past, clock(), journal.clock()
    lost = past.lost
    if past.damaged or (attempt is not None and not _is_known(attempt, past.begun)):
        lost = today
        _note(journal, {"event": "doubt", "address": ""})
    if attempt is not None:
        _note(journal, {"event": "begun", "address": "", "attempt": str(attempt)})
    since = [*_unknown(journal), *([lost] if lost else [])]
    doubtful = max((settle - elapsed(moment, today) for moment in since), default=0.0)
    open_ = {mark: here + left for mark, left in _left(journal, settle, today).items() if left > 0}
    return Timing(
        clock=clock,
        settle=settle,
        wait=WAIT.default,
        where=where,
        in_doubt=open_,
        doubtful_until=here + doubtful if doubtful > 0 else 0.0,
        made=past.made,
    )


def _is_known(attempt: BuildAttempt, begun: frozenset[str]) -> bool:
    """Tell whether the journal knows of the attempt before this one, where there was one."""
    return attempt.number <= 1 or str(attempt) in begun or str(attempt.before) in begun


def _unknown(journal: Journal) -> Iterator[Moment]:
    """Yield the moments at which writes left of which an older version did not note what they were about."""
    for doubt in journal.past.doubts:
        if doubt.identity.environment is None and doubt.left is not None:
            yield doubt.left


def _left(journal: Journal, settle: float, today: Moment) -> dict[DoubtMark, float]:
    """Return how many seconds a write of an earlier apply may still show, by what it was about."""
    found: dict[DoubtMark, float] = {}
    for doubt in journal.past.doubts:
        seconds = settle - elapsed(doubt.left or today, today)
        for mark in doubt.identity.marks():
            found[mark] = max(seconds, found.get(mark, seconds))
    return found


def _note(journal: Journal, entry: Mapping[str, Json]) -> None:
    try:
        journal.append(entry)
    except OSError as error:
        raise Unusable(f"the journal cannot be written: {error.strerror}") from error
