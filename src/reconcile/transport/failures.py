"""Says why no whole answer came and whether one may come at the next try; decides nothing about that try."""

from __future__ import annotations

import ssl

from reconcile.transport._httpx import httpx

_AGAINST_RFC_5280 = range(80, 95)
"""The codes of OpenSSL for what only a strict check refuses, which Python asks for from 3.13 on."""

_ISSUE_ANEW = (
    "whoever issues it can mend it: it, or its CA, is to be issued anew; Python before 3.13 let it pass"
)


_OF_A_PROXY = "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names it; a host in NO_PROXY is reached without it"


class ConnectionFailed(Exception):
    """Say that no whole answer came.

    `again` tells whether one may come at the next try; `hint` is what a person can do.
    """

    def __init__(self, reason: str, *, again: bool = True, hint: str = "") -> None:
        super().__init__(reason)
        self.again = again
        self.hint = hint


class Overdue(Exception):
    """Say that the request may not leave any more, since what it rests on is too old by now."""


def too_large(limit: int) -> ConnectionFailed:
    """Return the failure of an answer that is larger than `limit` bytes."""
    return ConnectionFailed(f"an answer larger than {limit / 2**20:g} MiB", again=False)


def late() -> ConnectionFailed:
    """Return the failure of a request whose deadline came before its answer."""
    return ConnectionFailed("no whole answer within the time", hint="--timeout sets it")


def broken(error: Exception, at: str = "", *, proxied: bool = False) -> ConnectionFailed:
    """Return what the client's `error` means, in words that quote nothing of a request.

    `at` is the host and port that were connected to, those of the proxy where it is `proxied`.
    """
    root: BaseException = error
    while (inner := root.__cause__ or root.__context__) is not None:
        root = inner
    if isinstance(root, ssl.SSLCertVerificationError) and root.verify_code in _AGAINST_RFC_5280:
        words = f"TLS: a certificate of the server breaks RFC 5280: {root.verify_message}"
        return ConnectionFailed(words, again=False, hint=_ISSUE_ANEW)
    if isinstance(root, ssl.SSLCertVerificationError):
        hint = "SSL_CERT_FILE names the certificates to trust"
        return ConnectionFailed(
            f"TLS: the certificate is not trusted: {root.verify_message}", again=False, hint=hint
        )
    if isinstance(root, ssl.SSLError):
        hint = "the url says https: check that its port does"
        return ConnectionFailed(f"TLS failed: {root.reason or 'the other side gave up'}", hint=hint)
    where = f"the proxy {at}".rstrip() if proxied else at
    failed = proxied and isinstance(error, httpx.ConnectTimeout | httpx.ConnectError | httpx.ProxyError)
    return ConnectionFailed(_spoken(error, root, where), hint=_OF_A_PROXY if failed else "")


def _spoken(error: Exception, root: BaseException, where: str) -> str:
    what = root.strerror if isinstance(root, OSError) and root.strerror else str(root)
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError():
            return f"cannot connect{f' to {where}' if where else ''}: {what or 'no answer in time'}"
        case httpx.ProxyError():
            return f"{where or 'the proxy'} refused: {what}"
        case httpx.TimeoutException():
            return str(late())
        case httpx.ProtocolError():
            return f"the answer broke off or is no HTTP: {what}"
        case _:
            return f"the connection broke: {what}"
