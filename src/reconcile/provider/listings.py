"""Asks for the objects of a kind by its routes, and reads lists; what is asked of one object is `rest`'s."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reconcile.errors import ApiError
from reconcile.model import Json, Ref, Request, Resource, Response
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import BadAnswer, Options, Page, rows_of
from reconcile.provider.paging import Pages, Progress, first_page, found_at, page_of
from reconcile.provider.routes import Route, is_id

if TYPE_CHECKING:
    from reconcile.provider.rest import Rest

BY_NAME_AT_MOST = 8
"""More wanted objects than this are read by one list: a request for each costs more."""

_NOT_FOUND = (404,)


class Parents(NamedTuple):
    """Hold how those objects are listed that the objects of a kind stand in, where each has its own list."""

    list: Route
    field: str
    """The field of the kind that holds the id of such an object, and its place in the routes."""
    id: str = "id"
    """The field of such an object's row that holds its id."""
    rows: str = ""
    """Where the answer to the list holds its rows; empty: the answer is that list."""
    pages: Pages | None = None


def lookups(rest: Rest, system: str, resources: Sequence[Resource], options: Options) -> Iterator[Request]:
    """Yield the requests that show the live objects of these resources; of none: of every object there is."""
    if not resources and rest.parents is not None:
        query = rest.query(options)
        asked = _asking(rest.parents.list, system, query, rest.parents.pages, {})
        yield asked._replace(context=Progress(query=tuple(query.items())))
    elif not resources:
        yield _listing(rest, system, resources, rest.query(options), {})
    for around, within in _by_parents(rest, resources):
        yield from _of_one_list(rest, system, within, options, around)


def _by_parents(
    rest: Rest, resources: Sequence[Resource]
) -> Iterator[tuple[Mapping[str, Json], list[Resource]]]:
    """Yield the resources by what stands in the path of the list that shows them.

    What stands in an object that is still to be created is in no list.
    """
    places = [place for place in rest.list.places if place in rest.in_paths] if rest.list else []
    if not places:
        if resources:
            yield {}, [*resources]
        return
    groups: dict[str, tuple[Mapping[str, Json], list[Resource]]] = {}
    for resource in resources:
        around = {place: resource.spec.get(place) for place in places}
        if not any(isinstance(value, Ref) for value in around.values()):
            groups.setdefault(str(around), (around, []))[1].append(resource)
    yield from groups.values()


def _of_one_list(
    rest: Rest, system: str, resources: Sequence[Resource], options: Options, around: Mapping[str, Json]
) -> Iterator[Request]:
    """Yield one request for each id and name, or one for the whole list where they are many."""
    free = [resource for resource in resources if resource.id is None]
    many = len(free if rest.is_partial else resources) > BY_NAME_AT_MOST
    whole = many or not rest.filter
    if rest.is_partial or not whole:
        pinned = [(each, _around_one(rest, each)) for each in resources if each.id is not None]
        yield from (request_for_one(rest, system, each.id, options, inside) for each, inside in pinned)
    if whole:
        yield _listing(rest, system, free, rest.query(options), around)
        return
    for name in sorted({resource.spec[rest.name] for resource in free}):
        yield _listing(rest, system, free, {**rest.query(options), rest.filter: name}, around)


def _around_one(rest: Rest, resource: Resource) -> Mapping[str, Json]:
    """Return what a manifest says of the path of its object, beside the id or in its place."""
    places = rest.get.places if rest.get else ()
    return {place: resource.spec.get(place) for place in places if place in rest.in_paths}


def request_for_one(
    rest: Rest, system: str, id_: Json, options: Options, around: Mapping[str, Json]
) -> Request:
    """Return the request for the object with an id, and with what else stands in its path.

    ApiError where that is not all of it.
    """
    if rest.get is None:
        raise ApiError(f"{system}: no request shows one such object alone", effect="none")
    ids = {**dict.fromkeys(rest.get.places[-1:], id_), **around}
    if lacking := [place for place in rest.get.places if place not in ids]:
        words = f"an id alone shows nothing there: {rest.get.spelled} needs {', '.join(lacking)} too"
        raise ApiError(f"{system}: {words}", effect="none")
    request = rest.get(system, query=rest.query(options), **ids)
    return request if request.absent_on else request._replace(absent_on=_NOT_FOUND)


