"""Decides how the systems' declarations read as one OpenAPI 3.1 document, for the default switches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .system import FORM, Fields, Json, Route, Schema, System

_PHRASES = {
    200: "Done",
    201: "Created",
    202: "Accepted",
    204: "Done",
    400: "Bad request",
    401: "Authentication failure",
    403: "Authorization failure",
    404: "Not found",
    409: "Conflict",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The values cannot be taken",
}


def openapi(systems: Iterable[System]) -> Fields:
    """Return the document for all systems; schemas that have a title stand under components."""
    listed = tuple(systems)
    components: Fields = {}
    paths: Fields = {}
    for system in listed:
        for route in system.routes:
            operations = paths.setdefault(f"{route.mount or system.mount}{route.path}", {})
            operations[route.method.lower()] = _operation(system, route, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Reconcile sandbox",
            "version": "1",
            "description": "Fakes of the vendors' systems.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": system.name, "description": system.about} for system in listed],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                name: scheme for system in listed for name, scheme in system.security.items()
            },
        },
    }


def _operation(system: System, route: Route, components: Fields) -> Fields:
    operation: Fields = {
        "summary": route.about,
        "operationId": _operation_id(system, route),
        "tags": [system.name],
        "security": [] if route.public else [{name: []} for name in system.security],
        "parameters": [
            *_parameters("path", route.params, route.params),
            *_parameters("query", route.query, route.required),
        ],
        "responses": dict(_replies(system, route, components)),
    }
    if route.body is not None:
        kind = FORM if route.form else "application/json"
        content = {kind: {"schema": _referenced(route.body, components)}}
        operation["requestBody"] = {"required": route.body_required, "content": content}
    return operation


def _operation_id(system: System, route: Route) -> str:
    words = route.path.replace("{", "by/").replace("}", "").replace("-", "/").split("/")
    return "".join([system.name, route.method.title(), *(word[:1].upper() + word[1:] for word in words)])


def _parameters(place: str, schemas: Mapping[str, Schema], required: Iterable[str]) -> Iterable[Fields]:
    needed = set(required)
    for name, schema in schemas.items():
        yield {"name": name, "in": place, "required": name in needed, "schema": _plain(schema)}


def _replies(system: System, route: Route, components: Fields) -> Iterable[tuple[str, Fields]]:
    for status, schema in route.replies.items():
        yield str(status), _reply(status, schema, components)
    for status in sorted(_errors(system, route) - set(route.replies)):
        yield str(status), _reply(status, system.error, components)


def _errors(system: System, route: Route) -> set[int]:
    own = {*route.errors} if route.public else {system.unauthorized, 403, *route.errors}
    own |= {400} if route.body is not None or route.query else set()
    own |= {404} if route.params else set()
    return own | ({413, 415} if route.body is not None else set())


def _reply(status: int, schema: Schema | None, components: Fields) -> Fields:
    reply: Fields = {"description": _PHRASES.get(status, f"Status {status}")}
    if schema is not None:
        reply["content"] = {"application/json": {"schema": _referenced(schema, components)}}
    return reply


def _referenced(schema: Json, components: Fields) -> Json:
    if isinstance(schema, list | tuple):
        return [_referenced(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {key: _referenced(value, components) for key, value in schema.items() if key != "x-message"}
    title = whole.get("title")
    if not isinstance(title, str) or "type" not in whole:
        return whole
    if components.setdefault(title, whole) != whole:
        raise ValueError(f"two schemas have the title {title}")
    return {"$ref": f"#/components/schemas/{title}"}


def _plain(schema: Schema) -> Fields:
    return {key: value for key, value in schema.items() if key != "x-message"}
