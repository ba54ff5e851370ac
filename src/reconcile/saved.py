"""Reads a saved plan or record, which may be anybody's: nothing looks into it before its shape is checked."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from reconcile.decode import is_too_deep
from reconcile.model import Json
from reconcile.records import FORMAT_VERSION

DOCUMENT_AT_MOST = 256 * 2**20
DEEPEST = 100
"""More than the 64 levels that a manifest or an answer may have, and what a document has around them."""

_EXACT = 2**53
READABLE = ("1.0", "0.9")
"""The format versions that this tool reads: its own, and the one before it."""

_UNSAID: Mapping[str, Json] = {
    "commit": None,
    "dirty": False,
    "base": None,
    "fingerprint": None,
    "prune": False,
    "selected": None,
    "project_changes": [],
    "finished": [],
    "dropped": [],
    "unverified": [],
    "problems": [],
}
"""What a document means that does not say it: an older one, or one written by hand."""

Count = Annotated[int, Field(ge=0)]


def _as_float(given: Json) -> Json:
    """A whole number as the float that a stricter reader wants; one too large for that stays as it is."""
    return float(given) if type(given) is int and abs(given) < _EXACT else given


class _Part(BaseModel):
    """A part of a document: what it must hold; anything more is passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)


class _Source(_Part):
    file: str
    line: int
    column: int | None = None


class _Change(_Part):
    path: str
    before: Any
    after: Any
    label: Literal["change", "drift", "conflict"] | None
    sensitive: bool
    source: _Source
    name: str | None = None
    within: bool = False


class _Request(_Part):
    method: str
    path: str
    query: dict[str, Any] = Field(default_factory=dict)
    body: Any = None


class _Operation(_Part):
    address: str
    action: Literal["create", "update", "delete", "run"]
    id: int | str | None
    name: str
    source: _Source
    requests: list[_Request]
    changes: list[_Change]
    needs: list[str]
    precondition: str
    said_back: list[str] = Field(default_factory=list)


class _Noted(_Part):
    address: str
    path: str
    reason: str
    label: Literal["change", "drift", "conflict"] | None = None
    source: _Source
    value: Any = None
    before: Any = None
    after: Any = None
    id: int | str | None = None
    name: str | None = None
    within: bool = False


class _Summary(_Part):
    create: Count
    update: Count
    delete: Count
    run: Count
    entries_removed: Count
    blocked: Count
    finished: Count
    unchanged: Count
    labels: dict[str, int]
    unmanaged: Count | None = None


class _Problem(_Part):
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    source: _Source | None = None


class _Outcome(_Part):
    address: str
    status: Literal[
        "done", "unchanged", "failed", "unknown", "unsettled", "refused", "blocked", "skipped", "not_begun"
    ]
    detail: str
    requests_sent: Count
    seconds: Annotated[float, BeforeValidator(lambda given: _as_float(given))]
    result: dict[str, Any]


class _Valid(_Part):
    resources: Count
    files: Count


class _Document(_Part):
    format_version: str
    tool_version: str
    created_at: str
    commit: str | None = None
    dirty: bool | None = False
    base: str | None = None
    environment: str | None
    prune: bool = False
    selected: list[str] | None = None
    systems: dict[str, dict[str, Any]]
    project_changes: list[_Change] = Field(default_factory=list)
    summary: _Summary
    unmanaged: dict[str, Count | None] | None = None
    operations: list[_Operation]
    blocked: list[_Noted]
    finished: list[_Noted] = Field(default_factory=list)
    dropped: list[_Noted] = Field(default_factory=list)
    unverified: list[_Noted] = Field(default_factory=list)
    unchanged: list[str]
    fingerprint: str | None = None
    seal: str | None = None
    problems: list[_Problem] = Field(default_factory=list)
    outcomes: list[_Outcome] = Field(default_factory=list)
    refused: list[str] = Field(default_factory=list)
    valid: _Valid | None = None


def read_document(data: bytes, name: str) -> dict[str, Json]:
    """The saved plan or record in `data`, in today's shape; ValueError says what is wrong with the file."""
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
        document = _Document.model_validate(whole)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        words = f"{place}: {_told(first['msg'])}; save one with plan --out"
        raise ValueError(f"{name} is no plan of this tool: {words}") from error
    said = document.model_dump(exclude_unset=True)
    return {
        **said,
        **{key: value for key, value in _UNSAID.items() if key not in said},
        "format_version": FORMAT_VERSION,
    }


def _told(message: str) -> str:
    """What pydantic says, in the words that the rest of the tool uses for JSON."""
    plain = re.sub(r" or instance of \w+", "", message).lower()
    return plain.replace("valid dictionary", "mapping").replace("field required", "it is missing")


def _no_number(spelled: str) -> NoReturn:
    raise ValueError(f"{spelled} is no number in JSON")


def _finite(spelled: str) -> float:
    number = float(spelled)
    return _no_number(spelled) if math.isinf(number) else number


def _where(error: Exception) -> str:
    """The line of what is no JSON, where the file is not nested too deep to say one."""
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
        read = " and ".join(READABLE)
        raise ValueError(f"{name} has format_version {spelled}, and this tool reads {read}: plan again")
