"""Says what is wrong with a declaration before any server is asked; `fields_check` looks at its tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from reconcile.endpoint import stays
from reconcile.fields.attributes import attributes
from reconcile.fields.table import Table
from reconcile.model import FieldPath, Json, Request
from reconcile.provider.cases import Finding
from reconcile.provider.fields_check import BROKEN, CODE, example_of, is_table, table_findings
from reconcile.provider.kinds import API, AuthScheme, Kind, System
from reconcile.provider.rest import Rest
from reconcile.provider.routes import Route

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ROUTE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/[^\s?#{}]*(?:\{\w+\}[^\s?#{}]*)*)")
_PLACE = re.compile(r"\{\w+\}")
_SCHEMES = frozenset({"basic", "apiKey", "bearer", "header", "token", "oauth2"})
_NEED_PARAMETER = {"token": "its query parameter", "header": "its header", "oauth2": "the path of its tokens"}
_OF_ONE = ("get", "update", "delete")


def check(system: System) -> tuple[Finding, ...]:
    """Return all that is wrong with the declaration of a type of system; nothing where it is sound.

    The path of a finding begins with the kind, and goes on with its field. What would go wrong in a run is an
    error; a warning is about what people are told.
    """
    return tuple(chain(_system(system), *(_kind(system, kind) for kind in system.kinds)))


def _system(system: System) -> Iterator[Finding]:
    if system.api is None:
        words = f"does not say for which version of reconcile.provider it was made: api={API}"
        yield Finding((), CODE, words, "warning")
    elif system.api != API:
        yield Finding((), CODE, f"was made for version {system.api} of reconcile.provider; this is {API}")
    if not _NAME.fullmatch(system.type):
        yield Finding((), CODE, f"`{system.type}` is no type: letters, digits, `.`, `_` and `-`")
    if not system.title:
        yield Finding((), CODE, "has no title", "warning")
    if not system.kinds:
        yield Finding((), CODE, "has no kind")
    if not system.auth:
        yield Finding((), CODE, "says no way to authenticate")
    for scheme in system.auth:
        yield from _scheme(system, scheme)
    yield from table_findings(system.options, ("options",), is_documented=False)
    yield from _answers(("options",), "option_rules", lambda: _run(system.option_rules, {}))
    yield from _answers((), "the probe", lambda: _probe(system))


def _scheme(system: System, scheme: AuthScheme) -> Iterator[Finding]:
    if scheme.name not in _SCHEMES:
        known = ", ".join(sorted(_SCHEMES))
        yield Finding((), CODE, f"`{scheme.name}` is no way to authenticate; known: {known}")
    elif scheme.name in _NEED_PARAMETER and not scheme.parameter:
        yield Finding((), CODE, f"`{scheme.name}` lacks {_NEED_PARAMETER[scheme.name]}: parameter=")
    if scheme.scopes_option and scheme.scopes_option not in attributes(system.options):
        yield Finding((), CODE, f"`{scheme.name}` names the option `{scheme.scopes_option}`: there is none")


def _probe(system: System) -> Iterator[Finding]:
    request = system.probe(system.type, {})
    if not isinstance(request, Request):
        yield Finding((), CODE, f"the probe answers a {type(request).__name__}, and no Request")
    elif not request.safe:
        yield Finding((), CODE, f"the probe is a {request.method}, which may write: say safe=True of a read")


def _kind(system: System, kind: Kind) -> Iterator[Finding]:
    path: FieldPath = (kind.name,)
    if [other.name for other in system.kinds].count(kind.name) > 1:
        yield Finding(path, CODE, "two kinds have this name")
    if not re.fullmatch(rf"{re.escape(system.type)}/\S+", kind.api_version):
        yield Finding(path, CODE, f"its apiVersion `{kind.api_version}` does not begin with `{system.type}/`")
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", kind.name):
        yield Finding(path, CODE, "its name is no word in CamelCase")
    if not kind.summary.strip():
        yield Finding(path, CODE, "has no summary", "warning")
    yield from table_findings(kind.model, path)
    if not is_table(kind.model):
        return
    yield from _fields_named(system, kind)
    yield from _marks(system, kind)
    yield from _rest(kind, kind.rest) if kind.rest and kind.compose is None else ()
    example = example_of(kind.model)
    yield from _answers(path, "a rule", lambda: _run(kind.rules, example, kind))


def _fields_named(system: System, kind: Kind) -> Iterator[Finding]:
    """Yield each field that the kind names and its table lacks."""
    rows = kind.table.rows
    dated = kind.dated and (kind.dated.begins, *filter(None, [kind.dated.ends]), *kind.dated.alone_in)
    named = {"key": kind.key, "movable": kind.movable, "in_paths": kind.in_paths, "dated": dated or ()}
    for what, names in named.items():
        for name in names:
            if name not in rows:
                yield Finding((kind.name,), CODE, f"`{what}` names `{name}`, and the table has no such field")
            elif what != "in_paths" and (rows[name].table is not None or rows[name].shape == "whole"):
                yield Finding((kind.name, name), CODE, f"`{what}` names a field that holds no single value")
    for name in set(kind.movable) - set(kind.key):
        yield Finding((kind.name,), CODE, f"`movable` names `{name}`, which is no part of the key")
    for name in set(kind.model.server_own) & rows.keys():
        yield Finding((kind.name, name), CODE, "stands in the table and in `server_own`")
    if kind.list_needs and kind.list_needs not in attributes(system.options):
        yield Finding((kind.name,), CODE, f"`list_needs` names the option `{kind.list_needs}`: there is none")
    for name, row in rows.items():
        if row.from_option and name not in attributes(system.options):
            yield Finding((kind.name, name), CODE, "is FromOption, and the system has no such option")


def _marks(system: System, kind: Kind) -> Iterator[Finding]:
    """Yield each reference and name that leads nowhere, at every depth."""
    kinds = {other.name for other in system.kinds}
    open_: list[tuple[FieldPath, Table]] = [((kind.name,), kind.table)]
    while open_:
        path, table = open_.pop()
        for name, row in table.rows.items():
            place = (*path, name)
            if row.refers_to is not None and row.refers_to not in kinds:
                yield Finding(place, CODE, f"refers to `{row.refers_to}`, and there is no such kind")
            if row.refers_abroad is not None and not all(row.refers_abroad):
                yield Finding(place, CODE, f"refers to `{'/'.join(row.refers_abroad)}`: write type/Kind")
            if row.nameable is not None and row.nameable.lookup not in kind.lookups:
                yield Finding(
                    place, CODE, f"is named by `{row.nameable.lookup}`, and there is no such lookup"
                )
            if row.nameable is not None and row.nameable.within and row.nameable.within not in table.rows:
                yield Finding(
                    place, CODE, f"is within `{row.nameable.within}`, and no such field is beside it"
                )
            if row.table is not None:
                open_.append((place, row.table))


def _rest(kind: Kind, rest: Rest) -> Iterator[Finding]:
    path: FieldPath = (kind.name,)
    routes = {name: route for name in ("list", *_OF_ONE, "create") if (route := getattr(rest, name))}
    if rest.parents is not None:
        routes["parents"] = rest.parents.list
    for name, route in routes.items():
        yield from (finding._replace(path=path) for finding in _route(kind, rest, name, route))
    if getattr(kind.lookup, "__wrapped__", kind.lookup) == rest.lookup:
        yield from (Finding(path, CODE, words) for words in _lookup(kind, rest))
    if rest.filter and rest.list is None:
        yield Finding(path, CODE, "has a `filter`, and no `list` route that it could narrow")
    if rest.filter and rest.name not in kind.table.rows:
        yield Finding(path, CODE, f"is asked for by `{rest.name}`, and the table has no such field")


def _lookup(kind: Kind, rest: Rest) -> Iterator[str]:
    """Yield why the routes cannot look an object up, nor list all that there are."""
    if rest.list is None:
        yield "has no `list` route, nor a `lookup` of its own"
        return
    for place in rest.list.places:
        row = kind.table.rows.get(place)
        if row is not None and not (row.required or row.from_option or row.from_name):
            yield f"`list` needs {place}, which a manifest may leave out"
    if rest.parents is None:
        return
    if rest.parents.list.places:
        yield f"`parents` is {rest.parents.list.spelled}, and nothing fills its places"
    others = [place for place in rest.list.places if place != rest.parents.field]
    if others or rest.parents.field not in rest.list.places:
        field, spelled = rest.parents.field, rest.list.spelled
        yield f"`parents` fills {field} and nothing else, and `list` is {spelled}: give a `lookup` of its own"


def _route(kind: Kind, rest: Rest, name: str, route: Route) -> Iterator[Finding]:
    if not _is_spelled(route):
        words = f"`{name}` is `{route.spelled}`: write METHOD /path, with each id as {{name}}"
        yield Finding((), CODE, words)
        return
    own = [place for place in route.places if place not in rest.in_paths]
    if name in _OF_ONE and not route.places:
        yield Finding((), CODE, f"`{name}` has no place for the id: {route.spelled}/{{{rest.id}}}")
    elif len(own) > (1 if name in _OF_ONE else 0):
        odd = ", ".join(own[:-1] if name in _OF_ONE else own)
        yield Finding((), CODE, f"`{name}` has a place for {odd}: name the field in `in_paths`")
    if name in {"get", "list", "parents"} and route.method != "GET" and not route.safe:
        yield Finding((), CODE, f"`{name}` is a {route.method}, which may write: say safe=True of a read")
    if name in {"create", "update", "delete"} and (route.method == "GET" or route.safe):
        yield Finding((), CODE, f"`{name}` is said to be a read, and would be sent again where it fails")


def _is_spelled(route: Route) -> bool:
    """Tell whether a route is one, whose requests stay where it leads."""
    plain = _PLACE.sub("id", route.template)
    found = _ROUTE.fullmatch(route.spelled) is not None
    return found and (plain == "/" or all(map(stays, plain[1:].split("/"))))


def _run(
    rules: Iterable[Callable[..., Iterable[Finding]]], spec: Json, kind: Kind | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with the answers of rules to an example; that they find something is not."""
    for rule in rules:
        for found in rule(spec):
            called = getattr(rule, "__name__", "a rule")
            if not isinstance(found, Finding):
                yield Finding((), CODE, f"{called} yields a {type(found).__name__}, and no Finding")
            elif kind is not None and found.path and found.path[0] not in kind.table.rows:
                yield Finding((), CODE, f"{called} is about `{found.path[0]}`, and there is no such field")


def _answers(path: FieldPath, what: str, found: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what a part of the check finds, or that a function of the declaration raised."""
    try:
        yield from [each._replace(path=(*path, *each.path)) for each in found()]
    except BROKEN as error:
        yield Finding(path, CODE, f"{what} raised {type(error).__name__}: {error}")
