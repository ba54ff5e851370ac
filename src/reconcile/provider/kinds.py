"""What a system's folder declares: its routes, its kinds and how it is asked; the engine only reads it."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import quote

from reconcile.fields.annotations import Fields
from reconcile.fields.table import Table, key_text, table_of
from reconcile.model import (
    Action,
    Address,
    Change,
    FieldPath,
    Json,
    Live,
    Origin,
    Problem,
    Ref,
    Request,
    Resource,
    Response,
    Spec,
)

Options: TypeAlias = Mapping[str, Json]
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,255}")
_TO_COME = re.compile(r"\{[^{}]*\}")
_LONG = 10**18
"""Below it, a number that is not negative is an id without a look at its digits."""
_NOTHING = 400
"""From here on a status can say that there is nothing; an empty answer with a lower one says nothing."""


class BadAnswer(Exception):
    """A system's answer cannot be what it claims; the message says what is wrong with it."""


class Route(NamedTuple):
    """A method and a path, spelled as the vendor spells them: `PATCH /releases/{releaseId}`."""

    spelled: str
    safe: bool = False
    at_most_once: bool = False

    def __call__(
        self, system: str, body: Json = None, query: Mapping[str, Json] | None = None, **ids: Json
    ) -> Request:
        """The request with the ids in its path; ValueError for an id that is none."""
        method, template = self.spelled.split(" ", 1)
        path = re.sub(r"\{(\w+)\}", lambda match: path_id(ids[match[1]]), template)
        asked = tuple((name, _text(value)) for name, value in (query or {}).items())
        return Request(system, method, path, asked, body, self.safe or method == "GET", self.at_most_once)


def path_id(value: Json) -> str:
    """An id as a path segment; ValueError where it could leave its place.

    An id known only after apply stands there as the address that it will be known from.
    """
    if isinstance(value, Ref):
        return f"{{{value.address}}}"
    if not is_id(value):
        raise ValueError("not an id")
    return quote(str(value), safe="")


def path_steps(path: str) -> list[Json]:
    """Split a request's path into its segments; an id that is still to come is what it will be known from."""
    to_come = iter(_TO_COME.findall(path))
    segments = _TO_COME.sub("{}", path).split("/")
    return [{"unknown": next(to_come)} if segment == "{}" else segment for segment in segments]


def is_id(value: Json) -> bool:
    """Whether `value` can stand in a path: a short text or a number, that leads nowhere else."""
    if type(value) is int and 0 <= value < _LONG:
        return True
    text = str(value)
    return not isinstance(value, bool) and _ID.fullmatch(text) is not None and ".." not in text


def _text(value: Json) -> str | Ref:
    return value if isinstance(value, str | Ref) else json.dumps(value)


class Case(NamedTuple):
    """All that a kind decides on: what is wanted, what is live, what differs."""

    address: Address
    origin: Origin
    options: Options
    want: Spec
    live: Live | None
    changes: tuple[Change, ...] = ()
    now: float | None = None
    """The system's clock where an answer showed it, in seconds since the epoch."""

    @property
    def system(self) -> str:
        """The system's name in the project."""
        return self.address.system

    @property
    def itself(self) -> Ref:
        """The object's own id, known only after its creation."""
        return Ref(self.address)


class Decision(NamedTuple):
    """What closes the difference: requests in their order, and what no request can close, with reasons."""

    requests: tuple[Request, ...] = ()
    blocked: tuple[tuple[Change, str], ...] = ()
    finished: str | None = None
    action: Action = "update"


IN_SYNC = Decision()
"""There is nothing to close."""


class Finding(NamedTuple):
    """A vendor's rule that a spec breaks."""

    path: FieldPath
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"


class Page(NamedTuple):
    """One answer's rows, the request for the next page, and what it says of the whole list."""

    rows: Sequence[Json]
    next: Request | None = None
    rest: Iterable[Request] = ()
    """The requests for the pages after the next one, where the answer says how many there are.

    They are asked for early, and believed only as far as page after page leads to them.
    """

    total: int | None = None
    """How many rows the list has, where the answer says so."""

    proof: bool = False
    """The answer shows that the system is the one that is meant, though it has no row."""


