"""Runs `reconcile apply`: does what the plan shows, once a flag, a saved plan or a person has agreed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import COMPARING, CONTACTING, FILE, LOADING, REPORTING


@click.command("apply", cls=Page)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking first.")
@click.option(
    "--force",
    is_flag=True,
    help="Write in spite of guards (too many deletes, creates or runs), freezes and conflicts; say which.",
)
@click.option(
    "--plan",
    "saved",
    metavar="FILE",
    type=FILE,
    help="Do what stands in this saved plan, as far as it is still to do, and nothing else.",
)
@click.option("--out", metavar="FILE", type=FILE, help="Keep the record of what was done in FILE, for show.")
@click.option("--events", metavar="FILE|-", help="Write what happens as JSON Lines; -: standard output.")
@flags(*LOADING, *COMPARING, *CONTACTING, "settle", "wait", "lock_stale", *REPORTING)
def command(
    given: Flags,
    paths: tuple[str, ...],
    yes: bool,
    force: bool,
    saved: Path | None,
    out: Path | None,
    events: str | None,
) -> None:
    """Do what plan shows, in dependency order, and read back what was written.

    Without a terminal it needs --yes or --plan. A saved plan is an approval: what is in it and still to do
    is done, everything else is refused by name; what it was not asked to plan stays as it is. PATH and
    --target leave less of it.

    Exit codes: 0 done or nothing to do; 1 an error before any write, or "no"; 3 began and not complete;
    4 refused; 64 usage; 129/130/143 ended by a signal.
    """
    from reconcile.cli.show import read_saved
    from reconcile.cli.writing import Asked, applied

    plan = read_saved(given, saved) if saved else None
    sys.exit(applied(given, paths, Asked(yes, force, plan, out, events)))
