"""Removes secrets from text in every spelling in which a server may echo them; leaves all else alone."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from reconcile.endpoint import Basic, Bearer, ClientCredentials, Credential, Endpoint, QueryToken
from reconcile.model import Secret

MASK = "***"
SHORTEST = 6
"""A shorter secret is removed only where its place says what it is: in free text it may be any word."""
_LAYERS = 3

_AUTHORIZATION = re.compile(
    r"(authorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer)(?:\s|%20|\+)+)[^\s\"',;<>]+", re.IGNORECASE
)


class Redactor:
    """Knows secrets; `redact` is the one sink through which text leaves the program. Safe for threads."""

    def __init__(self, endpoints: Iterable[Endpoint] = ()) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._longest_first: tuple[str, ...] | None = ()
        self._known: set[str] = set()
        self._heard: set[str] = set()
        self._echoed: tuple[str, ...] | None = ()
        self._places: tuple[re.Pattern[str], ...] = (_AUTHORIZATION,)
        for endpoint in endpoints:
            self.learn(endpoint.credential)

    def add(self, *secrets: str) -> None:
        """Removes `secrets` from all text from now on; one shorter than six characters is not looked for."""
        for secret in secrets:
            if len(secret) >= SHORTEST and secret not in self._known:
                self._include(secret, spellings(secret))

    def keep(self, secrets: Iterable[Secret]) -> None:
        """Removes what `secrets` hold from all text from now on."""
        self.add(*(secret.open() for secret in secrets))

    def hear(self, secrets: Iterable[Secret]) -> None:
        """Removes what `secrets` hold, which a system showed, from what strangers say from now on.

        In our own words they stay: nothing there is said of them, and a value that nobody chose for a secret
        may be any word. How they are spelled is found out when somebody says something.
        """
        texts = {text for secret in secrets if len(text := secret.open()) >= SHORTEST}
        if texts - self._heard:
            with self._lock:
                self._heard |= texts
                self._echoed = None

    def redact(self, text: str) -> str:
        """`text` with three asterisks for each secret in it."""
        return self._without_places(_without(self._ordered(), text))

    def redact_echo(self, text: str) -> str:
        """`text` of a stranger without secrets, also where they were escaped several times over."""
        forms = self._all_ordered()
        shown = decoded = _without(forms, text)
        for _ in range(_LAYERS):
            decoded = _decode(decoded)
            redacted = _without(forms, decoded)
            if redacted != decoded:
                shown = decoded = redacted
        return self._without_places(shown)

    def learn(self, credential: Credential) -> None:
        """Removes what `credential` shows from all text, and its query token by its place."""
        match credential:
            case Basic(username, password):
                self.add(password.open())
                self._add_pair(username.open(), password.open())
            case Bearer(token):
                self.add(token.open())
            case QueryToken(parameter, token):
                self.add(token.open())
                self._places += (_parameter(parameter),)
            case ClientCredentials(_, client_id, client_secret, _):
                self.add(client_secret.open())
                self._add_pair(client_id.open(), client_secret.open())

    def _without_places(self, text: str) -> str:
        for place in self._places:
            text = place.sub(rf"\g<1>{MASK}", text)
        return text

    def _add_pair(self, user: str, password: str) -> None:
        pair = base64.b64encode(f"{user}:{password}".encode(errors="surrogateescape")).decode()
        if len(pair) >= SHORTEST:
            self._include(pair, (pair, pair.rstrip("="), _quote(pair)))

    def _include(self, secret: str, forms: Iterable[str]) -> None:
        with self._lock:
            self._known.add(secret)
            self._forms.update(forms)
            self._longest_first = self._echoed = None

    def _ordered(self) -> tuple[str, ...]:
        with self._lock:
            if self._longest_first is None:
                self._longest_first = _longest_first(self._forms)
            return self._longest_first

    def _all_ordered(self) -> tuple[str, ...]:
        """The forms of what was heard as well."""
        with self._lock:
            if self._echoed is None:
                heard = (form for secret in self._heard - self._known for form in spellings(secret))
                self._echoed = _longest_first({*self._forms, *heard})
            return self._echoed


def _longest_first(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _without(forms: Iterable[str], text: str) -> str:
    for form in forms:
        if form in text:
            text = text.replace(form, MASK)
    return text


def spellings(secret: str) -> Iterator[str]:
    """`secret` raw, quoted for urls, JSON and HTML, and inside base64 at each of the three offsets."""
    yield secret
    yield " ".join(secret.split())
    for quoted in (_quote(secret), _quote(secret, "/"), _quote(secret, " ").replace(" ", "+")):
        yield quoted
        yield re.sub("%..", lambda found: found.group().lower(), quoted)
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    yield json.dumps(secret)[1:-1].replace("/", "\\/")
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    for offset in range(3):
        yield from _inside_base64(secret.encode(errors="surrogateescape"), offset)


def _inside_base64(secret: bytes, offset: int) -> Iterator[str]:
    """The characters that `secret` alone decides when `offset` bytes stand before it."""
    encoded = base64.b64encode(b"\0" * offset + secret).decode()
    shared_at_end = (0, 3, 2)[(offset + len(secret)) % 3]
    inner = encoded[(0, 2, 3)[offset] : len(encoded) - shared_at_end]
    yield inner
    yield inner.replace("+", "-").replace("/", "_")
    yield _quote(inner)


def _decode(text: str) -> str:
    """`text` with one layer of escaping for urls, HTML and JSON less."""
    text = html.unescape(unquote(text))
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), text)
    return re.sub(r"\\(.)", r"\1", text)


def _quote(secret: str, safe: str = "") -> str:
    return quote(secret, safe=safe, errors="surrogateescape")


def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(rf"([?&]{re.escape(name)}=)[^&\s\"'<>#]+")
