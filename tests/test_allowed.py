"""What the operator allows: which secret may go where, entry by entry; nothing malformed widens it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.support.projects import lines, loaded, read, release, written

from reconcile.endpoint import Endpoint
from reconcile.model import Problem
from reconcile.project import SystemConfig
from reconcile.project.allowed import allowed, can_be_listed, entry_for, is_ci
from reconcile.project.credentials import endpoint

URL = "https://lamps.example.com/team/api"


class Watched(Mapping[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def config(root: Path, more: str = "auth: {bearer: {env: P}}", url: str = URL) -> SystemConfig:
    text = f"version: 1\nsystems:\n  lamps:\n    url: '{url}'\n    {more}\n"
    project, problems = read(written(root, {"reconcile.yaml": text}))
    assert project is not None, lines(problems)
    return project.systems["lamps"]


def bound(config: SystemConfig, listed: str, **more: str) -> Endpoint | tuple[Problem, ...]:
    return endpoint(config, {"P": "secret-p", "H": "secret-h", "RECONCILE_SECRETS": listed, **more})


@pytest.mark.parametrize(
    "listed",
    [
        "P@https://lamps.example.com",
        "P@https://lamps.example.com/",
        "P@https://lamps.example.com:443/team",
        "P@HTTPS://LAMPS.example.com/team/api/",
        " P@https://lamps.example.com/team/api ",
        "OTHER,\r\nP@https://lamps.example.com\n",
        "P@https://other.example\nP@https://lamps.example.com",
        "nonsense@, P@https://lamps.example.com",
    ],
)
def test_an_entry_lets_its_secret_go_to_the_systems_whose_url_begins_there(
    listed: str, tmp_path: Path
) -> None:
    assert isinstance(bound(config(tmp_path), listed, CI="true", RECONCILE_ORIGINS=""), Endpoint)


@pytest.mark.parametrize(
    "listed",
    [
        "",
        "P",
        "*",
        "*@https://lamps.example.com",
        "P*@https://lamps.example.com",
        "P@",
        "P@https://",
        "P@https:///team",
        "P@lamps.example.com",
        "P@//lamps.example.com",
        "P@ftp://lamps.example.com",
        "P@http://lamps.example.com",
        "P@https://*.example.com",
        "P@https://lamps.example.com/*",
        "P@https://example.com",
        "P@https://lamps.example.com.evil.example",
        "P@https://lamps.example.com:8443",
        "P@https://lamps.example.com:99999",
        "P@https://lamps.example.com/te",
        "P@https://lamps.example.com/team/api/more",
        "P@https://lamps.example.com/team/../team",
        "P@https://lamps.example.com/%74eam",
        "P@https://lamps.example.com/team%2fapi",
        "P@https://lamps.example.com/Team",
        "P@https://lamps.example.com?x=1",
        "P@https://lamps.example.com#x",
        "P@https://evil@lamps.example.com",
        "P@https://evil.example\\@lamps.example.com",
        "P@https://lamps.example.com@evil.example",
        "P@https://[::1",
        "@https://lamps.example.com",
        "p@https://lamps.example.com",
        "PP@https://lamps.example.com",
        "/P@https://lamps.example.com",
        "P=x@https://lamps.example.com",
        "P https://lamps.example.com",
    ],
)
def test_no_other_entry_does_and_the_secret_is_not_even_looked_up(listed: str, tmp_path: Path) -> None:
    environment = Watched({"P": "canary", "RECONCILE_SECRETS": listed})
    found = endpoint(config(tmp_path), environment)
    assert not isinstance(found, Endpoint)
    assert [problem.code for problem in found] == ["secret"]
    assert "the operator adds P@https://lamps.example.com/team/api to RECONCILE_SECRETS" in found[0].message
    assert "P" not in environment.asked


def test_an_entry_that_allows_nothing_is_told_by_its_number_and_never_repeated(tmp_path: Path) -> None:
    found = bound(
        config(tmp_path), "A, P@https://canary:hunter2@lamps.example.com, P@https://lamps.example.com?q"
    )
    (line,) = lines(found) if not isinstance(found, Endpoint) else []
    assert "; entry 2 of RECONCILE_SECRETS allows nothing: an `@` stands in it twice" in line
    assert "; entry 3 of RECONCILE_SECRETS allows nothing: its url holds more than scheme" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("P", "https://lamps.example.com"),
        ("P", "https://lamps.example.com:8443/a,b"),
        ("P", "http://127.0.0.1:9/x"),
        ("P", "https://[::1]:9/x"),
        ("/run/secrets/katalon", URL),
        ("/run/a,b@c", URL),
        ("/run/100%/%2C/%25", URL),
    ],
)
def test_the_entry_that_a_refusal_prints_allows_just_that(source: str, url: str) -> None:
    entry = entry_for(source, url)
    assert can_be_listed(source, url)
    assert allowed({"RECONCILE_SECRETS": entry}).may_go(source, url)
    assert not allowed({"RECONCILE_SECRETS": entry}).may_go(source, "https://evil.example")
    assert not allowed({"RECONCILE_SECRETS": entry}).may_go(f"{source}x", url)


@pytest.mark.parametrize(
    ("source", "url"),
    [("a,b", URL), ("a@b", URL), ("/run/a\nb", URL), ("/run/a ", "https://b\u00fccher.example"), ("*", URL)],
)
def test_what_no_entry_can_name_is_said_to_be_so(source: str, url: str) -> None:
    assert not can_be_listed(source, url)


@pytest.mark.parametrize("word", ["true", "1", "yes", "no", "FALSE", " ", "00", "github"])
def test_any_word_but_three_counts_as_ci(word: str, tmp_path: Path) -> None:
    found = endpoint(config(tmp_path), {"P": "p", "CI": word})
    assert lines(found if not isinstance(found, Endpoint) else ()) == [
        "reconcile.yaml:5:20: system `lamps`: `P`: under CI it must be bound: the operator adds "
        "P@https://lamps.example.com/team/api to RECONCILE_SECRETS, outside the repository [secret]"
    ]


@pytest.mark.parametrize("environment", [{}, {"CI": ""}, {"CI": "0"}, {"CI": "false"}])
def test_elsewhere_the_lists_are_optional(environment: dict[str, str], tmp_path: Path) -> None:
    assert not is_ci(environment)
    assert isinstance(endpoint(config(tmp_path), {"P": "p", **environment}), Endpoint)


def test_origins_alone_are_not_enough_under_ci(tmp_path: Path) -> None:
    environment = {"P": "p", "CI": "1", "RECONCILE_ORIGINS": "https://lamps.example.com"}
    assert not isinstance(endpoint(config(tmp_path), environment), Endpoint)


def test_a_list_that_is_set_holds_on_this_machine_too(tmp_path: Path) -> None:
    here = config(tmp_path, url="http://127.0.0.1:9")
    assert not isinstance(bound(here, "OTHER"), Endpoint)
    assert isinstance(bound(here, "P@http://127.0.0.1:9"), Endpoint)


@pytest.mark.parametrize(
    "listed", ["https://a@lamps.example.com", "https://lamps.example.com?x", "*", ",", "https://"]
)
def test_no_origin_that_is_not_in_order_is_named(listed: str, tmp_path: Path) -> None:
    found = endpoint(config(tmp_path), {"P": "p", "RECONCILE_ORIGINS": listed})
    assert not isinstance(found, Endpoint)
    assert [problem.code for problem in found] == ["origin"]


def test_user_names_and_headers_count_and_literals_do_not(tmp_path: Path) -> None:
    more = "auth: {basic: {username: {env: U}, password: {env: P}}}\n    headers: {x-a: {env: H}, x-b: plain}"
    found = bound(config(tmp_path, more), "OTHER", U="u")
    assert [line.partition(" to RECONCILE")[0].rpartition(" ")[2] for line in lines(tuple(found))] == [  # type: ignore[arg-type]
        f"U@{URL}",
        f"P@{URL}",
        f"H@{URL}",
    ]


def test_a_file_counts_by_its_absolute_path(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret-of-a-file")
    here = config(tmp_path, "auth: {bearer: {file: key}}")
    assert not isinstance(bound(here, "key@https://lamps.example.com"), Endpoint)
    assert isinstance(bound(here, f"{tmp_path}/key@https://lamps.example.com"), Endpoint)


def test_a_link_in_the_project_does_not_lend_its_name_to_what_it_leads_to(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.write_text("canary-of-another")
    root.mkdir()
    (root / "key").symlink_to(outside)
    (root / "folder").symlink_to(tmp_path)
    for name in ("key", "folder/outside", f"{root}/key", "../outside"):
        here = config(root, f"auth: {{bearer: {{file: '{name}'}}}}")
        assert not isinstance(bound(here, f"{root}/key@{URL},{root}/folder/outside@{URL}"), Endpoint)
        assert isinstance(bound(here, f"{outside}@{URL}"), Endpoint)


def test_what_is_refused_is_not_opened(tmp_path: Path) -> None:
    here = config(tmp_path, "auth: {bearer: {file: /nowhere/at/all}}")
    found = bound(here, "OTHER")
    assert not isinstance(found, Endpoint)
    assert [problem.code for problem in found] == ["secret"]


def test_a_manifest_reads_what_stands_alone_and_nothing_that_is_bound() -> None:
    listed = "A, B@https://lamps.example.com, C, C@https://lamps.example.com, D, D@, /run/e"
    assert allowed({"RECONCILE_SECRETS": listed}).readable == {"A"}
    assert allowed({}).readable is None


def test_a_variable_of_a_header_is_no_manifest_s_to_read(tmp_path: Path) -> None:
    project = (
        "version: 1\nsystems:\n  flexdeploy:\n    url: https://deploy.example.com\n"
        "    auth: {basic: {username: a, password: {env: P}}}\n"
        "environments: {other: {systems: {flexdeploy: {headers: {x-key: {env: H}}}}}}\n"
    )
    files = {"reconcile.yaml": project, "manifests/a.yaml": release("a", "{description: {env: H}}")}
    assert "`H` authenticates a system" in lines(loaded(written(tmp_path, files)).problems)[0]
