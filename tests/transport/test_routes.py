"""Proxies and certificates come from the given environment alone."""

from __future__ import annotations

import ssl

import pytest
import trustme

from reconcile.endpoint import Basic, Bearer, Endpoint
from reconcile.errors import ApiError
from reconcile.model import Secret
from reconcile.transport.proxy import proxy_for

from .conftest import GET, POST
from .counterpart import answer, close, hang, listener, raw

FAR = Endpoint("sys", "http://release.example", Bearer(Secret("canary-token-1")))
FAR_TLS = Endpoint("sys", "https://release.example", Bearer(Secret("canary-token-1")))


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path):
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return {"SSL_CERT_FILE": str(file)}


def context_for(authority, *names):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_used(serve, connect, name):
    proxy = serve(answer([1]))
    client = connect(FAR, environment={name: proxy.origin})
    assert client.read(GET).body == [1]
    assert proxy.seen[0].target == "http://release.example/things"


def test_a_proxys_own_credential_goes_to_the_proxy_and_into_no_message(serve, connect):
    proxy = serve(answer(b"who is YWxpY2U6cHJveHktcGFzcw== or proxy-pass", 407))
    environment = {"HTTP_PROXY": f"http://alice:proxy-pass@127.0.0.1:{proxy.port}"}
    with pytest.raises(ApiError, match=r"407.*the proxy wants a credential") as caught:
        connect(FAR, environment=environment).read(GET)
    assert proxy.seen[0].headers["proxy-authorization"] == "Basic YWxpY2U6cHJveHktcGFzcw=="
    assert "proxy-pass" not in str(caught.value)
    assert "YWxpY2U6cHJveHktcGFzcw" not in str(caught.value)


