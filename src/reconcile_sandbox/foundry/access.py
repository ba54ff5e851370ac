"""Decides who a caller is and what they may call; what a call does is decided elsewhere."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from ..system import Call, Fields, Refused, Route, Switches
from .errors import bad, named

READ = "api:orchestration-read"
READ_DATASETS = "api:datasets-read"
WRITE = "api:orchestration-write"
DEMO_USER = "f05f8da4-b84c-4fca-9c77-8af0b13d11de"
READER = "0d6c1e5a-3f0b-4a53-9d53-6f6f1c0b7a11"
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Caller:
    """Hold a known caller; `scopes` and `expires` (seconds since 1970) are those of a third party's token."""

    principal: str
    may_write: bool = True
    scopes: frozenset[str] | None = None
    expires: int = 0


@dataclass(frozen=True, slots=True)
class _Operation:
    """Hold how a call is named in its refusal, if it is, and since when it needs no `preview=true`."""

    verb: str = ""
    preview: str = ""


_USERS = {"demo": Caller(DEMO_USER), "reader": Caller(READER, may_write=False)}
_SCHEDULE = "/orchestration/schedules/{scheduleRid}"
_OPERATIONS = {
    ("POST", "/orchestration/schedules"): _Operation("Create", "marked"),
    ("POST", "/orchestration/schedules/getBatch"): _Operation("", "marked"),
    ("GET", _SCHEDULE): _Operation("", "marked"),
    ("PUT", _SCHEDULE): _Operation("Replace", "marked"),
    ("DELETE", _SCHEDULE): _Operation("Delete", "strict"),
    ("POST", f"{_SCHEDULE}/run"): _Operation("Run", "strict"),
    ("GET", f"{_SCHEDULE}/runs"): _Operation("", "strict"),
    ("POST", f"{_SCHEDULE}/pause"): _Operation("Pause", "strict"),
    ("POST", f"{_SCHEDULE}/unpause"): _Operation("Unpause", "strict"),
    ("POST", f"{_SCHEDULE}/getAffectedResources"): _Operation("GetAffectedResources", "marked"),
    ("GET", "/orchestration/scheduleVersions/{scheduleVersionRid}"): _Operation("", "marked"),
    ("GET", "/orchestration/scheduleVersions/{scheduleVersionRid}/schedule"): _Operation("", "marked"),
}
_NEEDS_PREVIEW = {"strict": ("strict", "marked"), "marked": ("marked",), "ga": ()}


def admit(headers: Mapping[str, str], _query: Mapping[str, str]) -> bool:
    """Refuse a caller who is not known; what a known caller may do is left to `authorize`."""
    caller(headers)
    return True


def authorize(call: Call, route: Route) -> None:
    """Refuse an old token, a missing scope or right, a call without `preview=true`, and a busy time."""
    who = caller(call.headers)
    operation = _OPERATIONS.get((route.method, route.path), _Operation())
    if who.scopes is not None:
        _require_token(call, route, who)
    _require_preview(call, operation)
    if not route.reads_only and call.switches["busy"] != "no":
        raise Refused(int(call.switches["busy"]), "There is too much to do at the moment.")
    _require_right(call, route, who, operation.verb)


def caller(headers: Mapping[str, str]) -> Caller:
    """Return the caller that a bearer token stands for; raise Refused with 401 where it stands for none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    found = _USERS.get(token.strip()) or _bearer(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Refused(401, "There is no such token.")
    return found


def issued(principal: str, scopes: list[str], expires: int, number: int) -> str:
    """Return a token for a third party's service user, which says what it is good for, and is signed."""
    claims = {"sub": principal, "scope": scopes, "exp": expires, "jti": number}
    head = ".".join(_encoded(part) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{head}.{_signature(head)}"


def _require_token(call: Call, route: Route, who: Caller) -> None:
    if call.now.timestamp() >= who.expires:
        raise Refused(401, "The token has expired.")
    missing = [scope for scope in _needed_scopes(route, call.switches) if scope not in (who.scopes or ())]
    if missing:
        words = f"The token lacks the scope {missing[0]}."
        raise named(403, "ApiUsageDenied", words, missingScope=missing[0])


def _needed_scopes(route: Route, switches: Switches) -> tuple[str, ...]:
    if not route.reads_only:
        return (WRITE,)
    if switches["read_scope"] == "any":
        return ()
    return (READ, READ_DATASETS) if route.path.startswith("/datasets/") else (READ,)


def _require_preview(call: Call, operation: _Operation) -> None:
    era = call.switches["preview"]
    sent = call.query.get("preview", "").lower() == "true"
    if operation.preview in _NEEDS_PREVIEW[era] and not sent:
        raise named(400, "ApiFeaturePreviewUsageOnly", "This needs preview=true in the query.")
    if era == "ga" and sent and call.switches["preview_when_ga"] == "reject":
        raise bad("There is nothing in preview here.")


def _require_right(call: Call, route: Route, who: Caller, verb: str) -> None:
    rid = call.params.get("scheduleRid", "")
    may_write = who.may_write and call.switches["access"] == "normal"
    if verb and (not (may_write or route.reads_only) or verb in _denied(call, rid)):
        parameters = {"scheduleRid": rid} if rid else {}
        raise named(403, f"{verb}SchedulePermissionDenied", f"{verb} is not allowed here.", **parameters)
    if not (who.may_write or route.reads_only):
        raise Refused(403, "This user has no right to do this.")


def _denied(call: Call, rid: str) -> list[str]:
    rows = (row for row in call.state["schedules"] if row["rid"].lower() == rid.lower())
    return [word for row in rows for word in row["denied"]]


def _bearer(token: str) -> Caller | None:
    head, _, signature = token.rpartition(".")
    if not head or not hmac.compare_digest(_signature(head).encode(), signature.encode()):
        return None
    claims = _decoded(head.partition(".")[2])
    return Caller(claims["sub"], True, frozenset(claims["scope"]), claims["exp"])


def _encoded(part: Fields) -> str:
    return _text(json.dumps(part, separators=(",", ":")).encode())


def _decoded(part: str) -> Fields:
    try:
        claims: Fields = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        raise Refused(401, "There is no such token.") from None
    return claims


def _signature(head: str) -> str:
    return _text(hmac.digest(_KEY, head.encode("utf-8", "surrogatepass"), hashlib.sha256))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
