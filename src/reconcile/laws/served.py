"""Serves a system in memory over real HTTP, made from its tables and routes, for a package to be tried on."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from reconcile.laws.shelf import Row, Shelf
from reconcile.laws.split_lists import shown_page
from reconcile.model import EMPTY, Json, Request
from reconcile.provider.kinds import AuthScheme, System
from reconcile.provider.rest import Rest
from reconcile.provider.routes import Route

CREDENTIAL = "law-credential-1"
"""What each part of a credential is, which a project reads from the variable LAW_CREDENTIAL."""
_APART = 1000


class Asked(NamedTuple):
    """Hold one request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json


class Answered(NamedTuple):
    """Hold the answer to a request."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = EMPTY


Handle = Callable[[Shelf, Asked, Mapping[str, str]], Answered]


class TableServer:
    """Answer as the routes of a system's kinds say: objects in memory, refusals in words, pages of two rows.

    What a kind does in functions of its own no table says: such a kind wants a server of its author's own.
    """

    def __init__(self, system: System, url: str = "") -> None:
        self.system = system
        self.url = url
        self.log: list[str] = []
        kinds = [kind for kind in system.kinds if kind.rest is not None and kind.compose is None]
        self.shelves = {
            kind.name: Shelf(kind, kind.rest, 1 + at * _APART) for at, kind in enumerate(kinds) if kind.rest
        }
        self._handlers = [*_handlers(self.shelves.values())]

    def empty(self) -> None:
        """Forget every object."""
        for shelf in self.shelves.values():
            shelf.rows.clear()

    @property
    def writes(self) -> list[str]:
        """Return what came and may have changed something, each as `METHOD path`."""
        searches = {shelf.rest.list.template for shelf in self.shelves.values() if shelf.rest.list}
        return [
            line for line in self.log if not line.startswith("GET ") and line.split(" ")[1] not in searches
        ]

    def answer(self, asked: Asked) -> Answered:
        """Return the answer to a request: that of the first route that it is one of."""
        path = asked.path.rstrip("/") or "/"
        self.log.append(f"{asked.method} {path}")
        if (token := _token(self.system.auth, asked)) is not None:
            return token
        if not any(_shows(scheme, asked) for scheme in self.system.auth):
            return Answered(401, {"errors": ["Who are you?"]})
        for shelf, route, handle in self._handlers:
            if route.matches(Request("", asked.method, path)):
                if route.spelled.endswith("/") is not asked.path.endswith("/"):
                    return Answered(307)
                return handle(shelf, asked, route.ids_in(path))
        return self._probed(asked, path)

    def _probed(self, asked: Asked, path: str) -> Answered:
        """Answer what is asked by no route of a kind, where that is how the system is tried."""
        probe = self.system.probe(self.system.type, {})
        known = (probe.method, probe.path) == (asked.method, path)
        return Answered(200, {}) if known else Answered(404, {"errors": ["There is nothing here."]})


def _handlers(shelves: Iterable[Shelf]) -> Iterator[tuple[Shelf, Route, Handle]]:
    """Yield the routes of kinds, those with an id at their end last: such a path could be another's too."""
    every = [*shelves]
    steps: tuple[tuple[Callable[[Rest], Route | None], Handle], ...] = (
        (lambda rest: rest.list, _list),
        (lambda rest: rest.create, _create),
        (lambda rest: rest.parents and rest.parents.list, _parents),
        (lambda rest: rest.get, _get),
        (lambda rest: rest.update, _update),
        (lambda rest: rest.delete, _delete),
    )
    for route_of, handle in steps:
        yield from ((shelf, route, handle) for shelf in every if (route := route_of(shelf.rest)) is not None)


def _list(shelf: Shelf, asked: Asked, ids: Mapping[str, str]) -> Answered:
    rest, parameters = shelf.rest, {**asked.query, **(asked.body or {})}
    rows = [shelf.shown(id_) for id_ in shelf.within(ids)]
    if rest.filter and rest.filter in parameters:
        rows = [row for row in rows if row[rest.name] == parameters[rest.filter]]
    shown = shown_page(rest.pages, rest.rows, rows, parameters, asked.path)
    return Answered(200, *shown)


