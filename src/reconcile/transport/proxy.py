"""Decides on proxy and certificates by the given environment, never by the process's own; opens nothing."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from reconcile.endpoint import is_loopback
from reconcile.transport._httpx import httpx


def proxy_for(origin: str, environment: Mapping[str, str]) -> str | None:
    """Return the proxy's url for `origin`, None for the direct way; loopback is always reached directly."""
    scheme = urlsplit(origin).scheme
    if _is_this_machine(origin) or _is_exempt(origin, _either(environment, "no_proxy")):
        return None
    url = _either(environment, f"{scheme}_proxy") or _either(environment, "all_proxy")
    return f"http://{url}" if url and "://" not in url else url or None


def certificates(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that trusts what `SSL_CERT_FILE` or `SSL_CERT_DIR` name, else the client's own choice.

    Raises OSError (ssl.SSLError is one) where the certificates cannot be read. Costs some 20 ms.
    """
    file, folder = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    return httpx.create_ssl_context(trust_env=False)


def _either(environment: Mapping[str, str], name: str) -> str:
    return (environment.get(name) or environment.get(name.upper()) or "").strip()


def _is_this_machine(origin: str) -> bool:
    address = _address(urlsplit(origin).hostname or "")
    return is_loopback(origin) or (address is not None and address.is_loopback)


def _is_exempt(origin: str, no_proxy: str) -> bool:
    return any(_covers(entry.strip().lower(), origin) for entry in no_proxy.split(",") if entry.strip())


def _covers(entry: str, origin: str) -> bool:
    """Tell whether an entry of NO_PROXY (`*`, host or domain, perhaps with port, network) holds `origin`."""
    host = urlsplit(origin).hostname or ""
    if entry == "*":
        return True
    name, port = _split_port(entry.rpartition("://")[2])
    if port is not None and port != _port(origin):
        return False
    address = _address(host)
    if address is not None:
        return _network_holds(name, address)
    domain = name.removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        return host, int(port[1:]) if port[1:].isdecimal() else None
    host, colon, port = entry.rpartition(":")
    return (host, int(port)) if colon and ":" not in host and port.isdecimal() else (entry, None)


def _port(origin: str) -> int:
    parts = urlsplit(origin)
    return parts.port or {"http": 80, "https": 443}[parts.scheme]


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _network_holds(text: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
