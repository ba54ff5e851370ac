"""Describes what a system's folder declares: its kinds, and how it is asked; the engine only reads it."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NoReturn, TypeAlias

from reconcile.fields import forms
from reconcile.fields.annotations import Fields
from reconcile.fields.table import Table, key_text, table_of
from reconcile.model import Json, Live, Problem, Request, Resource, Response, Spec
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import Case, Decision, Finding, Options, Page, rows_of
from reconcile.provider.lookups import Lookups
from reconcile.provider.rest import Rest

API = 1
"""The version of `reconcile.provider`: what a package says as `System.api`, which goes with no other."""


def unsaid(*given: object) -> NoReturn:
    """Stand for a function that a kind does not give itself; raise ValueError."""
    raise ValueError("the kind gives neither this function nor `rest`")


def bare_rows(request: Request, response: Response) -> Page:
    """Return the rows of an answer that is a bare list, or one bare object."""
    return Page(rows_of(response))


class LastWrite(NamedTuple):
    """Name the fields of a live answer that say when the object was last written, and by whom."""

    at: str
    by: str = ""


class Dated(NamedTuple):
    """Name the fields of a kind that say when what it describes takes place, for the calendar.

    Each holds an instant, or a day where the first does.
    """

    what: Literal["run", "release", "requested"]
    begins: str
    ends: str = ""
    alone_in: tuple[str, ...] = ()
    """The fields that say where it takes place, if only one may at a time."""

    called_off: Callable[[Spec], bool] = lambda spec: False
    """Whether it is not to take place."""


@dataclass(frozen=True, eq=False, repr=False)
class Kind:
    """Describe one kind of object: its field table, its routes, and what is truly its own.

    What `rest` says of `lookup`, `fetch`, `read`, `decide`, `remove`, the id and the key holds where the kind
    gives nothing of its own. Its functions are pure: facts in, requests or reasons out.
    """

    name: str
    api_version: str
    summary: str
    model: type[Fields]
    key: tuple[str, ...] = ()
    """The fields of the natural key, by which a live object is found where no id is pinned; default: the name
    that `rest` reads."""

    movable: tuple[str, ...] = ()
    """The fields of the natural key that say where an object is, and change when somebody moves it by hand:
    before one is created, those are told that have all the rest of its key."""

    scope: Callable[[Spec], tuple[str, ...]] = lambda spec: ()
    """Where a lookup by the key looks, as far as neither key nor options say it: two objects that have one
    key and stand in two scopes are two."""

    usual_scope: tuple[str, ...] = ()
    """The scope that is meant where a resource names none, as far as it is known before live is read."""

    rest: Rest | None = None
    """Its routes; None: the kind gives all its functions itself."""

    lookup: Callable[[str, Sequence[Resource], Options], Sequence[Request]] = unsaid
    """The requests that show the live objects of these resources; of none: every object there is."""

    fetch: Callable[[str, Json, Options], Request] = unsaid
    """The request that shows the one object with this id."""

    read: Callable[[Json], Live] = unsaid
    """A row of an answer in the manifest's vocabulary; BadAnswer where it has no identity."""

    decide: Callable[[Case], Decision] = unsaid
    """How the difference is closed. `case.live` is None for an object to create."""

    id_field: str = ""
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

    found_by_key: bool = False
    """Whether `lookup` finds an object by what a manifest writes of its key, where none are listed: then a
    tombstone needs no id."""

    list_needs: str = ""
    """The option of the system without which there is no list of all."""

    exported: Callable[[Live], bool] = lambda live: True
    """Whether an object is exported without being named."""

    aside: Callable[[Live], str] = lambda live: ""
    """What is said of an object that is not exported: it is shown with its id as a comment; empty: it is
    not shown."""

    page: Callable[[Request, Response], Page] = bare_rows
    """An answer's rows, and where the next ones are."""

    rules: tuple[Callable[[Spec], Iterable[Finding]], ...] = ()
    """The vendor's rules that a spec alone can break."""

    told_apart: Callable[[Live], str] = lambda live: ""
    """What tells a live object apart from others of its key, in words; empty: nothing that answers say."""

    unlike_an_id: Callable[[Json], str | None] | None = None
    """Why a value that could stand in a path is no id of this kind; None where it may be one."""

    in_paths: tuple[str, ...] = ()
    """The fields whose values stand in the paths of requests."""

    last_write: LastWrite | None = None
    """Where a live answer says when the object was last written; None: it says nothing of that."""

    dated: Dated | None = None
    """When what it describes takes place; None where it says nothing of that, or by its schedule alone."""

    lookups: Lookups = field(default_factory=dict)
    """How the objects are found by name that fields marked `Nameable` hold the ids of."""

    compose: Callable[[Sequence[Resource]], tuple[Sequence[Resource], Sequence[Problem]]] | None = None
    """For a kind without objects of its own: makes its resources parts of others'."""

    def __post_init__(self) -> None:
        for name, value in _by_routes(self, self.rest) if self.rest else ():
            if not _is_given(getattr(self, name)):
                object.__setattr__(self, name, value)
        if self.rest is not None:
            self._know_what_is_not_there(self.rest)
        lacking = [name for name in _NEEDED if not _is_given(getattr(self, name))]
        if lacking:
            raise ValueError(f"the kind {self.name} says nothing of {', '.join(lacking)}, nor has it `rest`")

    def _know_what_is_not_there(self, rest: Rest) -> None:
        """Note that no request shows an object by its id alone, or all that there are, where none does."""
        places = rest.get.places if rest.get else ()
        if self.fetch == rest.fetch and (len(places) != 1 or places[0] in rest.in_paths):
            object.__setattr__(self, "identified", False)
        if self.lookup != rest.lookup:
            return
        if rest.parents is None and (rest.list is None or rest.list.places):
            object.__setattr__(self, "listed", False)
        if rest.list is not None and {*rest.list.places} <= {*self.key}:
            object.__setattr__(self, "found_by_key", True)

    @cached_property
    def table(self) -> Table:
        """Return the field table that the model is."""
        return table_of(self.model)

    def place(self, spec: Spec) -> tuple[str, ...]:
        """Return the scope in normal form, by which two resources, or a journal's entries, are about one."""
        scope = self.scope(spec)
        return () if scope == self.usual_scope else scope

    @cached_property
    def key_of(self) -> Callable[[Spec], tuple[str, ...]]:
        """Return the function that gives the natural key of a spec or a live object, in normal form."""
        parts = tuple((name, self.table.rows[name].form) for name in self.key)
        if len(parts) != 1:
            return lambda said: tuple([key_text(form(said.get(name))) for name, form in parts])
        ((name, form),) = parts
        is_as_spelled = form is forms.text

        def key_of(said: Spec) -> tuple[str, ...]:
            value = said.get(name)
            if is_as_spelled and type(value) is str:  # nearly all of them
                return (value,)
            return (key_text(form(value)),)

        return key_of