def _parents(shelf: Shelf, asked: Asked, ids: Mapping[str, str]) -> Answered:
    """Answer with the objects that those of this kind stand in, where no kind of the system is theirs."""
    parents = shelf.rest.parents
    if parents is None:
        raise ValueError("the kind names no parents")
    found = dict.fromkeys(row.get(parents.field) for row in shelf.rows.values())
    rows = [{parents.id: id_} for id_ in found if id_ is not None]
    parameters = {**asked.query, **(asked.body or {})}
    return Answered(200, *shown_page(parents.pages, parents.rows, rows, parameters, asked.path))


def _create(shelf: Shelf, asked: Asked, ids: Mapping[str, str]) -> Answered:
    said = _unwrapped(shelf, asked.body)
    return _refused() if said is None else Answered(*shelf.create(said, ids))


def _get(shelf: Shelf, asked: Asked, ids: Mapping[str, str]) -> Answered:
    id_ = shelf.named(ids)
    return _absent(shelf) if id_ is None else Answered(200, shelf.answer(id_))


def _update(shelf: Shelf, asked: Asked, ids: Mapping[str, str]) -> Answered:
    id_, said = shelf.named(ids), _unwrapped(shelf, asked.body)
    if id_ is None:
        return _absent(shelf)
    return _refused() if said is None else Answered(*shelf.update(id_, said))


def _delete(shelf: Shelf, asked: Asked, ids: Mapping[str, str]) -> Answered:
    id_ = shelf.named(ids)
    return _absent(shelf) if id_ is None else Answered(*shelf.delete(id_))


def _absent(shelf: Shelf) -> Answered:
    return Answered(404, {"errors": [f"There is no such {shelf.kind.name}."]})


def _refused() -> Answered:
    return Answered(422, {"errors": ["The body is not the object in its envelope."]})


def _unwrapped(shelf: Shelf, body: Json) -> Row | None:
    """Return the object in a body; None where it does not stand in its envelope, or is none."""
    if shelf.rest.envelope:
        body = body.get(shelf.rest.envelope) if isinstance(body, dict) and len(body) == 1 else None
    return body if isinstance(body, dict) else None


def _token(schemes: tuple[AuthScheme, ...], asked: Asked) -> Answered | None:
    """Return a token, where one is asked for by OAuth2; None for every other request."""
    paths = {scheme.parameter for scheme in schemes if scheme.name == "oauth2"}
    if asked.path not in paths:
        return None
    return Answered(200, {"access_token": CREDENTIAL, "token_type": "bearer", "expires_in": 3600})


def _shows(scheme: AuthScheme, asked: Asked) -> bool:
    """Tell whether a request shows the credential as a scheme says."""
    authorization = asked.headers.get("authorization", "")
    match scheme.name:
        case "token":
            return asked.query.get(scheme.parameter) == CREDENTIAL
        case "header":
            return asked.headers.get(scheme.parameter.lower()) == scheme.prefix + CREDENTIAL
        case "basic" | "apiKey":
            given = authorization.removeprefix("Basic ")
            return CREDENTIAL in base64.b64decode(given).decode() if given != authorization else False
    return authorization == f"Bearer {CREDENTIAL}"


@contextmanager
def served(system: System) -> Iterator[TableServer]:
    """Yield a server that is made from a system's tables, on loopback, until the block ends."""
    server = TableServer(system)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # an answer leaves at once: half of one would wait for an acknowledgement

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            data = self.rfile.read(length)
            parts = urlsplit(self.path)
            is_json = "json" in self.headers.get("content-type", "")
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(data) if data and is_json else None
            with lock:
                answered = server.answer(
                    Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
                )
            self._say(answered)

        def _say(self, answered: Answered) -> None:
            data = b"" if answered.body is None else json.dumps(answered.body).encode()
            self.send_response(answered.status)
            for name, value in answered.headers.items():
                self.send_header(name, value)
            if answered.status != 204:
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the server keeps its own log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        server.url = f"http://127.0.0.1:{listener.server_port}"
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            listener.shutdown()
