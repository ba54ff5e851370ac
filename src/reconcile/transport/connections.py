"""Opens connections, one for each thread and origin, at first need; does not use them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from reconcile.transport.connection import Lane, open_transport
from reconcile.transport.failures import ConnectionFailed
from reconcile.transport.proxy import certificates, proxy_for


class Lanes:
    """Hold the connections of all threads. Safe for threads."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._own = threading.local()
        self._lock = threading.Lock()
        self._all: list[Lane] = []
        self._trusted: ssl.SSLContext | None = None

    def lane(self, origin: str) -> Lane:
        """Return the calling thread's connection to `origin`.

        Raises ConnectionFailed where the proxy or the certificates for `origin` are unusable.
        """
        own: dict[str, Lane] = self._own.__dict__
        if origin not in own:
            own[origin] = self._open(origin)
        return own[origin]

    def secrets(self, origin: str) -> tuple[str, ...]:
        """Return the password in the url of the proxy to `origin`, as written and as decoded."""
        try:
            written = urlsplit(proxy_for(origin, self._environment) or "").password or ""
        except ValueError:
            written = ""
        return written, unquote(written)

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock:
            lanes, self._all = self._all, []
        for lane in lanes:
            lane.close()

    def _open(self, origin: str) -> Lane:
        proxy = proxy_for(origin, self._environment)
        encrypted = origin.startswith("https:") or (proxy or "").startswith("https:")
        trusted = self._certificates() if encrypted else None
        try:
            lane = Lane(open_transport(proxy, trusted), proxied=proxy is not None)
        except (ValueError, ImportError):
            raise ConnectionFailed(
                "the proxy that the environment names cannot be used", again=False
            ) from None
        with self._lock:
            self._all.append(lane)
        return lane

    def _certificates(self) -> ssl.SSLContext:
        with self._lock:
            if self._trusted is None:
                self._trusted = _read(self._environment)
            return self._trusted


def _read(environment: Mapping[str, str]) -> ssl.SSLContext:
    try:
        return certificates(environment)
    except (OSError, ValueError):
        reason = "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read"
        raise ConnectionFailed(reason, again=False) from None
