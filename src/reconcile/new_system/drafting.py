"""Drafts a system from an OpenAPI description: one kind, of the operations on one collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from os.path import commonpath
from urllib.parse import urlsplit

from reconcile.errors import WrongUsage
from reconcile.model import EMPTY
from reconcile.named_tuple import NamedTuple
from reconcile.new_system.collection import Operations, operations_on
from reconcile.new_system.draft import (
    FieldDraft,
    KindDraft,
    SystemDraft,
    TableDraft,
    can_be_a_field,
    class_name,
    title_of,
)
from reconcile.new_system.openapi import Description, MethodAndPath, Schema, part, required_in, written_in
from reconcile.new_system.paged import Paged, paged
from reconcile.new_system.source import literal
from reconcile.new_system.tables import Drafter, naming_field, told_of

_PLACES = re.compile(r"\{([^{}]*)\}")


class Shapes(NamedTuple):
    """Hold the schemas of an object as it is sent and as it is shown, and what they stand in."""

    sent: Schema
    envelope: str
    shown: Schema
    row: str
    listed: Paged


def system_draft(
    type_: str, description: Description, path: str, refused: Mapping[str, str] = EMPTY
) -> SystemDraft:
    """Return a system with one kind, without the fields that are refused with a reason.

    WrongUsage where the path has no operations that make one; Unsound where a part of the description is not
    what OpenAPI has there.
    """
    place = operations_on(description, path)
    if place.list is None:
        words = f"no GET there, and no POST to {path.rstrip('/')}/filter"
        raise WrongUsage(f"`{path}` can't be listed: {words}")
    servers = part(description.whole, "servers", list) or [{}]
    url = part(part(servers, 0, dict) or {}, "url", str) or ""
    return SystemDraft(
        type_,
        part(description.part("info"), "title", str) or title_of(type_),
        tuple(_auth(description)) or ('AuthScheme("bearer")',),
        _kind(
            description, place, Drafter(description, class_name(path.rstrip("/").rsplit("/", 1)[1]), refused)
        ),
        url if url.startswith("http") else f"https://host.example.com{url}",
    )


def _kind(description: Description, place: Operations, drafter: Drafter) -> KindDraft:
    shapes, called = _shapes(description, place), drafter.kind
    words = told_of(shapes.shown or shapes.sent, called)
    table = drafter.whole(words, shapes.sent, shapes.shown)
    name = naming_field(written_in(shapes.sent), description, required_in(shapes.sent))
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
        **({"in_paths": f"({', '.join(map(literal, inside))}{',' * (len(inside) == 1)})"} if inside else {}),
        **_parents(description, around),
    }
    return KindDraft(called, words, (*drafter.tables, table), rest, _probe(description, place, rest))


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
    return _PLACES.findall(_spelled(operation[1])) if operation else ()


def _spelled(path: str) -> str:
    """Return a path in which each place of an id is called as a field can be."""
    return _PLACES.sub(lambda place: f"{{{_as_a_field(place[1])}}}", path)


def _as_a_field(name: str) -> str:
    word = re.sub(r"\W", "_", name, flags=re.ASCII)
    return word if can_be_a_field(word) else f"the_{word}"


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
    return f"Route({literal(f'{method.upper()} {_spelled(path)}')}{safe})"


def _shaped(shapes: Shapes) -> Mapping[str, str]:
    """Return what the routes say of bodies and answers, as arguments of `Rest`."""
    told = {"envelope": shapes.envelope, "row": shapes.row, "rows": shapes.listed.rows}
    found = {name: literal(place) for name, place in told.items() if place}
    return {**found, **({"pages": shapes.listed.pages} if shapes.listed.pages else {})}


def _parents(description: Description, around: Sequence[str]) -> Mapping[str, str]:
    """Return how those objects are listed that a collection stands in, where the description says it."""
    if len(around) != 1:
        return {}
    inside = next((path for path in description.paths if f"{{{around[0]}}}" in _spelled(path)), "")
    wanted = inside.partition("{")[0].rstrip("/")
    spelled = [
        path for path in description.paths if path.rstrip("/") == wanted and _is_shown(description, path)
    ]
    if not spelled:
        return {}
    listed = paged(description, ("get", spelled[0]))
    id_ = next((name for name in ("id", around[0]) if name in written_in(listed.schema)), "id")
    more = [f"id={literal(id_)}"] if id_ != "id" else []
    more += [f"rows={literal(listed.rows)}"] if listed.rows else []
    more += [f"pages={listed.pages}"] if listed.pages else []
    route = _route(("get", spelled[0]), search=True)
    return {"parents": f"Parents({', '.join([route, literal(around[0]), *more])})"}


def _probe(description: Description, place: Operations, rest: Mapping[str, str]) -> str:
    """Return the route that shows whether the credentials are good: a list that needs no id."""
    if place.list is None or not _in_path(place.list):
        return rest["list"]
    collection = place.list[1]
    paths = [path for path in description.paths if "{" not in path and _is_shown(description, path)]
    near = min(paths, key=lambda path: -len(commonpath([path, collection])), default="/")
    return _route(("get", near), search=True)


def _is_shown(description: Description, path: str) -> bool:
    """Tell whether a path can be read, and needs nothing but a credential."""
    place = ("get", path)
    return bool(description.operation(place)) and not any(
        each.get("required") is True and each.get("in") != "path" for each in description.parameters(place)
    )


def _auth(description: Description) -> Iterator[str]:
    """Yield the ways to authenticate that a description names, each once."""
    schemes = part(description.part("components"), "securitySchemes", dict) or {}
    found = (_scheme(description.resolved(part(schemes, name, dict))) for name in schemes)
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
    flows = part(part(scheme, "flows", dict) or {}, "clientCredentials", dict) or {}
    if flow := part(flows, "tokenUrl", str):
        return "oauth2", f'AuthScheme("oauth2", parameter={literal(urlsplit(str(flow)).path)})'
    return "bearer", 'AuthScheme("bearer")'
