"""Opens the client of a run: one that can only read, or one that can also write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from reconcile.cli.sink import SINK, tell

if TYPE_CHECKING:
    from reconcile.cli.session import Session
    from reconcile.endpoint import Endpoint
    from reconcile.model import Secret
    from reconcile.transport import Reader

    Client = TypeVar("Client", bound=Reader)


def opened(
    kind: type[Client], session: Session, endpoints: Mapping[str, Endpoint], secrets: Iterable[Secret] = ()
) -> Client:
    """A client for these endpoints with the limits that the flags set; close it by leaving its `with`.

    From now on nothing is printed that holds a credential, or one of `secrets`.
    """
    from reconcile.transport import Settings

    flags = session.flags
    settings = Settings(timeout=flags.timeout, retries=flags.retries, parallelism=flags.parallelism)
    log = _log if flags.verbose else None
    client = kind(endpoints, settings, environment=session.environment, log=log)
    client.redactor.keep(secrets)
    SINK.through(client.redact)
    return client


def _log(line: str) -> None:
    tell(line)
