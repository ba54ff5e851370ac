"""Does what the routes of a kind say: looks up, fetches, reads, creates, changes and removes its objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from reconcile.fields.annotations import Fields
from reconcile.fields.flatten import flattened
from reconcile.fields.forms import integer
from reconcile.fields.table import Table, table_of
from reconcile.fields.walk import overlay
from reconcile.model import EMPTY, Json, Live, Request, Resource, Response, Spec
from reconcile.provider.cases import (
    IN_SYNC,
    BadAnswer,
    Case,
    Decision,
    Options,
    Page,
    creation_of,
    patch_of,
    rows_of,
)
from reconcile.provider.paging import Pages, first_page, found_at, page_of
from reconcile.provider.routes import Route, is_id

BY_NAME_AT_MOST = 8
"""More wanted objects than this are read by one list: a request for each costs more."""

_NOT_FOUND = (404,)


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

    fields: Callable[[Json], Spec] | None = None
    """What a row says in the manifest's vocabulary; None: as it stands there."""

    query: Callable[[Options], Mapping[str, Json]] = _nothing
    """What of the system's options goes into each request."""

    context: Callable[[Sequence[Resource]], Json] | None = None
    """What reads the answer to a list (`Kind.page`) is told of the resources that it was asked for."""

    def fetch(self, system: str, id_: Json, options: Options) -> Request:
        """Return the request for the object with this id; a 404 says that there is none."""
        request = self._of_one(_given(self.get, "get"), system, id_, options)
        return request if request.absent_on else request._replace(absent_on=_NOT_FOUND)

    def lookup(self, system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
        """Return one request for each id and name, or one list where they are many, or all are asked for."""
        free = [resource for resource in resources if resource.id is None]
        many = len(free if self.is_partial else resources) > BY_NAME_AT_MOST
        whole = not resources or many or not self.filter
        ids = [resource.id for resource in resources if resource.id is not None]
        by_id = [self.fetch(system, id_, options) for id_ in ids] if self.is_partial or not whole else []
        if whole:
            return (*by_id, self._listing(system, free, self.query(options)))
        names = sorted({resource.spec[self.name] for resource in free})
        asked = ({**self.query(options), self.filter: name} for name in names)
        return (*by_id, *(self._listing(system, free, query) for query in asked))

    def _listing(self, system: str, resources: Sequence[Resource], query: Mapping[str, Json]) -> Request:
        route, first = _given(self.list, "list"), dict(first_page(self.pages))
        in_query = route.spelled.startswith("GET ")
        request = route(system, None if in_query else first, {**query, **(first if in_query else {})})
        return request if self.context is None else request._replace(context=self.context(resources))

    def page(self, request: Request, response: Response) -> Page:
        """Return the rows of an answer, those of a list with the request for its next page.

        BadAnswer where the answer lacks what it should hold them in.
        """
        if response.body is None or self.list is None or not self.list.matches(request):
            return Page(rows_of(_within(response, self.row)))
        rows = rows_of(_within(response, self.rows))
        if self.rows and not isinstance(rows, list):
            raise BadAnswer(f"`{self.rows}` of the answer is no list")
        return page_of(self.pages, request, response, rows)

    def located(self, response: Response) -> Json:
        """Return the id in the Location header of an answer; None where it names no object of this kind."""
        last = self.get.id_in(urlsplit(response.location).path) if self.get else None
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
            if not is_text and type(found := integer(found)) is not int:
                raise BadAnswer(f"{article} {noun} has no usable {id_}")
            called = row.get(name)
            if may_lack:
                called = str(called or found)
            elif not isinstance(called, str):
                raise BadAnswer(f"{noun} {found} has no {name}")
            return Live(found, called, flattened(table_of(model), row if fields is None else fields(row)))

        return read

    def decide(self, case: Case, table: Table) -> Decision:
        """Return how a difference is closed where one request does: a create, or an update."""
        if case.live is None:
            made = self.creation(case, creation_of(case)) if self.create else None
            return _closing(case, made, "creates")._replace(action="create")
        if not case.changes:
            return IN_SYNC
        return _closing(case, self._change(case, table) if self.update else None, "changes")

    def creation(self, case: Case, body: Json) -> Request:
        """Return the request that creates the object with this body."""
        return _given(self.create, "create")(case.system, self._enveloped(body), self.query(case.options))

    def change(self, case: Case, body: Json) -> Request:
        """Return the request that updates the object with this body."""
        route = _given(self.update, "update")
        return self._of_one(route, case.system, _id_of(case), case.options, self._enveloped(body))

    def _change(self, case: Case, table: Table) -> Request:
        """Return the update of the whole object, or of what changes with all that is live inside of it."""
        whole = overlay(table, case.live.fields if case.live else {}, case.want)
        if self.is_replaced:
            return self.change(case, whole)
        body = patch_of(case)
        return self.change(case, {**body, **{name: whole[name] for name in table.nests & body.keys()}})

    def remove(self, case: Case) -> Decision:
        """Return how a live object is removed: by one request."""
        route = _given(self.delete, "delete")
        return Decision((self._of_one(route, case.system, _id_of(case), case.options),))

    def _of_one(self, route: Route, system: str, id_: Json, options: Options, body: Json = None) -> Request:
        return route(system, body, self.query(options), **{route.places[-1]: id_})

    def _enveloped(self, body: Json) -> Json:
        return {self.envelope: body} if self.envelope else body


def _within(response: Response, place: str) -> Response:
    """Return an answer that is what stands at a place of its body; BadAnswer where nothing does."""
    if not place or response.body is None:
        return response
    inner = found_at(response.body, place)
    if inner is None:
        raise BadAnswer(f"the answer has no `{place}`")
    return response._replace(body=inner)


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
