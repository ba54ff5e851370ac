"""Headers of a system: what may stand there, how environments lay them, what a change of them is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.projects import lines, read, written

from reconcile.endpoint import Endpoint
from reconcile.model import Secret
from reconcile.project import Project, project_changes
from reconcile.project.credentials import endpoint

HEAD = """\
version: 1
systems:
  lamps:
    url: https://lamps.example.com
    auth: {bearer: {env: P}}
"""


def project(root: Path, headers: str, environment: str | None = None, more: str = "") -> Project:
    found, problems = read(
        written(root, {"reconcile.yaml": f"{HEAD}    headers: {headers}\n{more}"}), environment
    )
    assert found is not None, lines(problems)
    return found


def test_a_header_is_a_text_or_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    headers = (
        "{x-organization-id: 42, x-v: 1.10, x-on: true, x-api-key: 'a b', x-k: {env: K}, x-f: {file: key}}"
    )
    bound = endpoint(project(tmp_path, headers).systems["lamps"], {"P": "p", "K": "kk"})
    assert isinstance(bound, Endpoint)
    assert dict(bound.headers) == {
        "x-organization-id": "42",
        "x-v": "1.10",
        "x-on": "true",
        "x-api-key": "a b",
        "x-k": Secret("kk"),
        "x-f": Secret("from-a-file"),
    }


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Authorization",
            "authorization",
            "Cookie",
            "HOST",
            "Content-Type",
            "content-anything",
            "Connection",
        ),
        *("Transfer-Encoding", "TE", "Upgrade", "Proxy-Authorization", "Keep-Alive", "Trailer", "Expect"),
        *("Accept-Encoding", "X-HTTP-Method-Override", "'x y'", "'x:'", '"x\\r\\ny"', "'x\u00e9'", "''"),
    ],
)
@pytest.mark.parametrize("layer", ["top", "environment"])
def test_a_name_that_is_no_header_or_not_the_project_s_is_refused_at_its_line(
    name: str, layer: str, tmp_path: Path
) -> None:
    over = f"environments:\n  e:\n    systems:\n      lamps:\n        headers:\n          {name}: x\n"
    text = f"{HEAD}    headers:\n      {name}: x\n" if layer == "top" else f"{HEAD}{over}"
    for environment in (None, "e") if layer == "environment" else (None,):
        found, problems = read(written(tmp_path, {"reconcile.yaml": text}), environment)
        assert found is None
        place = "7:7" if layer == "top" else "11:11"
        assert [(str(it.origin), it.code) for it in problems] == [(f"reconcile.yaml:{place}", "header")]


@pytest.mark.parametrize(
    "value",
    [
        *("''", "' x'", "'x '", '"a\\nb"', '"a\\r\\nX-Y: z"', '"\\0"', "h\u00e9", "null", "[a]", "{}"),
        *("{env: ''}", "{env: A, file: b}", "{var: A}", "{env: 1}"),
    ],
)
def test_a_value_that_is_none_is_refused_at_its_line_without_it(value: str, tmp_path: Path) -> None:
    text = f"{HEAD}    headers:\n      x-key: {value}\n"
    found, problems = read(written(tmp_path, {"reconcile.yaml": text}))
    assert found is None
    assert [str(it.origin).rpartition(":")[0] for it in problems][:1] == ["reconcile.yaml:7"]


def test_a_name_in_two_spellings_is_one_header(tmp_path: Path) -> None:
    text = f"{HEAD}    headers: {{x-key: a, X-Key: b}}\n"
    found, problems = read(written(tmp_path, {"reconcile.yaml": text}))
    assert found is None
    assert "twice" in problems[0].message


def test_an_environment_lays_headers_key_by_key_and_null_takes_one_away(tmp_path: Path) -> None:
    more = "environments: {e: {systems: {lamps: {headers: {X-B: two, x-c: null, x-d: {env: D}}}}}}\n"
    found = project(tmp_path, "{x-a: one, x-b: {env: B}, x-c: three}", "e", more)
    assert found.systems["lamps"].headers == {"x-a": "one", "X-B": "two", "x-d": {"env": "D"}}
    assert found.auth_variables == {"P", "B", "D"}


@pytest.mark.parametrize("text", ["one\ntwo", "a\r\nX-Y: z", " secret-a", "h\u00e9llo", "a\0b"])
def test_a_secret_that_no_header_can_carry_is_told_and_not_shown(text: str, tmp_path: Path) -> None:
    config = project(tmp_path, "{x-k: {env: K}}").systems["lamps"]
    found = endpoint(config, {"P": "p", "K": text})
    assert not isinstance(found, Endpoint)
    assert [problem.code for problem in found] == ["header"]
    assert text not in found[0].message


def test_a_change_of_headers_is_a_change_of_the_project_file(tmp_path: Path) -> None:
    before = project(tmp_path, "{x-a: one, x-b: {env: B}}")
    after = project(tmp_path, "{x-a: two, x-b: {env: C}, x-c: {env: D}}")
    assert [(c.path[2:], c.before, c.after, str(c.origin)) for c in project_changes(before, after)] == [
        (("headers", "x-a"), "one", "two", "reconcile.yaml:6:20"),
        (("headers", "x-b", "env"), "B", "C", "reconcile.yaml:6:30"),
        (("headers", "x-c", "env"), None, "D", "reconcile.yaml:6:45"),
    ]


@pytest.mark.parametrize("value", ["key-in-clear", "{env: K}"])
def test_a_header_that_is_the_system_s_credential_is_refused_beside_auth(value: str, tmp_path: Path) -> None:
    text = f"{HEAD}    headers: {{x-lamp-key: {value}}}\n"
    found, problems = read(written(tmp_path, {"reconcile.yaml": text}))
    assert found is None
    assert lines(problems) == [
        "reconcile.yaml:6:27: the header `x-lamp-key` is the credential of `lamps`: write auth: "
        "{header: {env: NAME}} [header]"
    ]
