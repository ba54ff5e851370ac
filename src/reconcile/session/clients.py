"""Opens the client of a run: one that can only read, or one that can also write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from reconcile.named_tuple import NamedTuple
from reconcile.session.run_options import RunOptions, Surroundings

if TYPE_CHECKING:
    from reconcile.endpoint import Endpoint
    from reconcile.model import Request, Response, Secret
    from reconcile.transport import Reader

    Client = TypeVar("Client", bound=Reader)


class Reads(Protocol):
    """Describe a client that asks systems and changes nothing in them."""

    def read(self, request: Request) -> Response:
        """Return the answer to a read."""
        ...


class Asks(Protocol):
    """Describe a run by the limits and the surroundings in which it asks."""

    @property
    def options(self) -> RunOptions: ...
    @property
    def around(self) -> Surroundings: ...


class Brief(NamedTuple):
    """Hold limits of another kind than the run's, and its surroundings."""

    options: RunOptions
    around: Surroundings


def opened(
    kind: type[Client], run: Asks, endpoints: Mapping[str, Endpoint], secrets: Iterable[Secret] = ()
) -> Client:
    """Return a client with the limits of the run; leaving the client's `with` closes it.

    From now on no text of the run holds a credential, or one of `secrets`.
    """
    from reconcile.transport import Settings

    options, around = run.options, run.around
    settings = Settings(timeout=options.timeout, retries=options.retries, parallelism=options.parallelism)
    if around.connect is None:
        client = kind(endpoints, settings, environment=around.environ, log=around.log)
    else:
        client = cast("Client", around.connect(kind, endpoints, settings))
    client.redactor.keep(secrets)
    around.cleaner.through(client.redact)
    return client
