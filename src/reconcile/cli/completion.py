"""Runs `reconcile completion`: prints the script by which a shell completes what is typed."""

from __future__ import annotations

import sys

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import say
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Page)
@click.argument("shell", type=click.Choice(SHELLS))
@flags()
def command(given: Flags, shell: str) -> None:
    """Print the script that lets a shell complete commands, flags, environments, addresses, kinds and codes.

    No system is asked. In bash: source <(reconcile completion bash). Exit codes: 0; 64 usage.
    """
    from importlib.resources import files

    say(files("reconcile.completion").joinpath(f"script.{shell}").read_text(encoding="utf-8"), nl=False)
    sys.exit(exit_codes.OK)
