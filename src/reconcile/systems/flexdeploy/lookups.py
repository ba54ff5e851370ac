"""How projects, their streams and build environments are found by name: the server matches by substring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.provider import Json, Live, Lookup, Request, Route, Sought, named, names_of, require_id

PROJECTS = Route("GET /project")
STREAMS = Route("GET /project/{projectId}/stream", absent_on=(404,))
ENVIRONMENTS = Route("GET /topology/environment")


def _projects(sought: Sought) -> Request:
    """Return the request for projects: of `folder/name` the server is asked for the name alone."""
    name = None if sought.text is None else sought.text.rpartition("/")[2].strip() or sought.text
    return PROJECTS(sought.system, query=_query("projectName", name))


def _streams(sought: Sought) -> Request:
    return STREAMS(sought.system, query=_query("streamName", sought.text), projectId=sought.within)


def _environments(sought: Sought) -> Request:
    return ENVIRONMENTS(sought.system, query=_query("environmentCode", sought.text))


def _query(parameter: str, name: str | None) -> Mapping[str, Json]:
    return {} if name is None else {parameter: name}


def _project(row: Json) -> Live:
    id_, name = require_id(row, "projectId"), row.get("projectName")
    folder = row.get("projectPath") or row.get("applicationPath")
    return named(id_, name, folder, also=_in_folders(str(folder or ""), str(name)))


def _in_folders(folder: str, name: str) -> Iterator[str]:
    """Yield `folder/name` with more and more of the folders around it."""
    parts = [part for part in folder.replace("\\", "/").split("/") if part]
    if parts[-1:] == [name]:  # a path that ends in the project itself
        parts.pop()
    yield from ("/".join((*parts[begin:], name)) for begin in reversed(range(len(parts))))


def _stream(row: Json) -> Live:
    return named(require_id(row, "streamId"), row.get("streamName"), _inactive(row))


def _environment(row: Json) -> Live:
    id_, code, name = require_id(row, "environmentId"), row.get("environmentCode"), row.get("environmentName")
    return named(id_, code, None if name == code else name)


def _inactive(row: Mapping[str, Json]) -> str:
    return "inactive" if row.get("isActive") is False else ""


def _parts(live: Live, text: str) -> tuple[str, ...]:
    """Return where a part of a project's name is looked for: with its folders where a `/` asks for them."""
    return names_of(live) if "/" in text else (live.name,)


LOOKUPS = {
    "project": Lookup("project", _projects, _project, called="its name, or `folder/name`", searched=_parts),
    "stream": Lookup("stream", _streams, _stream),
    "environment": Lookup("build environment", _environments, _environment, called="its code"),
}
