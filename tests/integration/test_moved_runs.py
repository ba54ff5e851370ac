"""What was told of a run that may have been moved by hand ends neither a plan nor an apply."""

from __future__ import annotations

import pytest

from .stage import Stage

PLACE = {"plan_id": 1, "plan_stage_id": 2, "owner_id": 1, "requestor_id": 1}


def _begin(stage: Stage) -> None:
    stage.live(None, {}, {"brpm": {"runs": [{"id": 9, "name": "UAT", **PLACE}]}})
    stage.project(None, ["brpm"])
    head = {"apiVersion": "brpm/v1", "kind": "Run", "metadata": {"name": "uat"}}
    stage.manifests({"uat": {**head, "spec": {"name": "UAT", **PLACE, "plan_stage_id": 1}}})


@pytest.mark.parametrize(
    ("command", "code"),
    [("plan", 0), ("plan --detailed-exitcode", 2), ("drift", 2), ("apply --yes", 0)],
)
@pytest.mark.parametrize("output", ["text", "json", "markdown", "html", "junit", "github"])
def test_the_id_is_told_and_the_exit_code_is_as_ever(
    stage: Stage, command: str, code: int, output: str
) -> None:
    _begin(stage)
    ran = stage.run(*command.split(), "-o", output)
    assert ran.code == code
    assert "id 9 (plan_stage_id 2, prod)" in ran.err


def test_a_saved_plan_is_applied_with_the_same_words(stage: Stage) -> None:
    _begin(stage)
    saved = str(stage.folder / "plan.json")
    assert stage.run("plan", "--out", saved).code == 0
    ran = stage.run("apply", "--plan", saved)
    assert (ran.code, "[maybe-moved]" in ran.err) == (0, True)
