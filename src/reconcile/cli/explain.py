"""`reconcile explain`: the documentation of a kind or field."""

from __future__ import annotations

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.sink import say


@click.command("explain")
@click.argument("topic", required=False, metavar="[KIND[.FIELD]]")
@flags
def command(given: Flags, topic: str | None) -> None:
    """Explain a kind or a field; without one, list the kinds. Exit codes: 0; 64 no such kind or field."""
    from reconcile.explain import explain
    from reconcile.systems import Installed

    try:
        say(explain(topic, Installed()))
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