@dataclass(frozen=True, eq=False, repr=False)
class Kind:
    """One kind of object: its field table and a few pure functions, facts in, requests or reasons out."""

    name: str
    api_version: str
    summary: str
    model: type[Fields]
    key: tuple[str, ...]
    """The fields of the natural key, by which a live object is found where no id is pinned."""

    lookup: Callable[[str, Sequence[Resource], Options], Sequence[Request]]
    """The requests that show the live objects of these resources; of none: every object there is."""

    fetch: Callable[[str, Json, Options], Request]
    """The request that shows the one object with this id."""

    read: Callable[[Json], Live]
    """A row of an answer in the manifest's vocabulary; BadAnswer where it has no identity."""

    decide: Callable[[Case], Decision]
    """How the difference is closed. `case.live` is None for an object to create."""

    id_field: str
    """The vendor's name of the id: what an outcome's result calls it."""

    remove: Callable[[Case], Decision] | None = None
    """How a live object is removed; None where no request can."""

    must_exist: bool = False
    """Nothing creates such an object: that a wanted one is not there is an error."""

    identified: bool = True
    """Whether `fetch` finds a known object again by its id; else it is looked up by its key each time."""

    pick: Callable[[Resource | None, Sequence[Live]], Live | None] | None = None
    """Which of several live objects with one key a resource means, and, without one, which is exported;
    None: that they are several is an error."""

    settled: Callable[[Live], bool] = lambda live: True
    """Whether the system has said all that it will say of what was written."""

    result: Callable[[Live], Mapping[str, Json]] | None = None
    """What of the written object a next step can use; default: its id."""

    listed: bool = True
    """Whether `lookup` of nothing shows every object; else one is exported by its id alone."""

    list_needs: str = ""
    """The option of the system without which there is no list of all."""

    many_by_list: bool = False
    """Whether many wanted objects are looked up by the one list of all, whichever they are."""

    exported: Callable[[Live], bool] = lambda live: True
    """Whether an object is exported without being named."""

    page: Callable[[Request, Response], Page] = lambda request, response: Page(rows_of(response))
    """An answer's rows, and where the next ones are."""

    rules: tuple[Callable[[Spec], Iterable[Finding]], ...] = ()
    """The vendor's rules that a spec alone can break."""

    unlike_an_id: Callable[[Json], str | None] | None = None
    """Why a value that could stand in a path is no id of this kind; None where it may be one."""

    in_paths: tuple[str, ...] = ()
    """The fields whose values stand in the paths of requests."""

    compose: Callable[[Sequence[Resource]], tuple[Sequence[Resource], Sequence[Problem]]] | None = None
    """For a kind without objects of its own: makes its resources parts of others'."""

    @cached_property
    def table(self) -> Table:
        """The field table that the model is."""
        return table_of(self.model)

    @cached_property
    def key_of(self) -> Callable[[Spec], tuple[str, ...]]:
        """What gives the natural key of a spec or a live object, in normal form."""
        parts = tuple((name, self.table.rows[name].form) for name in self.key)
        if len(parts) != 1:
            return lambda said: tuple([key_text(form(said.get(name))) for name, form in parts])
        ((name, form),) = parts
        return lambda said: (key_text(form(said.get(name))),)


def rows_of(response: Response) -> Sequence[Json]:
    """The rows of an answer that is a bare list, or one bare object."""
    match response.body:
        case None if response.status >= _NOTHING:
            return ()
        case None:
            raise BadAnswer("the answer is empty, where a list or an object was asked for")
        case list():
            return response.body
        case dict():
            return (response.body,)
    raise BadAnswer("the answer is neither a list nor an object")


class AuthScheme(NamedTuple):
    """A way to authenticate that a system accepts, and what of it is the system's own."""

    name: Literal["basic", "apiKey", "bearer", "token", "oauth2"]
    parameter: str = ""
    """The token's query parameter, or the path of the OAuth2 token endpoint."""
    scope: str = ""


class System(NamedTuple):
    """One type of system: how it is addressed, and the kinds it has."""

    type: str
    title: str
    auth: tuple[AuthScheme, ...]
    options: builtins.type[Fields]
    kinds: tuple[Kind, ...]
    probe: Callable[[str, Options], Request]
    """A cheap read that needs nothing but credentials."""

    strangers: bool = False
    """Whether somebody with a wrong credential may be shown a part: the vendor does not say otherwise."""

    def kind(self, name: str) -> Kind | None:
        """The kind of that name."""
        return next((kind for kind in self.kinds if kind.name == name), None)


Catalogue: TypeAlias = Mapping[str, System]
"""The types of system that this run knows, by name."""
