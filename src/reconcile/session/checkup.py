"""Checks each system of a project with one cheap read, and says what its answer shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reconcile.endpoint import Endpoint
from reconcile.errors import ApiError
from reconcile.model import spell
from reconcile.project import SystemConfig
from reconcile.project.credentials import endpoint
from reconcile.provider.checking import check
from reconcile.session.clients import opened
from reconcile.session.session import Session
from reconcile.transport import Reader

CLOCK_MAY_DIFFER = 30.0
"""Seconds: a larger difference makes instants and settle times doubtful."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Describe what a check found of one system."""

    name: str
    url: str
    well: bool
    words: str


def checkup(session: Session) -> Iterator[Checked]:
    """Yield what was found of each system; one whose credential is missing is not asked."""
    for name, config in session.project.systems.items():
        bound = endpoint(config, session.around.environ)
        if isinstance(bound, Endpoint):
            found = _asked(session, config, bound)
        else:
            words = "; ".join(f"{problem.message} ({problem.origin})" for problem in bound)
            found = Checked(name, config.url, False, words)
        yield found if config.system.provenance is None else _with_package(found, config)


def _with_package(found: Checked, config: SystemConfig) -> Checked:
    """Return what was found, with the package that the type comes from and what is wrong with that."""
    flaws = [flaw for flaw in check(config.system) if flaw.severity == "error"]
    words = f"{found.words}, package {config.system.provenance}"
    if flaws:
        first = f"{spell(flaws[0].path)}: {flaws[0].message}".removeprefix(": ")
        words += f", whose declaration has {len(flaws)} flaws, such as {first}"
    return replace(found, well=found.well and not flaws, words=words)


def lock_checkup(session: Session) -> Checked | None:
    """Return whether a lock like the project's can be had at its remote; None where the project has none."""
    wanted = session.project.lock
    if wanted is None:
        return None
    from reconcile.session.lock_trial import Untried, lock_tried  # git, and a clock: few ask for them

    try:
        words = lock_tried(session, wanted)
    except Untried as error:
        return Checked("lock", wanted.remote, False, str(error))
    return Checked("lock", wanted.remote, True, words)


def _asked(session: Session, config: SystemConfig, bound: Endpoint) -> Checked:
    with opened(Reader, session, {config.name: bound}) as client:
        began = time.time()
        try:
            response = client.read(config.system.probe(config.name, config.options))
        except ApiError as error:
            return Checked(config.name, config.url, False, str(error))
    ended = time.time()
    tls = "TLS verified" if config.url.startswith("https") else "plain http"
    words = [tls, "credentials accepted", "may read", f"{1000 * (ended - began):.0f} ms"]
    skew = None if response.date is None else response.date - (began + ended) / 2
    words.append(_clock(skew))
    return Checked(config.name, config.url, skew is None or abs(skew) <= CLOCK_MAY_DIFFER, ", ".join(words))


def _clock(skew: float | None) -> str:
    if skew is None:
        return "clock not shown"
    if abs(skew) <= 2:
        return "clocks agree"
    return f"its clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
