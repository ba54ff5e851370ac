"""Leads from a session to a plan: reads secrets, binds systems, looks at live state; it changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from reconcile.desired import Wanted
from reconcile.endpoint import Endpoint, account_of
from reconcile.errors import NotRead, ProblemsFound
from reconcile.fields.walk import deferred_values
from reconcile.live.names import names_resolved
from reconcile.live.observation import Observation
from reconcile.live.observe import MadeIds, nothing_made, observe
from reconcile.live.pages import Hear, Line, unheard
from reconcile.model import EMPTY, Noted, Problem, Secret
from reconcile.moments import epoch_of
from reconcile.named_tuple import NamedTuple
from reconcile.planning.build import Planned, plan
from reconcile.planning.contents import Unread
from reconcile.planning.decide import NO_FACTS, Facts
from reconcile.project.credentials import endpoint
from reconcile.provider.cases import PackageFault
from reconcile.session.both_sides import needed
from reconcile.session.clients import Reads
from reconcile.session.entangled import entangled
from reconcile.session.only_in_base import gone
from reconcile.session.partly import Unknown, with_gone, with_users, without_systems
from reconcile.session.proving import doubtful, prove
from reconcile.session.session import Session


class Ready(NamedTuple):
    """Hold what a run needs before it asks anything: the resources with their secrets, and where to ask."""

    session: Session
    wanted: tuple[Wanted, ...]
    gone: tuple[Wanted, ...]
    endpoints: Mapping[str, Endpoint]
    unseen: tuple[Noted, ...] = ()
    """What only the base declares in systems that are not contacted."""

    partly: bool = False
    """Whether what can be read is planned without the rest, which the plan then names."""

    unbound: Mapping[str, tuple[Problem, ...]] = EMPTY
    """Why a system has no credential, where it is left out for that."""

    @property
    def bound(self) -> tuple[Wanted, ...]:
        """Return the resources of the systems that can be asked."""
        every, unbound = (*self.wanted, *self.gone), self.unbound
        return (
            tuple(item for item in every if item.resource.address.system not in unbound) if unbound else every
        )

    def with_names(self, known: Iterable[Wanted]) -> Ready:
        """Return the same with those resources in which ids stand in the place of names."""
        found = {(item.left, item.resource.address): item for item in known}
        wanted, gone = (
            tuple(found.get((item.left, item.resource.address), item) for item in items)
            for items in (self.wanted, self.gone)
        )
        return self._replace(wanted=wanted, gone=gone)

    @property
    def secrets(self) -> Iterator[Secret]:
        """Yield every secret that the manifests hold, or held at the base."""
        for item in (*self.wanted, *self.gone):
            for side in (item.resource, item.former):
                if side is not None and not side.is_literal:
                    yield from (value for _, value in deferred_values(side.spec) if isinstance(value, Secret))


def ready(session: Session, *, partly: bool = False) -> Ready:
    """Return the selected resources, what they refer to, and the systems of all of them.

    Raises ProblemsFound where a secret or a credential cannot be read; with `partly`, a system whose
    credential is not there is left out, and the rest is read.
    """
    every, (left, unseen) = needed(session), gone(session)
    systems = {item.resource.address.system for item in (*every, *left)}
    bound, problems = _bound(session, systems)
    found = [problem for each in problems.values() for problem in each]
    if found and not (partly and all(problem.code == "missing-credential" for problem in found)):
        raise ProblemsFound(tuple(found))
    return Ready(session, every, left, bound, unseen, partly, problems)


def bound_to(session: Session, systems: Iterable[str]) -> dict[str, Endpoint]:
    """Return the named systems, each with its credential; ProblemsFound where one may not be contacted."""
    found, problems = _bound(session, systems)
    if problems:
        raise ProblemsFound(tuple(problem for each in problems.values() for problem in each))
    return found


def _bound(
    session: Session, systems: Iterable[str]
) -> tuple[dict[str, Endpoint], dict[str, tuple[Problem, ...]]]:
    """Return the named systems with their credentials, and why others of them may not be contacted."""
    found: dict[str, Endpoint] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    for name in sorted(systems):
        bound = endpoint(session.project.systems[name], session.around.environ)
        if isinstance(bound, Endpoint):
            found[name] = bound
        else:
            problems[name] = bound
    return found, problems


def live_plan(ready: Ready, client: Reads, hear: Hear = unheard, made: MadeIds = nothing_made) -> Planned:
    """Return the plan against live state, which is read now.

    Raises NotRead where live state could not be read, ProblemsFound where it could not be told apart; of a
    run that is ready to plan `partly`, what could not be read is a part of the plan.

    `hear` is told of every secret that the systems show, `made` knows what earlier applies created.
    """
    try:
        return _live_plan(ready, client, hear, made)
    except PackageFault as fault:  # one that is about no single resource
        raise NotRead((Problem("package-fault", str(fault)),)) from fault


def _live_plan(ready: Ready, client: Reads, hear: Hear, made: MadeIds) -> Planned:
    session, line = ready.session, Line(client.read, hear)
    every = (*ready.wanted, *ready.gone)
    bound = ready.bound
    known = names_resolved(bound, line, session.options.parallelism)
    lost = _proven(ready, known.silent, client)
    if lost:  # where a system is not the one that is meant, no name of it can be told
        raise NotRead(tuple(lost.values()))
    seen = observe(known.wanted, line, session.options.parallelism, made)
    problems = (*known.problems, *seen.problems)
    if problems and not (ready.partly and {*known.problems} <= {*known.unread.values()}):
        raise NotRead(problems)
    unknown = {**without_systems(every, ready.unbound), **known.unread, **seen.unread}
    if known.wanted is not bound:
        ready = ready.with_names(known.wanted)
    planned = _planned(ready, seen, unknown)
    unproven = _unproven(ready, seen, planned, unknown, client)
    if unproven:
        unknown |= without_systems(every, {name: (problem,) for name, problem in unproven.items()})
        planned = _planned(ready, seen, unknown)
    wrong = [problem for each in ready.unbound.values() for problem in each]
    wrong += [*problems, *unproven.values(), *_warnings(session), *known.warnings, *planned.plan.problems]
    whole = planned.plan._replace(
        dropped=(*planned.plan.dropped, *known.unseen, *ready.unseen),
        nameless=tuple(sorted(known.gone)),
        problems=tuple(wrong),
    )
    more = entangled(session, known.wanted, seen) if session.not_compared else frozenset()
    return planned._replace(plan=whole, entangled=more)


def _proven(ready: Ready, systems: Collection[str], client: Reads) -> dict[str, Problem]:
    """Return a problem for each of the systems whose answers are not believed; NotRead for all or nothing."""
    first = (item.resource for item in ready.bound) if systems else ()
    unproven = prove(ready.session, first, systems, client)
    if unproven and not ready.partly:
        raise NotRead(tuple(unproven.values()))
    return unproven


def _unproven(
    ready: Ready, seen: Observation, planned: Planned, unknown: Unknown, client: Reads
) -> dict[str, Problem]:
    """Return a problem for each system of which it is not believed that something is not there."""
    unsure = doubtful(ready.session, seen, planned.plan.operations) - _unknown_systems(ready, unknown)
    return _proven(ready, unsure, client)


def _unknown_systems(ready: Ready, unknown: Unknown) -> frozenset[str]:
    """Return the systems of which nothing was read, so that no probe has anything to prove."""
    if not unknown:
        return frozenset()
    read = (item.resource.address for item in (*ready.wanted, *ready.gone))
    return frozenset(address.system for address in unknown) - {at.system for at in read if at not in unknown}


def _planned(ready: Ready, seen: Observation, unknown: Unknown) -> Planned:
    """Return the plan of all that is not unknown, and names the rest; ProblemsFound where it has problems."""
    session, options = ready.session, ready.session.options
    if unknown:
        unknown = with_gone(ready.gone, with_users(ready.wanted, unknown))
    wanted, undone = ready.wanted, None
    if session.undoes is not None:
        from reconcile.session.take_back import in_reverse, wanted_back

        wanted, undone = wanted_back(session.undoes.record, wanted, seen.live, prune=options.prune)
    planned = plan(
        wanted,
        lambda address: address in session.selected and address not in unknown,
        seen,
        prune=options.prune,
        only=options.only,
        gone=[item for item in ready.gone if item.resource.address not in unknown],
        known=_known(ready),
    )
    if planned.faults and ready.partly:
        return _planned(ready, seen, {**unknown, **planned.faults})
    if any(problem.severity == "error" for problem in planned.plan.problems):
        raise ProblemsFound(planned.plan.problems)
    if session.undoes is not None and undone is not None:
        planned = in_reverse(session, session.undoes, planned, undone)
    unread = tuple(Unread(address, problem) for address, problem in sorted(unknown.items()))
    return planned._replace(plan=planned.plan._replace(not_read=unread))


def _known(ready: Ready) -> Facts:
    """Return what a run knows of itself: when it began, and by which name each system knows it."""
    names = {name: account_of(endpoint.credential) for name, endpoint in ready.endpoints.items()}
    accounts = {name: account for name, account in names.items() if account is not None}
    session = ready.session
    return NO_FACTS._replace(
        now=epoch_of(session.around.begun), names=session.options.names, accounts=accounts
    )


def _warnings(session: Session) -> tuple[Problem, ...]:
    return (*(session.base.problems if session.base else ()), *session.loaded.problems)
