"""`reconcile find`: ids by names."""

from __future__ import annotations

import sys

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import CONTACTING


@click.command("find", cls=Page)
@click.argument("field", metavar="SYSTEM/KIND.FIELD")
@click.argument("text", required=False, default="")
@flags("env", *CONTACTING, "answer")
def command(given: Flags, field: str, text: str) -> None:
    """List the ids and names that may stand in a field, those whose name contains TEXT in any case.

    As in `reconcile find flexdeploy/Project.projectId payments`; a manifest may say {named: NAME} there.
    Exit codes: 0, also where there is none; 1 an error; 64 no such field.
    """
    from reconcile.cli.finding import found

    found(given, field, text)
    sys.exit(exit_codes.OK)
