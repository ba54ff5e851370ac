"""An unquoted scalar for a field that is a text is taken as it is written; for another, as what it means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.projects import PROJECT, loaded, release, written

from reconcile.model import Origin

UNQUOTED = [
    "1.10",
    "3",
    "03:30",
    "true",
    "True",
    "FALSE",
    "yes",
    "0x1F",
    "0o17",
    "+3",
    "1e3",
    "1_000",
    "2026-12-01",
    "2026-12-01T09:00:00Z",
    ".5",
    "-0",
    "99999999999999999999999",
    "-9223372036854775809",
    "0xFFFFFFFFFFFFFFFFFFFF",
    "1e999",
    ".inf",
    "-.INF",
    ".nan",
]


def spec(root: Path, text: str, project: str = PROJECT) -> Any:
    """The only spec that is declared, without the name that is filled in."""
    written(root, {"manifests/a.yaml": release("a", text), "reconcile.yaml": project})
    result = loaded(root)
    assert result.problems == ()
    return {name: value for name, value in result.resources[0].spec.items() if name != "releaseName"}


@pytest.mark.parametrize("text", UNQUOTED)
def test_a_text_field_takes_the_source_text(text: str, tmp_path: Path) -> None:
    found = spec(
        tmp_path, f"{{description: {text}, properties: [{{propertyName: {text}, propertyValue: {text}}}]}}"
    )
    assert found["description"] == text
    assert type(found["description"]) is str
    assert found["properties"] == [{"propertyName": text, "propertyValue": text}]


def test_a_number_beyond_any_range_is_refused_where_no_text_is_wanted(tmp_path: Path) -> None:
    large = "99999999999999999999999"
    text = (
        f"{{description: {large}, pipelineId: {large}, projects: [{{projectId: .inf, packageName: .inf}}]}}"
    )
    written(tmp_path, {"manifests/a.yaml": release("a", text, f"suspend: {large}")})
    found = [(problem.code, problem.origin) for problem in loaded(tmp_path).problems]
    at = f"spec: {text}".index
    columns = [at("pipelineId: ") + len("pipelineId: ") + 1, at("projectId: ") + len("projectId: ") + 1]
    assert found == [("number-range", Origin("manifests/a.yaml", 4, column)) for column in columns]


@pytest.mark.parametrize("text", ["1.10", "3", "True"])
def test_a_text_field_takes_the_source_text_of_a_variable(text: str, tmp_path: Path) -> None:
    found = spec(tmp_path, "{description: {var: v}}", f"{PROJECT}variables: {{v: {text}}}\n")
    assert found == {"description": text}


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_a_truth_value_of_a_variable_is_no_number_however_it_is_spelled(text: str, tmp_path: Path) -> None:
    project = f"{PROJECT}variables: {{v: {text}}}\n"
    entry = "{projects: [{projectId: 1, requestAllFiles: {var: v}}]}"
    assert spec(tmp_path, entry, project)["projects"][0]["requestAllFiles"] is True
    wrong = release("a", "{pipelineId: {var: v}}")
    written(tmp_path, {"manifests/a.yaml": wrong, "reconcile.yaml": project})
    (problem,) = loaded(tmp_path).problems
    assert problem.message == "`pipelineId` takes a whole number, not true or false"


@pytest.mark.parametrize("text", ["~", "null", "Null"])
def test_null_is_null_also_for_a_text_field(text: str, tmp_path: Path) -> None:
    assert spec(tmp_path, f"{{description: {text}}}") == {"description": None}


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("0x1F", 31), ("0o17", 15), ("+3", 3), ("-3", -3)])
def test_a_number_field_takes_the_number(text: str, number: int, tmp_path: Path) -> None:
    assert spec(tmp_path, f"{{pipelineId: {text}}}") == {"pipelineId": number}


@pytest.mark.parametrize(("text", "truth"), [("true", True), ("True", True), ("FALSE", False)])
def test_a_truth_field_takes_every_spelling_of_the_core_schema(
    text: str, truth: bool, tmp_path: Path
) -> None:
    found = spec(tmp_path, f"{{projects: [{{projectId: 1, requestAllFiles: {text}}}]}}")
    assert found["projects"][0]["requestAllFiles"] is truth


@pytest.mark.parametrize("text", ["1.10", "2026", "true", "0x1F"])
def test_a_name_takes_the_source_text(text: str, tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release(text)})
    (resource,) = loaded(tmp_path).resources
    assert str(resource.address) == f"flexdeploy/Release/{text}"
    assert resource.spec["releaseName"] == text


@pytest.mark.parametrize(("text", "absent"), [("True", True), ("true", True), ("False", False)])
def test_a_tombstone_may_be_spelled_in_every_way(text: str, absent: bool, tmp_path: Path) -> None:
    written(tmp_path, {"manifests/a.yaml": release("a", metadata=f"absent: {text}")})
    (resource,) = loaded(tmp_path).resources
    assert resource.absent is absent


def test_metadata_takes_source_texts_too(tmp_path: Path) -> None:
    project = f"{PROJECT}environments: {{2026: {{}}}}\n"
    manifest = release("a", metadata="suspend: 4711, environments: [2026]")
    written(tmp_path, {"manifests/a.yaml": manifest, "reconcile.yaml": project})
    (resource,) = loaded(tmp_path, "2026").resources
    assert resource.suspend is not None
    assert resource.suspend.reason == "4711"


def test_a_quoted_date_time_of_another_offset_stays_as_it_is_written(tmp_path: Path) -> None:
    assert spec(tmp_path, '{description: "2026-12-01T09:00:00+01:00"}') == {
        "description": "2026-12-01T09:00:00+01:00"
    }
