"""Describes where a system is and with which credential; the project file says which systems there are."""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from reconcile.model import Secret
from reconcile.named_tuple import NamedTuple

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+")
_ESCAPING = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
_ROUNDS = 4


class Basic(NamedTuple):
    """Hold the credential of HTTP Basic; an API key is the password of an empty user name, or a user name."""

    username: Secret
    password: Secret
    is_key: bool = False
    """Whether the user name is the key, and no name that may be shown."""


class Bearer(NamedTuple):
    """Hold the token that is sent as `Authorization: Bearer …`."""

    token: Secret


class QueryToken(NamedTuple):
    """Hold a token that stands in the query of every request, as BRPM wants it."""

    parameter: str
    token: Secret


class HeaderToken(NamedTuple):
    """Hold a token that stands in a header of every request, behind a prefix where the system wants one."""

    header: str
    token: Secret
    prefix: str = ""


class ClientCredentials(NamedTuple):
    """Hold OAuth2 client credentials, for which a bearer token is fetched from `path` on the same origin."""

    path: str
    client_id: Secret
    client_secret: Secret
    scope: str
    """What a token is asked for besides what the requests need, with blanks between."""
    is_fixed: bool = False
    """Whether `scope` is all that a token is asked for, whatever the requests need."""
    only_to_write: frozenset[str] = frozenset()
    """What of a fixed `scope` is asked for only where a request needs it."""


Credential: TypeAlias = Basic | Bearer | QueryToken | HeaderToken | ClientCredentials


def account_of(credential: Credential) -> Secret | None:
    """Return the name that a credential goes by; None where it has none that a server would show."""
    match credential:
        case Basic(username=name, is_key=False) | ClientCredentials(client_id=name):
            return name if name.open() else None
    return None


class Endpoint(NamedTuple):
    """Describe one system: its name in the project, its base url (no trailing slash), its credential."""

    name: str
    url: str
    credential: Credential
    headers: tuple[tuple[str, Secret | str], ...] = ()
    """The headers that are sent with each request, the request for a token too."""

    credential_from: str = ""
    """The variables and files that the credential is read from, each with its line of the project file."""

    @property
    def origin(self) -> str:
        """Return scheme, host and port in lower case, the port only where it is not the scheme's own."""
        return origin_of(self.url)


def origin_of(url: str) -> str:
    """Return the origin of `url`; ValueError where `url` has none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an http(s) url: {url}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, default} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def stays(segment: str) -> bool:
    """Tell whether a path's segment names something, also for servers that decode twice or cut `;x` off.

    Such a segment is neither empty nor `.` nor `..`, and holds no slash, backslash or control character.
    """
    if not _SEGMENT.fullmatch(segment):
        return False
    for _ in range(_ROUNDS):
        if _ESCAPING.search(segment) or segment.partition(";")[0] in {"", ".", ".."}:
            return False
        segment, before = unquote(segment), segment
        if segment == before:
            return True
    return False


def is_loopback(url: str) -> bool:
    """Tell whether `url` names this machine by one of the loopback names."""
    return urlsplit(url).hostname in LOOPBACK
