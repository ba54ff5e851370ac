"""Reads an OpenAPI 3 description: which operations a path has, and what their schemas say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from reconcile.errors import WrongUsage
from reconcile.model import EMPTY, Json
from reconcile.suggest import suggestion
from reconcile.yaml_source import read_documents

Schema: TypeAlias = Mapping[str, Json]
MethodAndPath: TypeAlias = tuple[str, str]
"""A method in small letters, and a path as it is spelled."""

_DEEP = 12


class Description(NamedTuple):
    """Hold an OpenAPI description."""

    whole: Mapping[str, Json]

    @property
    def paths(self) -> Mapping[str, Mapping[str, Json]]:
        """Return the operations by path and method."""
        found: Mapping[str, Mapping[str, Json]] = self.whole["paths"]
        return found

    def part(self, name: str) -> Mapping[str, Json]:
        """Return a part of the description that is a mapping; an empty one where there is none."""
        found = self.whole.get(name)
        return found if isinstance(found, dict) else EMPTY

    def operation(self, place: MethodAndPath | None) -> Mapping[str, Json] | None:
        """Return an operation; None where it is not there."""
        return self.paths[place[1]].get(place[0]) if place else None

    def resolved(self, value: Json, deep: int = 0) -> Schema:
        """Return a part of the description with what it refers to in its place, one level of it."""
        while isinstance(value, dict) and isinstance(value.get("$ref"), str) and deep < _DEEP:
            value, deep = _at(self.whole, value["$ref"]), deep + 1
        return value if isinstance(value, dict) else EMPTY

    def schema(self, value: Json, deep: int = 0) -> Schema:
        """Return a schema with all that it is made of: references, `allOf`, and the one that is not null."""
        found = dict(self.resolved(value))
        if deep > _DEEP:
            return found
        for part in found.pop("allOf", ()):
            inner = self.schema(part, deep + 1)
            found = {
                **inner,
                **found,
                "properties": {**inner.get("properties", {}), **found.get("properties", {})},
                "required": [*inner.get("required", ()), *found.get("required", ())],
            }
        for word in ("anyOf", "oneOf"):
            members = [self.schema(member, deep + 1) for member in found.get(word, ())]
            real = [member for member in members if member.get("type") != "null"]
            if len(real) == 1:
                about = {name: it for name, it in found.items() if name != word}
                found = {**real[0], **about}
        if isinstance(found.get("type"), list):
            kinds = [each for each in found["type"] if each != "null"]
            found["type"] = kinds[0] if len(kinds) == 1 else None
        return found

    def body(self, operation: Mapping[str, Json] | None) -> Schema:
        """Return the schema of what an operation is sent."""
        return self._json(self.resolved((operation or {}).get("requestBody")))

    def answer(self, operation: Mapping[str, Json] | None) -> Schema:
        """Return the schema of what an operation answers where all is well."""
        responses = (operation or {}).get("responses") or {}
        good = [code for code in responses if str(code).startswith("2")]
        return self._json(self.resolved(responses[min(good)])) if good else EMPTY

    def headers(self, operation: Mapping[str, Json] | None) -> frozenset[str]:
        """Return the headers, in lower case, that an operation's good answer is said to have."""
        responses = (operation or {}).get("responses") or {}
        good = [self.resolved(responses[code]) for code in responses if str(code).startswith("2")]
        return frozenset(name.lower() for response in good for name in response.get("headers") or {})

    def parameters(self, path: str, operation: Mapping[str, Json] | None) -> Iterator[Schema]:
        """Yield the parameters of an operation, those of its path too."""
        around = self.paths.get(path, {}).get("parameters") or ()
        for each in (*around, *((operation or {}).get("parameters") or ())):
            yield self.resolved(each)

    def _json(self, holder: Mapping[str, Json]) -> Schema:
        content = holder.get("content") or {}
        known = next((kind for kind in content if "json" in kind), None)
        return self.schema(content[known].get("schema")) if known is not None else EMPTY


def _at(whole: Json, reference: str) -> Json:
    """Return what a local reference leads to; nothing where it leads elsewhere."""
    found = whole
    for step in reference.removeprefix("#/").split("/") if reference.startswith("#/") else ("",):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    return found


def read(data: bytes, name: str) -> Description:
    """Return the description in a file of JSON or YAML; WrongUsage says why it is none."""
    whole = _json_or_yaml(data, name)
    if isinstance(whole, dict) and "swagger" in whole:
        raise WrongUsage(f"{name} is Swagger 2: convert it to OpenAPI 3 first")
    if not isinstance(whole, dict) or not isinstance(whole.get("paths"), dict) or "openapi" not in whole:
        raise WrongUsage(f"{name} is no OpenAPI description: it has no `openapi` and `paths` at its top")
    return Description(whole)


def _json_or_yaml(data: bytes, name: str) -> Json:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        documents, problems = read_documents(data, name)
    if problems or len(documents) != 1:
        told = str(problems[0]) if problems else f"{name} holds {len(documents)} documents"
        raise WrongUsage(f"{name} is neither JSON nor one document of YAML: {told}")
    return documents[0].value


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
    return next(((method, path) for method, path in among if method in description.paths.get(path, {})), None)
