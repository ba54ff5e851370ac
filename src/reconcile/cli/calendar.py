"""Runs `reconcile calendar`: shows what takes place, and when, by the manifests alone."""

from __future__ import annotations

import sys
from typing import Any

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import LOADING
from reconcile.reports.calendar import CALENDAR_FORMATS
from reconcile.session.limits import DAYS, NEXT


@click.command("calendar", cls=Page)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--from", "since", metavar="DAY|INSTANT", help="Begin there; a day begins at 00:00 UTC. Default today."
)
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(DAYS.least, DAYS.most),
    help=f"Go on for N days of 24 hours. Default {DAYS.default}.",
)
@click.option(
    "--next",
    metavar="N",
    type=click.IntRange(NEXT.least, NEXT.most),
    help="List the next N firings of each schedule instead, to the end of 2099.",
)
@click.option(
    "-o",
    "--output",
    metavar="FORMAT",
    type=click.Choice(tuple(CALENDAR_FORMATS)),
    help="Print the calendar as text, json, ics (to subscribe to) or html (one page). Default text.",
)
@flags(*LOADING, "target", "no_cache")
def command(given: Flags, paths: tuple[str, ...], **asked: Any) -> None:
    """Show what takes place and when: firings, runs, releases, requested runs, freezes; and what collides.

    Offline, of the manifests alone: needs no credential. PATH and --target narrow all but freezes.
    Exit codes: 0, also where something collides; 1 an error; 64 usage.
    """
    from reconcile.cli.calendaring import shown

    sys.exit(shown(given, paths, asked))
