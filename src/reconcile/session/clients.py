"""Opens the client of a run: one that can only read, or one that can also write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from reconcile.cli.console import SINK, tell

if TYPE_CHECKING:
    from reconcile.cli.flags import Flags
    from reconcile.endpoint import Endpoint
    from reconcile.model import Request, Response, Secret
    from reconcile.session.session import Session
    from reconcile.transport import Reader

    Client = TypeVar("Client", bound=Reader)


class Reads(Protocol):
    """What asks systems and changes nothing in them."""

    def read(self, request: Request) -> Response:
        """The answer to a read."""
        ...


def opened(
    kind: type[Client], session: Session, endpoints: Mapping[str, Endpoint], secrets: Iterable[Secret] = ()
) -> Client:
    """A client for these endpoints with the limits that the flags set; close it by leaving its `with`.

    From now on nothing is printed that holds a credential, or one of `secrets`.
    """
    client = connected(kind, endpoints, session.flags, session.environment)
    client.redactor.keep(secrets)
    SINK.through(client.redact)
    return client


def connected(
    kind: type[Client], endpoints: Mapping[str, Endpoint], flags: Flags, environment: Mapping[str, str]
) -> Client:
    """A client with the limits that the flags set."""
    from reconcile.transport import Settings

    settings = Settings(timeout=flags.timeout, retries=flags.retries, parallelism=flags.parallelism)
    return kind(endpoints, settings, environment=environment, log=tell if flags.verbose else None)
