"""Validates manifests offline, in one environment or in all; nothing is asked of any system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.errors import ProblemsFound
from reconcile.manifests.load import by_place
from reconcile.model import Address, Problem
from reconcile.planfile.document import Document, Valid
from reconcile.planfile.write import document
from reconcile.planning.contents import Plan
from reconcile.session.environments import each_environment
from reconcile.session.run_info import run_info
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, loaded_offline


def validate(options: RunOptions, around: Surroundings) -> Document:
    """Return what is in order, with the warnings; ProblemsFound has every problem of every environment."""
    found: dict[Problem, None] = {}
    sessions: list[Session] = []
    for chosen in each_environment(options):
        try:
            sessions.append(loaded_offline(chosen, around))
            found |= dict.fromkeys(sessions[-1].loaded.problems)
        except ProblemsFound as error:
            found |= dict.fromkeys(error.problems)
    problems = tuple(sorted(found, key=by_place))
    if any(problem.severity == "error" for problem in problems):
        raise ProblemsFound(problems)
    whole = document(Plan(problems=problems), run_info(sessions[0]))
    return whole._replace(valid=_valid(sessions, all_files=not options.paths))


def _valid(sessions: Iterable[Session], *, all_files: bool) -> Valid:
    names = {address for session in sessions for address in _declared(session)}
    files = {file for session in sessions for file in _files(session, all_files=all_files)}
    return Valid(len(names), len(files))


def _files(session: Session, *, all_files: bool) -> Iterable[str]:
    if all_files:
        return session.loaded.files
    return (r.origin.file for r in session.loaded.resources if r.address in session.selected)


def _declared(session: Session) -> Iterator[Address]:
    """Yield the addresses that the chosen manifests declare, those included that are a part of another."""
    for resource in session.loaded.resources:
        if resource.address in session.selected:
            yield resource.address
            yield from resource.carries
