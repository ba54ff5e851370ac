"""Runs `reconcile export`: writes live state as manifests."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import CONTACTING, LOADING


@click.command("export", cls=Page)
@click.argument("what", nargs=-1, metavar="[SYSTEM[/KIND[/NAME]]]...")
@click.option(
    "--to", metavar="DIR", type=click.Path(path_type=Path), help="Write files into DIR; none is overwritten."
)
@click.option("--names", is_flag=True, help="Write {named: NAME} for an id, where one object alone has it.")
@flags(*LOADING, "target", *CONTACTING, "answer")
def command(given: Flags, what: tuple[str, ...], to: Path | None, names: bool) -> None:
    """Write live state as manifests, the names of things as comments beside their ids.

    With these manifests, plan says "No changes.". What is sensitive becomes {env: NAME}. What no manifest can
    hold is a comment with the reason, a whole object too, and so is a Katalon schedule that is linked to
    nothing. Objects that are over (COMPLETED) are written only when they are named. Exit codes: 0; 1 an
    error; 64 usage.
    """
    from reconcile.cli.exporting import exported

    exported(given, what, to, names=names)
    sys.exit(exit_codes.OK)
