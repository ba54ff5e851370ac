"""Runs `reconcile accept`: writes what is live into the manifests."""

from __future__ import annotations

import sys
from typing import Literal

import click

from reconcile.cli.flags import Flags, flags


@click.command("accept")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--at",
    type=click.Choice(("use", "variable")),
    help="Where a value is a variable: write it out there (use), or change the variable.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@flags
def command(
    given: Flags, paths: tuple[str, ...], at: Literal["use", "variable"] | None, dry_run: bool
) -> None:
    """Write what is live into the manifests, on the line that says otherwise. Nothing is sent anywhere.

    With --base, every difference labelled drift; conflicts with --only conflict alone. Without a base, what
    PATH or --target names. Exit codes: 0 all of it, or there was nothing; 1 an error; 4 something was
    refused, each with its reason; 64 usage.
    """
    from reconcile.cli.accepting_live import accepted

    sys.exit(accepted(given, paths, at, dry_run=dry_run))
