"""Routes, origins and near names: small things on which every request and every message stands."""

from __future__ import annotations

import pytest
from tests.support.values import address

from reconcile.endpoint import is_loopback, origin_of
from reconcile.model import Ref, Request, Response
from reconcile.provider import BadAnswer, Route, path_id, rows_of
from reconcile.suggest import nearest, suggestion


def test_a_route_is_spelled_as_the_vendor_spells_it() -> None:
    request = Route("PATCH /releases/{releaseId}")("fd", {"a": 1}, releaseId=7)
    assert request == Request("fd", "PATCH", "/releases/7", (), {"a": 1}, safe=False)


def test_a_get_is_safe_and_another_method_only_where_it_says_so() -> None:
    assert Route("GET /x")("s").safe
    assert not Route("POST /x")("s").safe
    assert Route("POST /search", safe=True)("s").safe


@pytest.mark.parametrize("id_", [7, "7", "ri.scheduler.main.schedule.8843955e-37d1", "a_b:c"])
def test_an_id_stands_in_a_path_as_it_is(id_: object) -> None:
    assert path_id(id_).replace("%3A", ":") == str(id_)


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "..",
        "a..b",
        "a/b",
        "../x",
        "%2f",
        "a?b",
        "a#b",
        "a b",
        "a\nb",
        "é",
        ".a",
        "-a",
        "//evil",
        "a@b",
        "x" * 300,
    ],
)
def test_what_could_leave_its_place_is_no_id(id_: object) -> None:
    with pytest.raises(ValueError, match="not an id"):
        path_id(id_)


def test_an_id_that_is_not_known_yet_stands_as_its_address() -> None:
    assert path_id(Ref(address("a"))) == "{lamps/Lamp/a}"


@pytest.mark.parametrize(("body", "rows"), [([1, 2], [1, 2]), ({"a": 1}, ({"a": 1},)), ([], [])])
def test_an_answer_is_a_list_of_rows_or_one(body: object, rows: object) -> None:
    assert rows_of(Response(200, body)) == rows


def test_an_answer_that_there_is_nothing_has_no_rows() -> None:
    assert rows_of(Response(404, None)) == ()


@pytest.mark.parametrize("body", ["x", 3, True, None])
def test_an_answer_that_is_neither_is_a_bad_one(body: object) -> None:
    with pytest.raises(BadAnswer):
        rows_of(Response(200, body))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://A.example/x", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("http://a.example:8080", "http://a.example:8080"),
        ("https://[::1]:9/x", "https://[::1]:9"),
        ("HTTPS://a.example", "https://a.example"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url", ["", "a.example", "ftp://a.example", "https://", "https:///x", "https://a:99999"]
)
def test_what_has_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        origin_of(url)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:9", True),
        ("http://127.0.0.1", True),
        ("http://[::1]/", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://evil.example/localhost", False),
        ("http://localhost@evil.example", False),
    ],
)
def test_only_this_machine_is_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("descripton", "description"),
        ("DESCRIPTION", "description"),
        ("releasename", "releaseName"),
        ("zzz", None),
    ],
)
def test_the_nearest_known_name_is_found_in_any_case(name: str, near: str | None) -> None:
    assert nearest(name, ["description", "releaseName", "pipelineId"]) == near


def test_where_nothing_is_near_a_short_list_is_told_and_a_long_one_is_not() -> None:
    assert suggestion("zzz", ["b", "a"]) == "; known: a, b"
    assert suggestion("zzz", map(str, range(100, 120))) == ""
    assert suggestion("zzz", []) == ""
    assert suggestion("plna", ["plan"]) == "; did you mean `plan`?"


def test_a_very_long_name_takes_no_time() -> None:
    assert nearest("a" * 100_000, ["abc"] * 50) is None
