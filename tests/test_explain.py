"""`explain`: what it says of a kind, of a field, and of what several systems have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.hostile.wordings import codes as spoken_codes

from reconcile.cli.main import cli
from reconcile.explain import explain
from reconcile.explain.topics import codes, topics
from reconcile.fields.attributes import attributes
from reconcile.systems import Installed


def page(topic: str) -> str:
    return explain(topic, Installed()).text


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
        ("exit-cod", "no topic `exit-cod`; did you mean `exit-codes`?"),
        ("reconcile.yaml.guard", "no topic `reconcile.yaml.guard`; did you mean `reconcile.yaml.guards`?"),
        ("Releas", "no kind `Releas`; did you mean `Release`?"),
        ("Release.projcts", "Release has no field `projcts`; did you mean `projects`?"),
        ("Run.state.x", "`state` holds no fields"),
        ("", "no topic ``: `reconcile explain` lists them"),
        (".", "no topic `.`: `reconcile explain` lists them"),
        ("xyzzy", "no topic `xyzzy`: `reconcile explain` lists them"),
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


def test_every_topic_has_a_page_with_words() -> None:
    for name, made in topics(Installed()).items():
        title, _, rest = made().partition("\n\n")
        assert title, name
        assert len(rest.split()) > 1, name


def test_every_problem_code_is_explained_with_what_to_do() -> None:
    told = (Path(__file__).parent / "hostile/messages.txt").read_text("utf-8")
    said = {*re.findall(r"\[([a-z-]+)\]$", told, re.MULTILINE)}
    assert said | spoken_codes() <= {*codes()}
    for code, about in codes().items():
        assert about.endswith("."), code
        assert page(code).startswith(f"{code}\n\n")


def test_the_project_file_is_explained_part_by_part() -> None:
    assert "max_deletes  Objects and entries removed. Default 3." in page("reconcile.yaml.guards")
    assert "Files or folders" in page("reconcile.yaml.manifests")
    assert "password: SECRET" in page("reconcile.yaml.systems.auth")
    every = page("reconcile.yaml.systems.options")
    for system in Installed().values():
        assert all(f"{system.type}: {name}" in every for name in attributes(system.options))


def test_metadata_exit_codes_and_the_environment_are_explained() -> None:
    assert "never written" in page("metadata.suspend")
    assert re.search(r"^  64 +The command line is not understood\.$", page("exit-codes"), re.MULTILINE)
    assert "RECONCILE_SECRETS" in page("environment")


def test_no_topic_lists_the_kinds_and_the_other_topics() -> None:
    whole = explain(None, Installed())
    assert "flexdeploy/Release" in whole.text
    assert "reconcile.yaml" in whole.text
    assert "exit-codes" in whole.text
    assert [kind["kind"] for kind in whole.facts["kinds"]]


def test_no_line_of_a_page_is_wider_than_a_page() -> None:
    for name, made in topics(Installed()).items():
        assert all(len(line) <= 100 for line in made().splitlines()), name


@pytest.mark.parametrize("flag", ["base", "prune", "force", "settle", "switches"])
def test_a_flag_is_explained_with_the_commands_that_take_it(flag: str) -> None:
    ran = CliRunner().invoke(cli, ["explain", f"flags.{flag}"])
    assert ran.output.startswith(f"--{flag}\n\n")
    assert ran.output.rstrip().endswith(")")
