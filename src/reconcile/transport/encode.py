"""Encodes a request as bytes and refuses what could leave its place in a url; decides no content itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from reconcile.endpoint import stays
from reconcile.model import Json, Ref, Secret

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


def url_of(base: str, path: str, query: Iterable[tuple[str, str | Ref]], *, slash: bool = False) -> str:
    """Return `base` and `path` as one url, a slash behind them where one is wanted, with `query` encoded.

    Raises ValueError where a segment of `path` is empty, holds what needed quoting, or could be read by any
    server as a way out of `base`; `/` with a slash wanted behind it is `base` with that slash.
    """
    if (path, slash) == ("/", True):
        path = ""
    elif not path.startswith("/") or not all(stays(segment) for segment in path[1:].split("/")):
        raise ValueError(f"a path that no request may have: {path!r}")
    pairs = [(name, _known(value)) for name, value in query]
    encoded = urlencode(pairs, quote_via=quote, safe="", errors="surrogateescape")
    place = f"{base}{path}/" if slash else f"{base}{path}"
    return f"{place}?{encoded}" if encoded else place


def checked_base(url: str) -> str:
    """Return `url` itself; raise ValueError where it holds more than scheme, host, port and a plain path."""
    parts = urlsplit(url)
    segments = parts.path.split("/")[1:]
    if parts.username is not None or parts.query or parts.fragment or not all(map(stays, segments)):
        raise ValueError(f"a system's url has a scheme, a host and a plain path only: {parts.hostname}")
    return url


def content_of(body: Json, opened: Callable[[str], None]) -> bytes | None:
    """Return `body` as compact JSON, each secret in it opened and shown to `opened`; None for no body.

    Raises ValueError for a reference without its value, a number that JSON lacks, and any other value.
    """
    if body is None:
        return None

    def late(value: object) -> Any:
        return _late(value, opened)

    try:
        return json.dumps(body, allow_nan=False, separators=(",", ":"), default=late).encode("ascii")
    except (TypeError, RecursionError) as error:
        raise ValueError("a body that is not JSON") from error


def _late(value: object, opened: Callable[[str], None]) -> Any:
    if isinstance(value, Secret):
        opened(value.open())
        return value.open()
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"a body cannot hold a {type(value).__name__}")


def _known(value: str | Ref) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"the id of {value.address} is not known")
