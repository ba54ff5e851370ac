"""What the templates promise beside their syntax: what they name exists, and secrets stay in their places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from tests.support.checkout import ROOT, Checkout

from reconcile.model import Json

CI = ROOT / "ci"
WORKFLOWS = sorted((CI / "github").glob("*.yml"))
TEMPLATES = ROOT / "src/reconcile/templates"
COPIED = [*WORKFLOWS, *(CI / "gitlab").glob("*.yml"), CI / "jenkins/Jenkinsfile"]
SECRET = re.compile(r"\$\{\{\s*secrets\.")


def read(path: Path) -> Json:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


JOBS = {f"{path.stem}.{name}": job for path in WORKFLOWS for name, job in read(path)["jobs"].items()}


def steps(path: Path) -> Iterator[Mapping[str, Json]]:
    whole = read(path)
    for job in whole.get("jobs", {"": whole.get("runs")}).values():
        yield from job["steps"]


@pytest.mark.parametrize("file", COPIED, ids=lambda path: path.name)
def test_the_scripts_and_reports_that_a_template_names_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    scripts = set(re.findall(r"ci/scripts/([\w-]+\.sh)", text))
    assert scripts <= {path.name for path in (CI / "scripts").iterdir()}
    assert scripts
    run = (CI / "scripts/run.sh").read_text(encoding="utf-8")
    for report in re.findall(r"(?:reconcile-reports|approved)/([\w-]+\.\w+)", text):
        assert report in run


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, ROOT / "action.yml", TEMPLATES / "github.yml"], ids=lambda path: path.name
)
def test_no_expression_stands_in_a_command(file: Path) -> None:
    assert not [step["run"] for step in steps(file) if "${{" in step.get("run", "")]


def test_every_action_is_pinned_to_a_commit_and_everywhere_to_the_same() -> None:
    pins: dict[str, set[str]] = {}
    for path in (*WORKFLOWS, ROOT / "action.yml", TEMPLATES / "github.yml"):
        for action, pin in re.findall(r"uses: (\S+?)@(.+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), f"{path.name}: {action}"
            pins.setdefault("/".join(action.split("/")[:2]), set()).add(pin)
    assert {action: len(found) for action, found in pins.items()} == dict.fromkeys(pins, 1)


@pytest.mark.parametrize("name", JOBS)
def test_a_job_has_either_a_secret_or_leave_to_write(name: str) -> None:
    job = JOBS[name]
    secret = bool(SECRET.search(yaml.safe_dump(job)))
    assert not (secret and "write" in job["permissions"].values())
    assert secret == ("environment" in job)


def test_the_plan_of_a_pull_request_compares_what_changed_and_no_other_job_does() -> None:
    gitlab = read(CI / "gitlab/reconcile.gitlab-ci.yml")
    jobs = {**JOBS, **{name: job for name, job in gitlab.items() if name.startswith("reconcile:")}}
    narrow = {
        name
        for name, job in jobs.items()
        if "RECONCILE_CHANGED" in {**job.get("env", {}), **job.get("variables", {})}
    }
    assert narrow == {"plan.plan", "reconcile:plan"}
    jenkins = (CI / "jenkins/Jenkinsfile").read_text(encoding="utf-8")
    assert jenkins.count("RECONCILE_CHANGED") == 1
    assert "RECONCILE_CHANGED" not in (ROOT / "action.yml").read_text(encoding="utf-8")


def test_the_job_that_proposes_an_acceptance_gets_only_the_diff() -> None:
    jobs = read(CI / "github/drift.yml")["jobs"]
    got = [s["with"]["name"] for s in jobs["accept"]["steps"] if "download-artifact" in s.get("uses", "")]
    (sent,) = (s["with"] for s in jobs["drift"]["steps"] if s.get("with", {}).get("name") == got[0])
    assert (got, sent["path"]) == (["reconcile-accept"], "reconcile-accept")
    assert "environment" not in jobs["accept"]
    assert jobs["drift"]["permissions"] == {"contents": "read"}


INSTALLS = [*COPIED, ROOT / "action.yml", ROOT / "Dockerfile", *TEMPLATES.glob("git*.yml")]


@pytest.mark.parametrize("file", INSTALLS, ids=lambda path: path.name)
def test_what_is_installed_is_named_by_place_and_version_and_never_taken_from_the_checkout(
    file: Path,
) -> None:
    text = file.read_text(encoding="utf-8")
    for call in re.findall(r"python3?\"? -.*", text):
        assert " -I -m " in call
    assert "pip" in text
    for package in re.findall(r"RECONCILE_PACKAGE(?:: | = ')(\S+?)'? ", text):
        assert re.fullmatch(r"git\+https://git\.example\.com/\S+@v\d+\.\d+\.\d+", package)
    assert "release-reconcile" not in text


def test_every_job_installs_the_packages_that_add_systems_beside_the_tool() -> None:
    for file in (*COPIED, *TEMPLATES.glob("git*.yml")):
        for call in re.findall(r".*pip install.*", file.read_text(encoding="utf-8")):
            assert call.rstrip().endswith('"$RECONCILE_PACKAGE" --requirement ci/scripts/systems.txt'), file
    assert "--requirement ci/scripts/systems.txt" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = (CI / "scripts/systems.txt").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") for line in lines)
    assert (TEMPLATES / "systems.txt").read_text(encoding="utf-8").splitlines() == lines


def test_what_the_tool_needs_is_installed_in_one_version_each() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (CI / "scripts/constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    for needed in map(Requirement, project["dependencies"]):
        assert needed.specifier.contains(pins[needed.name.lower()]), needed


@pytest.mark.parametrize("name", ["apply", "calendar", "drift", "plan"])
def test_two_projects_of_a_repository_share_no_queue(name: str) -> None:
    assert "github.workflow_ref" in read(CI / f"github/{name}.yml")["concurrency"]["group"]


def test_two_projects_of_a_repository_share_no_cache_and_no_lock() -> None:
    steps = read(CI / "github/apply.yml")["jobs"]["apply"]["steps"]
    caches = [step["with"] for step in steps if "actions/cache" in step.get("uses", "")]
    assert len(caches) == 2
    for cache in caches:
        assert all("env.RECONCILE_FOLDER" in cache[part] for part in ("path", "key"))
    gitlab = read(CI / "gitlab/reconcile.gitlab-ci.yml")["reconcile:apply"]
    assert "$RECONCILE_FOLDER" in gitlab["resource_group"]
    assert "$RECONCILE_FOLDER" in gitlab["cache"]["paths"][0]
    assert 'lock("reconcile-production-${env.RECONCILE_FOLDER}")' in (CI / "jenkins/Jenkinsfile").read_text()


def test_a_pull_request_from_a_fork_meets_no_secret() -> None:
    plan = read(CI / "github/plan.yml")
    assert set(plan[True]) == {"pull_request"}  # `on`; never pull_request_target
    for job in plan["jobs"].values():
        if SECRET.search(yaml.safe_dump(job)):
            assert "head.repo.full_name == github.repository" in job["if"]


def test_an_apply_is_never_cut_off_and_never_runs_beside_another() -> None:
    assert read(CI / "github/apply.yml")["concurrency"]["cancel-in-progress"] is False
    gitlab = read(CI / "gitlab/reconcile.gitlab-ci.yml")["reconcile:apply"]
    assert gitlab["resource_group"]
    assert gitlab["interruptible"] is False


def test_what_init_writes_for_github_is_the_workflow_for_everyone() -> None:
    ours, theirs = read(CI / "github/plan.yml"), read(TEMPLATES / "github.yml")
    *same, last = ours["jobs"]["validate"]["steps"]
    assert theirs["jobs"]["validate"]["steps"] == [*same, {"run": "reconcile validate"}]
    assert last["run"].endswith("run.sh validate")
    assert theirs["env"] == ours["env"]
    assert theirs["permissions"] == ours["permissions"] == {}


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    lines = [
        line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    for source in (source for line in lines for source in line):
        assert (ROOT / source).exists()
        assert f"!{source}" in allowed
    assert "\nUSER 10001" in text
    assert '\nENTRYPOINT ["reconcile"]' in text


def test_the_estate_has_as_many_pods_as_parts() -> None:
    parts = (CI / "kubernetes/parts.txt").read_text(encoding="utf-8").splitlines()
    job = read(CI / "kubernetes/estate.yaml")["spec"]
    assert job["completions"] == job["maxFailedIndexes"] == len(parts)
    assert job["completionMode"] == "Indexed"


@pytest.mark.parametrize("name", ["drift", "estate"])
def test_a_pod_is_nobody_and_its_disk_is_read_only(name: str) -> None:
    spec = read(CI / f"kubernetes/{name}.yaml")["spec"]
    pod = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
    (main,) = pod["containers"]
    assert {"name": "CI", "value": "true"} in main["env"]


def test_the_hook_is_a_command_that_finds_the_project(checkout: Checkout) -> None:
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")
    assert hook["entry"] == "reconcile validate"
    files = re.compile(hook["files"])
    assert all(
        map(files.search, ("reconcile.yaml", "a/reconcile.yaml", "manifests/b.yml", "a/manifests/b/c.yaml"))
    )
    assert not any(map(files.search, ("README.md", "charts/values.yaml", "not-reconcile.yaml")))
    assert checkout.script("run.sh", *hook["entry"].split()[1:]).code == 0
