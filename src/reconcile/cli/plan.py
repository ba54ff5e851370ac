"""Runs `reconcile plan`: shows what apply would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import COMPARING, CONTACTING, FILE, LOADING, REPORTING

if TYPE_CHECKING:
    from reconcile.planfile.document import Document
    from reconcile.session.baseline import Base


@click.command("plan", cls=Page)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--out", metavar="FILE", type=FILE, help="Save the plan in FILE, for apply --plan and show.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where anything differs.")
@flags(*LOADING, *COMPARING, "changed", *CONTACTING, *REPORTING, "no_cache")
def command(given: Flags, paths: tuple[str, ...], out: Path | None, detailed_exitcode: bool) -> None:
    """Read live state and show what apply would do. Nothing is changed anywhere.

    PATH limits what is planned, never what is loaded. Exit codes: 0 planned; 1 an error; 2 differences
    (with --detailed-exitcode); 64 usage.
    """
    from reconcile.cli.observing import Command, planned

    def code(plan: Document, base: Base | None) -> int:
        return exit_codes.DIFFERENCES if detailed_exitcode and plan.differs else exit_codes.OK

    planned(given, paths, out, Command(code))
