"""Runs `reconcile validate`: checks everything that can be known without a credential or a network."""

from __future__ import annotations

import sys

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import LOADING, REPORTING


@click.command("validate", cls=Page)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flags(*LOADING, *REPORTING, "no_cache")
def command(given: Flags, paths: tuple[str, ...]) -> None:
    """Check the manifests offline: syntax, schema, references, cycles, the vendors' rules.

    Needs no credential and no network. Where the project has environments and --env is not given,
    each of them is checked. Exit codes: 0 valid; 1 problems; 64 usage.
    """
    from reconcile.cli.listener import surroundings
    from reconcile.cli.output import show
    from reconcile.cli.problems import complain, refuse
    from reconcile.errors import ProblemsFound
    from reconcile.session.validate import validate

    try:
        whole = validate(given.run_options(paths), surroundings(given))
    except ProblemsFound as error:
        refuse(given, error.problems)
    complain(whole.problems)
    show(given, whole)
    sys.exit(exit_codes.OK)
