"""A request stays under its system's url, whatever an id holds."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.support.settings import SETTINGS

from reconcile.endpoint import Bearer, Endpoint
from reconcile.model import Address, Ref, Request, Secret
from reconcile.transport import Reader, Writer

from .counterpart import answer

HOSTILE = [
    "",
    "things",
    "//evil.example/things",
    "/things//1",
    "/things/",
    "/",
    "/../things",
    "/things/..",
    "/things/../../x",
    "/things/./1",
    "/things/.",
    "/things/..;/admin",
    "/things/..;a=b/admin",
    "/things/;/admin",
    "/things/1?admin=1",
    "/things/1#fragment",
    "/things\\..\\x",
    "/things/1\r\nX-Evil: 1",
    "/things/1\n",
    "/things/\t1",
    "/things/1\x00",
    "/things/1 2",
    "/things/\x7f",
    "/things/\x85",
    "/things/é",
    "/things/\u202e1",
    "/things/\uff0e\uff0e/x",
    "/things/%2e%2e/x",
    "/things/%2E%2e/x",
    "/things/.%2e/x",
    "/things/%2e",
    "/things/%2f..%2fx",
    "/things/a%2Fb",
    "/things/a%5cb",
    "/things/%00",
    "/things/%0d%0aX-Evil:%201",
    "/things/%7f",
    "/things/%252e%252e/x",
    "/things/%25252e%25252e/x",
    "/things/%252fx",
    "/things/%2525252525252525",
    "/things/..%3b/x",
    "/things/%c2%85",
    "/things/%",
    "/things/%zz",
    "/things/%u002e",
    "/things/<1>",
    '/things/"1"',
    "/things/{id}",
    "/things/1|2",
    "/things/[::1]",
    "http://evil.example/things",
    "@evil.example/things",
    ":80/things",
    ".evil.example/things",
]
PLAIN = [
    "/things",
    "/things/1",
    "/api/v2/orchestration/schedules/ri.scheduler.main.schedule.8843955e-37d1/run",
    "/things/@evil.example",
    "/things/a.b..c",
    "/things/...",
    "/things/a%20b",
    "/things/%C3%A9",
    "/things/%23%3F",
    "/things/50%25",
    "/things/a:b,c;d=e",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_is_a_bug_and_nothing_is_sent(serve, connect, path):
    server = serve(answer({}))
    client = connect(server)
    with pytest.raises(ValueError, match="a path that no request may have"):
        client.read(Request("sys", "GET", path, safe=True))
    with pytest.raises(ValueError, match="a path that no request may have"):
        client.write(Request("sys", "DELETE", path))
    assert server.connections == 0


@pytest.mark.parametrize("path", PLAIN)
def test_a_plain_path_arrives_under_the_base_as_it_was_written(serve, connect, path):
    server = serve(answer({}))
    connect(server).read(Request("sys", "GET", path, safe=True))
    assert server.seen[0].target == f"/base{path}"


def test_the_url_itself_is_asked_for_where_a_slash_behind_it_is_meant(serve, connect):
    server = serve(answer({}))
    connect(server).read(Request("sys", "GET", "/", safe=True, slash=True))
    assert server.seen[0].target == "/base/"


@pytest.mark.parametrize(
    "value", ["../../x", "a/b", "..", ".", "a\\b", "1\r\n2", "%2e%2e", "%2f", "\x00", ""]
)
def test_a_quoted_id_that_a_server_may_read_as_a_way_out_is_refused(serve, connect, value):
    path = f"/things/{quote(value, safe='')}/run"
    with pytest.raises(ValueError, match="a path that no request may have"):
        connect(serve(answer({}))).write(Request("sys", "POST", path))


@pytest.mark.parametrize(
    "value", ["&token=x", "a=b", "#", "\r\nX: 1", "../..", "é😀", "%2f", "+ ;", "?", "\\", "[]'\""]
)
def test_a_query_is_quoted_so_that_it_stays_one_value(serve, connect, value):
    server = serve(answer({}))
    connect(server).read(Request("sys", "GET", "/things", (("filters[name]", value),), safe=True))
    assert server.seen[0].target == f"/base/things?filters%5Bname%5D={quote(value, safe='')}"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:canary@127.0.0.1:1/base",
        "http://127.0.0.1:1/base?token=canary",
        "http://127.0.0.1:1/base#canary",
        "http://127.0.0.1:1/base/../canary",
        "http://127.0.0.1:1//canary",
        "http://127.0.0.1:1/base/",
        "ftp://canary/base",
    ],
)
def test_a_systems_url_holds_nothing_but_a_place(url):
    with pytest.raises(ValueError, match=r".") as caught:
        Reader({"sys": Endpoint("sys", url, Bearer(Secret("t")))}, SETTINGS, environment={})
    assert "user" not in str(caught.value)


@pytest.mark.parametrize("base", ["", "/base", "/flexdeploy/rest/v1"])
def test_a_base_may_have_a_path_or_none(serve, connect, base):
    server = serve(answer({}))
    connect(server.endpoint(base=base)).read(Request("sys", "GET", "/things", safe=True))
    assert server.seen[0].target == f"{base}/things"


@pytest.mark.parametrize(
    "url", ["http://exa mple:1", "http://[::g]", "http://a..b", "http://-.-", "http://é\u202e.x"]
)
def test_a_host_that_is_none_is_an_error_and_no_traceback(url):
    with pytest.raises(Exception, match=r".") as caught:
        Writer({"sys": Endpoint("sys", url, Bearer(Secret("t")))}, SETTINGS, environment={}).write(
            Request("sys", "PUT", "/a")
        )
    assert type(caught.value).__name__ in {"ApiError", "ValueError"}


def test_a_query_that_needs_an_unknown_id_is_a_bug(serve, connect):
    server = serve(answer({}))
    query = (("id", Ref(Address("sys", "Kind", "a"))),)
    with pytest.raises(ValueError, match="the id of sys/Kind/a is not known"):
        connect(server).write(Request("sys", "POST", "/things", query))
    assert server.connections == 0
