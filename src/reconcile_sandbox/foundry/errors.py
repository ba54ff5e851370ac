"""Decides how Foundry words an error; no other module reads the switches of errors."""

from __future__ import annotations

import json
import uuid
from html import escape

from ..system import Answer, Fields, Json, Refused, Schema, Switches

ERROR: Schema = {
    "title": "FoundryError",
    "type": "object",
    "properties": {
        "errorCode": {"type": "string"},
        "errorName": {"type": "string"},
        "errorInstanceId": {"type": "string", "format": "uuid"},
        "errorDescription": {"type": "string"},
        "parameters": {"type": "object"},
    },
    "required": ["errorCode", "errorName", "errorInstanceId", "parameters"],
}
TOKEN_PATH = "/multipass/api/oauth2/token"  # noqa: S105 - a path
_NOTHING_HERE = 404
_CODES = {
    400: ("INVALID_ARGUMENT", "Default:InvalidArgument"),
    401: ("UNAUTHORIZED", "Default:Unauthorized"),
    403: ("PERMISSION_DENIED", "Default:PermissionDenied"),
    404: ("NOT_FOUND", "Default:NotFound"),
    409: ("CONFLICT", "Default:Conflict"),
    413: ("REQUEST_ENTITY_TOO_LARGE", "Default:RequestEntityTooLarge"),
    429: ("CUSTOM_CLIENT", "Default:TooManyRequests"),
    500: ("INTERNAL", "Default:Internal"),
    503: ("CUSTOM_SERVER", "Default:ServiceUnavailable"),
}


def named(status: int, name: str, message: str, **parameters: Json) -> Refused:
    """Return an error for which Foundry's SDK has a class."""
    return Refused(status, message, {"name": name, "parameters": parameters})


def bad(message: str) -> Refused:
    """Return a 400 that has no name of its own."""
    return Refused(400, message)


def refusal(refused: Refused, switches: Switches) -> Answer:
    """Return the answer of an error, in the platform's shape.

    An error at a path that means nothing is a 404 without a body. The token endpoint has errors of its own.
    """
    headers = (*refused.headers, *_headers(refused.status, switches))
    if refused.path == TOKEN_PATH:
        told = {"error": "invalid_request", "error_description": refused.message}
        return Answer(refused.status, json.dumps(told).encode(), headers=headers)
    shape = switches["error_body"]
    if shape == "empty" or (refused.status == _NOTHING_HERE and refused.detail is None):
        return Answer(refused.status, b"", "", headers)
    if shape == "html":
        page = f"<html><body><h1>Error {refused.status}</h1><p>{escape(refused.message)}</p></body></html>"
        return Answer(refused.status, page.encode(), "text/html; charset=utf-8", headers)
    return Answer(refused.status, json.dumps(_body(refused, switches)).encode(), headers=headers)


def _body(refused: Refused, switches: Switches) -> Fields:
    code, name = _CODES.get(refused.status, _CODES[400])
    told = refused.detail or {"name": name, "parameters": {"reason": refused.message}}
    body: Fields = {
        "errorCode": code,
        "errorName": told["name"],
        "errorInstanceId": str(uuid.uuid4()),
        "parameters": told["parameters"],
    }
    if switches["error_description"] == "present":
        body["errorDescription"] = refused.message
    return body


def _headers(status: int, switches: Switches) -> tuple[tuple[str, str], ...]:
    if status == 401:
        return (("www-authenticate", "Bearer"),)
    if status not in (429, 503):
        return ()
    hint, seconds = switches["qos_hint"], switches["retry_after"]
    told = [("qos-retry-hint", hint)] if hint != "absent" else []
    return (*told, *([("retry-after", seconds)] if seconds != "0" else []))
