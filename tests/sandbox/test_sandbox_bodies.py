"""Bodies that are not what they should be are refused, and nothing is ever an internal error."""

from __future__ import annotations

import httpx
import pytest

RELEASES = "/releases"
JSON = {"content-type": "application/json"}

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"[]", "the body must be object"),
        (b"null", "the body must be object"),
        (b'"x"', "must be object"),
        (b'{"releaseName": NaN}', "number that JSON has no word for"),
        (b'{"releaseName": "x", "pipelineId": 1e999}', "number out of range"),
        (b'{"releaseName": "x", "pipelineId": ' + b"9" * 5000 + b"}", ""),
        (b'{"releaseName": "x", "releaseName": "y"}', "key twice"),
        (b'{"releaseName": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1, "releaseName": "x"}', "surrogate"),
        (b'{"x": ' + b"[" * 65 + b"]" * 65 + b"}", "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 50_000, "nested too deeply"),
        (b'{"releaseName": "x", "pipelineId": 01010}', "not JSON"),
    ],
)
def test_a_bad_body_is_a_bad_request(flexdeploy: httpx.Client, body: bytes, told: str) -> None:
    reply = flexdeploy.post(RELEASES, content=body, headers=JSON)
    assert reply.status_code == 400
    assert told in reply.json()["message"]


@pytest.mark.parametrize(
    "body", [b'{"releaseName": "\\ud83d\\ude00"}', '{"releaseName": "é\\u0000"}'.encode()]
)
def test_any_unicode_text_is_taken_and_given_back(flexdeploy: httpx.Client, body: bytes) -> None:
    reply = flexdeploy.post(RELEASES, content=body, headers=JSON)
    assert reply.status_code == 201
    assert flexdeploy.get(RELEASES).json()[-1]["releaseName"] == reply.json()["releaseName"]


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/xml", "application/x-www-form-urlencoded"]
)
def test_only_json_is_read(flexdeploy: httpx.Client, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    assert flexdeploy.post(RELEASES, content=b'{"releaseName": "x"}', headers=headers).status_code == 415


def test_json_with_a_charset_is_read(flexdeploy: httpx.Client) -> None:
    headers = {"content-type": "Application/JSON; charset=UTF-8"}
    assert flexdeploy.post(RELEASES, content=b'{"releaseName": "x"}', headers=headers).status_code == 201


def test_a_large_body_is_refused_whole(flexdeploy: httpx.Client) -> None:
    largest = b'{"releaseName": "%s"}' % (b"x" * (1024 * 1024 - 19))
    assert flexdeploy.post(RELEASES, content=largest, headers=JSON).status_code == 201
    assert flexdeploy.post(RELEASES, content=largest + b" ", headers=JSON).status_code == 413


def test_a_chunked_body_is_read(flexdeploy: httpx.Client) -> None:
    chunks = iter([b'{"releaseName"', b': "x"}'])
    assert flexdeploy.post(RELEASES, content=chunks, headers=JSON).status_code == 201


@pytest.mark.parametrize(
    "path", ["/releases/%00", "/releases/%ff", "/releases/1%2F2", "/releases/..", "/releases//1"]
)
def test_odd_paths_are_not_found(flexdeploy: httpx.Client, path: str) -> None:
    assert flexdeploy.get(path).status_code in (404, 200 if path.endswith("..") else 404)


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_not_allowed(flexdeploy: httpx.Client, method: str) -> None:
    reply = flexdeploy.request(method, RELEASES)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, POST")
