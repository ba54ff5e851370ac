"""Runs a bare lazy click program with as many commands as reconcile: the least that a command line costs."""

from __future__ import annotations

import sys
from typing import Any

import click

NAMES = [
    *("validate", "plan", "apply", "drift", "export", "show"),
    *("schema", "explain", "init", "doctor", "sandbox", "demo"),
]


class Lazy(click.Group):
    """Make a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return NAMES

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command that does nothing; None for a name that is none."""
        return click.Command(cmd_name) if cmd_name in NAMES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names with a sentence each."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, "Does what it is called, and says so here.") for name in NAMES])


@click.group(cls=Lazy)
@click.version_option("0.1.0")
def cli(**given: Any) -> None:
    """Does nothing, as quickly as click can."""


if __name__ == "__main__":
    sys.exit(cli(prog_name="bare"))
