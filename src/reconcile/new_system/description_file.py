"""Reads the file of an OpenAPI description, and says where in it a part stands that is unsound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

from reconcile.errors import WrongUsage
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.new_system.openapi import Description, Unsound
from reconcile.yaml_source import read_documents

_Way: TypeAlias = tuple[str | int, ...]


class DescriptionFile(NamedTuple):
    """Hold a description, and the text that it is written as."""

    name: str
    data: bytes
    description: Description

    def flaw(self, error: Unsound) -> WrongUsage:
        """Return the words for what is unsound: file, line, column, and the place in the description."""
        path = (*next(_ways_to(self.description.whole, error.holder), ()), error.step)
        documents, _ = read_documents(self.data, self.name)
        where = str(documents[0].locate(path)) if documents else self.name
        return WrongUsage(f"{where}: `{'.'.join(map(str, path))}` {error}")


def read(data: bytes, name: str) -> DescriptionFile:
    """Return the description in a file of JSON or YAML; WrongUsage says why it is none."""
    whole = _json_or_yaml(data, name)
    if isinstance(whole, dict) and "swagger" in whole:
        raise WrongUsage(f"{name} is Swagger 2: convert it to OpenAPI 3 first")
    if not isinstance(whole, dict) or not isinstance(whole.get("paths"), dict) or "openapi" not in whole:
        raise WrongUsage(f"{name} is no OpenAPI description: it has no `openapi` and `paths` at its top")
    return DescriptionFile(name, data, Description(whole))


def _json_or_yaml(data: bytes, name: str) -> Json:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        documents, problems = read_documents(data, name)
    if problems or len(documents) != 1:
        told = str(problems[0]) if problems else f"{name} holds {len(documents)} documents"
        raise WrongUsage(f"{name} is neither JSON nor one document of YAML: {told}")
    return documents[0].value


def _ways_to(whole: Json, part: Json) -> Iterator[_Way]:
    """Yield each way to a part of a description."""
    ways: list[tuple[_Way, Json]] = [((), whole)]
    while ways:
        path, value = ways.pop()
        if value is part:
            yield path
        elif isinstance(value, dict):
            ways += [((*path, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            ways += [((*path, at), inner) for at, inner in enumerate(value)]
