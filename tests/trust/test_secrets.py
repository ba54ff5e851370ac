"""Over real sockets: a secret goes to the systems that the operator binds it to, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.tool import Ran, run

from reconcile_sandbox import Sandbox, running

from .canaries import SECRET
from .drawing import BASES

DEMO = {
    "USER": "demo",
    "PASSWORD": "demo",
    "KATALON": "demo",
    "CLIENT": "demo",
    "BRPM": "demo",
    "GATEWAY": "demo",
}
RID = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
GATEWAYS = [f"{name}.gateway=key" for name in BASES]
COMMANDS = (("plan",), ("apply", "--yes"), ("drift",), ("export",), ("doctor",))


def project(folder: Path, url: str, header: str = "GATEWAY") -> None:
    """A project of four systems, each behind a gateway, whose every secret comes from the environment."""
    auth = {
        "flexdeploy": {"basic": {"username": {"env": "USER"}, "password": {"env": "PASSWORD"}}},
        "katalon": {"apiKey": {"env": "KATALON"}},
        "foundry": {"oauth2": {"clientId": "demo", "clientSecret": {"env": "CLIENT"}}},
        "brpm": {"token": {"env": "BRPM"}},
    }
    headers = {"X-Gateway-Key": {"env": header}}
    systems = {
        name: {"url": url + base, "auth": auth[name], "headers": headers} for name, base in BASES.items()
    }
    systems["katalon"]["options"] = {"projectId": 4711}
    (folder / "manifests").mkdir(parents=True, exist_ok=True)
    (folder / "reconcile.yaml").write_text(json.dumps({"version": 1, "systems": systems}))
    specs = {
        "flexdeploy/v1 Release": {"releaseName": "Train"},
        "katalon/v1 Release": {"name": "Train"},
        "foundry/v2 ScheduleRun": {"scheduleRid": RID, "requestedAt": "2026-12-01T08:00:00Z"},
        "brpm/v1 Run": {"name": "U", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1},
    }
    for number, (named, spec) in enumerate(specs.items()):
        version, kind = named.split()
        whole = {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}
        (folder / "manifests" / f"{number}.yaml").write_text(json.dumps(whole))


def told(folder: Path, *arguments: str, **environment: str) -> Ran:
    return run("-C", str(folder), *arguments, environment={**DEMO, "NO_COLOR": "1", **environment})


def listed(url: str, names: tuple[str, ...] = tuple(DEMO)) -> str:
    return ",".join(f"{name}@{url}" for name in names)


def test_headers_go_with_reads_writes_and_requests_for_tokens(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset(options=["sandbox.clock=2026-12-01T09:00:00Z", "foundry.result_after_reads=0", *GATEWAYS])
    project(tmp_path, sandbox.url)
    ran = told(tmp_path, "apply", "--yes", "--settle", "0", RECONCILE_SECRETS=listed(sandbox.url), CI="1")
    assert ran.code == 0, ran
    assert 403 not in {entry.status for entry in sandbox.log}
    assert any(entry.path.endswith("/oauth2/token") for entry in sandbox.log)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_secret_goes_to_an_origin_that_it_is_not_bound_to(
    sandbox: Sandbox, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with running() as other:
        project(tmp_path, other.url)
        environment = {
            "RECONCILE_SECRETS": listed(sandbox.url),
            "RECONCILE_ORIGINS": f"{sandbox.url},{other.url}",
        }
        ran = told(tmp_path, *command, **environment)
        assert ran.code == 1, ran
        assert f"PASSWORD@{other.url}" in ran.out + ran.err
        assert list(other.log) == []


@pytest.mark.parametrize("left_out", sorted(DEMO))
def test_each_secret_is_bound_by_itself_user_names_and_headers_too(
    sandbox: Sandbox, tmp_path: Path, left_out: str
) -> None:
    sandbox.reset()
    project(tmp_path, sandbox.url)
    entries = listed(sandbox.url, tuple(name for name in DEMO if name != left_out)) + f",{left_out}"
    ran = told(tmp_path, "plan", RECONCILE_SECRETS=entries)
    assert (ran.code, list(sandbox.log)) == (1, [])
    assert f"{left_out}@{sandbox.url}" in ran.err


def test_whole_segments_of_a_path_count(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset()
    project(tmp_path, sandbox.url)
    for name in ("katalon", "foundry", "brpm"):
        (tmp_path / "manifests" / f"{['', 'katalon', 'foundry', 'brpm'].index(name)}.yaml").unlink()
    for path, code in (("/flexdeploy/rest", 0), ("/flexdeploy/rest/v1", 0), ("/flexdeploy/rest/v", 1)):
        assert told(tmp_path, "plan", RECONCILE_SECRETS=listed(f"{sandbox.url}{path}")).code == code


def test_what_is_bound_is_no_manifest_s_value(sandbox: Sandbox, tmp_path: Path) -> None:
    project(tmp_path, sandbox.url)
    spec = {"releaseName": "Train", "description": {"env": "OLD"}}
    whole = {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": {"name": "b"}, "spec": spec}
    (tmp_path / "manifests" / "b.yaml").write_text(json.dumps(whole))
    for entries in (f"OLD@{sandbox.url}", f"OLD,OLD@{sandbox.url}", "OLD,OLD@"):
        ran = told(tmp_path, "plan", RECONCILE_SECRETS=f"{listed(sandbox.url)},{entries}", OLD=SECRET)
        assert (ran.code, "`OLD` is not in RECONCILE_SECRETS" in ran.err) == (1, True)


@pytest.mark.parametrize("word", ["true", "1", "yes", "FALSE"])
def test_under_ci_each_secret_of_another_machine_must_be_bound(tmp_path: Path, word: str) -> None:
    project(tmp_path, "https://deploy.invalid")
    ran = told(tmp_path, "plan", CI=word, RECONCILE_ORIGINS="https://deploy.invalid")
    assert ran.code == 1
    assert "PASSWORD@https://deploy.invalid" in ran.err


def test_what_doctor_says_to_set_is_what_lets_a_plan_go(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset(options=["sandbox.clock=2026-12-01T09:00:00Z", *GATEWAYS])
    project(tmp_path, sandbox.url)
    spec = {"releaseName": "Other", "description": {"env": "NOTE"}}
    whole = {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": {"name": "b"}, "spec": spec}
    (tmp_path / "manifests" / "b.yaml").write_text(json.dumps(whole))
    said = told(tmp_path, "doctor", "-o", "json", NOTE="a-note").document["secrets"]
    assert f"GATEWAY@{sandbox.url}/brpm" in said.split(",")
    assert said.endswith(",NOTE")
    assert told(tmp_path, "plan", CI="1", RECONCILE_SECRETS=said, NOTE="a-note").code == 0
    assert told(tmp_path, "plan", RECONCILE_SECRETS=said.replace("GATEWAY", "G"), NOTE="a").code == 1
