"""Runs `reconcile doctor`: says whether each system can be reached, and as whom."""

from __future__ import annotations

import sys

import click

from reconcile.cli import exit_codes
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.cli.options import CONTACTING


@click.command("doctor", cls=Page)
@flags("env", *CONTACTING, "answer")
def command(given: Flags) -> None:
    """Check address, TLS, credentials, rights and clock of each system with one read, one line each.

    Where reconcile.yaml has a lock, one beside it is taken at its remote, renewed and given back. The last
    line says what to set as RECONCILE_SECRETS, which keeps each secret to the system that it is for. Nothing
    is written to a system, so that what may be written is not known until apply. Exit codes: 0 all are well;
    1 one is not; 64 usage.
    """
    from reconcile.cli.console import SINK
    from reconcile.cli.listener import surroundings
    from reconcile.cli.output import answer
    from reconcile.cli.problems import refuse
    from reconcile.errors import ProblemsFound
    from reconcile.session.checkup import checkup, lock_checkup
    from reconcile.session.secret_listing import secrets_of
    from reconcile.session.session import open_project

    try:
        session = open_project(given.run_options(), surroundings(given))
    except ProblemsFound as error:
        refuse(given, error.problems)
    found, lock = tuple(checkup(session)), lock_checkup(session)
    every = (*found, lock) if lock else found
    lines = [
        "  ".join(("ok  " if each.well else "fail", *map(SINK.inert, (each.name, each.url, each.words))))
        for each in every
    ]
    systems = [{"name": each.name, "url": each.url, "ok": each.well, "detail": each.words} for each in found]
    secrets, whole = secrets_of(session.project)
    lines += [
        f"set   RECONCILE_SECRETS={SINK.inert(secrets)}  (outside the repository: who may get which secret)"
    ]
    if not whole:
        lines.append("      without the names in manifests that have errors: reconcile validate shows them")
    tried = {"lock": {"at": lock.url, "ok": lock.well, "detail": lock.words}} if lock else {}
    answer(given, "\n".join(lines), {"systems": systems, **tried, "secrets": secrets})
    sys.exit(exit_codes.OK if all(each.well for each in every) else exit_codes.ERROR)
