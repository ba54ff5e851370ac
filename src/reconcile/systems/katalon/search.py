"""How TestOps is asked: one POST that searches, in Spring's pages; the same for every kind of object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconcile.provider import BadAnswer, Json, Page, Request, Response, Route, forms

SEARCH = Route("POST /api/v1/search", safe=True)
SMART = Route("GET /api/v1/smart-scheduler/{id}")
PROJECTS = Route("GET /api/v1/projects")
PROJECT = "Project.id"
SIZE = 100


def search(system: str, type_: str, conditions: Mapping[str, Json]) -> Request:
    """The first page of the objects of a type that meet all conditions.

    The wire form is the one that the product's own pages send (`conditions`, `pagination.size`).
    """
    wanted = [{"key": key, "operator": "=", "value": str(value)} for key, value in conditions.items()]
    return SEARCH(system, _body(type_, wanted, 0))


def _body(type_: str, conditions: Sequence[Json], page: int) -> dict[str, Json]:
    pagination = {"page": page, "size": SIZE, "sorts": ["id,desc"]}
    return {
        "type": type_,
        "conditions": conditions,
        "functions": [],
        "groupBys": [],
        "pagination": pagination,
    }


def page(request: Request, response: Response) -> Page:
    """A page of a search, or the one object that a smart scheduler holds."""
    body = response.body
    if not isinstance(body, dict):
        raise BadAnswer("the answer is no object")
    if request.method == "GET":
        inner = body.get("runConfiguration")
        return Page(tuple(_of_the_project(request.context, (inner,) if inner else ())))
    rows = body.get("content")
    if not isinstance(rows, list):
        raise BadAnswer("the page has no list `content`")
    of_the_project = list(_of_the_project(_project(request), rows))
    if body.get("last") is True or not rows:
        return Page(of_the_project, total=_count(body, "totalElements"))
    number = request.body["pagination"]["page"] + 1
    rest = map(partial(_numbered, request), range(number + 1, _count(body, "totalPages") or 0))
    return Page(of_the_project, _numbered(request, number), rest, _count(body, "totalElements"))


def _count(body: Mapping[str, Json], name: str) -> int | None:
    value = forms.integer(body.get(name))
    return value if type(value) is int else None


def _project(request: Request) -> Json:
    """Return the project in which a search looks; None where it names none."""
    conditions = request.body["conditions"]
    return next((forms.integer(each["value"]) for each in conditions if each["key"] == PROJECT), None)


def _of_the_project(project: Json, rows: Sequence[Json]) -> Iterator[Json]:
    """The rows of the project that was asked for: one that names none is of it, others were overlooked."""
    for row in rows:
        if project is None or not isinstance(row, dict):
            yield row
        elif row.get("projectId") is None:
            yield {**row, "projectId": project}
        elif forms.integer(row["projectId"]) == project:
            yield row


def _numbered(request: Request, number: int) -> Request:
    asked = request.body
    body = _body(asked["type"], asked["conditions"], number)
    return Request(request.system, request.method, request.path, body=body, safe=True)


def by_project(specs: Sequence[Mapping[str, Json]]) -> Iterator[tuple[Json, list[Mapping[str, Json]]]]:
    """The specs by the project in which they are asked for."""
    for project in sorted({spec.get("projectId") for spec in specs}, key=str):
        yield project, [spec for spec in specs if spec.get("projectId") == project]
