"""Finds which operations of an OpenAPI description are those on a collection, and on one of its objects."""

from __future__ import annotations

from reconcile.errors import WrongUsage
from reconcile.named_tuple import NamedTuple
from reconcile.new_system.openapi import Description, MethodAndPath
from reconcile.suggest import suggestion


class Operations(NamedTuple):
    """Hold where the operations on a collection and on one of its objects stand, as they are spelled."""

    list: MethodAndPath | None
    create: MethodAndPath | None
    get: MethodAndPath | None
    update: MethodAndPath | None
    delete: MethodAndPath | None


def operations_on(description: Description, asked: str) -> Operations:
    """Return the operations of a collection; WrongUsage where the description has no such path."""
    collection = _spelled(description, asked)
    if collection is None:
        known = [path for path in description.paths if "{" not in path]
        raise WrongUsage(f"no path `{asked}` in the description{suggestion(asked, known)}")
    bare = collection.rstrip("/")
    searches = [f"{bare}/{word}" for word in ("filter", "search", "query")]
    one = _of_one(description, bare)
    listed = _first(description, [("get", collection), *(("post", path) for path in searches)])
    return Operations(
        listed,
        _first(description, [("post", collection), ("put", collection)]),
        _first(description, [("get", one)]),
        _first(description, [("patch", one), ("put", one)]),
        _first(description, [("delete", one)]),
    )


def _spelled(description: Description, asked: str) -> str | None:
    """Return a path as the description spells it, where a slash at the end is all that differs."""
    wanted = f"/{asked.strip('/')}"
    return next((path for path in description.paths if path.rstrip("/") == wanted), None)


def _of_one(description: Description, collection: str) -> str:
    """Return the path of one object of a collection, which may also stand at the top."""
    last = collection.rsplit("/", 1)[1]
    for path in description.paths:
        around, _, place = path.rstrip("/").rpartition("/")
        if place.startswith("{") and around == collection:
            return path
    for path in description.paths:
        around, _, place = path.rstrip("/").rpartition("/")
        if place.startswith("{") and around == f"/{last}":
            return path
    return ""


def _first(description: Description, among: list[MethodAndPath]) -> MethodAndPath | None:
    return next(((method, path) for method, path in among if description.operation((method, path))), None)
