"""Runs `reconcile show`: renders a saved plan or record again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import REPORTING
from reconcile.planfile.document import Document


@click.command("show", cls=Page)
@click.argument("file", type=click.Path(path_type=Path))
@flags(*REPORTING)
def command(given: Flags, file: Path) -> None:
    """Render a saved plan or the record of an apply, offline. Exit codes: 0; 1 not a plan; 64 usage."""
    from reconcile.cli.output import show

    show(given, read_saved(given, file))
    sys.exit(exit_codes.OK)


def read_saved(given: Flags, file: Path) -> Document:
    """Return the document in `file`; where it holds none, say why and exit with 1."""
    from reconcile.cli.problems import refuse
    from reconcile.model import Problem
    from reconcile.planfile.read import DOCUMENT_AT_MOST, read_document

    try:
        with file.open("rb") as stream:
            data = stream.read(DOCUMENT_AT_MOST + 1)
        return read_document(data, str(file))
    except OSError as error:
        words = f"{file} cannot be read ({error.strerror}): name a plan that plan --out saved"
        refuse(given, (Problem("unreadable", words),))
    except ValueError as error:
        refuse(given, (Problem("not-a-plan", str(error)),))
