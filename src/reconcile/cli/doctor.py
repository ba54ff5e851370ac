"""`reconcile doctor`: whether each system can be reached, and as whom."""

from __future__ import annotations

import sys

import click

from reconcile.cli.flags import Flags, flags


@click.command("doctor")
@flags
def command(given: Flags) -> None:
    """Check address, TLS, credentials, rights and clock of each system with one read, one line each.

    The last line says what to set as RECONCILE_SECRETS, which keeps each secret to the system that it is for.
    It writes nothing, so that what may be written is not known until apply. Exit codes: 0 all are well;
    1 one is not; 64 usage.
    """
    from reconcile.cli.checkup import checkup

    sys.exit(checkup(given))
