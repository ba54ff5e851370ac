"""Drafts a system from an OpenAPI description: one kind, of the operations on one collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from reconcile.errors import WrongUsage
from reconcile.new_system.draft import FieldDraft, KindDraft, SystemDraft, TableDraft, class_name, title_of
from reconcile.new_system.openapi import Description, MethodAndPath, Operations, Schema, operations_on
from reconcile.new_system.paged import Paged, paged
from reconcile.new_system.source import literal
from reconcile.new_system.tables import Drafter, naming_field, told_of, written_in

_PLACES = re.compile(r"\{(\w+)\}")


class Shapes(NamedTuple):
    """Hold the schemas of an object as it is sent and as it is shown, and what they stand in."""

    sent: Schema
    envelope: str
    shown: Schema
    row: str
    listed: Paged


def system_draft(type_: str, description: Description, path: str) -> SystemDraft:
    """Return a system with one kind; WrongUsage where the path has no operations that make one."""
    place = operations_on(description, path)
    if place.list is None:
        words = f"no GET there, and no POST to {path.rstrip('/')}/filter"
        raise WrongUsage(f"`{path}` can't be listed: {words}")
    info, servers = description.part("info"), description.whole.get("servers") or [{}]
    url = str(servers[0].get("url") or "")
    return SystemDraft(
        type_,
        str(info.get("title") or title_of(type_)),
        tuple(_auth(description)) or ('AuthScheme("bearer")',),
        _kind(description, place, class_name(path.rstrip("/").rsplit("/", 1)[1])),
        url if url.startswith("http") else f"https://host.example.com{url}",
    )


def _kind(description: Description, place: Operations, called: str) -> KindDraft:
    shapes = _shapes(description, place)
    drafter = Drafter(description, called)
    words = told_of(shapes.shown or shapes.sent, called)
    table = drafter.table(called, words, shapes.sent, shapes.shown)
    name = naming_field(written_in(shapes.sent), description, shapes.sent.get("required"))
    if name is None or name not in {field.name for field in table.fields}:
        raise WrongUsage(f"a {called} has no text that could be its name: write the package by hand")
    around, own = _in_path(place.list), _in_path(place.get or place.update or place.delete)
    id_ = _id(own[-1:], written_in(shapes.shown), called)
    fixed = [spot for spot in dict.fromkeys((*around, *own)) if spot != id_]
    inside = [spot for spot in fixed if spot in around or spot in written_in(shapes.sent)]
    table = _with(table, name, [spot for spot in inside if spot not in written_in(shapes.sent)], id_)
    is_text = description.schema(written_in(shapes.shown)[id_]).get("type") == "string"
    rest = {
        "id": literal(id_),
        "name": literal(name),
        **_routes(place),
        **_shaped(shapes),
        **({"is_replaced": "True"} if place.update and place.update[0] == "put" else {}),
        **({"has_text_id": "True"} if is_text else {}),
        **({"in_paths": f"({', '.join(map(literal, inside))},)"} if inside else {}),
        **_parents(description, around),
    }
    return KindDraft(called, words, (*drafter.tables, table), rest, _probe(place, rest))


def _shapes(description: Description, place: Operations) -> Shapes:
    body = description.body(description.operation(place.create or place.update))
    answer = description.answer(description.operation(place.get or place.create))
    sent, envelope = _inside(description, body)
    shown, row = _inside(description, answer)
    listed = paged(description, place.list)
    shown = shown if written_in(shown) else listed.schema
    return Shapes(
        sent if written_in(sent) else shown, envelope, shown if written_in(shown) else sent, row, listed
    )


def _inside(description: Description, schema: Schema) -> tuple[Schema, str]:
    """Return the schema of an object, and the envelope that it stands in; empty for none."""
    properties = written_in(schema)
    if len(properties) == 1:
        ((name, inner),) = properties.items()
        found = description.schema(inner)
        if written_in(found):
            return found, name
    return schema, ""


def _in_path(operation: MethodAndPath | None) -> Sequence[str]:
    return _PLACES.findall(operation[1]) if operation else ()


def _id(place: Sequence[str], shown: Schema, called: str) -> str:
    """Return the field of a row that holds its id: `id`, or what it is called in the path."""
    found = next((name for name in ("id", *place, "uuid", "uid") if name in shown), None)
    if found is None:
        told = "".join(f" nor `{each}`" for each in place)
        raise WrongUsage(f"no answer shows the id of a {called}: it has no `id`{told}")
    return found


def _with(table: TableDraft, name: str, around: Sequence[str], id_: str) -> TableDraft:
    """Return a table that begins with what its paths say, and in which the name may be left out."""
    places = tuple(
        FieldDraft(spot, "str", "string", f"The {title_of(spot).lower()} that it is in.", "1", required=True)
        for spot in around
    )
    fields = [field for field in table.fields if field.name != id_ or id_ == name]
    named = [
        field._replace(required=True, marks=(*field.marks, "FromName()")) if field.name == name else field
        for field in fields
    ]
    return table._replace(fields=(*places, *sorted(named, key=lambda field: not field.required)))


def _routes(place: Operations) -> Mapping[str, str]:
    """Return the routes, as arguments of `Rest`."""
    found = {word: operation for word, operation in place._asdict().items() if operation}
    return {word: _route(operation, search=word == "list") for word, operation in found.items()}


def _route(operation: MethodAndPath, *, search: bool) -> str:
    method, path = operation
    safe = ", safe=True" if search and method != "get" else ""
    return f"Route({literal(f'{method.upper()} {path}')}{safe})"


def _shaped(shapes: Shapes) -> Mapping[str, str]:
    """Return what the routes say of bodies and answers, as arguments of `Rest`."""
    told = {"envelope": shapes.envelope, "row": shapes.row, "rows": shapes.listed.rows}
    found = {name: literal(place) for name, place in told.items() if place}
    return {**found, **({"pages": shapes.listed.pages} if shapes.listed.pages else {})}


def _parents(description: Description, around: Sequence[str]) -> Mapping[str, str]:
    """Return how those objects are listed that a collection stands in, where the description says it."""
    if len(around) != 1:
        return {}
    inside = next((path for path in description.paths if f"{{{around[0]}}}" in path), "")
    wanted = inside.partition("{")[0].rstrip("/")
    spelled = [
        path for path, known in description.paths.items() if path.rstrip("/") == wanted and "get" in known
    ]
    if not spelled:
        return {}
    listed = paged(description, ("get", spelled[0]))
    more = [f"rows={literal(listed.rows)}"] if listed.rows else []
    more += [f"pages={listed.pages}"] if listed.pages else []
    route = _route(("get", spelled[0]), search=True)
    return {"parents": f"Parents({', '.join([route, literal(around[0]), *more])})"}


def _probe(place: Operations, rest: Mapping[str, str]) -> str:
    """Return the route that shows whether the credentials are good: a list that needs no id."""
    if place.list and not _in_path(place.list):
        return rest["list"]
    found = re.search(r'Route\("GET [^"{]*"\)', rest.get("parents", ""))
    return found[0] if found else 'Route("GET /")'


def _auth(description: Description) -> Iterator[str]:
    """Yield the ways to authenticate that a description names, each once."""
    schemes = description.part("components").get("securitySchemes") or {}
    found = (_scheme(description.resolved(scheme)) for scheme in schemes.values())
    taken: set[str] = set()
    for name, source in found:
        if name not in taken:
            taken.add(name)
            yield source


def _scheme(scheme: Schema) -> tuple[str, str]:
    """Return the name of a way to authenticate, and the way itself as source."""
    parameter = literal(str(scheme.get("name")))
    match scheme.get("type"), scheme.get("scheme") or scheme.get("in"):
        case "http", "basic":
            return "basic", 'AuthScheme("basic")'
        case "apiKey", "header":
            return "header", f'AuthScheme("header", parameter={parameter})'
        case "apiKey", "query":
            return "token", f'AuthScheme("token", parameter={parameter})'
    flow = ((scheme.get("flows") or {}).get("clientCredentials") or {}).get("tokenUrl")
    if flow:
        return "oauth2", f'AuthScheme("oauth2", parameter={literal(urlsplit(str(flow)).path)})'
    return "bearer", 'AuthScheme("bearer")'
