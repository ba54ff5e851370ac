"""Answers at Foundry's own token endpoint: client credentials, with errors as RFC 6749 words them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from urllib.parse import unquote_plus

from ..system import Answer, Call, Fields, Schema, json_answer
from .access import READ, READ_DATASETS, READER, WRITE, issued

_CLIENTS = {
    "demo": ("5b0f7a4e-9f0a-4a38-8a1c-0c6a8b9d2e77", (READ, READ_DATASETS, WRITE)),
    "reader": (READER, (READ, READ_DATASETS)),
}
_OFFLINE = "offline_access"
_SECRET = "demo"  # noqa: S105 - the sandbox's one secret, which its documentation tells

FORM_SENT: Schema = {
    "title": "FoundryTokenRequest",
    "type": "object",
    "properties": {
        "grant_type": {"type": "string"},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "scope": {"type": "string"},
    },
}
TOKEN: Schema = {
    "title": "FoundryToken",
    "type": "object",
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string"},
        "expires_in": {"type": "integer"},
        "scope": {"type": "string"},
    },
    "required": ["access_token", "token_type", "expires_in"],
}
OAUTH_ERROR: Schema = {
    "title": "FoundryTokenError",
    "type": "object",
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
    "required": ["error"],
}
REPLIES: dict[int, Schema | None] = {200: TOKEN, **dict.fromkeys((400, 401, 413, 415), OAUTH_ERROR)}


def token(call: Call) -> Answer:
    """Answer with a token for those of the client's scopes that are asked for, or for all of them.

    The token lives as long as the switch says.
    """
    if "grant_type" not in call.body:
        return _wrong(400, "invalid_request", "grant_type is required")
    name, secret = _credentials(call)
    known = _CLIENTS.get(name)
    if known is None or secret != _SECRET:
        return _wrong(401, "invalid_client", "the client or its secret is not known")
    if call.body["grant_type"] != "client_credentials":
        return _wrong(400, "unsupported_grant_type", "only client_credentials is known here")
    principal, allowed = known
    asked = [word for word in call.body.get("scope", "").split() if word != _OFFLINE] or allowed
    scopes = [word for word in allowed if word in asked]
    if not scopes:
        return _wrong(400, "invalid_scope", "the client has no right to any of the scopes")
    return _granted(call, principal, scopes)


def _granted(call: Call, principal: str, scopes: list[str]) -> Answer:
    seconds = int(call.switches["token_seconds"])
    text = issued(principal, scopes, int(call.now.timestamp()) + seconds, call.ordinal)
    body: Fields = {"access_token": text, "token_type": "bearer", "expires_in": seconds}
    if call.switches["granted_scope"] == "told":
        body["scope"] = " ".join(scopes)
    return replace(json_answer(200, body), headers=(("cache-control", "no-store"),))


def _credentials(call: Call) -> tuple[str, str]:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return call.body.get("client_id", ""), call.body.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _wrong(status: int, error: str, about: str) -> Answer:
    return json_answer(status, {"error": error, "error_description": about})
