"""`explain`: what it says of a kind, of a field, and of what several systems have."""

from __future__ import annotations

import pytest

from reconcile.explain import explain
from reconcile.systems import Installed


def page(topic: str) -> str:
    return explain(topic, Installed())


def test_a_kind_that_several_systems_have_is_explained_for_each() -> None:
    both = page("Release")
    assert both == f"{page('flexdeploy/Release')}\n\n\n{page('katalon/Release')}"
    assert both.startswith("flexdeploy/v1 Release\n")
    assert "\nkatalon/v1 Release\n" in both


def test_a_field_is_explained_for_each_kind_that_has_it() -> None:
    both = page("Release.description")
    assert both.startswith("flexdeploy/v1 Release.description  String\n")
    assert "\n\n\nkatalon/v1 Release.description" in both
    assert page("Release.projects") == page("flexdeploy/Release.projects")


def test_a_kind_says_which_fields_are_required() -> None:
    assert "\nRequired: plan_id, plan_stage_id, owner_id, requestor_id.\n" in page("Run")
    assert "Required:" not in page("flexdeploy/Release")
    assert "\nRequired." in page("Run.plan_id")
    assert "Required" not in page("Run.name")


def test_a_field_says_which_values_it_takes() -> None:
    values = "created, planned, started, held, blocked, completed, cancelled"
    assert f"\nOne of {values}.\n" in page("Run.state")
    assert "\nOne of NOTSTARTED, STARTED.\n" in page("Release.releaseStatus")


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("Releas", "no kind `Releas`; did you mean `Release`?"),
        ("Release.projcts", "Release has no field `projcts`; did you mean `projects`?"),
        ("Run.state.x", "`state` holds no fields"),
    ],
)
def test_what_is_not_there_is_an_error_with_the_nearest(topic: str, words: str) -> None:
    with pytest.raises(LookupError) as raised:
        page(topic)
    assert raised.value.args == (words,)


def test_a_field_that_takes_a_name_says_which() -> None:
    def name(topic: str) -> str:
        (line,) = (
            part
            for part in " ".join(page(topic).split()).split("Example:")[0].split("May be ")
            if "named" in part
        )
        return line.strip()

    lists = "`reconcile find` lists them."
    assert name("flexdeploy/Project.projectId") == (
        "{named: TEXT}, which stands for the one project that has exactly that: its name, or `folder/name`. "
        + lists
    )
    assert name("Run.plan_stage_id").startswith(
        "{named: TEXT}, which stands for the one stage within plan_id that"
    )
    assert "the login, or `Last, First`" in name("Run.owner_id")
    assert "its code" in name("flexdeploy/Release.projects.buildEnvironmentId")
    assert "the one release within projectId" in name("ScheduleLink.releaseId").replace("} or ", "}")
