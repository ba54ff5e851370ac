"""`reconcile validate`: everything that can be known without a credential or a network."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.planfile.document import Valid

if TYPE_CHECKING:
    from reconcile.model import Address
    from reconcile.session.session import Session


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flags
def command(given: Flags, paths: tuple[str, ...]) -> None:
    """Check the manifests offline: syntax, schema, references, cycles, the vendors' rules.

    Needs no credential and no network. Where the project has environments and --env is not given,
    each of them is checked. Exit codes: 0 valid; 1 problems; 64 usage.
    """
    from reconcile.cli.output import show
    from reconcile.cli.problems import circumstances, complain, refuse
    from reconcile.errors import ProblemsFound
    from reconcile.manifests.load import by_place
    from reconcile.model import Plan, Problem
    from reconcile.planfile.write import document
    from reconcile.session.environments import each_environment
    from reconcile.session.session import begin

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
    names = {address for session in sessions for address in _declared(session)}
    files = {file for session in sessions for file in _files(session, all_of_them=not paths)}
    whole = document(Plan(problems=problems), circumstances(sessions[0]))
    whole = whole._replace(valid=Valid(len(names), len(files)))
    complain(whole.problems)
    show(given, whole)
    sys.exit(exit_codes.OK)


def _files(session: Session, *, all_of_them: bool) -> Iterable[str]:
    if all_of_them:
        return session.loaded.files
    return (r.origin.file for r in session.loaded.resources if r.address in session.selected)


def _declared(session: Session) -> Iterator[Address]:
    """The addresses that the chosen manifests declare, those included that are a part of another."""
    for resource in session.loaded.resources:
        if resource.address in session.selected:
            yield resource.address
            yield from resource.carries
