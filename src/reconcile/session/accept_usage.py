"""Decides whether accept is asked for something that can be asked; what is taken over is left to `accept`."""

from __future__ import annotations

from reconcile.accepting.taking import At, Leave
from reconcile.errors import WrongUsage
from reconcile.manifests.terms import DAYS_AHEAD, is_far, term_of
from reconcile.moments import epoch_of
from reconcile.session.run_options import RunOptions
from reconcile.session.session import Session


def check_words(options: RunOptions) -> None:
    """Raise WrongUsage where nothing says which differences are meant."""
    based = options.base or options.base_or_none
    if options.only and (not based or options.only != "conflict"):
        raise WrongUsage("accept takes --only conflict, with --base: drift is what it takes over anyway")
    if not based and not options.paths and not options.targets:
        raise WrongUsage(
            "say which differences: --base takes those labelled drift, PATH or --target what they name"
        )


def check_base(session: Session, options: RunOptions) -> None:
    """Raise WrongUsage where only a base could say which differences are meant, and there is none yet."""
    if session.base is None and (options.only or not (options.paths or options.targets)):
        raise WrongUsage(
            f"{options.base_or_none} is no base yet: say by PATH or --target which differences, not by --only"
        )


def check_leave(leave: Leave, at: At | None, begun: str) -> None:
    """Raise WrongUsage for a day that is none, is over or is too far, and for a reason without a word."""
    if at is not None:
        raise WrongUsage("--at says where a value is written, and --known writes none: give one of them")
    if not leave.reason.strip():
        raise WrongUsage("--known needs --reason: say in words why it is left")
    now = epoch_of(begun)
    until = term_of(leave.until)
    if until is None:
        raise WrongUsage(
            f"--until {leave.until}: write a day, such as 2026-12-24, or an instant with an offset"
        )
    if until.ends <= now:
        raise WrongUsage(f"--until {leave.until}: that is over")
    if is_far(until, now):
        raise WrongUsage(f"--until {leave.until}: at most {DAYS_AHEAD} days ahead can be said")
