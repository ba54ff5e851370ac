"""Reads a saved plan or record, which anybody may have written: its shape is checked before it is used."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, NoReturn, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from reconcile.json_codec import is_too_deep
from reconcile.model import Json
from reconcile.planfile.document import (
    FORMAT_VERSION,
    Document,
    DocumentBlocked,
    DocumentNote,
    DocumentProblem,
    DocumentRefusal,
    DocumentRequest,
    DocumentUnread,
    Summary,
    from_json,
    to_json,
)

DOCUMENT_AT_MOST = 256 * 2**20
DEEPEST = 100
"""Levels of nesting: more than the 64 of a manifest or an answer with what a document puts around them."""

_EXACT = 2**53
READABLE = ("1.1", "1.0", "0.9")
"""The format versions that this tool reads: its own, and those before it."""

_WHERE_UNSAID: Mapping[type, Mapping[str, Json]] = {
    Document: {
        "commit": None, "dirty": False, "base": None, "prune": False, "selected": None, "project_changes": [],
        "unmanaged": None, "finished": [], "dropped": [], "unverified": [], "fingerprint": None, "seal": None,
        "known": [], "not_read": [], "would_refuse": [], "problems": [],
    },
    Summary: {"known": 0, "not_read": 0, "dropped": 0, "unmanaged": None},
    DocumentRequest: {"query": {}, "body": None},
    DocumentBlocked: {"before": None, "after": None, "label": None},
    DocumentNote: {"value": None},
    DocumentProblem: {"severity": "error", "source": None},
    DocumentUnread: {"address": None, "source": None},
    DocumentRefusal: {"waits": [], "until": None},
}  # fmt: skip
"""What a document means that leaves a field out: one of an older version, or one written by hand."""


class _Part(BaseModel):
    """Describe a part of a document: what it must hold; anything more is passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)


@cache
def document_model(class_: type) -> type[BaseModel]:
    """Return the pydantic model that checks the JSON of a document, or of a part of one."""
    fields: dict[str, Any] = {}
    defaults = {**to_json(getattr(class_, "_field_defaults", {})), **_WHERE_UNSAID.get(class_, {})}
    for name, hint in get_type_hints(class_).items():
        fields[name] = (_checked(hint), defaults.get(name, ...))
    return create_model(class_.__name__, __base__=_Part, __doc__=class_.__doc__, **fields)


def _checked(hint: Any) -> Any:
    """Return a field's type as its JSON has it: parts as mappings, tuples as lists, no count below zero."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return Union[tuple(_checked(each) if each is not int else int for each in inner)]  # noqa: UP007
    if origin is tuple:
        return list[_checked(inner[0])]  # type: ignore[misc]
    if origin is Mapping:
        return dict[str, _checked(inner[1])]  # type: ignore[misc]
    if hint is int:
        return Annotated[int, Field(ge=0)]
    if hint is float:
        return Annotated[float, BeforeValidator(_as_float)]
    return document_model(hint) if hasattr(hint, "_fields") else hint


def _as_float(given: Json) -> Json:
    """Return a whole number as the float that the strict model wants; one too large for that as it is."""
    return float(given) if type(given) is int and abs(given) < _EXACT else given


def read_document(data: bytes, name: str) -> Document:
    """Return the saved plan or record in `data`; ValueError says what is wrong with the file."""
    if len(data) > DOCUMENT_AT_MOST:
        raise ValueError(f"{name} is larger than {DOCUMENT_AT_MOST // 2**20} MiB: no plan of this tool is")
    try:
        whole = json.loads(data, parse_constant=_no_number, parse_float=_finite)
        _check_depth(whole)
    except (ValueError, RecursionError) as error:
        where = _where(error)
        words = f"it is not JSON that this tool writes{where}; save one with plan --out"
        raise ValueError(f"{name} is no plan or record: {words}") from error
    _check_version(whole, name)
    try:
        said = document_model(Document).model_validate(whole)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        words = f"{place}: {_told(first['msg'])}; save one with plan --out"
        raise ValueError(f"{name} is no plan of this tool: {words}") from error
    return from_json(Document, {**said.model_dump(), "format_version": FORMAT_VERSION})


def _told(message: str) -> str:
    """Return pydantic's message in the words that the rest of the tool uses for JSON."""
    plain = re.sub(r" or instance of \w+", "", message).lower()
    return plain.replace("valid dictionary", "mapping").replace("field required", "it is missing")


def _no_number(spelled: str) -> NoReturn:
    raise ValueError(f"{spelled} is no number in JSON")


def _finite(spelled: str) -> float:
    number = float(spelled)
    return _no_number(spelled) if math.isinf(number) else number


def _where(error: Exception) -> str:
    """Return the line of what is no JSON, where the file is not nested too deep to say one."""
    if not isinstance(error, json.JSONDecodeError) or is_too_deep(error.doc, error, DEEPEST):
        return ""
    return f" at line {error.lineno}"


def _check_depth(value: Json, left: int = DEEPEST) -> None:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if not left:
            raise ValueError(f"values are nested more than {DEEPEST} deep")
        _check_depth(each, left - 1)


def _check_version(whole: Json, name: str) -> None:
    if not isinstance(whole, dict) or "format_version" not in whole:
        raise ValueError(f"{name} is no plan or record: it has no format_version; save one with plan --out")
    version = whole["format_version"]
    if version not in READABLE:
        spelled = str(version)[:20] if isinstance(version, str | int | float) else "something else"
        read = f"{', '.join(READABLE[:-1])} and {READABLE[-1]}"
        raise ValueError(f"{name} has format_version {spelled}, and this tool reads {read}: plan again")
