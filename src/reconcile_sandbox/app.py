"""Has each request of the ASGI server handled, struck and recorded, and sends what comes of it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from typing import Any, TextIO

from .control import control, is_control
from .faults import Fault
from .reading import LARGEST_BODY
from .strikes import Wire, rewritten, strike
from .system import Answer, json_answer
from .wirelog import Entry, redacted_query
from .world import Request, World

TRANSPORT = "reconcile.transport"
"""The key of the ASGI scope under which the connection's transport stands."""

_LARGEST_STATE = 256 * 1024 * 1024
_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_DROPS = ("lost_before", "lost_after", "late")


class App:
    """Serve one world behind one address, as an ASGI application.

    Each request is one line on `lines`, if there is such a stream.
    """

    def __init__(self, world: World, lines: TextIO | None = None) -> None:
        self._world = world
        self._lines = lines

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]
    ) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        wire = Wire(receive, send, scope[TRANSPORT], format_datetime(self._world.now(), usegmt=True).encode())
        request = await _request(scope, receive)
        entry = _entry(request)
        own = self._own_answer(request)
        if own is None:
            await self._serve(request, entry, wire)
        else:
            self._close(entry, own.status)
            await wire.deliver(own)

    def _own_answer(self, request: Request) -> Answer | None:
        if _LOCAL_HOST.fullmatch(request.headers.get("host", "")) is None:
            return json_answer(421, {"message": "the sandbox answers to localhost, 127.0.0.1 and [::1] only"})
        if _is_foreign(request.headers):
            return json_answer(403, {"message": "the sandbox answers no page of another origin"})
        return control(self._world, request) if is_control(request.path) else None

    async def _serve(self, request: Request, entry: Entry, wire: Wire) -> None:
        with self._world.lock:
            fault = self._world.faults.strike(request.method, request.path)
            self._world.log.add(entry)
        delay = self._world.delay(request.path)
        if delay:
            await asyncio.sleep(delay)
        if fault is None:
            answer = self._have_effect(request, entry)
            self._close(entry, answer.status)
            await wire.deliver(answer)
        else:
            await self._strike(fault, request, entry, wire)

    async def _strike(self, fault: Fault, request: Request, entry: Entry, wire: Wire) -> None:
        entry.fault = fault.action
        answer = self._struck(fault, request, entry)
        system = self._world.system(request.path)
        if system is not None:
            answer = rewritten(fault, answer, system.id_key, system.rows_key)
        self._close(entry, None if fault.action in _DROPS else fault.told_status(answer.status))
        await strike(fault, answer, wire)

    def _struck(self, fault: Fault, request: Request, entry: Entry) -> Answer:
        match fault.effect:
            case "none":
                return Answer(200)
            case "later":
                asyncio.get_running_loop().call_later(fault.seconds, self._have_effect, request, entry)
                return Answer(200)
            case "twice":
                self._have_effect(request, entry)
        return self._have_effect(request, entry)

    def _have_effect(self, request: Request, entry: Entry) -> Answer:
        answer = self._world.handle(request)
        entry.effect = answer.status
        return answer

    def _close(self, entry: Entry, status: int | None) -> None:
        entry.status = status
        entry.ms = round((time.time() - entry.time) * 1000, 1)
        if self._lines is not None:
            shown = "-" if status is None else status
            struck = f" ({entry.fault})" if entry.fault else ""
            self._lines.write(f"{entry.method} {entry.target} {shown}{struck} {entry.ms} ms\n")
            self._lines.flush()


def _is_foreign(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser says that a page of another origin made it send the request."""
    origin = headers.get("origin")
    return origin is not None and origin.lower() != f"http://{headers['host']}".lower()


async def _request(scope: Mapping[str, Any], receive: Callable[[], Awaitable[Any]]) -> Request:
    path = scope["path"]
    body, too_large = await _body(receive, _LARGEST_STATE if is_control(path) else LARGEST_BODY)
    return Request(
        scope["method"], path, scope["query_string"].decode("latin-1"),
        {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body, ":".join(map(str, scope["client"] or ())), too_large,
    )  # fmt: skip


async def _body(receive: Callable[[], Awaitable[Any]], limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    size = 0
    more = True
    while more:
        message = await receive()
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size <= limit:
            body += part
    return (b"", True) if size > limit else (bytes(body), False)


def _entry(request: Request) -> Entry:
    return Entry(
        time.time(), request.client, request.method, request.path, redacted_query(request.query),
        tuple(request.headers), request.body,
    )  # fmt: skip
