"""What each kind of credential shows, and how long a token is kept."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from tests.support.settings import SETTINGS

from reconcile.endpoint import Basic, Bearer, ClientCredentials, Endpoint, HeaderToken, QueryToken
from reconcile.errors import ApiError
from reconcile.model import Request, Secret
from reconcile.transport import Writer

from .conftest import GET, POST
from .counterpart import answer, close, echo, hang

OAUTH = ClientCredentials("/oauth2/token", Secret("client-1"), Secret("client-secret/+="), "api:write")


def token(text: str, **fields: object):
    return answer({"access_token": text, "token_type": "bearer", **fields})


def test_basic_shows_user_and_password(serve, connect):
    server = serve(answer({}))
    connect(server, Basic(Secret("demo"), Secret("dé:mo"))).read(GET)
    assert server.seen[0].headers["authorization"] == "Basic ZGVtbzpkw6k6bW8="


def test_an_api_key_is_the_password_of_an_empty_user(serve, connect):
    server = serve(answer({}))
    connect(server, Basic(Secret(""), Secret("APIKEY"))).read(GET)
    assert server.seen[0].headers["authorization"] == "Basic OkFQSUtFWQ=="


def test_bearer_shows_the_token(serve, connect):
    server = serve(answer({}))
    connect(server, Bearer(Secret("a.b-c_d~e+f/g="))).read(GET)
    assert server.seen[0].headers["authorization"] == "Bearer a.b-c_d~e+f/g="


def test_a_query_token_is_in_the_query_of_every_request_and_nowhere_else(serve, connect):
    server = serve(answer({}))
    client = connect(server, QueryToken("token", Secret("a&b=c")))
    client.read(GET)
    client.write(POST)
    assert [seen.target for seen in server.seen] == ["/base/things?token=a%26b%3Dc"] * 2
    assert not any("authorization" in seen.headers for seen in server.seen)


def test_a_credential_in_a_header_of_its_own_is_in_each_request_and_nowhere_else(serve, connect):
    server = serve(answer({}))
    client = connect(server, HeaderToken("X-Redmine-API-Key", Secret("a/b+c=")))
    client.read(GET)
    client.write(POST)
    assert [seen.headers["x-redmine-api-key"] for seen in server.seen] == ["a/b+c="] * 2
    assert not any("authorization" in seen.headers or "?" in seen.target for seen in server.seen)


def test_such_a_header_may_be_any_and_have_a_word_before_the_token(serve, connect):
    server = serve(answer({}))
    connect(server, HeaderToken("Authorization", Secret("key-1"), "GenieKey ")).read(GET)
    assert server.seen[0].headers["authorization"] == "GenieKey key-1"


def test_it_overrules_a_header_of_the_project_with_its_name(serve, connect):
    server = serve(answer({}))
    endpoint = server.endpoint(HeaderToken("X-Key", Secret("key-1")))._replace(headers=(("x-key", "other"),))
    connect(endpoint).read(GET)
    assert server.seen[0].headers["x-key"] == "key-1"


def test_a_query_token_that_the_request_holds_already_is_sent_once(serve, connect):
    server = serve(answer({}))
    old = Request("sys", "GET", "/things", (("token", "from-a-link"), ("page", "2")), safe=True)
    connect(server, QueryToken("token", Secret("new"))).read(old)
    assert server.seen[0].target == "/base/things?page=2&token=new"


@pytest.mark.parametrize("make", [Bearer, lambda secret: HeaderToken("X-Key", secret)])
@pytest.mark.parametrize(
    "text", ["", "canary\n", "canary canary", "canary\r\nX-Evil: 1", "canaryé", "canary\x00"]
)
def test_a_token_that_no_header_can_carry_is_an_error_that_does_not_show_it(serve, connect, text, make):
    server = serve(answer({}))
    with pytest.raises(ApiError, match="the credential of sys") as caught:
        connect(server, make(Secret(text))).write(POST)
    assert caught.value.effect == "none"
    assert "canary" not in str(caught.value)
    assert server.connections == 0


def test_a_user_name_with_a_colon_is_refused(serve, connect):
    with pytest.raises(ApiError, match="a user name cannot hold a colon"):
        connect(serve(answer({})), Basic(Secret("a:b"), Secret("c"))).read(GET)


@pytest.mark.parametrize(
    "credential",
    [
        Basic(Secret("u"), Secret("\udcff\udcfe-pass")),
        QueryToken("token", Secret("\udcff\udcfe-pass")),
        Basic(Secret("u"), Secret("pass\nword\x00")),
    ],
)
def test_bytes_that_are_no_text_pass_through_where_an_encoding_carries_them(serve, connect, credential):
    server = serve(answer({}))
    connect(server, credential).read(GET)
    assert len(server.seen) == 1


def test_client_credentials_fetch_a_token_with_a_form_on_the_same_origin(serve, connect):
    server = serve(token("tok-1"), answer({}))
    connect(server, OAUTH).write(POST)
    asked, sent = server.seen
    assert (asked.method, asked.target) == ("POST", "/base/oauth2/token")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in asked.headers
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client-1"],
        "client_secret": ["client-secret/+="],
        "scope": ["api:write"],
    }
    assert sent.headers["authorization"] == "Bearer tok-1"


READING = Request("sys", "GET", "/things", safe=True, scopes=("read",))
WRITING = POST._replace(scopes=("write",))


def scopes_asked(server) -> list[list[str] | None]:
    """The scopes of each request for a token."""
    forms = [parse_qs(seen.body.decode()) for seen in server.seen if seen.target.endswith("/oauth2/token")]
    return [form["scope"][0].split() if "scope" in form else None for form in forms]


@pytest.mark.parametrize(
    ("always", "is_fixed", "requests", "asked"),
    [
        ("", False, [READING, READING], [["read"]]),
        ("", False, [GET, READING], [None, ["read"]]),
        ("", False, [READING, WRITING, READING], [["read"], ["read", "write"]]),
        ("", False, [WRITING, WRITING], [["write"]]),
        ("own", False, [READING, WRITING], [["own", "read"], ["own", "read", "write"]]),
        ("own other", True, [READING, WRITING], [["other", "own"]]),
        ("", True, [READING, WRITING], [None]),
    ],
)
def test_a_token_is_asked_for_with_what_the_requests_need(serve, connect, always, is_fixed, requests, asked):
    server = serve(token("tok"))
    client = connect(server, OAUTH._replace(scope=always, is_fixed=is_fixed))
    for request in requests:
        client.read(request) if request.safe else client.write(request)
    assert scopes_asked(server) == asked


def test_a_request_whose_scope_was_not_granted_is_not_sent(serve, connect):
    server = serve(token("tok", scope="read"))
    client = connect(server, OAUTH._replace(scope="read"))
    with pytest.raises(ApiError, match="not sent: the token was granted without write") as refused:
        client.write(WRITING)
    assert (refused.value.effect, refused.value.status) == ("none", 403)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "said", [{}, {"scope": "read write"}, {"scope": ""}, {"scope": ["read"]}, {"scope": "all"}]
)
def test_an_answer_that_does_not_say_which_scopes_were_granted_stops_no_request(serve, connect, said):
    server = serve(token("tok", **said))
    connect(server, OAUTH._replace(scope="read")).write(WRITING)
    assert len(server.seen) == 2


def test_a_scope_that_only_writes_need_is_asked_for_by_them_alone(serve, connect):
    server = serve(token("tok"))
    fixed = OAUTH._replace(scope="read write", is_fixed=True, only_to_write=frozenset({"write"}))
    client = connect(server, fixed)
    for request in (READING, WRITING, READING):
        client.read(request) if request.safe else client.write(request)
    assert scopes_asked(server) == [["read"], ["read", "write"]]


def test_a_token_is_kept_until_shortly_before_it_expires(serve, connect, time):
    server = serve(token("tok-1", expires_in=3600), answer({}), answer({}), token("tok-2"), answer({}))
    client = connect(server, OAUTH)
    client.read(GET)
    time.now += 3600 - 61
    client.read(GET)
    time.now += 2
    client.read(GET)
    shown = [seen.headers.get("authorization") for seen in server.seen]
    assert shown == [None, "Bearer tok-1", "Bearer tok-1", None, "Bearer tok-2"]


@pytest.mark.parametrize("life", [None, "soon", -5, [], True, 10**400])
def test_a_token_of_untold_life_is_kept_for_less_than_five_minutes(serve, connect, time, life):
    server = serve(token("tok-1", expires_in=life), answer({}), answer({}), token("tok-2"), answer({}))
    client = connect(server, OAUTH)
    client.read(GET)
    time.now += 200
    client.read(GET)
    time.now += 100
    client.read(GET)
    assert server.seen[-1].headers["authorization"] == "Bearer tok-2"


def test_a_read_refused_with_401_fetches_a_new_token_once(serve, connect, time):
    server = serve(token("tok-1"), answer({}), answer({}, 401), token("tok-2"), answer([2]))
    client = connect(server, OAUTH)
    client.read(GET)
    assert client.read(GET).body == [2]
    assert server.seen[-1].headers["authorization"] == "Bearer tok-2"
    assert sum(time.slept) == 0


def test_a_read_refused_with_401_twice_is_an_error(serve, connect):
    server = serve(token("tok-1"), answer({}), answer({}, 401), token("tok-2"), answer({}, 401))
    client = connect(server, OAUTH)
    client.read(GET)
    with pytest.raises(ApiError, match="401 Unauthorized"):
        client.read(GET)
    assert len(server.seen) == 5


def test_a_fresh_token_refused_with_401_is_an_error_at_once(serve, connect):
    server = serve(token("tok-1"), answer({}, 401))
    with pytest.raises(ApiError, match=r"401 Unauthorized.*check the credential of sys"):
        connect(server, OAUTH).read(GET)
    assert len(server.seen) == 2


def test_a_write_refused_with_401_is_not_sent_again_but_the_next_one_has_a_new_token(serve, connect):
    server = serve(token("tok-1"), answer({}), answer({}, 401), token("tok-2"), answer([1]))
    client = connect(server, OAUTH)
    client.read(GET)
    with pytest.raises(ApiError) as caught:
        client.write(POST)
    assert (caught.value.status, caught.value.effect) == (401, "none")
    assert len(server.seen) == 3
    assert client.write(POST).body == [1]


@pytest.mark.parametrize(
    "play",
    [
        answer({}, 401),
        answer({}, 500),
        answer({}, 302, "Location: https://evil.example"),
        answer({}),
        answer([]),
        answer({"access_token": 7}),
        answer({"access_token": ""}),
        answer({"access_token": "a\r\nX-Evil: 1"}),
        answer(b"<html>"),
        close,
    ],
)
def test_a_write_without_a_token_has_no_effect_as_it_was_not_sent(serve, connect, play):
    server = serve(play, answer({}))
    with pytest.raises(ApiError) as caught:
        connect(server, OAUTH).write(POST)
    assert caught.value.effect == "none"
    assert [seen.target for seen in server.seen] == ["/base/oauth2/token"]


def test_a_write_whose_token_does_not_come_in_time_was_not_sent(serve, connect):
    server = serve(hang)
    with pytest.raises(ApiError, match="no whole answer within the time") as caught:
        connect(server, OAUTH, timeout=0.15).write(POST)
    assert caught.value.effect == "none"
    assert len(server.seen) <= 1


def test_the_request_for_a_token_is_tried_again_for_a_read(serve, connect, time):
    server = serve(answer({}, 503), token("tok-1"), answer([1]))
    assert connect(server, OAUTH).read(GET).body == [1]
    assert time.slept == [0.5]


def test_an_error_of_the_token_request_shows_neither_secret_nor_token(serve, connect):
    with pytest.raises(ApiError) as caught:
        connect(serve(echo(400)), OAUTH).read(GET)
    assert "client-secret" not in str(caught.value)
    with pytest.raises(ApiError) as caught:
        connect(serve(token("tok-secret-1"), echo(400)), OAUTH).read(GET)
    assert "tok-secret-1" not in str(caught.value)


def test_a_request_that_is_a_bug_fetches_no_token(serve, connect):
    server = serve(token("tok-1"))
    with pytest.raises(ValueError, match="a path that no request may have"):
        connect(server, OAUTH).write(Request("sys", "POST", "/../things"))
    assert server.connections == 0


def test_each_system_is_shown_its_own_credential_only(serve):
    servers = {name: serve(answer({})) for name in ("one", "two")}
    endpoints = {
        name: Endpoint(name, server.origin, Bearer(Secret(f"canary-of-{name}")))
        for name, server in servers.items()
    }
    with Writer(endpoints, SETTINGS, environment={}) as client:
        for name in ("one", "two", "one"):
            client.write(Request(name, "POST", "/things", body={}))
    for name, server in servers.items():
        assert {seen.headers["authorization"] for seen in server.seen} == {f"Bearer canary-of-{name}"}
