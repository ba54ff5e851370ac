"""No secret comes back out, however a server spells what it was sent."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import traceback
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote

import pytest

from reconcile.endpoint import Basic, Bearer, ClientCredentials, Endpoint, HeaderToken, QueryToken
from reconcile.errors import ApiError
from reconcile.model import Request, Secret
from reconcile.transport import Redactor

from .conftest import GET, POST
from .counterpart import Play, answer, close, echo

CANARY = "cAn+ry/'\"&=secret"
CREDENTIALS = {
    "basic": Basic(Secret("alice"), Secret(CANARY)),
    "api key": Basic(Secret(""), Secret(CANARY)),
    "bearer": Bearer(Secret("cAn+ry/-=secret")),
    "query": QueryToken("token", Secret(CANARY)),
    "header": HeaderToken("X-Lamp-Key", Secret("cAn+ry/-=secret"), "Lamp "),
    "user": Basic(Secret("cAn+ry/-=secret"), Secret("x"), is_key=True),
}
ECHOES = {
    "raw": str,
    "json": json.dumps,
    "json in json": lambda text: json.dumps({"message": json.dumps({"request": text})}),
    "message": lambda text: json.dumps({"errorName": "Echo", "parameters": {"sent": text}}),
    "list": lambda text: json.dumps({"name": [text]}),
    "percent": lambda text: quote(text, safe=""),
    "percent in lower case": lambda text: re.sub("%..", lambda found: found.group().lower(), quote(text)),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent in html in json": lambda text: json.dumps({"message": html.escape(quote(text))}),
    "json thrice": lambda text: json.dumps(json.dumps(json.dumps(text))),
    "percent but slashes": quote,
    "plus": quote_plus,
    "html": lambda text: f"<html><title>{html.escape(text)}</title></html>",
    "page": lambda text: f"<html><body><p>{html.escape(text)}</p></body></html>",
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 at one": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
    "base64 at two": lambda text: base64.b64encode(b"xx" + text.encode()).decode(),
    "urlsafe base64": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "far from the start": lambda text: "x" * 180 + text,
}


def leaked(text: str, secret: str) -> bool:
    """Whether `text` has eight characters of the secret in a row, in any spelling."""
    spelled = (
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        html.escape(secret),
        *(base64.b64encode(b"x" * at + secret.encode()).decode()[4:-4] for at in range(3)),
    )
    return any(form[at : at + 8] in text for form in spelled for at in range(max(1, len(form) - 7)))


@pytest.mark.parametrize("spell", ECHOES.values(), ids=ECHOES.keys())
@pytest.mark.parametrize("credential", CREDENTIALS.values(), ids=CREDENTIALS.keys())
@pytest.mark.parametrize("status", [400, 401, 500, 200])
def test_an_echoed_credential_is_in_no_message_log_or_traceback(
    serve, connect, caplog, credential, spell, status
):
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    client = connect(serve(say(status, spell)), credential, retries=0, log=said.append)
    secret = next(part.open() for part in vars_of(credential) if "secret" in part.open())
    for request in (GET, POST):
        with pytest.raises(ApiError) as caught:
            (client.read if request.safe else client.write)(request)
        trace = "".join(traceback.format_exception(caught.value))
        assert not leaked("\n".join([str(caught.value), trace, caplog.text, *said]), secret)


def say(status: int, spell: Callable[[str], str]) -> Play:
    """Says what a server knows of the credential, as it came and as it was meant."""

    def play(connection, seen):
        shown = seen.headers.get("authorization") or seen.headers.get("x-lamp-key", "")
        meant = base64.b64decode(shown[6:]).decode() if shown.startswith("Basic") else unquote(seen.target)
        data = spell(f"{meant} {shown} {seen.target}").encode()
        return answer(b"<" * (status == 200) + data, status)(connection, seen)

    return play


def vars_of(credential: object) -> list[Secret]:
    values = (getattr(credential, name) for name in type(credential)._fields)
    return [value for value in values if isinstance(value, Secret)]


def test_a_secret_of_a_body_is_removed_from_what_the_server_says_of_it(serve, connect):
    client = connect(serve(echo(422, lambda text: text[-40:])))
    with pytest.raises(ApiError, match=r"\*\*\*") as caught:
        client.write(Request("sys", "POST", "/things", body={"p": [{"value": Secret("hunter2 hunter2")}]}))
    assert "hunter2" not in str(caught.value)
    assert client.redact("hunter2 hunter2") == "***"


@pytest.mark.parametrize("text", ["canary-\x00token-1", "canary-\u202etoken-1", "canary-<b>token</b>-1"])
def test_a_secret_interrupted_by_what_is_removed_is_not_put_together_again(serve, connect, text):
    with pytest.raises(ApiError) as caught:
        connect(serve(answer(f"<p>{text}".encode(), 400))).read(GET)
    assert "canary-token-1" not in str(caught.value)


def test_the_log_has_one_line_a_request_with_the_token_hidden(serve, connect, time):
    said: list[str] = []
    server = serve(answer({}), answer({}, 404), close)
    client = connect(server, QueryToken("token", Secret("demo")), retries=0, log=said.append)
    client.read(Request("sys", "GET", "/runs", (("filters[name]", "demo"),), safe=True))
    for send, request in ((client.read, GET), (client.write, POST)):
        with pytest.raises(ApiError):
            send(request)
    assert said == [
        "sys: GET /runs?filters%5Bname%5D=demo&token=*** 200 0 ms",
        "sys: GET /things?token=*** 404 0 ms",
        "sys: POST /things?token=*** failed 0 ms",
    ]


def test_the_clients_own_loggers_are_silent(serve, connect, caplog):
    caplog.set_level(logging.DEBUG)
    connect(serve(answer({}))).read(GET)
    assert not [record for record in caplog.records if record.name.startswith("http")]


def endpoints(*credentials: object) -> list[Endpoint]:
    return [Endpoint("sys", "http://127.0.0.1", credential) for credential in credentials]  # type: ignore[arg-type]


DEMO = endpoints(
    Basic(Secret("demo"), Secret("demo")),
    Bearer(Secret("demo")),
    QueryToken("token", Secret("demo")),
    HeaderToken("X-Lamp-Key", Secret("demo"), "Lamp "),
    ClientCredentials("/t", Secret("demo"), Secret("demo"), "s"),
)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("reconcile demo writes demo/reconcile.yaml", "reconcile demo writes demo/reconcile.yaml"),
        ("Authorization: Basic ZGVtbzpkZW1v", "Authorization: Basic ***"),
        ("'authorization': 'Bearer demo', 'accept'", "'authorization': 'Bearer ***', 'accept'"),
        ('{"Authorization":"Bearer demo"}', '{"Authorization":"Bearer ***"}'),
        ("ZGVtbzpkZW1v", "***"),
        ("'x-lamp-key': 'Lamp demo', 'accept'", "'x-lamp-key': 'Lamp ***', 'accept'"),
        ("GET /runs?token=demo&page=2", "GET /runs?token=***&page=2"),
        ("/runs?a=demo&token=demo#x", "/runs?a=demo&token=***#x"),
        ("a bearer token and a basic plan", "a bearer token and a basic plan"),
    ],
)
def test_a_short_secret_is_removed_only_where_its_place_says_what_it_is(text, redacted):
    assert Redactor(DEMO).redact(text) == redacted


def test_user_names_and_client_ids_are_no_secrets():
    known = Redactor(endpoints(Basic(Secret("deploy-bot"), Secret("p")), OAUTH))
    assert known.redact("deploy-bot and client-identity") == "deploy-bot and client-identity"


OAUTH = ClientCredentials("/t", Secret("client-identity"), Secret("client-secret"), "s")


def test_a_redactor_without_secrets_changes_nothing():
    text = "\x1b[1mAny text at all: ünïcödé, {json: true}\n"
    assert Redactor().redact(text) == text


@pytest.mark.parametrize(
    "secret", ["\udcff\udcfe\udcfd123", "line one\nline two", "ünïcödé-secret", "a" * 5000, "\x00" * 9]
)
def test_any_text_can_be_a_secret(secret):
    known = Redactor()
    known.add(secret)
    for text in (secret, json.dumps(secret), quote(secret, errors="surrogateescape")):
        assert secret not in known.redact(f"say {text} twice {text}")
        assert "***" in known.redact(text)


def test_what_a_system_showed_is_taken_out_of_what_strangers_say_and_left_in_our_own_words() -> None:
    redactor = Redactor()
    redactor.hear([Secret("release-board"), Secret("short")])
    assert redactor.redact_echo("release-board, release%2Dboard, short") == "***, ***, short"
    assert redactor.redact("release-board") == "release-board"


def test_what_is_heard_later_is_taken_out_as_well_and_the_longest_first() -> None:
    redactor = Redactor()
    redactor.add("secret-of-ours")
    assert redactor.redact_echo("live-secret-of-ours") == "live-***"
    redactor.hear([Secret("live-secret-of-ours")])
    assert redactor.redact_echo("live-secret-of-ours") == "***"


def raw(data: bytes) -> Play:
    """Says just these bytes, and closes."""

    def play(connection, seen):
        connection.sendall(data)
        return False

    return play


@pytest.mark.parametrize(
    "line",
    [
        "HTTP/1.1 abc {0} said\r\n\r\n",
        "HTTP/1.1 400 {0}\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: {0}\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 {0}\r\nLocation: https://{0}.test/x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n{0}: \x00\r\n\r\n",
    ],
)
@pytest.mark.parametrize(
    "spell", [str, lambda text: quote(text, safe=""), lambda text: json.dumps(text)[1:-1]]
)
def test_a_line_of_the_protocol_repeats_no_secret(serve, connect, line, spell):
    secret = "Tr0ub4dor%and-horses"
    said: list[str] = []
    client = connect(
        serve(raw(line.format(spell(secret)).encode())), Bearer(Secret(secret)), retries=0, log=said.append
    )
    with pytest.raises(ApiError) as caught:
        client.read(GET)
    told = "".join([str(caught.value), *said])
    assert "Tr0ub4dor" not in told.replace("tr0", "Tr0")
    assert "horses" not in told


def test_what_a_proxy_says_of_us_in_a_reason_phrase_is_not_repeated(serve, connect):
    proxy = serve(raw(b"HTTP/1.1 407 no Tr0ub4dor%25and-horses here\r\nContent-Length: 0\r\n\r\n"))
    way = f"http://me:Tr0ub4dor%25and-horses@127.0.0.1:{proxy.port}"
    there = Endpoint("sys", "https://far.test/base", Bearer(Secret("canary-token-1")))
    with pytest.raises(ApiError, match=r"the proxy 127\.0\.0\.1:\d+ refused") as caught:
        connect(there, retries=0, environment={"https_proxy": way}).read(GET)
    assert "407 no *** here" in str(caught.value)


def test_a_line_of_the_protocol_repeats_no_secret_that_a_system_showed(serve, connect):
    client = connect(serve(raw(b"HTTP/1.1 abc live-secret said\r\n\r\n")), retries=0)
    client.redactor.hear([Secret("live-secret")])
    with pytest.raises(ApiError) as caught:
        client.read(GET)
    assert "said" in str(caught.value)
    assert "live-secret" not in str(caught.value)


@pytest.mark.parametrize("left", range(5, 23, 3))
def test_a_secret_across_the_end_of_what_is_read_of_a_page_is_not_cut_in_two(serve, connect, left):
    secret = "Tr0ub4dor-and-3-horses"
    page = b" " * (64 * 1024 - left) + secret.encode() + b" and more"
    with pytest.raises(ApiError) as caught:
        connect(serve(answer(page, 400)), Bearer(Secret(secret)), retries=0).read(GET)
    assert "Tr0" not in str(caught.value)
