"""Runs `reconcile undo`: takes back what an apply did, as far as live still is as that apply left it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import CONTACTING, FILE, LOADING, REPORTING


@click.command("undo", cls=Page)
@click.argument("record", required=False, metavar="[RECORD]")
@click.option("--dry-run", is_flag=True, help="Show what would be taken back, and end there.")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking first.")
@click.option(
    "--force",
    is_flag=True,
    help="Write in spite of guards (too many deletes, creates or runs) and freezes; say which.",
)
@click.option("--out", metavar="FILE", type=FILE, help="Keep the record of what was done in FILE, for show.")
@click.option("--events", metavar="FILE|-", help="Write what happens as JSON Lines; -: standard output.")
@flags(*LOADING, "target", "prune", *CONTACTING, "settle", "wait", "lock_stale", *REPORTING)
def command(
    given: Flags,
    record: str | None,
    dry_run: bool,
    yes: bool,
    force: bool,
    out: Path | None,
    events: str | None,
) -> None:
    """Take back what an apply did, as far as live still is as that apply left it.

    RECORD is a file that apply --out kept, or a name in .reconcile/records; without it, the last one of the
    environment. Of each change it says: back (it is taken back), moved (live has changed since: left alone),
    already, needs_prune (a create: --prune deletes it), or cannot. It names the commits to revert. An undo of
    an undo is the apply again.

    Exit codes: 0 done, or only moved and already are left; 1 an error before any write, or "no"; 3 something
    needs --prune or cannot, or it began and is not complete; 4 refused; 64 usage; 129/130/143 ended by a
    signal.
    """
    from reconcile.cli.undoing import Taking, shown, undone

    asked = Taking(record, yes, force, out, events)
    sys.exit(shown(given, asked) if dry_run else undone(given, asked))