def _listing(
    rest: Rest,
    system: str,
    resources: Sequence[Resource],
    query: Mapping[str, Json],
    around: Mapping[str, Json],
) -> Request:
    if rest.list is None:
        raise ValueError("the kind has no `list` route: give it, or the function that needs it")
    request = _asking(rest.list, system, query, rest.pages, around)
    return request if rest.context is None else request._replace(context=rest.context(resources))


def _asking(
    route: Route, system: str, query: Mapping[str, Json], pages: Pages | None, around: Mapping[str, Json]
) -> Request:
    """Return the request for the first page of a list: a search says in its body which page it wants."""
    first = dict(first_page(pages))
    if route.method == "GET":
        return route(system, query={**query, **first}, **around)
    return route(system, first, query, **around)


def page_by_routes(rest: Rest, request: Request, response: Response) -> Page:
    """Return the rows of an answer, those of a list with the request for its next page.

    BadAnswer where the answer lacks what it should hold them in.
    """
    if response.body is not None and rest.parents is not None and rest.parents.list.matches(request):
        return _lists_within(rest, rest.parents, request, response)
    if response.body is None or rest.list is None or not rest.list.matches(request):
        page = Page(rows_of(inner_answer(response, rest.row)))
        return _told_where(page, rest, rest.get, request)
    page = page_of(rest.pages, request, response, _rows(response, rest.rows))
    return _told_where(page, rest, rest.list, request)


def _told_where(page: Page, rest: Rest, route: Route | None, request: Request) -> Page:
    """Return a page whose rows say what stands in the path of a route that they were asked for by."""
    if route is None or not route.matches(request):
        return page
    around = {name: id_ for name, id_ in route.ids_in(request.path).items() if name in rest.in_paths}
    return page._replace(rows=[*_each_told(page.rows, around)]) if around else page


def _each_told(rows: Iterable[Json], around: Mapping[str, Json]) -> Iterator[Json]:
    """Yield rows with what stands in their path, where they do not say it themselves."""
    for row in rows:
        if isinstance(row, dict):
            yield {**row, **{name: id_ for name, id_ in around.items() if row.get(name) is None}}
        else:
            yield row


def _lists_within(rest: Rest, parents: Parents, request: Request, response: Response) -> Page:
    """Return no row, and the requests for the list of each parent on a page, then for more of them."""
    page = page_of(parents.pages, request, response, _rows(response, parents.rows))
    query = Progress.of(request).query
    asked = [_list_in(rest, parents, request.system, row, query) for row in page.rows]
    coming = (*asked, *([page.next] if page.next is not None else []))
    return Page((), *Progress(coming=coming, query=query).following(), proof=bool(page.rows))


def _list_in(
    rest: Rest, parents: Parents, system: str, row: Json, query: tuple[tuple[str, Json], ...]
) -> Request:
    id_ = row.get(parents.id) if isinstance(row, dict) else None
    if not is_id(id_) or id_ is None:
        raise BadAnswer(f"a row of {parents.list.spelled} has no usable {parents.id}")
    return _listing(rest, system, (), dict(query), {parents.field: id_})


def _rows(response: Response, place: str) -> Sequence[Json]:
    rows = rows_of(inner_answer(response, place))
    if place and not isinstance(rows, list):
        raise BadAnswer(f"`{place}` of the answer is no list")
    return rows


def inner_answer(response: Response, place: str) -> Response:
    """Return an answer that is what stands at a place of its body; BadAnswer where nothing does."""
    if not place or response.body is None:
        return response
    inner = found_at(response.body, place)
    if inner is None:
        raise BadAnswer(f"the answer has no `{place}`")
    return response._replace(body=inner)
