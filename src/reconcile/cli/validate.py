"""`reconcile validate`: everything that can be known without a credential or a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from reconcile.cli import codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.sink import say

if TYPE_CHECKING:
    from reconcile.cli.session import Session
    from reconcile.model import Address


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flags
def command(given: Flags, paths: tuple[str, ...]) -> None:
    """Check the manifests offline: syntax, schema, references, cycles, the vendors' rules.

    Needs no credential and no network. Where the project has environments and --env is not given,
    each of them is checked. Exit codes: 0 valid; 1 problems; 64 usage.
    """
    from reconcile.cli.environments import each_environment
    from reconcile.cli.output import report, show
    from reconcile.cli.session import begin
    from reconcile.cli.telling import circumstances, complain, refuse
    from reconcile.errors import ProblemsFound
    from reconcile.manifests.load import by_place
    from reconcile.model import Plan, Problem
    from reconcile.records import document

    found: dict[Problem, None] = {}
    sessions = []
    for chosen in each_environment(given):
        try:
            sessions.append(begin(chosen, paths, live=False, cached=True))
            found |= dict.fromkeys(sessions[-1].loaded.problems)
        except ProblemsFound as error:
            found |= dict.fromkeys(error.problems)
    problems = tuple(sorted(found, key=by_place))
    if any(problem.severity == "error" for problem in problems):
        refuse(given, problems)
    whole = document(Plan(problems=problems), circumstances(sessions[0]))
    complain(whole["problems"])
    if given.output != "text":
        show(given, whole)
    else:
        report(given, whole)
        names = {address for session in sessions for address in _declared(session)}
        files = {file for session in sessions for file in session.loaded.files}
        say(f"Valid: {_count(len(names), 'resource')} in {_count(len(files), 'file')}.")
    sys.exit(codes.OK)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _declared(session: Session) -> Iterator[Address]:
    """The addresses that the chosen manifests declare, those included that are a part of another."""
    for resource in session.loaded.resources:
        if resource.address in session.selected:
            yield resource.address
            yield from resource.carries
