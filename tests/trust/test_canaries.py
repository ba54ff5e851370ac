"""No secret in anything that any command prints or keeps: each format, -v, and whatever goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.integration.tool import Ran, run

from reconcile.cli.main import COMMANDS
from reconcile.reports.formats import FORMATS
from reconcile_sandbox import Sandbox

from .canaries import SECRET, TOKEN, echoes, kept, shown
from .drawing import BASES

RIGHT = {"FLEXDEPLOY_PASSWORD": "demo", "KATALON": "demo", "FOUNDRY": "demo", "BRPM": "demo"}
WRONG = {"FLEXDEPLOY_PASSWORD": SECRET, "KATALON": TOKEN, "FOUNDRY": TOKEN, "BRPM": TOKEN}
OWN = ("reconcile.yaml", "train.yaml")
LIVE = ("plan", "apply", "drift", "export", "find", "doctor")
# After an apply, export shows a secret in a property whose name does not say so: it reads no manifest.
INVOCATIONS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "validate": (("validate",),),
    "plan": (("plan", "--out", "plan.json"), ("plan", "--detailed-exitcode")),
    "export": (("export",), ("export", "flexdeploy/Release")),
    "find": (("find", "flexdeploy/Project.projectId"), ("find", "brpm/Run.owner_id", "demo")),
    "apply": (("apply", "--yes", "--out", "record.json", "--settle", "0"),),
    "accept": (("accept", "manifests"),),
    "undo": (("undo", "--dry-run"),),
    "drift": (("drift",),),
    "show": (("show", "plan.json"), ("show", "record.json"), ("show", "reconcile.yaml")),
    "schema": (("schema",),),
    "explain": (("explain",), ("explain", "Release.properties")),
    "init": (("init",),),
    "doctor": (("doctor",),),
    "sandbox": (("sandbox", "--switches"), ("sandbox", "--port", SECRET)),
    "completion": (("completion", "bash"),),
    "demo": (("demo", SECRET),),
    "calendar": (("calendar",), ("calendar", "--from", SECRET)),
    "unlock": (("unlock",),),
    "systems": (("systems",),),
    "new-system": (("new-system", SECRET), ("new-system", "lamps", "--openapi", "train.yaml")),
}


class Bench:
    """A project of four systems whose every credential, and one property, is a canary."""

    def __init__(self, folder: Path, sandbox: Sandbox, credentials: Mapping[str, str]) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.environment = {**credentials, "RELEASE_SECRET": SECRET, "GATEWAY": TOKEN, "NO_COLOR": "1"}
        self._write()
        live = {"releaseId": 500, "releaseName": "Train", "pipelineId": 10004}
        row = {**live, "properties": [{"propertyName": "API_TOKEN", "propertyValue": TOKEN}]}
        sandbox.reset({"flexdeploy": {"releases": [row]}}, ["sandbox.clock=2026-12-01T09:00:00Z"])

    def _write(self) -> None:
        auth = {
            "flexdeploy": {"basic": {"username": "demo", "password": {"env": "FLEXDEPLOY_PASSWORD"}}},
            "katalon": {"apiKey": {"env": "KATALON"}},
            "foundry": {"bearer": {"env": "FOUNDRY"}},
            "brpm": {"token": {"env": "BRPM"}},
        }
        systems = {name: {"url": self.sandbox.url + base, "auth": auth[name]} for name, base in BASES.items()}
        for system in systems.values():
            system["headers"] = {"x-gateway": {"env": "GATEWAY"}}
        systems["katalon"]["options"] = {"projectId": 4711}
        (self.folder / "reconcile.yaml").write_text(json.dumps({"version": 1, "systems": systems}))
        (self.folder / "manifests").mkdir()
        documents = [json.dumps(document) for document in _manifests()]
        (self.folder / "manifests" / "train.yaml").write_text("\n---\n".join(documents))

    def run(self, *arguments: str) -> Ran:
        """One command, of which nothing may show a canary."""
        given = [
            str(self.folder / it) if it.endswith("n.json") or it.endswith("d.json") else it
            for it in arguments
        ]
        ran = run("-C", str(self.folder), *given, environment=self.environment)
        said = ran.out + ran.err
        for secret in (SECRET, TOKEN):
            if secret not in arguments:
                assert not shown(said, secret), f"{arguments} shows {shown(said, secret)}\n{said[-3000:]}"
        assert "Traceback" not in said, said[-3000:]
        self.nothing_is_kept()
        return ran

    def nothing_is_kept(self) -> None:
        """No file that a command wrote holds a canary."""
        for path, text in kept(self.folder, but=OWN):
            for secret in (SECRET, TOKEN):
                assert not shown(text, secret), f"{path} holds {shown(text, secret)}"


def _manifests() -> Iterator[dict[str, object]]:
    properties = [{"propertyName": "REGION", "propertyValue": {"env": "RELEASE_SECRET"}}]
    spec = {"releaseName": "Train", "pipelineName": "Test Pipeline", "properties": properties}
    yield {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": {"name": "train"}, "spec": spec}
    spec = {"runConfigurationId": 12345, "releaseId": 67890}
    yield {"apiVersion": "katalon/v1", "kind": "ScheduleLink", "metadata": {"name": "smoke"}, "spec": spec}
    run = {"name": "UAT", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1}
    yield {"apiVersion": "brpm/v1", "kind": "Run", "metadata": {"name": "uat"}, "spec": run}
    rid = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
    asked = {"scheduleRid": rid, "requestedAt": "2026-12-01T08:00:00Z"}
    yield {"apiVersion": "foundry/v2", "kind": "ScheduleRun", "metadata": {"name": "go"}, "spec": asked}


def test_every_command_is_looked_at() -> None:
    assert set(INVOCATIONS) == set(COMMANDS)


@pytest.mark.parametrize("format_", FORMATS)
def test_no_command_shows_a_secret_in_any_format(sandbox: Sandbox, tmp_path: Path, format_: str) -> None:
    bench = Bench(tmp_path, sandbox, RIGHT)
    for invocations in INVOCATIONS.values():
        for arguments in invocations:
            bench.run(*arguments, *(() if arguments[0] == "accept" else ("-o", format_)), "-v")
    assert bench.sandbox.state["flexdeploy"]["releases"][0]["properties"][0]["propertyValue"] == SECRET


@pytest.mark.parametrize("format_", FORMATS)
def test_no_refused_credential_is_shown(sandbox: Sandbox, tmp_path: Path, format_: str) -> None:
    bench = Bench(tmp_path, sandbox, WRONG)
    for name in LIVE:
        for arguments in INVOCATIONS[name]:
            assert bench.run(*arguments, "-o", format_, "-v").code != 0


@pytest.mark.parametrize("secret", [SECRET, TOKEN])
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_what_a_server_says_back_of_a_secret_is_not_repeated(
    sandbox: Sandbox, tmp_path: Path, status: int, secret: str
) -> None:
    """Any of its spellings, in the answer to a read and to a write."""
    bench = Bench(tmp_path, sandbox, {**RIGHT, "UNUSED": secret} if secret == SECRET else WRONG)
    for name, body in echoes(secret).items():
        for method in ("GET", "PUT", "PATCH", "POST") if name in ("raw", "base64", "a url") else ("GET",):
            sandbox.clear_faults()
            fault = {"action": "status", "status": status, "body": body, "method": method, "nth": "every"}
            sandbox.plan_faults(fault)
            bench.run("apply", "--yes", "--settle", "0", "--retries", "0", "-v")
    sandbox.clear_faults()


def test_a_manifest_that_holds_a_secret_by_mistake_is_refused_without_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    bench = Bench(tmp_path, sandbox, RIGHT)
    whole = json.loads((tmp_path / "reconcile.yaml").read_text())
    whole["systems"]["brpm"]["auth"] = {"token": TOKEN}
    (tmp_path / "reconcile.yaml").write_text(json.dumps(whole))
    for command in ("validate", "plan"):
        assert bench.run(command).code == 1


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_missing_credential_is_named_and_no_other_is_shown(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    bench = Bench(tmp_path, sandbox, WRONG)
    del bench.environment[name]
    ran = bench.run("plan")
    assert ran.code == 1
    assert name in ran.err
