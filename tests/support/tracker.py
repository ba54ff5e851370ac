"""An issue tracker as a package of somebody else's would declare it, and a server that it is asked on."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any, Literal

from reconcile.provider import (
    AuthScheme,
    Default,
    Fields,
    FromName,
    KeyedList,
    Kind,
    NeverChanges,
    OnlyWritten,
    RefersTo,
    Rest,
    Route,
    ServerDefault,
    System,
    doc,
)


class Project(Fields):
    """A project, with what its server chooses and what it spells in lower case."""

    name: Annotated[str, doc("string", "Its name.", "Spring"), FromName()]
    status: Annotated[
        Literal["open", "locked", "shut_down"] | None, doc("enum", "How it is.", "open"), Default("open")
    ] = None
    colour: Annotated[str | None, doc("string", "Its colour.", "red"), ServerDefault()] = None


class Version(Fields):
    """A version of a project, which is found by its name in that."""

    project_id: Annotated[int, doc("integer", "Its project.", 1), RefersTo("Project")]
    name: Annotated[str, doc("string", "Its name.", "1.0"), FromName()]
    sharing: Annotated[
        Literal["none", "tree"] | None, doc("enum", "Who sees it.", "none"), Default("none")
    ] = None
    follows: Annotated[int | None, doc("integer", "The one before.", 1), RefersTo("Version")] = None


class Note(Fields):
    """A note of a version, which is found by its name in that."""

    version_id: Annotated[int, doc("integer", "Its version.", 1), RefersTo("Version")]
    name: Annotated[str, doc("string", "Its name.", "n"), FromName()]
    text: Annotated[str | None, doc("string", "What it says.", "fine")] = None


class Custom(Fields):
    """A custom field of an issue; the server shows all that there are."""

    name: Annotated[str, doc("string", "Its name.", "team")]
    value: Annotated[str | None, doc("string", "Its value.", "blue")] = None
    since: Annotated[str | None, doc("string", "Since when.", "1.0"), NeverChanges("give it a new name")] = (
        None
    )


class Issue(Fields):
    """An issue, with custom fields that nobody can remove and a project that it stays in."""

    project_id: Annotated[
        int, doc("integer", "Its project.", 1), RefersTo("Project"), NeverChanges("make another issue")
    ]
    name: Annotated[str, doc("string", "What it is about.", "n"), FromName()]
    text: Annotated[str | None, doc("string", "What it says.", "fine")] = None
    release_id: Annotated[int | None, doc("integer", "What ships it.", 1), RefersTo("flexdeploy/Release")] = (
        None
    )
    fields: Annotated[
        list[Custom] | None, doc("array", "Custom fields.", []), KeyedList(("name",)), OnlyWritten()
    ] = None


class Link(Fields):
    """A link from one thing of its kind to the next."""

    note_id: Annotated[int, doc("integer", "What it leads to.", 1), RefersTo("Link")]
    name: Annotated[str, doc("string", "Its name.", "n"), FromName()]


def rest(path: str, id_: str = "id") -> Rest:
    """The routes of one kind of object."""
    return Rest(
        id=id_,
        name="name",
        list=Route(f"GET /{path}"),
        get=Route(f"GET /{path}/{{id}}"),
        create=Route(f"POST /{path}"),
        update=Route(f"PATCH /{path}/{{id}}"),
        delete=Route(f"DELETE /{path}/{{id}}"),
    )


PROJECT = Kind("Project", "tracker/v1", "A project.", Project, rest=rest("projects"))
VERSION = Kind(
    "Version", "tracker/v1", "A version.", Version, key=("project_id", "name"), rest=rest("versions")
)
NOTE = Kind("Note", "tracker/v1", "A note.", Note, key=("version_id", "name"), rest=rest("notes"))
ISSUE = Kind("Issue", "tracker/v1", "An issue.", Issue, rest=rest("issues"))
LINK = Kind("Link", "tracker/v1", "A link.", Link, key=("note_id", "name"), rest=rest("links"))
TRACKER = System(
    type="tracker",
    title="Tracker",
    auth=(AuthScheme("bearer"),),
    options=Fields,
    kinds=(PROJECT, VERSION, NOTE, LINK, ISSUE),
    probe=lambda system, options: Route("GET /projects")(system),
    api=1,
)

CONFIG = "version: 1\nsystems: {{tracker: {{url: '{url}', auth: {{bearer: {{env: FD_PASSWORD}}}}}}}}\n"
"""A project file; the credential is the one that every run of the tests has."""

Rows = dict[int, dict[str, Any]]


class Server:
    """Objects by the first step of their path, and the writes that came."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rows: dict[str, Rows] = defaultdict(dict)
        self.writes: list[str] = []
        self.chosen: dict[str, Any] = {}
        """What the server puts into a new object that does not say it."""
        self.kept: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        """What it keeps of what is written."""
        self.answered: Callable[[Any], Any] = lambda body: body
        """What it answers in the place of what is there."""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """The answer to one request."""
        _, what, *rest = path.split("?")[0].split("/")
        rows = self.rows[what]
        if method != "GET":
            said = "" if body is None else f" {json.dumps(body)}"
            self.writes.append(f"{method} {path}{said}")
        if method == "POST":
            new = max((*rows, 0)) + 1
            rows[new] = self.kept({"id": new, **self.chosen, **body})
            return 201, self.answered(rows[new])
        if not rest:
            return 200, self.answered([*rows.values()])
        id_ = int(rest[0])
        if id_ not in rows:
            return 404, None
        if method == "DELETE":
            return 200, rows.pop(id_)
        rows[id_] = self.kept(rows[id_] | (body or {}))
        return 200, self.answered(rows[id_])


@contextmanager
def served() -> Iterator[Server]:
    """A server on loopback, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            with lock:
                status, answer = server.answer(self.command, self.path, body)
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: the server keeps its own log."""

    lock = threading.Lock()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = Server(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield server
        http.shutdown()


def manifest(kind: str, name: str, spec: str = "{}", metadata: str = "") -> str:
    """A manifest whose spec stands on its fourth line, in flow style."""
    more = f", {metadata}" if metadata else ""
    return f"apiVersion: tracker/v1\nkind: {kind}\nmetadata: {{name: {name}{more}}}\nspec: {spec}\n"
