"""Opens the client of a run: one that can only read, or one that can also write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from reconcile.cli.session import Session
    from reconcile.endpoint import Endpoint
    from reconcile.transport import Reader

    Client = TypeVar("Client", bound=Reader)


def opened(kind: type[Client], session: Session, endpoints: Mapping[str, Endpoint]) -> Client:
    """A client for these endpoints with the limits that the flags set; close it by leaving its `with`."""
    from reconcile.transport import Settings

    flags = session.flags
    settings = Settings(timeout=flags.timeout, retries=flags.retries, parallelism=flags.parallelism)
    log = _log if flags.verbose else None
    return kind(endpoints, settings, environment=session.environment, log=log)


def _log(line: str) -> None:
    click.echo(line, err=True)
