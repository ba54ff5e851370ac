"""Defines the words in which a fake system describes itself; how it is served is decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Any JSON value."""
Fields: TypeAlias = dict[str, Any]
"""A JSON object."""
Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, in the subset that `schema.violations` reads; a titled one is a component in OpenAPI."""
Switches: TypeAlias = Mapping[str, str]
"""The values in force of one system's switches, by short name."""

FORM = "application/x-www-form-urlencoded"
"""The content type of a form."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Describe a choice that a vendor leaves open, and its values.

    Without values it is any number: a whole one unless `fraction`, and below zero only if `signed`.
    """

    name: str
    about: str
    default: str
    values: tuple[str, ...] = ()
    fraction: bool = False
    signed: bool = False
    sets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    """For a value, the switches of the same system that it sets with it; each may be set otherwise later."""


@dataclass(frozen=True, slots=True)
class Call:
    """Hold a request that found its route: its texts, a checked body, and the state it may read and change.

    `ordinal` counts the requests since the sandbox started, for what should differ from one to the next.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    params: Mapping[str, str]
    body: Json
    state: Fields
    switches: Switches
    now: datetime
    ordinal: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what goes back over the wire."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """Report that the system answers a request with an error; `System.refusal` gives it the vendor's shape.

    The frame raises it with a status and a message; `detail` is for what a system's own routes have to say.
    The frame also sets the path that was asked for and the time of the request.
    """

    def __init__(self, status: int, message: str, detail: Json = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail
        self.headers: tuple[tuple[str, str], ...] = ()
        self.path = ""
        self.at = datetime.min


@dataclass(frozen=True, slots=True)
class Route:
    """Describe one operation, with its path as the vendor spells it below a mount, its own or the system's.

    `safe` says that a user without the right to write may call it; left alone, GET is safe and nothing else.
    `body` is the schema of a JSON body (None: bodies are ignored), `replies` the schema of each success, and
    `errors` the statuses beyond those that the frame itself can answer. `required` names the parameters of
    the query that must be there. The body of a `form` route is a form, whose values are all texts; a `public`
    route needs no credentials, and has a path without parameters. `lag` names a switch that says how many
    calls after each write still see the state before it, as `stale_reads` does for all that is safe.
    """

    method: str
    path: str
    about: str
    answer: Callable[[Call], Answer]
    replies: Mapping[int, Schema | None]
    errors: tuple[int, ...] = ()
    params: Mapping[str, Schema] = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    body_required: bool = True
    safe: bool | None = None
    required: tuple[str, ...] = ()
    lag: str = ""
    mount: str = ""
    form: bool = False
    public: bool = False

    @property
    def reads_only(self) -> bool:
        """Tell whether a user who may only read may call this."""
        return self.method == "GET" if self.safe is None else self.safe


@dataclass(frozen=True, slots=True)
class System:
    """Describe one fake vendor system.

    `world` gives the state served when none is seeded; a seed is checked against `seed`, then `complete`
    fills what it left out and raises ValueError for what cannot be. `admit` (headers, query) raises Refused
    for wrong credentials and otherwise says whether the caller may write; then `authorize`, if there is one,
    raises Refused for what this caller may not call now, before there is a body. `error` is the schema of an
    error's body, `security` the OpenAPI security schemes of which one is needed, and `id_key` the key that a
    `wrong_id` fault falsifies. A list in an answer is a bare one, or the one at the key `rows_key`. A path
    may end in one of `suffixes`, which the routes leave out, and where it `merges_slashes` several slashes
    are one; `admit` refuses with `unauthorized`.
    """

    name: str
    mount: str
    about: str
    routes: tuple[Route, ...]
    seed: Schema
    world: Callable[[], Fields]
    complete: Callable[[Fields], None]
    switches: tuple[Switch, ...]
    admit: Callable[[Mapping[str, str], Mapping[str, str]], bool]
    refusal: Callable[[Refused, Switches], Answer]
    error: Schema
    security: Mapping[str, Schema]
    id_key: str
    rows_key: str = ""
    authorize: Callable[[Call, Route], None] | None = None
    suffixes: tuple[str, ...] = ()
    unauthorized: int = 401
    merges_slashes: bool = False


def json_answer(status: int, value: Json) -> Answer:
    """Return an answer that carries `value`, in ASCII, so that any text can be sent."""
    return Answer(status, json.dumps(value, separators=(",", ":")).encode("ascii"))
