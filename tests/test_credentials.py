"""Which credential a system gets: only where the operator allows its origin, and from where it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.lamps import LAMPS
from tests.support.projects import lines, read, written

from reconcile.endpoint import (
    Basic,
    Bearer,
    ClientCredentials,
    Credential,
    Endpoint,
    HeaderToken,
    QueryToken,
    account_of,
)
from reconcile.model import Secret
from reconcile.project import SystemConfig
from reconcile.project.credentials import endpoint
from reconcile.provider import AuthScheme

URL = "https://lamps.example.com:8443/api"


def config(root: Path, auth: str, url: str = URL) -> SystemConfig:
    text = f"version: 1\nsystems:\n  lamps:\n    url: {url}\n    auth: {auth}\n"
    project, problems = read(written(root, {"reconcile.yaml": text}))
    assert project is not None, lines(problems)
    return project.systems["lamps"]


@pytest.mark.parametrize(
    ("auth", "credential"),
    [
        ("{basic: {username: {env: U}, password: {env: P}}}", Basic(Secret("user"), Secret("pass"))),
        ("{basic: {username: me, password: {env: P}}}", Basic(Secret("me"), Secret("pass"))),
        ("{apiKey: {env: P}}", Basic(Secret(""), Secret("pass"))),
        ("{bearer: {env: P}}", Bearer(Secret("pass"))),
        ("{token: {env: P}}", QueryToken("auth_token", Secret("pass"))),
        ("{header: {env: P}}", HeaderToken("X-Lamp-Key", Secret("pass"), "Lamp ")),
        (
            "{oauth2: {clientId: me, clientSecret: {env: P}}}",
            ClientCredentials("/oauth/token", Secret("me"), Secret("pass"), "lamps"),
        ),
    ],
)
def test_each_way_to_authenticate_is_what_the_system_says_of_it(
    auth: str, credential: Credential, tmp_path: Path
) -> None:
    bound = endpoint(config(tmp_path, auth), {"U": "user", "P": "pass"})
    assert isinstance(bound, Endpoint)
    assert (bound.name, bound.url, bound.credential) == ("lamps", URL, credential)
    assert bound.credential_from.endswith("P at reconcile.yaml:5")


def test_a_key_that_is_a_user_name_goes_with_the_password_that_its_system_names(tmp_path: Path) -> None:
    system = LAMPS._replace(auth=(AuthScheme("apiKey", parameter="api_token"),))
    text = f"version: 1\nsystems:\n  lamps:\n    url: {URL}\n    auth: {{apiKey: {{env: P}}}}\n"
    project, _ = read(written(tmp_path, {"reconcile.yaml": text}), catalogue={"lamps": system})
    assert project is not None
    bound = endpoint(project.systems["lamps"], {"P": "the-key"})
    assert isinstance(bound, Endpoint)
    assert bound.credential == Basic(Secret("the-key"), Secret("api_token"), is_key=True)
    assert account_of(bound.credential) is None


def test_a_secret_may_stand_in_a_file_anywhere_even_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "mounted").write_text("pass\n")
    (tmp_path / "link").symlink_to(tmp_path / "mounted")
    bound = endpoint(config(tmp_path, f"{{bearer: {{file: {tmp_path}/link}}}}"), {})
    assert isinstance(bound, Endpoint)
    assert bound.credential == Bearer(Secret("pass"))


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_credential_is_named_and_not_shown(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    (problem,) = endpoint(config(tmp_path, f"{{bearer: {{file: {tmp_path}/key}}}}"), {})
    assert problem.code == "missing-credential"
    assert str(tmp_path / "key") in problem.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (problem,) = endpoint(config(tmp_path, "{bearer: {file: /nowhere/key}}"), {})
    assert str(problem) == (
        "reconcile.yaml:5:20: system `lamps`: /nowhere/key cannot be read (No such file or directory): "
        "mount the credential there "
        "[missing-credential]"
    )


def test_every_missing_variable_is_named_with_the_system_and_the_line(tmp_path: Path) -> None:
    found = endpoint(config(tmp_path, "{basic: {username: {env: U}, password: {env: P}}}"), {"P": ""})
    assert lines(found) == [
        "reconcile.yaml:5:30: system `lamps`: U is not set: set it to the credential [missing-credential]",
        "reconcile.yaml:5:50: system `lamps`: P is not set: set it to the credential [missing-credential]",
    ]


def test_a_missing_credential_has_the_place_of_its_own_value_in_block_style(tmp_path: Path) -> None:
    auth = "\n      basic:\n        username: me\n        password:\n          env: P"
    assert lines(endpoint(config(tmp_path, auth), {})) == [
        "reconcile.yaml:9:11: system `lamps`: P is not set: set it to the credential [missing-credential]",
    ]


@pytest.mark.parametrize(
    "allowed",
    [
        "https://lamps.example.com:8443",
        "https://LAMPS.example.com:8443/",
        "https://lamps.example.com:8443/other/path",
        "https://a.example, https://lamps.example.com:8443 ,",
        "nonsense, https://lamps.example.com:8443",
    ],
)
def test_an_origin_that_the_operator_names_may_be_contacted(allowed: str, tmp_path: Path) -> None:
    bound = endpoint(config(tmp_path, "{bearer: {env: P}}"), {"P": "p", "RECONCILE_ORIGINS": allowed})
    assert isinstance(bound, Endpoint)


@pytest.mark.parametrize(
    "allowed",
    [
        "",
        "nonsense",
        "https://lamps.example.com",
        "http://lamps.example.com:8443",
        "https://lamps.example.com:8444",
        "https://example.com:8443",
        "https://lamps.example.com.evil.example:8443",
        "https://evil.example/https://lamps.example.com:8443",
    ],
)
def test_every_other_origin_is_refused_before_a_credential_is_read(allowed: str, tmp_path: Path) -> None:
    found = endpoint(config(tmp_path, "{bearer: {file: /nowhere}}"), {"RECONCILE_ORIGINS": allowed})
    (line,) = lines(found)
    assert line.startswith(
        "reconcile.yaml:4:5: https://lamps.example.com:8443 is not in RECONCILE_ORIGINS: "
        "the operator adds it there, outside the repository"
    )
    assert line.endswith(" [origin]")


def test_the_operators_list_holds_for_this_machine_too(tmp_path: Path) -> None:
    here = config(tmp_path, "{bearer: {env: P}}", "http://localhost:9")
    found = endpoint(here, {"P": "p", "RECONCILE_ORIGINS": "https://a.example"})
    assert [problem.code for problem in found] == ["origin"]


def test_under_ci_what_is_not_on_this_machine_must_be_listed(tmp_path: Path) -> None:
    found = endpoint(config(tmp_path, "{bearer: {env: P}}"), {"P": "p", "CI": "true"})
    assert lines(found) == [
        "reconcile.yaml:5:20: system `lamps`: `P`: under CI it must be bound: the operator adds "
        "P@https://lamps.example.com:8443/api to RECONCILE_SECRETS, outside the repository [secret]"
    ]


@pytest.mark.parametrize("url", ["http://localhost:9", "http://127.0.0.1", "https://[::1]:9/x"])
def test_under_ci_this_machine_needs_no_list(url: str, tmp_path: Path) -> None:
    assert isinstance(
        endpoint(config(tmp_path, "{bearer: {env: P}}", f"'{url}'"), {"P": "p", "CI": "1"}), Endpoint
    )


def test_an_endpoint_shows_no_credential(tmp_path: Path) -> None:
    bound = endpoint(config(tmp_path, "{bearer: {env: P}}"), {"P": "canary"})
    assert "canary" not in repr(bound)
