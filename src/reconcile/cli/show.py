"""`reconcile show`: a saved plan or record, rendered again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli import codes
from reconcile.cli.flags import Flags, flags


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@flags
def command(given: Flags, file: Path) -> None:
    """Render a saved plan or the record of an apply, offline. Exit codes: 0; 1 not a plan; 64 usage."""
    from reconcile.cli.output import show
    from reconcile.cli.session import refuse
    from reconcile.model import Problem
    from reconcile.records import read_document

    try:
        document = read_document(file.read_bytes(), str(file))
    except OSError as error:
        refuse(given, (Problem("unreadable", f"{file} cannot be read: {error.strerror}"),))
    except ValueError as error:
        refuse(given, (Problem("not-a-plan", str(error)),))
    show(given, document)
    sys.exit(codes.OK)
