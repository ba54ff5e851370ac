"""Decides what `/_sandbox/…` and `/openapi.json` answer; the fake systems know nothing of these paths."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from .openapi import openapi
from .reading import read_json
from .schema import violations
from .system import Answer, Json, json_answer
from .world import Request, World

PREFIX = "/_sandbox/"
OPENAPI = "/openapi.json"

_CONTENT_TYPES = frozenset({"", "application/json", "application/x-www-form-urlencoded"})
"""The content types of a body. curl says the last of any body; a page is refused by its origin."""

_OPTIONS = {"type": "object"}
_Action: TypeAlias = Callable[[World, Json], Json]


def is_control(path: str) -> bool:
    """Tell whether `path` is the sandbox's own and no vendor's."""
    return path == OPENAPI or path.startswith(PREFIX)


def control(world: World, request: Request) -> Answer:
    """Read or change the sandbox itself, and answer what came of it.

    The answer to what the sandbox does not know is 404, 415 or 400 with a message, or 405.
    """
    methods = _ROUTES.get(request.path)
    if methods is None:
        return json_answer(404, {"message": "there are " + ", ".join(_ROUTES)})
    action = methods.get(request.method)
    if action is None:
        return Answer(405, headers=(("allow", ", ".join(sorted(methods))),))
    if request.body and _content_type(request) not in _CONTENT_TYPES:
        return json_answer(415, {"message": "the body must be application/json"})
    try:
        return json_answer(200, action(world, _body(request)))
    except ValueError as error:
        return json_answer(400, {"message": str(error)})


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _body(request: Request) -> Json:
    if request.too_large:
        raise ValueError("the body is too large")
    return read_json(request.body) if request.body else None


def _read_log(world: World, _body: Json) -> Json:
    return [entry.document() for entry in world.log.entries()]


def _clear_log(world: World, _body: Json) -> Json:
    world.log.clear()
    return []


def _read_state(world: World, _body: Json) -> Json:
    with world.lock:
        return json.loads(json.dumps(world.state))


def _write_state(world: World, body: Json) -> Json:
    world.reseed(body)
    return _read_state(world, None)


def _read_options(world: World, _body: Json) -> Json:
    return world.options.document()


def _write_options(world: World, body: Json) -> Json:
    problem = next(violations(_OPTIONS, body), None)
    if problem is not None:
        raise ValueError(problem)
    with world.lock:
        for name, value in body.items():
            world.options.put(name, value if isinstance(value, str) else json.dumps(value))
    return world.options.document()


def _read_faults(world: World, _body: Json) -> Json:
    with world.lock:
        return [fault.document() for fault in world.faults.planned()]


def _plan_faults(world: World, body: Json) -> Json:
    with world.lock:
        world.faults.plan(body)
    return _read_faults(world, None)


def _clear_faults(world: World, _body: Json) -> Json:
    with world.lock:
        world.faults.clear()
    return []


def _describe(world: World, _body: Json) -> Json:
    return openapi(world.systems)


_ROUTES: dict[str, dict[str, _Action]] = {
    f"{PREFIX}log": {"GET": _read_log, "DELETE": _clear_log},
    f"{PREFIX}state": {"GET": _read_state, "PUT": _write_state},
    f"{PREFIX}options": {"GET": _read_options, "PATCH": _write_options},
    f"{PREFIX}faults": {"GET": _read_faults, "POST": _plan_faults, "DELETE": _clear_faults},
    OPENAPI: {"GET": _describe},
}
