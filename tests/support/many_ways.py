"""An issue tracker in memory behind real HTTP, with the ways of real servers; it knows no table of ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Row = dict[str, Any]
STATUSES = {1: "New", 2: "Open", 3: "Closed"}


@dataclass
class Answer:
    """What is answered: no body where `body` is None."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Tracker:
    """Versions of a project, served in one of many ways."""

    url: str = ""
    rows: dict[int, Row] = field(default_factory=dict)
    envelope: bool = True
    """Bodies and answers hold `version`, lists hold `versions` and `total_count`."""
    pages: str = "offset"
    """How a list is split: offset, page, token, link, body-link, search, or whole."""
    totals: bool = True
    """Whether a list says how many rows there are."""
    cap: int = 25
    """The most rows of a page, whatever is asked for."""
    created: str = "body"
    """What a create is answered with: body, empty, none (204), location, or other-location."""
    changed: str = "empty"
    """What an update is answered with: body, empty, or none (204)."""
    list_ids: type = int
    """The type of an id in a list; one object has a number."""
    lies: int = 0
    """How many rows more than there are the list says that it has."""
    key: str = "key-1234567"
    loses: str = ""
    """The method whose answers are lost."""
    nested: bool = False
    """Whether versions stand in projects: `/projects/{id}/versions/`, which must end in a slash."""
    projects: list[Row] = field(default_factory=list)
    parts: dict[int, dict[int, Row]] = field(default_factory=dict)
    """The versions of each project."""
    shows_parts: bool = False
    """Whether one version of a project is shown alone."""
    log: list[str] = field(default_factory=list)

    @property
    def writes(self) -> list[str]:
        return [line for line in self.log if not line.startswith("GET ") and "/search" not in line]

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        self.log.append(f"{method} {target}" + (f" {json.dumps(body)}" if body is not None else ""))
        if headers.get("X-Tracker-Key") != self.key:
            return Answer(401, {"errors": ["Who are you?"]})
        if self.nested:
            return self._nested(method, parts.path, query, body)
        last = parts.path.rsplit("/", 1)[1]
        if last == "search":
            return self._list(parts.path, body)
        if last == "versions":
            return self._create(body) if method == "POST" else self._list(parts.path, query)
        return self._one(method, int(last), body)

    def _nested(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> Answer:
        """Answer where lists end in a slash, and a version is known within its project alone."""
        steps = path.strip("/").split("/")
        if len(steps) in {1, 3} and not path.endswith("/"):
            return Answer(307, headers={"Location": f"{path}/"})
        if steps == ["projects"]:
            if method == "POST":
                self.projects.append({"id": len(self.projects) + 1, **body["version"]})
                return Answer(201, {"version": self.projects[-1]})
            start, size = self._window(query, len(self.projects))
            total = {"total_count": len(self.projects)}
            return Answer(200, {"projects": self.projects[start : start + size], **total})
        project = int(steps[1])
        if project not in {row["id"] for row in self.projects}:
            return Answer(404, {"errors": ["No such project"]})
        if len(steps) == 2:
            return Answer(200, {"version": next(row for row in self.projects if row["id"] == project)})
        inner = Tracker(self.url, self.parts.setdefault(project, {}), **self._ways())
        if len(steps) == 3:
            return inner._create(body) if method == "POST" else inner._list(path, query)
        if method == "GET" and not self.shows_parts:
            return Answer(405)
        return inner._one(method, int(steps[3]), body)

    def _ways(self) -> Row:
        return {"pages": self.pages, "cap": self.cap, "created": self.created, "changed": self.changed}

    def _create(self, body: Any) -> Answer:
        said = body["version"] if self.envelope else body
        wrong = [*self._wrong(said), *(["Name has already been taken"] if self._taken(said) else [])]
        if wrong:
            return Answer(422, {"errors": wrong})
        id_ = max(self.rows, default=0) + 1
        self.rows[id_] = {"id": id_, "name": None, "status_id": 1, "notes": None, **said}
        where = {"location": f"{self.url}/versions/{id_}", "other-location": f"{self.url}/jobs/{id_}"}
        match self.created:
            case "body":
                return Answer(201, self._shown(id_))
            case "none":
                return Answer(204)
            case "location" | "other-location" as way:
                return Answer(201, headers={"Location": where[way]})
        return Answer(201)

    def _one(self, method: str, id_: int, body: Any) -> Answer:
        if id_ not in self.rows:
            return Answer(404, {"errors": ["Not found"]})
        if method == "GET":
            return Answer(200, self._shown(id_))
        if method == "DELETE":
            del self.rows[id_]
            return Answer(204)
        said = body["version"] if self.envelope else body
        if wrong := self._wrong(said):
            return Answer(422, {"errors": wrong})
        self.rows[id_] |= said
        return (
            Answer(204)
            if self.changed == "none"
            else Answer(200, self._shown(id_) if self.changed == "body" else None)
        )

    def _wrong(self, said: Row) -> list[str]:
        known = said.get("status_id", 1) in STATUSES
        odd = sorted(said.keys() - {"name", "status_id", "notes"})
        return [*([] if known else ["Status is not in the list"]), *(f"{name} is read-only" for name in odd)]

    def _taken(self, said: Row) -> bool:
        return any(row["name"] == said.get("name") for row in self.rows.values())

    def _row(self, id_: int) -> Row:
        row = self.rows[id_]
        shown = {name: value for name, value in row.items() if name != "status_id"}
        return {
            **shown,
            "status": {"id": row["status_id"], "name": STATUSES[row["status_id"]]},
            "colour": "red",
        }

    def _shown(self, id_: int) -> Any:
        return {"version": self._row(id_)} if self.envelope else self._row(id_)

    def _list(self, path: str, asked: Mapping[str, Any]) -> Answer:
        rows = [{**self._row(id_), "id": self.list_ids(id_)} for id_ in sorted(self.rows)]
        start, size = self._window(asked, len(rows))
        shown, more = rows[start : start + size], start + size < len(rows)
        about: dict[str, Any] = {"total_count": len(rows) + self.lies} if self.totals else {}
        headers = {}
        if self.pages == "token" and more:
            about["next"] = f"t{start + size}"
        if self.pages == "link" and more:
            headers["Link"] = (
                f'<{self.url}{path}?cursor={start + size}&s=a%20b>; rel="next", <{self.url}>; rel="first"'
            )
        if self.pages == "body-link":
            about["links"] = {"next": f"{self.url}{path}?cursor={start + size}" if more else None}
        return Answer(200, {"versions": shown, **about} if self.envelope else shown, headers)

    def _window(self, asked: Mapping[str, Any], count: int) -> tuple[int, int]:
        match self.pages:
            case "offset" | "search":
                return int(asked.get("offset", 0)), min(self.cap, int(asked.get("limit", self.cap)))
            case "page":
                size = min(self.cap, int(asked.get("per_page", self.cap)))
                return (int(asked.get("page", 1)) - 1) * size, size
            case "token":
                return int(asked.get("token", "t0")[1:]), self.cap
            case "link" | "body-link":
                return int(asked.get("cursor", 0)), self.cap
        return 0, count or 1


@contextmanager
def tracking(**ways: Any) -> Iterator[Tracker]:
    """A tracker on loopback until the block ends."""
    tracker = Tracker(**ways)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # an answer leaves at once: half of one would wait for an acknowledgement

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            with lock:
                answer = tracker.answer(self.command, self.path, self.headers, body)
            if self.command == tracker.loses:
                self.close_connection = True
                return
            data = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tracker keeps its own log."""

    lock = threading.Lock()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        tracker.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield tracker
        server.shutdown()
