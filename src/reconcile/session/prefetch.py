"""Asks for the list of a large kind while its manifests are still being read, in a thread of its own."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

from reconcile.cli.flags import Flags
from reconcile.endpoint import Endpoint
from reconcile.manifests.files import Files
from reconcile.model import Origin, Problem, Request, Response
from reconcile.project import Project, SystemConfig
from reconcile.project.credentials import endpoint
from reconcile.provider.kinds import Kind
from reconcile.session.background import soon
from reconcile.session.clients import Reads, connected

if TYPE_CHECKING:
    from reconcile.transport import Reader

MANY = 200
"""Manifests of a kind; below this, reading them takes no time that is worth hiding."""

_SHORT = 0.0005
"""Seconds: a thread that waits for bytes gets its turn so soon after they came."""


class Ahead:
    """The lists that are certain to be asked for, asked for as soon as all files are at hand.

    That is so where so many manifests name a kind that they are looked up by its list, whichever they are,
    and none of them may belong to another environment. A list that was asked for in vain changes nothing.
    """

    def __init__(self, flags: Flags, project: Project, environment: Mapping[str, str]) -> None:
        self._flags, self._project, self._environment = flags, project, environment
        self._heads = dict(_heads(project))
        self._counts: Counter[bytes] = Counter()
        self._asked: list[tuple[Request, Future[Response]]] = []
        self._given: set[Future[Response]] = set()
        self._clients: list[Reader] = []
        self._interval = sys.getswitchinterval()

    def watching(self, files: Files) -> Files:
        """`files`, each of which is looked at as it is read."""
        return _Watched(files, self)

    def notice(self, data: bytes) -> None:
        """Counts the manifests of a file by their kinds."""
        if b"environments:" in data:
            return
        for head in self._heads:
            if self._counts[head] < MANY:
                self._counts[head] += data.count(head)

    def begin(self) -> None:
        """Asks for the lists of the kinds of which there are many."""
        for head, (config, kind) in self._heads.items():
            if self._counts[head] >= MANY:
                self._ask(config, kind)

    def answer(self, request: Request) -> Future[Response] | None:
        """What is on its way as the answer to `request`, once; None where nothing is."""
        for asked, coming in self._asked:
            if asked == request._replace(context=None) and coming not in self._given:
                self._given.add(coming)
                return coming
        return None

    def over(self, client: Reads) -> Reads:
        """`client`, which gives what is on its way where it is asked for that."""
        return _Over(client, self)

    def close(self) -> None:
        """Ends what nobody waits for."""
        sys.setswitchinterval(self._interval)
        for client in self._clients:
            client.close()

    def _ask(self, config: SystemConfig, kind: Kind) -> None:
        bound = endpoint(config, self._environment)
        if isinstance(bound, Endpoint):
            for request in kind.lookup(bound.name, (), config.options):
                self._begin(bound, request)

    def _begin(self, bound: Endpoint, request: Request) -> None:
        from reconcile.transport import Reader

        sys.setswitchinterval(_SHORT)
        client = connected(Reader, {bound.name: bound}, self._flags, self._environment)
        self._clients.append(client)
        self._asked.append((request._replace(context=None), soon(client.read, request)))


def _heads(project: Project) -> Iterator[tuple[bytes, tuple[SystemConfig, Kind]]]:
    """How manifests begin of which many are looked up by one list, in the one system that they can be of."""
    types = Counter(config.system.type for config in project.systems.values())
    for config in project.systems.values():
        for kind in config.system.kinds if types[config.system.type] == 1 else ():
            if kind.many_by_list:
                yield f"apiVersion: {kind.api_version}\nkind: {kind.name}\n".encode(), (config, kind)


class _Over(NamedTuple):
    client: Reads
    ahead: Ahead

    def read(self, request: Request) -> Response:
        """The answer that is on its way, else that to a request of now."""
        coming = self.ahead.answer(request)
        return self.client.read(request) if coming is None else coming.result()


class _Watched(NamedTuple):
    files: Files
    ahead: Ahead

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """What the files find."""
        return self.files.found(listed)

    def read(self, name: str) -> bytes | Problem:
        """What the files read; it is noticed."""
        data = self.files.read(name)
        if isinstance(data, bytes):
            self.ahead.notice(data)
        return data

    def all_read(self) -> None:
        """What was noticed is acted on."""
        self.files.all_read()
        self.ahead.begin()
