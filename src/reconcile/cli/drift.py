"""`reconcile drift`: the scheduled check, on a client that cannot write."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconcile.cli import codes
from reconcile.cli.flags import Flags, flags


@click.command("drift")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Save the plan.")
@flags
def command(given: Flags, paths: tuple[str, ...], out: Path | None) -> None:
    """Show what is live and not as the manifests want it, on a client that has no way to write.

    With --base only what nobody asked for counts: drift and conflict. Exit codes: 0 in sync; 1 an error;
    2 drift, blocked differences included; 64 usage.
    """
    from reconcile.cli.collector import collector_off
    from reconcile.cli.reading import planned

    with collector_off():
        plan = planned(given, paths, out, drift=True)
    asked_for = given.base is not None and not plan.drifted
    sys.exit(codes.DIFFERENCES if plan.differs and not asked_for else codes.OK)
