"""What doctor does: one cheap read of each system, and what its answer says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from reconcile.cli import exit_codes
from reconcile.cli.console import SINK
from reconcile.cli.flags import Flags
from reconcile.cli.output import answer, check_answer
from reconcile.cli.problems import refuse
from reconcile.endpoint import Endpoint
from reconcile.errors import ApiError, ProblemsFound
from reconcile.project import SystemConfig
from reconcile.project.credentials import endpoint
from reconcile.session.clients import opened
from reconcile.session.secret_listing import secrets_of
from reconcile.session.session import Session, open_project
from reconcile.transport import Reader

CLOCK_MAY_DIFFER = 30.0
"""Seconds: a larger difference makes instants and settle times doubtful."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of one system."""

    name: str
    url: str
    well: bool
    words: str


def checkup(flags: Flags) -> int:
    """Checks every system of the project; the exit code."""
    check_answer(flags)
    try:
        session = open_project(flags)
    except ProblemsFound as error:
        refuse(flags, error.problems)
    findings = tuple(_findings(session))
    lines = [
        "  ".join(("ok  " if found.well else "fail", found.name, *map(SINK.inert, (found.url, found.words))))
        for found in findings
    ]
    systems = [{"name": f.name, "url": f.url, "ok": f.well, "detail": f.words} for f in findings]
    secrets, whole = secrets_of(session.project)
    lines += [f"set   RECONCILE_SECRETS={secrets}  (outside the repository: who may get which secret)"]
    if not whole:
        lines.append("      without the names in manifests that have errors: reconcile validate shows them")
    answer(flags, "\n".join(lines), {"systems": systems, "secrets": secrets})
    return exit_codes.OK if all(found.well for found in findings) else exit_codes.ERROR


def _findings(session: Session) -> Iterator[Finding]:
    for name, config in session.project.systems.items():
        bound = endpoint(config, session.environment)
        if isinstance(bound, Endpoint):
            yield _asked(session, config, bound)
        else:
            words = "; ".join(f"{problem.message} ({problem.origin})" for problem in bound)
            yield Finding(name, config.url, False, words)


def _asked(session: Session, config: SystemConfig, bound: Endpoint) -> Finding:
    with opened(Reader, session, {config.name: bound}) as client:
        began = time.time()
        try:
            response = client.read(config.system.probe(config.name, config.options))
        except ApiError as error:
            return Finding(config.name, config.url, False, str(error))
    ended = time.time()
    tls = "TLS verified" if config.url.startswith("https") else "plain http"
    words = [tls, "credentials accepted", "may read", f"{1000 * (ended - began):.0f} ms"]
    skew = None if response.date is None else response.date - (began + ended) / 2
    words.append(_clock(skew))
    return Finding(config.name, config.url, skew is None or abs(skew) <= CLOCK_MAY_DIFFER, ", ".join(words))


def _clock(skew: float | None) -> str:
    if skew is None:
        return "clock not shown"
    if abs(skew) <= 2:
        return "clocks agree"
    return f"its clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
