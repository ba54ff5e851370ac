"""Runs `reconcile accept`: writes what is live into the manifests."""

from __future__ import annotations

import sys
from typing import Any

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import CONTACTING, LOADING


@click.command("accept", cls=Page)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--at",
    type=click.Choice(("use", "variable")),
    help="Where a value is a variable: write it out there (use), or change the variable.",
)
@click.option("--known", is_flag=True, help="Write the differences down as known, and leave them.")
@click.option("--until", metavar="DAY", help="With --known: the last day, at most 90 days ahead.")
@click.option("--reason", metavar="TEXT", help="With --known: why it is left, in words.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@flags(*LOADING, "target", "base", "base_or_none", "only", *CONTACTING)
def command(given: Flags, paths: tuple[str, ...], **asked: Any) -> None:
    """Write what is live into the manifests, on the line that says otherwise. Nothing is sent anywhere.

    With --base, every difference labelled drift; conflicts with --only conflict alone. Without a base, what
    PATH or --target names. Prints the diff of the files. Exit codes: 0 all of it, or there was nothing; 1 an
    error; 4 something was refused, each with its reason; 64 usage.
    """
    from reconcile.cli.accepting_live import accepted

    sys.exit(accepted(given, paths, asked))
