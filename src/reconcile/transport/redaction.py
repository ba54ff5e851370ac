"""Removes secrets from text, however a server or a format spells them; leaves all other text alone."""

from __future__ import annotations

import base64
import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote

from reconcile.endpoint import (
    Basic,
    Bearer,
    ClientCredentials,
    Credential,
    Endpoint,
    HeaderToken,
    QueryToken,
)
from reconcile.model import Secret
from reconcile.named_tuple import NamedTuple
from reconcile.transport.folding import readings, traced, traced_unbroken, unbroken

MASK = "***"
_OLDER = ("latin-1", "cp1252")
SHORTEST = 5
"""A shorter secret is removed only where its place says what it is: in free text it may be any word."""
SHORTEST_HEARD = 6
"""The same for what a system showed as a secret of its own, which no operator chose as one."""
SHORTEST_UNBROKEN = 8
"""The same for what is looked for in texts without their blanks, where two words may make a third."""

_AUTHORIZATION = re.compile(
    r"(authorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer)(?:\s|%20|\+)+)[^\s\"',;<>]+", re.IGNORECASE
)


class Forms(NamedTuple):
    """Hold spellings of secrets: `unbroken` for every reading of a text without its blanks, where a wrapped
    or broken one is whole; `read` for every reading; `exact` for the text as it stands.
    """

    unbroken: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()

    def stand_in(self, text: str) -> bool:
        """Tell whether one of these spellings stands in `text`, escaped or not."""
        if any(form in text for form in self.exact):
            return True
        return bool(self.read or self.unbroken) and any(map(self._stand_in_reading, readings(text)))

    def _stand_in_reading(self, told: str) -> bool:
        if any(form in told for form in self.read):
            return True
        whole = unbroken(told) if self.unbroken else ""
        return any(form in whole for form in self.unbroken)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where these spellings stand in `text`."""
        for form in self.exact:
            yield from _places(form, text)
        for reading in traced(text):
            for form in self.read:
                yield from (reading.span(start, end) for start, end in _places(form, reading.text))
            whole = traced_unbroken(reading)
            for form in self.unbroken:
                yield from (whole.span(start, end) for start, end in _places(form, whole.text))


class Redactor:
    """Keep secrets, and remove them: `redact` is the one way by which text leaves the program.

    Safe for threads.
    """

    def __init__(self, endpoints: Iterable[Endpoint] = ()) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._heard: set[str] = set()
        self._pairs: set[str] = set()
        self._ours: Forms | None = Forms()
        self._theirs: Forms | None = Forms()
        self._places: tuple[re.Pattern[str], ...] = (_AUTHORIZATION,)
        for endpoint in endpoints:
            self.learn(endpoint)

    def add(self, *secrets: str) -> None:
        """Remove `secrets` from all text from now on; one shorter than five characters is not looked for."""
        found = {secret for secret in secrets if len(secret) >= SHORTEST}
        if found - self._known:
            with self._lock:
                self._known |= found
                self._ours = self._theirs = None

    def keep(self, secrets: Iterable[Secret]) -> None:
        """Remove what `secrets` hold from all text from now on."""
        self.add(*(secret.open() for secret in secrets))

    def hear(self, secrets: Iterable[Secret]) -> None:
        """Remove what `secrets` hold, which a system showed, from the text of strangers from now on.

        They stay in the text of this program: it quotes no such value, and a value that nobody chose as a
        secret may be any word. Their spellings are computed when there is a stranger's text to redact.
        """
        texts = {text for secret in secrets if len(text := secret.open()) >= SHORTEST_HEARD}
        if texts - self._heard:
            with self._lock:
                self._heard |= texts
                self._theirs = None

    def redact(self, text: str) -> str:
        """Return `text` with three asterisks for each secret in it."""
        return self._without_places(_without(self._forms(), text))

    def redact_echo(self, text: str, most: int | None = None) -> str:
        """Return `text` of a stranger without secrets, those included that systems showed.

        Of a text of more than `most` characters only so many are kept: a secret that stands across that end
        is removed as well.
        """
        forms = self._all_forms()
        if most is None or len(text) <= most:
            return self._without_places(_without(forms, text))
        reach = 12 * max(map(len, (*forms.unbroken, *forms.read, *forms.exact)), default=0)
        return self._without_places(_without(forms, text[: most + reach], most))

    def learn(self, endpoint: Endpoint) -> None:
        """Remove what credential and headers show from all text, by its place also what is short."""
        for name, value in endpoint.headers:
            if not isinstance(value, str):
                self.add(value.open())
                self._places += (_header(name),)
        self._learn(endpoint.credential)

    def _learn(self, credential: Credential) -> None:
        match credential:
            case Basic(username, password, is_key):
                self.add(password.open(), *((username.open(),) if is_key else ()))
                self._add_pair(username.open(), password.open())
            case Bearer(token):
                self.add(token.open())
            case QueryToken(parameter, token):
                self.add(token.open())
                self._places += (_parameter(parameter),)
            case HeaderToken(header, token, prefix):
                self.add(token.open())
                self._places += (_header(header, prefix),)
            case ClientCredentials(_, client_id, client_secret):
                self.add(client_secret.open())
                self._add_pair(client_id.open(), client_secret.open())

    def _without_places(self, text: str) -> str:
        for place in self._places:
            text = place.sub(rf"\g<1>{MASK}", text)
        return text

    def _add_pair(self, user: str, password: str) -> None:
        pair = base64.b64encode(f"{user}:{password}".encode(errors="surrogateescape")).decode().rstrip("=")
        if len(pair) >= SHORTEST:
            with self._lock:
                self._pairs |= {pair, f"{pair}=", f"{pair}=="}
                self._ours = self._theirs = None

    def _forms(self) -> Forms:
        with self._lock:
            if self._ours is None:
                self._ours = _forms_of(self._known, self._pairs)
            return self._ours

    def _all_forms(self) -> Forms:
        """Return the spellings of all secrets, those included that systems showed."""
        with self._lock:
            if self._theirs is None:
                self._theirs = _forms_of(self._known | self._heard, self._pairs)
            return self._theirs


def _forms_of(secrets: Iterable[str], pairs: Iterable[str]) -> Forms:
    read: set[str] = set()
    exact: set[str] = set()
    for form in (*pairs, *(form for secret in secrets for form in spellings(secret))):
        kept = {told for told in readings(form) if len(told) >= SHORTEST}
        read |= kept
        exact |= set() if kept else {form, _quote(form), json.dumps(form)[1:-1]}
    long = {form for form in read if len(unbroken(form)) >= SHORTEST_UNBROKEN}
    return Forms(*map(_longest_first, (map(unbroken, long), read - long, exact)))


def _longest_first(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*forms}, key=lambda form: (-len(form), form)))


def _without(forms: Forms, text: str, most: int | None = None) -> str:
    """Return `text`, or its first `most` characters where given, with three asterisks for each form."""
    end = len(text) if most is None else most
    if not forms.stand_in(text):
        return text[:end]
    told, done = "", 0
    for start, stop in sorted(forms.spans(text)):
        if start >= end:
            break
        if start >= done:
            told += text[done:start] + MASK
        done = max(done, stop)
    return told + text[done:end]


def _places(form: str, text: str) -> Iterator[tuple[int, int]]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + len(form))


def spellings(secret: str) -> Iterator[str]:
    """Yield `secret` raw, in both ways to compose its letters, and in hex, base64 and base32 at any offset.

    So are its bytes by an older encoding, where it has letters that differ there, and its letters as one
    takes them that reads UTF-8 by such an encoding. Its escaped spellings are not among them, since text is
    read without escapes.
    """
    yield secret
    yield unicodedata.normalize("NFC", secret)
    yield unicodedata.normalize("NFD", secret)
    data = secret.encode(errors="surrogateescape")
    yield from _encoded(data)
    for encoding in _OLDER if not secret.isascii() else ():
        yield data.decode(encoding, errors="replace")
        with suppress(UnicodeEncodeError):
            older = unicodedata.normalize("NFC", secret).encode(encoding)
            yield older.decode(errors="surrogateescape")
            yield from _encoded(older)


def _encoded(data: bytes) -> Iterator[str]:
    yield data.hex()
    yield data.hex().upper()
    for offset in range(3):
        inner = _inside(base64.b64encode(b"\0" * offset + data), 6, offset, len(data))
        yield from (inner, inner.replace("+", "-").replace("/", "_"))
    for offset in range(5):
        yield _inside(base64.b32encode(b"\0" * offset + data), 5, offset, len(data))


def _inside(encoded: bytes, bits: int, offset: int, size: int) -> str:
    """Return the characters of so many bits that `size` bytes decide alone behind `offset` bytes."""
    return encoded[-(-offset * 8 // bits) : (offset + size) * 8 // bits].decode()


def _quote(secret: str) -> str:
    return quote(secret, safe="", errors="surrogateescape")


def _header(name: str, prefix: str = "") -> re.Pattern[str]:
    before = rf"\b{re.escape(name)}[\"']?\s*[:=]\s*[\"']?{re.escape(prefix)}"
    return re.compile(rf"(?i)({before})[^\s\"',;<>]+")


def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(rf"([?&]{re.escape(name)}=)[^&\s\"'<>#]+")
