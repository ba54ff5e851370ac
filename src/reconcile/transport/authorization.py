"""Decides what a request shows as its credential and how long a token is kept; fetches no token itself."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias
from urllib.parse import urlencode

from reconcile.endpoint import Basic, Bearer, ClientCredentials, HeaderToken, QueryToken
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple

UNTOLD = 300.0
"""Seconds that a token is kept when the answer with the token does not say how long it lives."""
MARGIN = 60.0
"""Seconds before the end of a token, at most a tenth of its life, in which it is not shown any more."""

_AUTHORIZATION = "Authorization"
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Unshowable(ValueError):
    """Say that no header can carry a credential; the text gives the reason and never the credential."""


class ShownCredential(NamedTuple):
    """Hold what a credential adds to a request."""

    header: tuple[str, str] | None = None
    query: tuple[tuple[str, str], ...] = ()


def shown_credential(credential: Basic | Bearer | QueryToken | HeaderToken) -> ShownCredential:
    """Return what `credential` adds to every request. Raises Unshowable."""
    match credential:
        case Basic(username, password):
            return ShownCredential((_AUTHORIZATION, _basic(username.open(), password.open())))
        case Bearer(token):
            return bearer(token.open())
        case QueryToken(parameter, token):
            return ShownCredential(query=((parameter, token.open()),))
        case HeaderToken(header, token, prefix):
            return ShownCredential((header, prefix + _visible(token.open())))


def bearer(token: str) -> ShownCredential:
    """Return the header that shows a bearer token. Raises Unshowable."""
    return ShownCredential((_AUTHORIZATION, f"Bearer {_visible(token)}"))


def _visible(token: str) -> str:
    if not _VISIBLE.fullmatch(token):
        raise Unshowable("the token is empty, or has a space, a line break or a letter beyond ASCII")
    return token


def _basic(username: str, password: str) -> str:
    if ":" in username:
        raise Unshowable("a user name cannot hold a colon")
    return "Basic " + base64.b64encode(f"{username}:{password}".encode(errors="surrogateescape")).decode()


def scopes_of(credential: ClientCredentials, needed: Iterable[str] = ()) -> frozenset[str]:
    """Return the scopes that a token for requests which need these is asked for."""
    always = frozenset(credential.scope.split())
    if credential.is_fixed:
        return always - credential.only_to_write.difference(needed)
    return always.union(needed)


def form_of(credential: ClientCredentials, scopes: Collection[str] = ()) -> bytes:
    """Return the body of the request for a token with these scopes, by RFC 6749, section 4.4.2.

    Where there is none, none is asked for: the server then gives what the client has.
    """
    scope = " ".join(sorted(scopes))
    fields = {
        "grant_type": "client_credentials",
        "client_id": credential.client_id.open(),
        "client_secret": credential.client_secret.open(),
        **({"scope": scope} if scope else {}),
    }
    return urlencode(fields, errors="surrogateescape").encode("ascii")


class Token(NamedTuple):
    """Hold a bearer token and the moment, by the given clock, from which it is not shown any more."""

    text: str
    until: float
    granted: frozenset[str] = frozenset()
    """The scopes that it has, where the answer says so in the words in which they were asked for."""

    @classmethod
    def of(cls, answer: Json, now: float, asked: Collection[str] = ()) -> Token:
        """Return the token in an answer of RFC 6749, section 5.1. Raises Unshowable."""
        fields = answer if isinstance(answer, dict) else {}
        text, life = fields.get("access_token"), fields.get("expires_in")
        if not isinstance(text, str) or not _VISIBLE.fullmatch(text):
            raise Unshowable("the answer holds no usable access_token")
        seconds = float(life) if isinstance(life, (int, float, str)) and _is_number(life) else UNTOLD
        said = fields.get("scope")
        granted = frozenset(said.split() if isinstance(said, str) else ())
        known = frozenset() if granted.isdisjoint(asked) else granted
        return cls(text, now + seconds - min(MARGIN, seconds / 10), known)

    def lacks(self, scopes: Iterable[str]) -> list[str]:
        """Return which of the scopes it is known to lack, in order."""
        return sorted(set(scopes) - self.granted) if self.granted else []


Fetch: TypeAlias = Callable[[Collection[str]], tuple[Json, Collection[str]]]
"""Returns the answer to a request for a token for requests with these scopes, and what it was asked for."""


class TokenCache:
    """Keep the token of one system: one thread fetches it while the others wait. Safe for threads.

    A token is asked for with the scopes that the requests so far have needed, and no others; a request that
    needs another one gets a new token.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._scopes: frozenset[str] = frozenset()

    def token(self, fetch: Fetch, needed: Iterable[str] = ()) -> tuple[Token, bool]:
        """Return a token with the needed scopes, and whether it was kept from before."""
        with self._lock:
            scopes = self._scopes.union(needed)
            if self._token is not None and scopes == self._scopes and self._clock() < self._token.until:
                return self._token, True
            answer, asked = fetch(scopes)
            self._token = Token.of(answer, self._clock(), asked)
            self._scopes = scopes
            return self._token, False

    def drop(self, token: Token) -> None:
        """Forget `token`, which the server refused, so that it is not shown again."""
        with self._lock:
            if self._token is token:
                self._token = None


def _is_number(life: int | float | str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", str(life)))
