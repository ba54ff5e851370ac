"""Asks a system's probe where the system's answers could come from a wrong address or credential as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from reconcile.errors import ApiError, NotRead
from reconcile.live.observation import Observation
from reconcile.model import Problem, Resource
from reconcile.planning.contents import Operation
from reconcile.session.clients import Reads
from reconcile.session.session import Session

MAKES = frozenset({"create", "run"})


def prove(
    session: Session, resources: Iterable[Resource], systems: Collection[str], client: Reads
) -> dict[str, Problem]:
    """Ask the probe of each of the systems once; return a problem for each system that does not answer.

    A problem stands at the first resource of its system.
    """
    first = {resource.address.system: resource.origin for resource in reversed([*resources])}
    return {
        name: Problem("unreadable-live", words, first.get(name, session.project.systems[name].origin))
        for name in sorted(systems)
        if (words := _refused(session, name, client))
    }


def believe(session: Session, systems: Collection[str], client: Reads) -> None:
    """Raise NotRead with a problem for each of the systems whose probe does not answer."""
    if found := prove(session, (), systems, client):
        raise NotRead(tuple(found.values()))


def _refused(session: Session, name: str, client: Reads) -> str:
    """Return why the probe of a system does not show that it is the one meant; empty where it does."""
    config = session.project.systems[name]
    try:
        client.read(config.system.probe(name, config.options))
    except ApiError as error:
        return (
            f"{error}; so it cannot be told whether what was not found there is not there: check the url "
            f"and the credential of {name} (`reconcile doctor` asks the same)"
        )
    return ""


def doubtful(session: Session, seen: Observation, operations: Iterable[Operation]) -> frozenset[str]:
    """Return the systems of which it takes a probe to believe that something is not there.

    Those are the systems of which every answer said so. A system that may show a part to a stranger is among
    them, too, before something is made without a base that could say that it was there.
    """
    made = {item.address.system for item in operations if item.action in MAKES}
    systems = session.project.systems
    open_ = {name for name in made if session.base is None and systems[name].system.strangers}
    return seen.silent | open_