_NEEDED = ("key", "lookup", "fetch", "read", "decide", "id_field")


def _is_given(value: object) -> bool:
    return value not in (unsaid, bare_rows, None, "", ())


def _by_routes(kind: Kind, rest: Rest) -> Iterator[tuple[str, object]]:
    """Yield what the routes of a kind say of it."""
    noun = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.name).lower()
    around = rest.list.places if rest.list else ()
    yield "key", (*(place for place in around if place in rest.in_paths), rest.name)
    yield "in_paths", rest.in_paths
    yield "id_field", rest.id
    yield "lookup", rest.lookup
    yield "fetch", rest.fetch
    yield "read", rest.reader(noun, kind.model)
    yield "page", rest.page
    yield "decide", lambda case: rest.decide(case, kind.table)
    yield "remove", rest.remove if rest.delete else None


class AuthScheme(NamedTuple):
    """Describe a way to authenticate that a system accepts, and what of it is the system's own."""

    name: Literal["basic", "apiKey", "bearer", "header", "token", "oauth2"]
    parameter: str = ""
    """The token's query parameter or header, or the path of the OAuth2 token endpoint; for an API key, the
    password that goes with it where the key is the user name of HTTP Basic (default: the key is the password
    of an empty user name)."""
    prefix: str = ""
    """What stands in a header before the token, such as `GenieKey `."""
    scope: str = ""
    """What every token of OAuth2 is asked for, besides what the requests need (`Route.scope`)."""
    scopes_option: str = ""
    """The option of the system whose list is asked for in place of all that."""
    only_to_write: frozenset[str] = frozenset()
    """What of that list is asked for only where a request that writes needs it."""


class Provenance(NamedTuple):
    """Name the package that a type of system comes from."""

    package: str
    version: str
    digest: str = ""
    """What tells one state of its code from the next, also where both have one version."""

    def __str__(self) -> str:
        return f"{self.package} {self.version}"


class System(NamedTuple):
    """Describe one type of system: how it is addressed, and the kinds it has."""

    type: str
    title: str
    auth: tuple[AuthScheme, ...]
    options: builtins.type[Fields]
    kinds: tuple[Kind, ...]
    probe: Callable[[str, Options], Request]
    """A cheap read that needs nothing but credentials."""

    option_rules: tuple[Callable[[Options], Iterable[Finding]], ...] = ()
    """What the values of its options can break, whose fields are of the right shape."""

    strangers: bool = False
    """Whether somebody with a wrong credential may be shown a part: the vendor does not say otherwise."""

    api: int | None = None
    """The version of `reconcile.provider` that a package was made for: `api=1`."""

    provenance: Provenance | None = None
    """The package that it comes from, which is filled in as it is imported; None: it is built in."""

    def kind(self, name: str) -> Kind | None:
        """Return the kind of that name; None where there is none."""
        return next((kind for kind in self.kinds if kind.name == name), None)


Catalogue: TypeAlias = Mapping[str, System]
"""The types of system that this run knows, by name."""
