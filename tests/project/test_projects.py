"""What `reconcile.yaml` says once it is read: its systems, and what an environment lays over them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.projects import PROJECT, lines, read, written

from reconcile.model import Origin
from reconcile.project import Guards, Project

LAYERED = """\
version: 1
manifests: [manifests]
systems:
  flexdeploy:
    url: https://deploy.example.com/flexdeploy/rest/v1/
    auth: {basic: {username: me, password: {env: TEST_PASSWORD}}}
    options: {hidden: [properties]}
  lamps:
    url: https://lamps.example.com
    auth: {apiKey: {file: /run/key}}
    options: {volts: 12}
variables: {a: 1, b: {deep: true}}
guards: {max_deletes: 5, max_creates: 9}
environments:
  staging: {}
  production:
    manifests: [manifests, production]
    systems:
      flexdeploy:
        url: https://deploy.example.com/prod
        auth: {basic: {username: {env: PROD_USER}, password: {env: PROD_PASSWORD}}}
      lamps:
        options: {hidden: [pin]}
        insecure: true
      more: {type: lamps, url: "http://localhost:9", auth: {bearer: {env: MORE}}}
    variables: {b: 2, c: 3}
    guards: {max_deletes: 0, max_runs: null}
"""


def project(root: Path, text: str = LAYERED, environment: str | None = None) -> Project:
    """The project; it has no problems."""
    found, problems = read(written(root, {"reconcile.yaml": text}), environment)
    assert found is not None, lines(problems)
    return found


def test_without_an_environment_the_top_level_stands_alone(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert (found.environment, found.environments) == (None, ("staging", "production"))
    assert sorted(found.systems) == ["flexdeploy", "lamps"]
    assert found.variables == {"a": 1, "b": {"deep": True}}
    assert found.guards == Guards(max_deletes=5, max_runs=10, max_creates=9)
    assert [path for path, _ in found.manifests] == ["manifests"]


def test_an_environment_that_says_nothing_changes_nothing(tmp_path: Path) -> None:
    found, top = project(tmp_path, environment="staging"), project(tmp_path)
    assert found.environment == "staging"
    assert found.systems == top.systems
    assert (found.variables, found.guards, found.manifests) == (top.variables, top.guards, top.manifests)


def test_an_environment_lies_over_the_top_level_key_by_key(tmp_path: Path) -> None:
    found = project(tmp_path, environment="production")
    assert sorted(found.systems) == ["flexdeploy", "lamps", "more"]
    assert found.systems["flexdeploy"].url == "https://deploy.example.com/prod"
    assert found.systems["flexdeploy"].options == {"hidden": ["properties"]}
    assert found.systems["flexdeploy"].secrets == {
        "username": {"env": "PROD_USER"},
        "password": {"env": "PROD_PASSWORD"},
    }
    assert found.systems["lamps"].options == {"volts": 12, "hidden": ["pin"]}
    assert found.systems["lamps"].url == "https://lamps.example.com"
    assert found.variables == {"a": 1, "b": 2, "c": 3}
    assert found.guards == Guards(max_deletes=0, max_runs=None, max_creates=9)
    assert [path for path, _ in found.manifests] == ["manifests", "production"]


def test_the_place_of_a_url_is_where_it_is_last_said(tmp_path: Path) -> None:
    assert project(tmp_path).systems["flexdeploy"].origin == Origin("reconcile.yaml", 5, 5)
    production = project(tmp_path, environment="production")
    assert production.systems["flexdeploy"].origin == Origin("reconcile.yaml", 20, 9)
    assert production.systems["lamps"].origin == Origin("reconcile.yaml", 9, 5)


def test_the_variables_of_every_environments_auth_are_credentials(tmp_path: Path) -> None:
    assert project(tmp_path, environment="staging").auth_variables == {
        "TEST_PASSWORD",
        "PROD_USER",
        "PROD_PASSWORD",
        "MORE",
    }


@pytest.mark.parametrize(
    ("top", "over", "secrets"),
    [
        (
            "basic: {username: me, password: {env: A}}",
            "basic: {password: {file: /b}}",
            {"username": "me", "password": {"file": "/b"}},
        ),
        ("basic: {username: me, password: {env: A}}", "bearer: {env: B}", {"bearer": {"env": "B"}}),
        ("bearer: {env: A}", "bearer: {file: /b}", {"bearer": {"file": "/b"}}),
    ],
)
def test_an_environment_lies_over_a_credential_of_its_scheme_key_by_key_and_replaces_another(
    top: str, over: str, secrets: dict, tmp_path: Path
) -> None:
    text = f"""\
version: 1
systems: {{lamps: {{url: "https://lamps.example.com", auth: {{{top}}}}}}}
environments: {{production: {{systems: {{lamps: {{auth: {{{over}}}}}}}}}}}
"""
    found = project(tmp_path, text, "production").systems["lamps"]
    assert found.secrets == secrets
    lines = {part: origin.line for part, origin in found.secret_origins.items()}
    assert lines == {part: 2 if part == "username" else 3 for part in secrets}


def test_a_url_ends_without_a_slash(tmp_path: Path) -> None:
    assert project(tmp_path).systems["flexdeploy"].url == "https://deploy.example.com/flexdeploy/rest/v1"


def test_guards_and_manifests_have_defaults(tmp_path: Path) -> None:
    found = project(tmp_path, PROJECT)
    assert found.guards == Guards(max_deletes=3, max_runs=10, max_creates=None)
    assert [path for path, _ in found.manifests] == ["manifests"]


def test_the_type_of_a_system_is_its_name_where_none_is_written(tmp_path: Path) -> None:
    found = project(tmp_path, environment="production")
    types = {name: config.system.type for name, config in found.systems.items()}
    assert types == {"flexdeploy": "flexdeploy", "lamps": "lamps", "more": "lamps"}


@pytest.mark.parametrize("name", ["4711", "me", "0x1F"])
def test_a_user_name_may_be_a_literal_and_is_taken_as_it_is_written(name: str, tmp_path: Path) -> None:
    text = PROJECT.replace("{env: FD_USER}", name)
    assert project(tmp_path, text).systems["flexdeploy"].secrets["username"] == name


@pytest.mark.parametrize("flag", ["true", "True", "TRUE"])
def test_plain_http_is_allowed_where_it_is_called_insecure(flag: str, tmp_path: Path) -> None:
    text = PROJECT.replace("https:", "http:") + f"    insecure: {flag}\n"
    assert project(tmp_path, text).systems["flexdeploy"].insecure


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:9"])
def test_plain_http_to_this_machine_needs_no_word(host: str, tmp_path: Path) -> None:
    text = PROJECT.replace("https://deploy.example.com", f"http://{host}")
    assert project(tmp_path, text).systems["flexdeploy"].url == f"http://{host}/flexdeploy/rest/v1"


@pytest.mark.parametrize("host", ["localhost.example.com", "127.0.0.1.example.com", "127.0.0.2", "0.0.0.0"])
def test_what_only_looks_like_this_machine_is_another(host: str, tmp_path: Path) -> None:
    text = PROJECT.replace("https://deploy.example.com", f"http://{host}")
    found, problems = read(written(tmp_path, {"reconcile.yaml": text}))
    assert found is None
    assert [problem.code for problem in problems] == ["url"]
