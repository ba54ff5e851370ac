"""What find prints; what is looked up is decided in `session.find`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reconcile.cli.flags import Flags
from reconcile.cli.listener import surroundings
from reconcile.cli.output import answer
from reconcile.cli.problems import refuse
from reconcile.errors import ProblemsFound, WrongUsage
from reconcile.reports.common.escape import inert
from reconcile.session.find import Field, Match, find
from reconcile.session.session import open_project


def found(flags: Flags, what: str, text: str) -> None:
    """Prints the ids and names, a line each; exits with 1 where they cannot be read."""
    try:
        field, matches = find(open_project(flags.run_options(), surroundings(flags)), what, text)
    except WrongUsage as error:
        raise click.UsageError(str(error)) from error
    except ProblemsFound as error:
        refuse(flags, error.problems)
    words = "\n".join(_rows(matches)) if matches else _none(field, text)
    answer(flags, words, {"found": [match._asdict() for match in matches]})


def _none(field: Field, text: str) -> str:
    having = f" whose name contains `{inert(text)}`" if text else ""
    return f"No {field.lookup.name} of {field.system}{having}."


def _rows(matches: Sequence[Match]) -> Iterator[str]:
    cells = [tuple(inert(cell) for cell in match) for match in matches]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
