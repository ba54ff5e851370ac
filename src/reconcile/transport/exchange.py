"""Makes one try of one request, with its turn, credential and deadline; whether there is another try is
decided elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

from reconcile.endpoint import ClientCredentials, Endpoint
from reconcile.errors import TooLate
from reconcile.model import Json, Ref, Request, Response
from reconcile.named_tuple import NamedTuple
from reconcile.transport._httpx import httpx
from reconcile.transport.authorization import (
    ShownCredential,
    Token,
    TokenCache,
    Unshowable,
    bearer,
    form_of,
    scopes_of,
    shown_credential,
)
from reconcile.transport.body import Answer
from reconcile.transport.connections import Lanes
from reconcile.transport.deadlines import OPEN, Doors, Watch
from reconcile.transport.encode import METHODS, content_of, url_of
from reconcile.transport.failures import ConnectionFailed, Overdue
from reconcile.transport.redaction import Redactor
from reconcile.transport.response import Fault, Stale, judge, line
from reconcile.transport.settings import Settings
from reconcile.transport.turns import Turns
from reconcile.version import VERSION

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_FORBIDDEN = 403


class Content(NamedTuple):
    """Hold the bytes of a body, their type, until when they may leave, and what is called as they do."""

    data: bytes | None
    type: str = JSON
    leave_by: float = math.inf
    doors: Doors = OPEN


class SystemTurns:
    """Hold one endpoint with what it has at run time: turns for its requests, and its token."""

    def __init__(self, endpoint: Endpoint, parallelism: int, clock: Callable[[], float]) -> None:
        self.endpoint = endpoint
        self.turns = Turns(parallelism)
        self.purse = TokenCache(clock)


class Exchange:
    """Send requests, each exactly once. Safe for threads."""

    def __init__(
        self,
        systems: Mapping[str, SystemTurns],
        settings: Settings,
        *,
        lanes: Lanes,
        redactor: Redactor,
        clock: Callable[[], float],
        log: Callable[[str], None] | None,
    ) -> None:
        self.watch = Watch()
        self._systems = systems
        self._settings = settings
        self._lanes = lanes
        self._redactor = redactor
        self._clock = clock
        self._log = log

    def once(self, request: Request, leave_by: float = math.inf, doors: Doors = OPEN) -> Response:
        """Return the answer to `request`.

        Raises Fault where there is no usable answer, ValueError where the request is a bug, and TooLate where
        the request has not left by `leave_by`, a moment of the clock.
        """
        system = self._systems.get(request.system)
        if system is None or request.method not in METHODS:
            raise ValueError(f"no such system or method: {request.system} {request.method}")
        url_of(system.endpoint.url, request.path, request.query, slash=request.slash)
        content = Content(content_of(request.body, self._redactor.add), leave_by=leave_by, doors=doors)
        with system.turns.one():
            return self._authorized(system, request, content)

    def keep_turn(self, system: str) -> None:
        """Take a turn to the system, which this thread keeps until `give_back`."""
        self._systems[system].turns.keep()

    def give_back(self) -> None:
        """Give back every turn that this thread keeps."""
        for system in self._systems.values():
            system.turns.give_back()

    def close(self) -> None:
        """End the requests that are under way and close all connections."""
        self.watch.close()
        self._lanes.close()

    def _authorized(self, system: SystemTurns, request: Request, content: Content) -> Response:
        credential = system.endpoint.credential
        try:
            if isinstance(credential, ClientCredentials):
                return self._with_token(system, credential, request, content)
            answer = self._send(system, request, shown_credential(credential), content)
        except Unshowable as reason:
            hint = f"the credential of {request.system}"
            raise Fault(self._line(request, str(reason), hint), effect="none", again=False) from None
        return judge(request, answer, self._redactor, system.endpoint)

    def _with_token(
        self, system: SystemTurns, credential: ClientCredentials, request: Request, content: Content
    ) -> Response:
        token, kept = self._token(system, credential, request.scopes)
        if lacking := token.lacks(scopes_of(credential, request.scopes).intersection(request.scopes)):
            hint = f"give it to the application there, as which {request.system} is contacted"
            what = f"not sent: the token was granted without {', '.join(lacking)}"
            raise Fault(self._line(request, what, hint), effect="none", again=False, status=_FORBIDDEN)
        answer = self._send(system, request, bearer(token.text), content)
        if answer.status != httpx.codes.UNAUTHORIZED:
            return judge(request, answer, self._redactor, system.endpoint)
        system.purse.drop(token)
        try:
            return judge(request, answer, self._redactor, system.endpoint)
        except Fault as fault:
            raise (Stale.of(fault) if kept else fault) from None

    def _token(
        self, system: SystemTurns, credential: ClientCredentials, needed: Collection[str]
    ) -> tuple[Token, bool]:
        """Return a token with the needed scopes, and whether it was kept from before.

        A Fault raised here says that the request that needs the token was not sent.
        """
        try:
            needed = credential.only_to_write.intersection(needed) if credential.is_fixed else needed
            return system.purse.token(lambda scopes: self._fetch(system, credential, scopes), needed)
        except Unshowable as reason:
            hint = f"check the credential and the url of {system.endpoint.name}"
            message = self._line(_for_token(system, credential), str(reason), hint)
            raise Fault(message, effect="none", again=False) from None

    def _fetch(
        self, system: SystemTurns, credential: ClientCredentials, needed: Collection[str]
    ) -> tuple[Json, Collection[str]]:
        """Return the answer to a request for a new token with the needed scopes, and what was asked for."""
        request, scopes = _for_token(system, credential), scopes_of(credential, needed)
        try:
            answer = self._send(
                system, request, ShownCredential(), Content(form_of(credential, scopes), FORM)
            )
            fields = judge(request, answer, self._redactor, system.endpoint).body
        except Fault as fault:
            raise fault.before_sending() from None
        if isinstance(fields, dict):
            self._redactor.add(str(fields.get("access_token", "")))
        return fields, scopes

    def _send(
        self, system: SystemTurns, request: Request, credential: ShownCredential, content: Content
    ) -> Answer:
        query = _query(request, credential)
        url = url_of(system.endpoint.url, request.path, query, slash=request.slash)
        begun = self._clock()
        flight = self.watch.begin(self._settings.timeout)
        outcome = "failed"
        try:
            lane = self._lanes.lane(system.endpoint.origin)
            flight.doors = content.doors
            flight.may_leave = lambda: self._clock() <= content.leave_by
            answer = lane.exchange(
                _request(request.method, url, system.endpoint, credential, content),
                flight,
                self._settings.answer_limit,
            )
            outcome = str(answer.status)
        except ConnectionFailed as lost:
            what = "stopped" if self.watch.stopping.is_set() else str(lost)
            message = self._line(request, what, lost.hint)
            raise Fault(message, effect="unknown" if flight.sent else "none", again=lost.again) from None
        except Overdue:
            outcome = "not sent: too late"
            raise TooLate(self._line(request, outcome, "")) from None
        finally:
            self.watch.finish(flight)
            place = url.removeprefix(system.endpoint.url)
            self._tell(f"{request.system}: {request.method} {place} {outcome}", begun)
        return answer

    def _line(self, request: Request, what: str, hint: str) -> str:
        return line(request, self._redactor, what, hint=hint)

    def _tell(self, what: str, begun: float) -> None:
        if self._log is not None:
            self._log(self._redactor.redact(f"{what} {(self._clock() - begun) * 1000:.0f} ms"))


def _query(request: Request, credential: ShownCredential) -> tuple[tuple[str, str | Ref], ...]:
    """Return a request's query with that of the credential, which a link to a next page may hold already."""
    shown = dict(credential.query)
    return (*(pair for pair in request.query if pair[0] not in shown), *credential.query)


def _for_token(system: SystemTurns, credential: ClientCredentials) -> Request:
    return Request(system.endpoint.name, "POST", credential.path, safe=True)


def _request(
    method: str, url: str, endpoint: Endpoint, credential: ShownCredential, content: Content
) -> httpx.Request:
    headers = _headers(endpoint, credential, content)
    try:
        return httpx.Request(method, url, headers=headers, content=content.data)
    except (httpx.InvalidURL, UnicodeError):
        raise ConnectionFailed("the url of the system cannot be used", again=False) from None


def _headers(endpoint: Endpoint, credential: ShownCredential, content: Content) -> httpx.Headers:
    """Return the headers of a request: the project's, overruled by those that this program sets itself."""
    headers = httpx.Headers({"Accept": JSON, "User-Agent": f"reconcile/{VERSION}"})
    for name, value in endpoint.headers:
        headers[name] = value if isinstance(value, str) else value.open()
    headers["Accept-Encoding"] = "identity"
    if content.data is not None:
        headers["Content-Type"] = content.type
    if credential.header is not None:
        name, shown = credential.header
        headers[name] = shown
    return headers
