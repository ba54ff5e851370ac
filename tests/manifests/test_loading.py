"""What a loaded resource holds: its address, its values early and late, the line of each field."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.projects import ENVIRONMENTS, PROJECT, loaded, release, written

from reconcile.model import Address, Env, Origin, Ref, Resource, Secret

LONG = """\
# a comment first
apiVersion: flexdeploy/v1
kind: Release
metadata:
  name: train
  dependsOn: [flexdeploy/Release/other]
  id: 14321
spec:
  releaseName: Spring Train
  projects:
    - projectId: 10000
      packageName: p1
    - {projectId: 20000, priority: 2}
  cmsDetails:
    overriddenEnvironmentConfigurations:
      - environmentId: 7
        requireChangeTicketForDeployment: true
  properties:
    - propertyName: DB_PASSWORD
      propertyValue: canary
"""


def only(root: Path, manifest: str, project: str = PROJECT, environment: str | None = None) -> Resource:
    """The first resource that is declared; nothing is wrong."""
    written(root, {"manifests/a.yaml": manifest, "reconcile.yaml": project})
    result = loaded(root, environment)
    assert result.errors == ()
    return result.resources[0]


@pytest.fixture
def train(tmp_path: Path) -> Resource:
    return only(tmp_path, f"{LONG}---\n{release('other')}")


def test_a_resource_has_its_address_its_pin_and_what_it_comes_after(train: Resource) -> None:
    assert str(train.address) == "flexdeploy/Release/train"
    assert (train.api_version, train.id) == ("flexdeploy/v1", 14321)
    assert train.depends_on == (Address("flexdeploy", "Release", "other"),)
    assert (train.suspend, train.absent) == (None, False)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 8),
        (("releaseName",), 9),
        (("projects",), 10),
        (("projects", ("10000", "p1")), 11),
        (("projects", ("10000", "p1"), "packageName"), 12),
        (("projects", ("20000",), "priority"), 13),
        (("projects", ("30000",)), 10),
        (
            ("cmsDetails", "overriddenEnvironmentConfigurations", ("7",), "requireChangeTicketForDeployment"),
            17,
        ),
        (("properties", ("DB_PASSWORD",), "propertyValue"), 20),
        (("description",), 8),
    ],
)
def test_every_path_has_the_line_on_which_it_is_written(train: Resource, path: tuple, line: int) -> None:
    assert train.locate(path) == Origin("manifests/a.yaml", line, train.locate(path).column)


def test_the_place_of_a_resource_is_that_of_its_first_key(train: Resource) -> None:
    assert train.origin == Origin("manifests/a.yaml", 2, 1)


def test_a_property_with_the_name_of_a_secret_is_sealed_whoever_wrote_it(train: Resource) -> None:
    (entry,) = train.spec["properties"]
    assert entry["propertyValue"] == Secret("canary")
    assert "canary" not in repr(train.spec)


@pytest.mark.parametrize("name", ["PASSWORD", "apiSecret", "auth_token", "sshKey", "CREDENTIALS", "Pwd"])
def test_what_makes_a_property_sensitive_is_its_name_in_any_case(name: str, tmp_path: Path) -> None:
    spec = f"{{properties: [{{propertyName: {name}, propertyValue: x}}]}}"
    assert isinstance(only(tmp_path, release("a", spec)).spec["properties"][0]["propertyValue"], Secret)


def test_the_name_is_filled_in_where_the_manifest_is_silent(tmp_path: Path) -> None:
    assert only(tmp_path, release("a")).spec == {"releaseName": "a"}


def test_what_is_not_written_null_and_a_value_stay_apart(tmp_path: Path) -> None:
    spec = only(tmp_path, release("a", "{description: null, pipelineId: 3}")).spec
    assert spec == {"releaseName": "a", "description": None, "pipelineId": 3}


def test_a_variable_may_be_any_value(tmp_path: Path) -> None:
    project = f"{PROJECT}variables: {{cms: {{cmsInstanceId: 7}}, projects: [{{projectId: 1}}], id: 3}}\n"
    manifest = release("a", "{cmsDetails: {var: cms}, projects: {var: projects}, pipelineId: {var: id}}")
    spec = only(tmp_path, manifest, project).spec
    assert spec["cmsDetails"] == {"cmsInstanceId": 7}
    assert spec["projects"] == [{"projectId": 1}]
    assert spec["pipelineId"] == 3


def test_a_variable_may_hold_a_reference_and_a_secret(tmp_path: Path) -> None:
    project = f"{PROJECT}variables: {{other: {{ref: flexdeploy/Release/b}}, note: {{env: NOTE}}}}\n"
    manifest = release("a", "{pipelineId: {var: other}, description: {var: note}}")
    spec = only(tmp_path, f"{manifest}---\n{release('b')}", project).spec
    assert spec["pipelineId"] == Ref(Address("flexdeploy", "Release", "b"))
    assert spec["description"] == Env("NOTE")


def test_variables_given_at_the_command_line_lie_over_the_projects(tmp_path: Path) -> None:
    manifest = release("a", "{pipelineId: {var: id}, pipelineName: {var: name}}")
    project = f"{PROJECT}variables: {{id: 3, name: P}}\n"
    written(tmp_path, {"manifests/a.yaml": manifest, "reconcile.yaml": project})
    (resource,) = loaded(tmp_path, variables={"id": 9}).resources
    assert (resource.spec["pipelineId"], resource.spec["pipelineName"]) == (9, "P")


def test_an_environments_variables_lie_over_the_projects(tmp_path: Path) -> None:
    project = f"{PROJECT}variables: {{id: 3}}\nenvironments: {{production: {{variables: {{id: 4}}}}}}\n"
    manifest = release("a", "{pipelineId: {var: id}}")
    assert only(tmp_path, manifest, project, "production").spec["pipelineId"] == 4
    assert only(tmp_path, manifest, project).spec["pipelineId"] == 3


def test_a_secret_that_the_operator_lists_may_be_read(tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release("a", "{description: {env: NOTE}}")})
    assert loaded(tmp_path, secrets=frozenset({"NOTE"})).problems == ()


@pytest.mark.parametrize(
    ("environment", "names"), [("staging", ["b", "c"]), ("production", ["a", "b"]), (None, ["a", "b", "c"])]
)
def test_what_another_environment_has_is_left_out(
    environment: str | None, names: list[str], tmp_path: Path
) -> None:
    files = {
        "reconcile.yaml": ENVIRONMENTS,
        "manifests/a.yaml": release("a", metadata="environments: [production]"),
        "manifests/b.yaml": release("b"),
        "manifests/c.yaml": release("c", metadata="environments: [staging]"),
    }
    resources = loaded(written(tmp_path, files), environment).resources
    assert [resource.address.name for resource in resources] == names


def test_a_mistake_in_what_is_left_out_is_found_in_its_own_environment_alone(tmp_path: Path) -> None:
    manifest = release("a", "{zzz: 1}", "environments: [production]")
    written(tmp_path, {"reconcile.yaml": ENVIRONMENTS, "manifests/a.yaml": manifest})
    assert loaded(tmp_path, "staging").problems == ()
    assert len(loaded(tmp_path, "production").problems) == 1


def test_a_tombstone_needs_only_what_identifies_its_object(tmp_path: Path) -> None:
    manifest = "apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {name: a, absent: true}\n"
    assert only(tmp_path, manifest).absent


def test_resources_stand_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    files = {"manifests/b.yaml": release("x") + "---\n" + release("w"), "manifests/a.yaml": release("z")}
    names = [resource.address.name for resource in loaded(written(tmp_path, files)).resources]
    assert names == ["z", "x", "w"]


def test_a_warning_stands_in_the_way_of_nothing(tmp_path: Path) -> None:
    manifest = release("a", "{scheduleBuildExpression: 0 0 2 31 2 ?}")
    result = loaded(written(tmp_path, {"manifests/a.yaml": manifest}))
    assert [problem.severity for problem in result.problems] == ["warning"]
    assert result.errors == ()
    assert len(result.resources) == 1