def test_a_tunnel_that_the_proxy_refuses_means_that_nothing_was_sent(serve, connect):
    proxy = serve(raw(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
    client = connect(FAR_TLS, environment={"HTTPS_PROXY": proxy.origin})
    with pytest.raises(ApiError, match=r"the proxy 127\.0\.0\.1:\d+ refused: 403 Forbidden") as caught:
        client.write(POST)
    assert caught.value.effect == "none"
    assert [(seen.method, seen.target) for seen in proxy.seen] == [("CONNECT", "release.example:443")]
    assert "canary-token-1" not in proxy.seen[0].raw


@pytest.mark.parametrize("play", [close, hang, raw(b"HTTP/1.1 200 OK\r\n\r\n", stays=False)])
def test_a_tunnel_that_breaks_or_hangs_means_that_nothing_was_sent(serve, connect, play):
    proxy = serve(play)
    with pytest.raises(ApiError) as caught:
        connect(FAR_TLS, timeout=0.2, environment={"HTTPS_PROXY": proxy.origin}).write(POST)
    assert caught.value.effect == "none"


@pytest.mark.parametrize(
    "url", ["socks4://127.0.0.1:1", "ftp://127.0.0.1", "http://[", "http://a b", "http://:99999999"]
)
def test_a_proxy_that_cannot_be_used_is_an_error_that_does_not_quote_it(connect, url):
    with pytest.raises(ApiError) as caught:
        connect(FAR, retries=0, environment={"HTTP_PROXY": url}).write(POST)
    assert caught.value.effect == "none"
    assert url not in str(caught.value)


@pytest.mark.parametrize(
    ("origin", "environment", "proxy"),
    [
        ("http://a.example", {}, None),
        ("http://a.example", {"HTTP_PROXY": "proxy:3128"}, "http://proxy:3128"),
        ("http://a.example", {"http_proxy": "http://low", "HTTP_PROXY": "http://up"}, "http://low"),
        ("http://a.example", {"HTTPS_PROXY": "http://p"}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p"}, "http://p"),
        ("https://a.example", {"HTTPS_PROXY": "http://p", "ALL_PROXY": "http://q"}, "http://p"),
        ("https://a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "*"}, None),
        ("https://a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "b.example, a.example"}, None),
        ("https://a.example", {"ALL_PROXY": "http://q", "no_proxy": ".example"}, None),
        ("https://a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "*.example"}, None),
        ("https://a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "EXAMPLE"}, None),
        ("https://bad-a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "a.example"}, "http://q"),
        ("https://a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "a.example:443"}, None),
        ("https://a.example", {"ALL_PROXY": "http://q", "NO_PROXY": "a.example:8443"}, "http://q"),
        ("https://10.1.2.3", {"ALL_PROXY": "http://q", "NO_PROXY": "10.0.0.0/8"}, None),
        ("https://11.1.2.3", {"ALL_PROXY": "http://q", "NO_PROXY": "10.0.0.0/8,nonsense/99"}, "http://q"),
        ("https://10.1.2.3", {"ALL_PROXY": "http://q", "NO_PROXY": "10.1.2.3"}, None),
        ("https://[fd00::1]", {"ALL_PROXY": "http://q", "NO_PROXY": "[fd00::1]:443"}, None),
        ("https://[fd00::1]", {"ALL_PROXY": "http://q", "NO_PROXY": "fd00::/8"}, None),
        ("http://localhost:8080", {"ALL_PROXY": "http://q"}, None),
        ("http://127.0.0.1:8080", {"ALL_PROXY": "http://q"}, None),
        ("http://127.8.8.8", {"ALL_PROXY": "http://q"}, None),
        ("http://[::1]:8080", {"ALL_PROXY": "http://q"}, None),
    ],
)
def test_which_proxy_an_environment_means(origin, environment, proxy):
    assert proxy_for(origin, environment) == proxy


def test_loopback_is_never_reached_through_a_proxy(serve, connect):
    proxy, server = serve(answer({}, 500)), serve(answer([1]))
    assert connect(server, environment={"ALL_PROXY": proxy.origin}).read(GET).body == [1]
    assert proxy.connections == 0


def test_the_process_environment_and_netrc_are_not_looked_at(serve, connect, tmp_path, monkeypatch):
    proxy, server = serve(answer({}, 500)), serve(answer({}))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login evil password canary-netrc\n")
    for name, value in {
        "HOME": str(tmp_path),
        "NETRC": str(tmp_path / ".netrc"),
        "HTTP_PROXY": proxy.origin,
        "ALL_PROXY": proxy.origin,
        "SSL_CERT_FILE": str(tmp_path / "none.pem"),
    }.items():
        monkeypatch.setenv(name, value)
    connect(server).read(GET)
    connect(server, Basic(Secret("a"), Secret("b"))).read(GET)
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer canary-token-1", "Basic YTpi"]
    assert proxy.connections == 0


def test_a_server_with_a_trusted_certificate_is_reached(serve, connect, authority, trusted):
    server = serve(answer([1]), tls=context_for(authority, "127.0.0.1"))
    client = connect(server, environment=trusted)
    assert client.read(GET).body == [1]
    assert client.read(GET).body == [1]
    assert server.connections == 1


def test_a_certificate_of_a_stranger_is_refused_before_anything_is_sent(serve, connect, authority):
    server = serve(answer({}), tls=context_for(authority, "127.0.0.1"))
    with pytest.raises(ApiError, match=r"TLS: the certificate is not trusted: .*SSL_CERT_FILE") as caught:
        connect(server).write(POST)
    assert caught.value.effect == "none"
    assert server.seen == []


def test_a_certificate_of_another_name_is_refused(serve, connect, authority, trusted):
    server = serve(answer({}), tls=context_for(authority, "other.example"))
    with pytest.raises(ApiError, match="the certificate is not trusted"):
        connect(server, environment=trusted).read(GET)
    assert server.connections == 1


def test_a_server_that_speaks_no_tls_is_an_error_without_effect(connect):
    with listener(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        endpoint = Endpoint("sys", f"https://127.0.0.1:{port}", Bearer(Secret("t")))
        with pytest.raises(ApiError, match="TLS failed: WRONG_VERSION_NUMBER") as caught:
            connect(endpoint, timeout=5).write(POST)
    assert caught.value.effect == "none"


def test_a_handshake_that_never_ends_ends_at_the_deadline_without_effect(connect):
    with listener(b"") as port:
        endpoint = Endpoint("sys", f"https://127.0.0.1:{port}", Bearer(Secret("t")))
        with pytest.raises(ApiError) as caught:
            connect(endpoint, timeout=0.15).write(POST)
    assert caught.value.effect == "none"


def test_a_handshake_that_comes_in_drops_ends_at_the_deadline_without_effect(connect):
    with listener(b"\x16\x03\x03\x40\x00", drop=b"\x00") as port:
        endpoint = Endpoint("sys", f"https://127.0.0.1:{port}", Bearer(Secret("t")))
        with pytest.raises(ApiError, match="no whole answer within the time") as caught:
            connect(endpoint, timeout=0.15).write(POST)
    assert caught.value.effect == "none"


def test_a_slow_answer_over_tls_ends_at_the_deadline(serve, connect, authority, trusted):
    server = serve(hang, tls=context_for(authority, "127.0.0.1"))
    with pytest.raises(ApiError, match="no whole answer within the time") as caught:
        connect(server, timeout=1, environment=trusted).write(POST)
    assert caught.value.effect == "unknown"


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_certificates_that_cannot_be_read_are_an_error_that_names_the_variable(connect, tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ApiError, match="SSL_CERT_FILE") as caught:
        connect(FAR_TLS, environment={"SSL_CERT_FILE": str(file)}).write(POST)
    assert caught.value.effect == "none"
