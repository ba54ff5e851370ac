"""Does what the routes of a kind say: looks up, fetches, reads, creates, changes and removes its objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from reconcile.fields.annotations import Fields
from reconcile.fields.flatten import flattened
from reconcile.fields.forms import integer
from reconcile.fields.table import Table, table_of
from reconcile.fields.walk import overlay
from reconcile.model import EMPTY, Json, Live, Request, Resource, Response, Spec
from reconcile.named_tuple import NamedTuple, tuple_of
from reconcile.provider.cases import IN_SYNC, BadAnswer, Case, Decision, Options, Page, creation_of, patch_of
from reconcile.provider.listings import Parents, lookups, page_by_routes, request_for_one
from reconcile.provider.paging import Pages
from reconcile.provider.routes import Route, is_id

_ELSEWHERE = "do it in the system, or write where it is"


def _nothing(options: Options) -> Mapping[str, Json]:
    return EMPTY


class Rest(NamedTuple):
    """Hold the routes of a kind, and what there is to know of them.

    A kind that needs more for one of the functions here gives it to `Kind` beside `rest`.
    """

    id: str
    """The field of a row that holds its id."""

    name: str
    """The field that holds its name."""

    list: Route | None = None
    get: Route | None = None
    """Asked for one object; its id is the last one in the path, here as in the other routes."""

    create: Route | None = None
    update: Route | None = None
    delete: Route | None = None

    filter: str = ""
    """The parameter by which the list shows the objects of one name; empty: it has none."""

    is_partial: bool = False
    """The list leaves some objects out, so that a pinned one is always asked for by its id."""

    is_replaced: bool = False
    """An update replaces the object, and so says back all that is live; else it holds what changes."""

    has_text_id: bool = False
    """The id is a text, and a number where some answer spells it so; else it is a number, however spelled."""

    may_be_nameless: bool = False
    """A row without a name is called by its id; else it is no answer."""

    envelope: str = ""
    """The one field of a body under which a write holds the object; empty: the body is the object."""

    row: str = ""
    """Where an answer about one object holds it (`version`, `data.item`); empty: the answer is the object."""

    rows: str = ""
    """Where the answer to a list holds its rows (`versions`); empty: the answer is that list."""

    pages: Pages | None = None
    """How a list is split into pages: `ByOffset`, `ByPage`, `ByToken` or `ByLink`; None: it is whole."""

    in_paths: tuple[str, ...] = ()
    """The fields whose values stand in paths, beside the id (`/projects/{project_id}/versions`) or in its
    place (`/pools/{name}`); no body holds what its path says."""

    parents: Parents | None = None
    """How the objects are listed that those of this kind stand in, each of which has a list of its own."""

    fields: Callable[[Json], Spec] | None = None
    """What a row says in the manifest's vocabulary; None: as it stands there."""

    query: Callable[[Options], Mapping[str, Json]] = _nothing
    """What of the system's options goes into each request."""

    context: Callable[[Sequence[Resource]], Json] | None = None
    """What reads the answer to a list (`Kind.page`) is told of the resources that it was asked for."""

    def fetch(self, system: str, id_: Json, options: Options) -> Request:
        """Return the request for the object with this id; a 404 says that there is none.

        ApiError where its path needs more than the id.
        """
        return request_for_one(self, system, id_, options, EMPTY)

    def lookup(self, system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
        """Return one request for each id and name, or one list where they are many, or all are asked for.

        What stands in other objects has a list in each of them.
        """
        return tuple(lookups(self, system, resources, options))

    def page(self, request: Request, response: Response) -> Page:
        """Return the rows of an answer, those of a list with the request for its next page.

        BadAnswer where the answer lacks what it should hold them in.
        """
        return page_by_routes(self, request, response)

    def located(self, response: Response) -> Json:
        """Return the id in the Location header of an answer; None where it names no object of this kind."""
        ids = self.get.ids_in(urlsplit(response.location).path) if self.get else {}
        last = [*ids.values()][-1] if ids else None
        found = last if self.has_text_id else integer(last)
        return found if is_id(found) and (self.has_text_id or type(found) is int) else None

    def reader(self, noun: str, model: type[Fields]) -> Callable[[Json], Live]:
        """Return the function that reads a row of an answer: BadAnswer where it lacks its id or its name.

        The words of that call an object by the `noun`.
        """
        id_, name, fields, is_text, may_lack = (
            self.id, self.name, self.fields, self.has_text_id, self.may_be_nameless,
        )  # fmt: skip
        article = "an" if noun[0] in "aeiou" else "a"

        def read(row: Json) -> Live:
            found = row.get(id_) if isinstance(row, dict) else None
            if is_text and type(found) is int:
                found = str(found)
            if is_text and not isinstance(found, str):
                raise BadAnswer(f"{article} {noun} has no {id_}")
            if not is_text and type(found) is not int and type(found := integer(found)) is not int:
                raise BadAnswer(f"{article} {noun} has no usable {id_}")
            called = row.get(name)
            if may_lack:
                called = str(called or found)
            elif not isinstance(called, str):
                raise BadAnswer(f"{noun} {found} has no {name}")
            table, said = table_of(model), row if fields is None else fields(row)
            return tuple_of(Live, (found, called, flattened(table, said) if table.shown_inside else said))

        return read

    def decide(self, case: Case, table: Table) -> Decision:
        """Return how a difference is closed where one request does: a create, or an update."""
        if case.live is None:
            body = creation_of(case, *self._said_by(self.create))
            made = self.creation(case, body) if self.create else None
            return _closing(case, made, "creates")._replace(action="create")
        fixed = [change for change in case.changes if change.path[0] in self._said_by(self.update)]
        free = case._replace(changes=tuple(change for change in case.changes if change not in fixed))
        blocked = tuple((change, f"no request moves a {case.address.kind}: {_ELSEWHERE}") for change in fixed)
        if not free.changes:
            return IN_SYNC._replace(blocked=blocked)
        done = _closing(free, self._change(free, table) if self.update else None, "changes")
        return done._replace(blocked=(*done.blocked, *blocked))

    def creation(self, case: Case, body: Json) -> Request:
        """Return the request that creates the object with this body."""
        route = _given(self.create, "create")
        return self._at(route, case, self._enveloped(body))

    def change(self, case: Case, body: Json) -> Request:
        """Return the request that updates the object with this body."""
        return self._at(_given(self.update, "update"), case, self._enveloped(body))

    def _change(self, case: Case, table: Table) -> Request:
        """Return the update of the whole object, or of what changes with all that is live inside of it."""
        whole = overlay(table, case.live.fields if case.live else {}, case.want)
        body = whole if self.is_replaced else patch_of(case)
        nested = {name: whole[name] for name in table.nests & body.keys()}
        return self.change(case, _without({**body, **nested}, self._said_by(self.update)))

    def remove(self, case: Case) -> Decision:
        """Return how a live object is removed: by one request."""
        return Decision((self._at(_given(self.delete, "delete"), case),))

    def _said_by(self, route: Route | None) -> Sequence[str]:
        """Return the fields that the path of a route says."""
        return [place for place in route.places if place in self.in_paths] if route else []

    def _at(self, route: Route, case: Case, body: Json = None) -> Request:
        """Return a write whose path says where the object is now; a new one's, where it is wanted."""
        live = {} if case.live is None else case.live.fields
        ids = {
            place: live.get(place, case.want.get(place)) if place in self.in_paths else _id_of(case)
            for place in route.places
        }
        return route(case.system, body, self.query(case.options), **ids)

    def _enveloped(self, body: Json) -> Json:
        return {self.envelope: body} if self.envelope else body


def _without(body: Spec, names: Sequence[str]) -> Spec:
    return {name: value for name, value in body.items() if name not in names}


def _given(route: Route | None, name: str) -> Route:
    """Return a route; ValueError where a kind is asked for what it has no route for."""
    if route is None:
        raise ValueError(f"the kind has no `{name}` route: give it, or the function that needs it")
    return route


def _id_of(case: Case) -> Json:
    return case.itself if case.live is None else case.live.id


def _closing(case: Case, request: Request | None, verb: str) -> Decision:
    """Return the decision to send a request; where there is none, that no request does it."""
    if request is not None:
        return Decision((request,))
    reason = f"no request {verb} a {case.address.kind}: do it in the system, or take this out"
    return Decision(blocked=tuple((change, reason) for change in case.changes))
