"""Counts the live objects that no manifest manages, by system and kind; it reads lists and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconcile.errors import ApiError
from reconcile.live.pages import Line, lines, look
from reconcile.model import Address, Json, Request, Response
from reconcile.provider.kinds import Kind
from reconcile.session.clients import Reads
from reconcile.session.prepare import Ready


class Remembering:
    """Read for a run, asking for each page of a list only once, unless the page is wanted afresh."""

    def __init__(self, client: Reads, ready: Ready) -> None:
        self._client = client
        self._lists = {_place(request) for _, _, requests in _listings(ready) for request in requests}
        self._answers: dict[str, Response] = {}

    def read(self, request: Request) -> Response:
        """Return the answer to a read; for a page of a list, the answer that there was before."""
        if _place(request) not in self._lists:
            return self._client.read(request)
        key = repr(request._replace(context=None, uncached=False))
        if request.uncached:
            self._answers[key] = self._client.read(request)
        elif key not in self._answers:
            self._answers.setdefault(key, self._client.read(request))
        return self._answers[key]


def unmanaged(ready: Ready, ids: Mapping[Address, Json], client: Reads) -> dict[str, int | None] | None:
    """Return how many live objects are nobody's, of each kind that the manifests use and that has a list.

    `ids` are those of the objects that somebody manages. None where only a part of the manifests was looked
    at: the rest is somebody's too; a kind has None where its list cannot be read.
    """
    session = ready.session
    if len(session.selected) < len(session.loaded.resources):
        return None
    ours = {
        (item.resource.address.system, item.kind.name, str(ids[item.resource.address]))
        for item in ready.wanted
        if item.resource.address in ids
    }
    with lines(ready.endpoints, Line(client.read, settled=True), session.options.parallelism) as by_system:
        return {
            f"{system}/{kind.name}": _others(system, kind, requests, ours, by_system[system])
            for system, kind, requests in _listings(ready)
        }


def _others(
    system: str, kind: Kind, requests: Sequence[Request], ours: set[tuple[str, str, str]], line: Line
) -> int | None:
    if not requests:
        return None
    try:
        lives = [live for request in requests for live in look(kind, request, line).lives]
    except ApiError:
        return None
    found = {str(live.id) for live in lives if kind.exported(live)}
    return sum((system, kind.name, id_) not in ours for id_ in found)


def _listings(ready: Ready) -> Iterator[tuple[str, Kind, Sequence[Request]]]:
    """Yield the kinds that have lists, each with its requests; no request where an option is missing."""
    used = {(item.resource.address.system, item.kind.name): item for item in ready.wanted if item.kind.listed}
    for (system, _), item in sorted(used.items()):
        needs = item.kind.list_needs
        known = not needs or item.options.get(needs) is not None
        yield system, item.kind, item.kind.lookup(system, [], item.options) if known else ()


def _place(request: Request) -> tuple[str, str, str]:
    return request.system, request.method, request.path
