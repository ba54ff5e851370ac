"""Runs `reconcile explain`: prints the documentation of a kind or field."""

from __future__ import annotations

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page


@click.command("explain", cls=Page)
@click.argument("topic", required=False, metavar="[KIND[.FIELD]]")
@flags("answer")
def command(given: Flags, topic: str | None) -> None:
    """Explain a kind or a field; without one, list the kinds. Exit codes: 0; 64 no such kind or field."""
    from reconcile.cli.output import answer
    from reconcile.explain import explain, facts
    from reconcile.systems import Installed

    catalogue = Installed()
    try:
        answer(given, explain(topic, catalogue), {"kinds": facts(topic, catalogue)})
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
