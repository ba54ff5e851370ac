"""Judges an answer: a response, or a fault with its effect and whether a read may be tried again."""

from __future__ import annotations

import http
import math
import re
import time
from typing import Literal, TypeAlias
from urllib.parse import urljoin, urlsplit

from reconcile.endpoint import Endpoint, origin_of
from reconcile.errors import ApiError
from reconcile.model import Json, Request, Response
from reconcile.transport.body import Answer, UnusableBody, json_of, read_json, seconds_of
from reconcile.transport.error_text import cut, is_page, one_line, said
from reconcile.transport.redaction import Redactor

LONGEST_WAIT = 120.0
"""Seconds: the longest wait that a server may ask for; a longer one is not waited."""

UNSAID_WAIT = 2.0
"""Seconds that a write waits after a 429 that does not say for how long."""

WriteEffect: TypeAlias = Literal["none", "unknown"]

_PASSING = frozenset({408, 429, 502, 503, 504})
_SEE_OTHER = frozenset({302, 303})
"""The statuses by which many servers, once they acted on a write, show where its result stands."""
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")
_HINTS = {
    401: "check the credential of {named}",
    403: "the credential of {named}{comma} lacks the right, or is wrong: some systems answer 403 to a "
    "bad token",
    404: "check the url of {system} and the id",
    407: "the proxy wants a credential: set it in the proxy's url",
}


class Fault(ApiError):
    """Report why one try failed; `again` says that a read may be tried once more, after a wait."""

    def __init__(
        self,
        message: str,
        *,
        effect: WriteEffect,
        again: bool,
        status: int | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, status=status, effect=effect, retry_after=wait)
        self.again = again

    def plain(self, note: str = "") -> ApiError:
        """Return the ApiError that leaves transport, with `note` behind its message."""
        wait = self.retry_after
        if wait is None and self.again and self.status == http.HTTPStatus.TOO_MANY_REQUESTS:
            wait = UNSAID_WAIT
        return ApiError(f"{self}{note}", status=self.status, effect=self.effect, retry_after=wait)

    def before_sending(self) -> Fault:
        """Return this fault as one of a request that was not sent, since a request before it failed."""
        return Fault(str(self), effect="none", again=self.again, status=self.status, wait=self.retry_after)


class Stale(Fault):
    """Say that a token kept from before was refused: a read is tried once more with a new one, at once."""

    @classmethod
    def of(cls, fault: Fault) -> Stale:
        """Return `fault` as the failure of a request that showed a kept token."""
        return cls(str(fault), effect=fault.effect, again=fault.again, status=fault.status)


def line(request: Request, redactor: Redactor, what: str, words: str = "", hint: str = "") -> str:
    """Return the line of an error: `<system>: <METHOD> <path>: <what>: <words> (hint)`, without a secret."""
    spoken = cut(one_line(redactor.redact_echo(one_line(redactor.redact_echo(words)))))
    happened = one_line(redactor.redact_echo(what))
    parts = (f"{request.system}: {request.method} {request.path}", happened, spoken)
    return redactor.redact(": ".join(filter(None, parts)) + (f" ({hint})" if hint else ""))


def judge(request: Request, answer: Answer, redactor: Redactor, endpoint: Endpoint | None = None) -> Response:
    """Return the response that `answer` is. Raises Fault where it is none; its hint is about `endpoint`."""
    if 200 <= answer.status < 300:
        value, depth = _body(request, answer, redactor)
        return Response(answer.status, value, answer.date, depth, *_named(answer))
    if answer.status in request.absent_on and _says_absent(request, answer):
        return Response(answer.status, None, answer.date)
    raise _refusal(request, answer, redactor, endpoint)


def _named(answer: Answer) -> tuple[str, str]:
    """Return the Link and the Location header, in which servers name a next page and what they created."""
    return answer.headers.get("link", ""), answer.headers.get("location", "")


def asked_wait(answer: Answer) -> float | None:
    """Return the seconds of Retry-After, in either of its forms; None where it is absent, garbage or past."""
    text = answer.headers.get("retry-after", "").strip()
    if answer.status not in _PASSING or answer.headers.get("qos-retry-hint", "").lower() == "do-not-retry":
        return None
    if _DECIMAL.fullmatch(text):
        return float(text)
    until = seconds_of(text)
    seconds = -1.0 if until is None else until - (answer.date or time.time())
    return seconds if seconds >= 0 else None


