"""Takes a request to the sandbox's handlers and its answer back, encoded and judged by the shipped code."""

from __future__ import annotations

from httpx import Headers

from reconcile.model import Request, Response
from reconcile.transport import Redactor
from reconcile.transport.body import Answer
from reconcile.transport.encode import content_of, url_of
from reconcile.transport.response import Fault, judge
from reconcile_sandbox.system import Answer as Told
from reconcile_sandbox.world import Request as Sent

from .drawing import BASES

HEADERS = {"content-type": "application/json", "authorization": "Basic ZGVtbzpkZW1v"}
_DATE = "Tue, 01 Dec 2026 09:00:00 GMT"
_REDACTOR = Redactor()


def sent_of(request: Request) -> Sent:
    url = url_of("", request.path, request.query)
    path, _, query = url.partition("?")
    if request.system == "brpm":
        query = f"{query}&token=demo" if query else "token=demo"
    headers = {**HEADERS, "authorization": "Bearer demo"} if request.system == "foundry" else HEADERS
    return Sent(
        request.method, f"{BASES[request.system]}{path}", query, headers, content_of(request.body, str) or b""
    )


def answer_of(told: Told) -> Answer:
    return Answer(
        told.status,
        Headers({"content-type": told.content_type, "date": _DATE, **dict(told.headers)}),
        told.body,
    )


def judged(request: Request, answer: Answer) -> Response:
    try:
        return judge(request, answer, _REDACTOR)
    except Fault as fault:
        raise fault.plain() from None
