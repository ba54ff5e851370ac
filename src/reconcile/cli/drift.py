"""Runs `reconcile drift`: the scheduled check, on a client that cannot write."""

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


@click.command("drift", cls=Page)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--out", metavar="FILE", type=FILE, help="Keep what differs in FILE, for show.")
@flags(*LOADING, *COMPARING, *CONTACTING, *REPORTING, "no_cache")
def command(given: Flags, paths: tuple[str, ...], out: Path | None) -> None:
    """Show what is live and not as the manifests want it, on a client that has no way to write.

    With --base only what nobody asked for counts: drift and conflict. Exit codes: 0 in sync; 1 an error;
    2 drift, blocked differences included; 64 usage.
    """
    from reconcile.cli.observing import Command, planned

    def code(plan: Document, base: Base | None) -> int:
        if base is not None and base.partial:
            return exit_codes.ERROR
        differs = plan.differs if base is None else plan.drifted
        return exit_codes.DIFFERENCES if differs else exit_codes.OK

    planned(given, paths, out, Command(code, counts_others=True))
