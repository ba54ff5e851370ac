"""Makes requests from the routes that a vendor spells, and decides which ids may stand in a path."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import quote, unquote

from reconcile.model import Json, Ref, Request
from reconcile.named_tuple import NamedTuple

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,255}")
_TO_COME = re.compile(r"\{[^{}]*\}")
_PLACE = re.compile(r"\{(\w+)\}")
_LONG = 10**18
"""Below it, a number that is not negative is an id without a look at its digits."""


class Route(NamedTuple):
    """Hold a method and a path, spelled as the vendor spells them: `PATCH /releases/{releaseId}`.

    A slash at the end of the path is sent where it is spelled.
    """

    spelled: str
    safe: bool = False
    at_most_once: bool = False
    absent_on: tuple[int, ...] = ()
    """Statuses that mean "nothing there": answered with the body None, and no error."""
    absent_named: str = ""
    """The vendor's name of the error that alone means it; empty: the status is enough."""
    scope: str = ""
    """The rights that a token of OAuth2 needs for it, as the vendor names them, with blanks between."""

    def __call__(
        self, system: str, body: Json = None, query: Mapping[str, Json] | None = None, **ids: Json
    ) -> Request:
        """Return the request with the ids in its path; ValueError for an id that is none."""
        method, template = self.method, self.template
        return Request(
            system=system,
            method=method,
            path=_PLACE.sub(lambda match: path_id(ids[match[1]]), template),
            query=tuple((name, _text(value)) for name, value in (query or {}).items()),
            body=body,
            safe=self.safe or method == "GET",
            at_most_once=self.at_most_once,
            absent_on=self.absent_on,
            absent_named=self.absent_named,
            scopes=tuple(self.scope.split()),
            slash=self.spelled.endswith("/"),
        )

    @property
    def method(self) -> str:
        """Return the method."""
        return self.spelled.partition(" ")[0]

    @property
    def template(self) -> str:
        """Return the path with the places of ids in it, and no slash at its end, but for `/` itself."""
        return self.spelled.partition(" ")[2].rstrip("/") or "/"

    def matches(self, request: Request) -> bool:
        """Tell whether a request is one of this route."""
        return self.method == request.method and _pattern(self.template).fullmatch(request.path) is not None

    def ids_in(self, path: str) -> Mapping[str, str]:
        """Return the ids in a path that ends as this route's does; nothing where it ends otherwise."""
        found = _pattern(self.template).search(path.rstrip("/"))
        return dict(zip(self.places, map(unquote, found.groups()), strict=True)) if found else {}

    @property
    def places(self) -> tuple[str, ...]:
        """Return the names of the ids in the path, in its order."""
        return tuple(_PLACE.findall(self.spelled))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what the path of each request of a route matches, with a group for each id."""
    return re.compile("([^/]+)".join(map(re.escape, _PLACE.split(template)[::2])) + r"\Z")


def path_id(value: Json) -> str:
    """Return an id as a path segment; ValueError where it could leave its place.

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
    """Return whether `value` can stand in a path: a short text or a number, that leads nowhere else."""
    if type(value) is int and 0 <= value < _LONG:
        return True
    text = str(value)
    return not isinstance(value, bool) and _ID.fullmatch(text) is not None and ".." not in text


def _text(value: Json) -> str | Ref:
    return value if isinstance(value, str | Ref) else json.dumps(value)
