"""A redirect is an error: no credential and no body follows it."""

from __future__ import annotations

import pytest

from reconcile.endpoint import Basic, Bearer, QueryToken
from reconcile.errors import ApiError
from reconcile.model import Request, Secret

from .conftest import GET
from .counterpart import answer

LOCATIONS = [
    "{canary}/things?token=canary-token-1",
    "//127.0.0.1:{port}/things",
    "/other",
    "other",
    "http://user:pass@127.0.0.1:{port}/",
    "http://xn--e1afmkfd.example/",
    "http://\u202eevil.example/".encode().decode("latin-1"),
    "http://127.0.0.1:99999999/",
    "http://[::1",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_no_redirect_is_followed(serve, connect, status, method):
    canary = serve(answer({}))
    server = serve(answer({}, status, f"Location: {canary.origin}/things?token=canary-token-1"))
    client = connect(server)
    request = Request("sys", method, "/things", body={"password": "canary-token-1"}, safe=method == "GET")
    with pytest.raises(ApiError) as caught:
        (client.read if request.safe else client.write)(request)
    maybe_done = status in {302, 303} and not request.safe
    assert (caught.value.status, caught.value.effect) == (status, "unknown" if maybe_done else "none")
    assert f"it points to {canary.origin}; redirects are not followed" in str(caught.value)
    assert "canary-token-1" not in str(caught.value)
    assert canary.connections == 0
    assert len(server.seen) == 1


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize(
    "credential",
    [
        Bearer(Secret("canary-token-1")),
        Basic(Secret("u"), Secret("canary-token-1")),
        QueryToken("token", Secret("canary-token-1")),
    ],
)
def test_no_location_takes_a_credential_elsewhere(serve, connect, location, credential):
    canary = serve(answer({}))
    target = location.format(canary=canary.origin, port=canary.port)
    server = serve(answer({}, 307, f"Location: {target}"))
    with pytest.raises(ApiError, match="307 Temporary Redirect") as caught:
        connect(server, credential).read(GET)
    assert "canary-token-1" not in str(caught.value)
    assert "pass@" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert canary.connections == 0


def test_other_headers_that_ask_to_go_elsewhere_do_nothing(serve, connect):
    canary = serve(answer({}))
    headers = (
        f"Refresh: 0; url={canary.origin}",
        f"Location: {canary.origin}",
        f"Link: <{canary.origin}>; rel=next",
    )
    assert connect(serve(answer([1], 200, *headers))).read(GET).body == [1]
    assert canary.connections == 0


def test_cookies_are_not_kept(serve, connect):
    server = serve(answer({}, 200, "Set-Cookie: session=1; Path=/"))
    client = connect(server)
    client.read(GET)
    client.read(GET)
    assert not any("cookie" in seen.headers for seen in server.seen)
