"""Runs `reconcile unlock`: gives back a lock at a remote that nobody holds any more, after asking."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page

if TYPE_CHECKING:
    from reconcile.session.unlocking import FoundLock


@click.command("unlock", cls=Page)
@click.option("-y", "--yes", is_flag=True, help="Do it without asking first.")
@flags("env", "answer")
def command(given: Flags, yes: bool) -> None:
    """Give back the lock at the remote that `lock` in reconcile.yaml names, in the place of its holder.

    It says who has it, where, since when, and asks. The holder may be at work all the same: it begins no
    write once it hears of that, and the next apply waits until it must have heard. Only the lock that was
    shown is given back, none that somebody took since. Without a terminal it needs --yes.

    Exit codes: 0 given back, or nobody had it; 1 the remote does not answer or refuses, or "no"; 4 somebody
    else has taken it since; 64 usage.
    """
    from reconcile.cli.console import SINK, tell
    from reconcile.cli.listener import surroundings
    from reconcile.cli.output import answer
    from reconcile.cli.problems import refuse
    from reconcile.errors import ProblemsFound
    from reconcile.session.session import open_project
    from reconcile.session.unlocking import found_lock, given_back

    try:
        session = open_project(given.run_options(), surroundings(given))
        found = found_lock(session)
        if not found.is_held:
            answer(given, SINK.inert(f"{found.words}."), {**found.facts, "given_back": False})
            sys.exit(exit_codes.OK)
        if not _agreed(found, yes=yes):
            tell("Nothing was given back.")
            answer(given, "", {**found.facts, "given_back": False})
            sys.exit(exit_codes.ERROR)
        after = given_back(session, found)
    except ProblemsFound as error:
        refuse(given, error.problems)
    if after.is_held:
        tell(SINK.inert(f"Refused, for somebody has taken it since. {after.words}."))
        answer(given, "", {**after.facts, "given_back": False})
        sys.exit(exit_codes.REFUSED)
    answer(given, SINK.inert(f"Given back. {after.words}."), {**after.facts, "given_back": True})
    sys.exit(exit_codes.OK)


def _agreed(found: FoundLock, *, yes: bool) -> bool:
    """Ask whether to give the lock back; a usage error where nobody is there to be asked."""
    from reconcile.cli.console import SINK, tell

    tell(SINK.inert(f"{found.words}."))
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("unlock asks before it gives a lock back, and there is no terminal: add --yes")
    try:
        answer: str = click.prompt("Write `yes` to give it back", default="no", show_default=False, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            return False
        raise
    return answer.strip().lower() == "yes"
