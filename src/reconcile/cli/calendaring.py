"""Prints a calendar in the format that is asked for, and the warnings beside it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK, say
from reconcile.cli.flags import Flags
from reconcile.cli.listener import surroundings
from reconcile.cli.output import options_of, say_report
from reconcile.cli.problems import complain, refuse
from reconcile.cli.terminal import width_of
from reconcile.errors import ProblemsFound, WrongUsage
from reconcile.planfile.write import failed
from reconcile.reports.calendar import render_calendar
from reconcile.reports.formats import FORMATS
from reconcile.session.calendar import calendar
from reconcile.session.calendar_window import Period
from reconcile.session.run_info import bare_info


def shown(flags: Flags, paths: Sequence[str], asked: Mapping[str, Any]) -> int:
    """Print the calendar, and return the exit code."""
    try:
        found = calendar(flags.run_options(paths), surroundings(flags), Period(**asked))
    except WrongUsage as error:
        raise click.UsageError(str(error)) from error
    except ProblemsFound as error:
        refuse(flags if flags.output in FORMATS else flags._replace(output="text"), error.problems)
    complain(failed(found.warnings, bare_info(SINK.clean)).problems)
    options = options_of(flags)
    if flags.output == "text":
        text = render_calendar("text", found, options._replace(width=width_of(sys.stdout)))
        say_report(flags, text.removesuffix("\n"))
    else:
        say(render_calendar(flags.output, found, options), nl=False, format=flags.output)
    return exit_codes.OK