def _body(request: Request, answer: Answer, redactor: Redactor) -> tuple[Json, int]:
    if answer.encoding:
        what = f"{_status(answer.status)} with Content-Encoding {answer.encoding}, which was not asked for"
        raise Fault(line(request, redactor, what), effect="unknown", again=False, status=answer.status)
    try:
        return read_json(answer.body)
    except UnusableBody as reason:
        what = f"{_status(answer.status)}, but {reason}"
        hint = f"a page, not an API: check the url of {request.system}" if is_page(answer) else ""
        # An answer with a usable status may hold secrets of the system: only a page is quoted.
        message = line(request, redactor, what, said(answer, redactor.redact_echo) if hint else "", hint)
        raise Fault(message, effect="unknown", again=False, status=answer.status) from None


def _says_absent(request: Request, answer: Answer) -> bool:
    """Tell whether an answer is JSON, or empty, and names the error by which alone it says "nothing"."""
    try:
        body = json_of(answer.body)
    except UnusableBody:
        return False
    texts = body.values() if isinstance(body, dict) else ()
    named = not request.absent_named or any(
        isinstance(text, str) and text.lower() == request.absent_named.lower() for text in texts
    )
    return named and not answer.encoding


def _refusal(request: Request, answer: Answer, redactor: Redactor, endpoint: Endpoint | None) -> Fault:
    wait = asked_wait(answer)
    too_long = wait is not None and wait > LONGEST_WAIT
    hint = _hint(request, answer.status, endpoint)
    if 300 <= answer.status < 400:
        location = redactor.redact_echo(answer.headers.get("location", ""))
        hint = f"{_elsewhere(location)}; redirects are not followed: check the url of {request.system}"
    if too_long:
        hint = f"the server asks to wait {_seconds(wait)}, longer than {LONGEST_WAIT:.0f} s"
    return Fault(
        line(request, redactor, _status(answer.status), said(answer, redactor.redact_echo), hint),
        effect="none" if request.safe and answer.status in _SEE_OTHER else _effect(answer.status, wait),
        again=answer.status in _PASSING and not too_long and "qos-retry-hint" not in answer.headers,
        status=answer.status,
        wait=None if too_long else wait,
    )


def _hint(request: Request, status: int, endpoint: Endpoint | None) -> str:
    """Return what a person can do about a refusal; a path that is in the url already is named as such."""
    twice = _doubled(endpoint.url, request.path) if endpoint and status == http.HTTPStatus.NOT_FOUND else ""
    if twice:
        return (
            f"the url of {request.system} ends in {twice}, with which every path begins: leave it out there"
        )
    read_from = endpoint.credential_from if endpoint else ""
    named = f"{request.system}, {read_from}" if read_from else request.system
    return _HINTS.get(status, "").format(system=request.system, named=named, comma="," if read_from else "")


def _doubled(url: str, path: str) -> str:
    """Return the end of the url with which the path begins; nothing where it does not begin so."""
    ends, begins = (part.strip("/").split("/") for part in (urlsplit(url).path, path))
    most = min(len(ends), len(begins))
    found = next((n for n in range(most, 0, -1) if ends[-n:] == begins[:n] and all(begins[:n])), 0)
    return "/" + "/".join(begins[:found]) if found else ""


def _effect(status: int, wait: float | None) -> WriteEffect:
    if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        return "unknown" if wait is None else "none"
    return "none" if 300 <= status < 500 and status not in {408, *_SEE_OTHER} else "unknown"


_RENAMED = {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}
"""What Python 3.13 calls otherwise than the Pythons before it."""


def _status(status: int) -> str:
    try:
        return f"{status} {_RENAMED.get(status) or http.HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _elsewhere(location: str) -> str:
    """Say where a redirect points, by its origin alone, since the rest may hold a credential."""
    try:
        return f"it points to {one_line(origin_of(urljoin('relative://', location)))}"
    except ValueError:
        return "it points elsewhere on the same server" if location.startswith("/") else "it points nowhere"


def _seconds(wait: float | None) -> str:
    return f"{wait:.0f} s" if wait is not None and wait < math.inf else "for ever"
