"""Carries one request at a time over one thread's connection to one origin; judges nothing of the answer."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from reconcile.transport._httpx import httpx
from reconcile.transport.body import Answer
from reconcile.transport.deadlines import InFlight
from reconcile.transport.failures import ConnectionFailed, broken, late, too_large

CONNECT = 5.0
"""Seconds for all addresses of a host: nothing can wake a thread that connects, so a stop takes that long."""
IDLE = 3.0
"""Seconds after which an idle connection is not used again: servers close theirs after five or more."""

_DIGITS = 18
_AT_ONCE = 0.001
for _package in ("httpx", "httpcore", "httpx2", "httpcore2"):
    for _part in ("", ".connection", ".http11", ".proxy", ".socks"):
        logging.getLogger(_package + _part).disabled = True


def open_transport(proxy: str | None, certificates: ssl.SSLContext | None) -> httpx.HTTPTransport:
    """Return a pool of one connection that trusts `certificates`.

    `certificates` may be None where nothing is encrypted. Raises ValueError or ImportError for a proxy that
    cannot be used.
    """
    return httpx.HTTPTransport(
        verify=certificates or False,
        trust_env=False,
        limits=httpx.Limits(max_connections=1, keepalive_expiry=IDLE),
        proxy=_proxy(proxy, certificates) if proxy else None,
    )


def _proxy(url: str, certificates: ssl.SSLContext | None) -> httpx.Proxy:
    return httpx.Proxy(url, ssl_context=certificates if url.startswith("https:") else None)


class Lane:
    """Hold one connection, which one thread uses."""

    def __init__(self, transport: httpx.HTTPTransport, *, proxied: bool = False) -> None:
        self._transport = transport
        self._proxied, self._at = proxied, ""
        self._socket: socket.socket | None = None
        self._flight = InFlight(0.0)
        self._steps: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "connect_tcp.started": self._look_up,
            "connect_tcp.complete": self._connected,
            "start_tls.started": self._shake_hands,
            "start_tls.complete": self._connected,
            "send_request_headers.started": self._sending,
            "send_request_body.complete": self._sent,
        }

    def exchange(self, request: httpx.Request, flight: InFlight, limit: int) -> Answer:
        """Send `request` once and return the answer, of whose body at most `limit` bytes are read.

        Raises ConnectionFailed; `flight.sent` then tells whether any byte of the request may have left.
        Raises Overdue where the request may not leave any more by the time that there is a connection.
        """
        if not flight.left():
            raise late()
        self._flight = flight
        flight.board(self._socket)
        request.extensions = {"trace": self._trace, "timeout": _timeouts(flight)}
        try:
            with contextlib.closing(self._transport.handle_request(request)) as response:
                answer = Answer(response.status_code, response.headers, _read(response, limit))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            raise (late() if flight.expired or not flight.left() else self._broken(error)) from None
        if flight.expired:
            raise late()
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def _broken(self, error: Exception) -> ConnectionFailed:
        return broken(error, self._at, proxied=self._proxied)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Follow what the client does, by its documented hook.

        The hook is the only way to the client's socket, and to know what has been sent.
        """
        step = self._steps.get(event.partition(".")[2])
        if step is not None:
            step(info)

    def _look_up(self, info: dict[str, Any]) -> None:
        """Wait for the addresses of the host no longer than the deadline, and share the time among them.

        The client passes `info` on as the arguments of the step, and gives each address the whole timeout.
        """
        self._board(None)
        host, port = info["host"], info["port"]
        self._at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        addresses = _addresses(info["host"], info["port"], self._flight)
        info["timeout"] = max(_AT_ONCE, min(CONNECT, self._flight.left()) / addresses)

    def _connected(self, info: dict[str, Any]) -> None:
        self._board(info["return_value"].get_extra_info("socket"))

    def _shake_hands(self, info: dict[str, Any]) -> None:
        info["timeout"] = max(_AT_ONCE, min(CONNECT, self._flight.left()))

    def _sending(self, info: dict[str, Any]) -> None:
        if info["request"].method == b"CONNECT":
            return
        if not self._flight.left():
            raise httpx.WriteTimeout("the deadline passed before the request was sent")
        self._flight.leave()

    def _sent(self, info: dict[str, Any]) -> None:
        self._flight.has_left()

    def _board(self, connection: socket.socket | None) -> None:
        self._socket = connection
        self._flight.board(connection)


def _timeouts(flight: InFlight) -> dict[str, float]:
    seconds = max(_AT_ONCE, flight.left())
    return {"connect": min(CONNECT, seconds), "read": seconds, "write": seconds, "pool": seconds}


def _addresses(host: str, port: int, flight: InFlight) -> int:
    """Return how many addresses `host` has.

    Raises httpx.ConnectTimeout where the lookup takes longer than the deadline.
    """
    if host == "localhost" or _is_address(host):
        return 1
    found: queue.SimpleQueue[int] = queue.SimpleQueue()
    threading.Thread(target=_count, args=(host, port, found), daemon=True).start()
    while flight.left():
        with contextlib.suppress(queue.Empty):
            return found.get(timeout=min(0.2, flight.left()))
    flight.expired = True
    raise httpx.ConnectTimeout("the name's lookup did not end")


def _count(host: str, port: int, found: queue.SimpleQueue[int]) -> None:
    try:
        found.put(len(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError):
        found.put(1)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read(response: httpx.Response, limit: int) -> bytes:
    body, size = BytesIO(), 0  # BytesIO gives its bytes away without a copy
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > _DIGITS or int(declared) > limit):
        raise too_large(limit)
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        body.write(chunk)
    return body.getvalue()
