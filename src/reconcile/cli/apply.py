"""`reconcile apply`: does what the plan shows, after it was asked for in words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli.flags import Flags, flags


@click.command("apply")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking.")
@click.option("--force", is_flag=True, help="Lift the guards; says which.")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path), help="Keep the record of what was done."
)
@flags
def command(given: Flags, paths: tuple[str, ...], yes: bool, force: bool, out: Path | None) -> None:
    """Do what plan shows, in dependency order, and read back what was written.

    Without a terminal it needs --yes. Exit codes: 0 done or nothing to do; 1 an error before any write, or
    "no"; 3 began and not complete; 4 refused; 64 usage; 130/143 interrupted.
    """
    from reconcile.cli.writing import Consent, applied

    sys.exit(applied(given, paths, Consent(yes=yes, force=force), out))
