"""Collects the headers that a system gets with each request, or says what is wrong there; sends none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconcile.fields.check import ValuePlace, value_at
from reconcile.model import Json, Origin, Problem
from reconcile.project.auth import is_late
from reconcile.project.layers import Layers
from reconcile.yaml_source import YamlDocument, source_text

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
_OURS = frozenset(
    {"authorization", "cookie", "cookie2", "set-cookie", "host", "connection", "keep-alive", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "http2-settings", "expect", "accept-encoding"}
    | {"x-http-method-override", "x-http-method", "x-method-override"}
)
"""The headers that no project may set: who asks, where, by which method, and how the bytes travel."""

_OUR_STARTS = ("content-", "proxy-")


def headers_of(name: str, layers: Layers) -> dict[str, Json]:
    """Return the headers of the system by name: a text, or a secret's name.

    Environments are laid over the top level by a header's name, and null takes a header away.
    """
    found = {written: _spelled(value) for written, value, _ in _laid(name, layers).values()}
    return {written: value for written, value in found.items() if value is not None}


def header_origins(name: str, layers: Layers) -> dict[str, Origin]:
    """Return where the value of each header stands; under an empty name, where all of them do."""
    laid = _laid(name, layers).values()
    values = {written: layers.document.locate(place, value=True) for written, _, place in laid}
    return {"": layers.locate("systems", name, "headers"), **values}


def header_problems(name: str, layers: Layers) -> Iterator[Problem]:
    """Yield what is wrong with the headers that the system has in this environment."""
    for place in layers.places:
        yield from _problems(layers.document, (*place, "systems", name, "headers"))


def written_headers(document: YamlDocument) -> Iterator[Problem]:
    """Yield what is wrong with any header that the file writes, in an environment not chosen too."""
    top: ValuePlace = ()
    for layer in (top, *(("environments", name) for name in document.value.get("environments") or {})):
        for name in value_at(document.value, (*layer, "systems")) or {}:
            yield from _problems(document, (*layer, "systems", name, "headers"))


def shown_value(text: str) -> bool:
    """Tell whether a header can carry the text."""
    return _VALUE.fullmatch(text) is not None


def _laid(name: str, layers: Layers) -> Mapping[str, tuple[str, Json, ValuePlace]]:
    """Return each header by its name in lower case, as it is written last, with the place of that."""
    found: dict[str, tuple[str, Json, ValuePlace]] = {}
    for layer in layers.places:
        place = (*layer, "systems", name, "headers")
        for written, value in (value_at(layers.document.value, place) or {}).items():
            found[written.lower()] = written, value, (*place, written)
    return found


def _problems(document: YamlDocument, place: ValuePlace) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, value in (value_at(document.value, place) or {}).items():
        wrong = _wrong_name(name, seen)
        seen.add(name.lower())
        if wrong:
            yield Problem("header", wrong, document.locate((*place, name)))
        elif not (_is_value(value) or (value is None and place[0] == "environments")):
            words = (
                f"the header `{name}` takes a text of one line in ASCII, or {{env: NAME}} or {{file: PATH}}"
            )
            yield Problem("header", words, document.locate((*place, name), value=True))


def _wrong_name(name: str, seen: set[str]) -> str:
    lower = name.lower()
    if not _NAME.fullmatch(name):
        return "this is no name of a header: letters, digits and `-`"
    if lower in _OURS or lower.startswith(_OUR_STARTS):
        hint = ": write `auth`" if lower == "authorization" else ": remove it"
        return f"the header `{name}` is not the project's to set{hint}"
    return f"the header `{name}` stands here twice: keep one" if lower in seen else ""


def _is_value(value: Json) -> bool:
    spelled = _spelled(value)
    return shown_value(spelled) if isinstance(spelled, str) else is_late(spelled)


def _spelled(value: Json) -> Json:
    """Return an unquoted value such as 42 or true as its source text."""
    return source_text(value) if isinstance(value, bool | int | float) else value
