"""The library: the same tool without a command line, and no way to write that goes round the guards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any, get_args

import pytest
from tests.support.history import History
from tests.support.projects import release, written

import reconcile
from reconcile.cleaning import Cleaner
from reconcile.session import events
from reconcile.session.apply import apply as applied
from reconcile.session.events import PlanMade
from reconcile.session.plan import plan_document
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import begin
from reconcile_sandbox import Sandbox, running

ENVIRON = {"FD_USER": "demo", "FD_PASSWORD": "demo"}
PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}/flexdeploy/rest/v1
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
guards: {{max_creates: {most}}}
"""
DOCUMENT = Path(__file__).parents[1] / "docs" / "python.md"
EXAMPLE = Path(__file__).parents[1] / "examples" / "library" / "review.py"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def folder(sandbox: Sandbox, tmp_path: Path) -> Path:
    """A project that wants another description of a release, and a release that is not there."""
    sandbox.reset({}, [])
    files = {
        "reconcile.yaml": PROJECT.format(url=sandbox.url, most=9),
        "manifests/one.yaml": release("one", '{releaseName: "REST Release 1", description: ours}'),
        "manifests/new.yaml": release("new", "{releaseName: New, pipelineName: Simple Pipeline}"),
    }
    return written(tmp_path, files)


def load(folder: Path, **environ: str) -> reconcile.LoadedProject:
    return reconcile.load(folder, environ={**ENVIRON, **environ})


def writes(sandbox: Sandbox) -> list[str]:
    return [f"{entry.method} {entry.path}" for entry in sandbox.log if entry.method != "GET"]


def by_hand(sandbox: Sandbox, description: str) -> None:
    """Somebody changes the release in the system itself."""
    state: Any = sandbox.state
    rows = state["flexdeploy"]["releases"]
    next(row for row in rows if row["releaseName"] == "REST Release 1")["description"] = description
    sandbox.reset(state, [])


def test_a_plan_of_what_changed_needs_a_base_and_counts_what_it_left_out(
    folder: Path, sandbox: Sandbox
) -> None:
    History(folder).commit("before")
    (folder / "manifests/one.yaml").write_text(release("one", '{releaseName: "REST Release 1"}'))
    planned = reconcile.plan(load(folder), base="before", changed=True)
    assert (planned.selected, planned.summary.not_compared) == (("flexdeploy/Release/one",), 1)
    with pytest.raises(reconcile.WrongUsage, match="changed goes with base"):
        reconcile.plan(load(folder), changed=True)
    with pytest.raises(TypeError, match="changed takes True or False"):
        reconcile.plan(load(folder), base="before", changed="yes")  # type: ignore[arg-type]
    for command in (reconcile.drift, reconcile.accept):
        with pytest.raises(TypeError, match="there is no argument changed"):
            command(load(folder), base="before", changed=True)  # type: ignore[call-arg]


def test_a_plan_is_typed_printable_comparable_and_saved(
    folder: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    planned = reconcile.plan(load(folder))
    assert [operation.action for operation in planned.operations] == ["create", "update"]
    assert str(planned).endswith("Plan: 1 to create, 1 to change, 0 to delete, 0 to run, 0 blocked.\n")
    planned.save(tmp_path / "plan.json")
    assert reconcile.saved(tmp_path / "plan.json") == planned
    assert writes(sandbox) == []


def test_what_was_planned_is_approved_by_the_plan_and_the_record_says_that_it_is_complete(
    folder: Path, sandbox: Sandbox
) -> None:
    project, heard = load(folder), list[str]()
    planned = reconcile.plan(project)
    done = reconcile.apply(
        project, approve=planned, on_event=lambda event: heard.append(type(event).__name__)
    )
    assert done.complete
    assert {outcome.status for outcome in done.outcomes or ()} == {"done"}
    assert heard[:4] == ["ReadingLive", "InDoubt", "PlanMade", "Applying"]
    assert sorted(heard[4:]) == ["Begun", "Begun", "Ended", "Ended"]
    assert not reconcile.drift(project).differs


def test_nothing_is_printed_and_an_apply_without_an_approval_cannot_be_written_down(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = load(folder)
    with pytest.raises(TypeError, match="approve"):
        reconcile.apply(project)  # type: ignore[call-arg]
    reconcile.apply(project, approve=reconcile.ALL)
    assert capfd.readouterr() == ("", "")


def test_a_freeze_refuses_and_nothing_is_sent(folder: Path, sandbox: Sandbox) -> None:
    with pytest.raises(reconcile.Refused) as refused:
        reconcile.apply(load(folder, RECONCILE_FREEZE="year end"), approve=reconcile.ALL)
    assert [problem.code for problem in refused.value.problems] == ["frozen"]
    assert writes(sandbox) == []


def test_where_nothing_may_be_written_an_apply_is_refused_before_anything_is_asked(
    folder: Path, sandbox: Sandbox
) -> None:
    project = load(folder, RECONCILE_READ_ONLY="1")
    with pytest.raises(reconcile.Refused) as refused:
        reconcile.apply(project, approve=reconcile.ALL, force=True)
    assert [problem.code for problem in refused.value.problems] == ["read-only"]
    assert [*sandbox.log] == []
    assert reconcile.plan(project).operations


def test_a_guard_refuses_and_nothing_is_sent(folder: Path, sandbox: Sandbox) -> None:
    (folder / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url, most=0))
    with pytest.raises(reconcile.Refused) as refused:
        reconcile.apply(load(folder), approve=reconcile.ALL)
    assert [problem.code for problem in refused.value.problems] == ["guard"]
    assert writes(sandbox) == []


def test_a_conflict_refuses_its_operation(folder: Path, sandbox: Sandbox) -> None:
    history = History(folder)
    (folder / "manifests/new.yaml").unlink()
    base = history.commit()
    (folder / "manifests/one.yaml").write_text(
        release("one", '{releaseName: "REST Release 1", description: new}')
    )
    by_hand(sandbox, "somebody else's")
    with pytest.raises(reconcile.Refused) as refused:
        reconcile.apply(load(folder), approve=reconcile.ALL, base=base)
    assert [problem.code for problem in refused.value.problems] == ["conflict"]
    assert [outcome.status for outcome in refused.value.record.outcomes or ()] == ["refused"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("from_a_file", [False, True])
def test_a_plan_that_no_longer_fits_is_refused(
    folder: Path, sandbox: Sandbox, tmp_path: Path, from_a_file: bool
) -> None:
    (folder / "manifests/new.yaml").unlink()
    project = load(folder)
    planned = reconcile.plan(project)
    planned.save(tmp_path / "plan.json")
    by_hand(sandbox, "changed since")
    approve = reconcile.saved(tmp_path / "plan.json") if from_a_file else planned
    with pytest.raises(reconcile.Refused) as refused:
        reconcile.apply(project, approve=approve)
    assert [problem.code for problem in refused.value.problems] == ["plan-does-not-fit"]
    assert writes(sandbox) == []


def test_another_apply_that_holds_the_project_refuses(folder: Path, sandbox: Sandbox) -> None:
    project = load(folder)
    refused: list[str] = []

    def asked(plan: Any) -> bool:
        with pytest.raises(reconcile.Refused) as error:
            reconcile.apply(project, approve=reconcile.ALL)
        refused.extend(problem.code for problem in error.value.problems)
        return False

    with pytest.raises(reconcile.Declined):
        reconcile.apply(project, approve=asked)
    assert refused == ["locked"]
    assert writes(sandbox) == []


def test_problems_are_all_raised_at_once(folder: Path) -> None:
    (folder / "manifests/one.yaml").write_text(release("one", "{descripton: x, releaseStatus: OVER}"))
    with pytest.raises(reconcile.ProblemsFound) as found:
        load(folder)
    assert [(problem.code, str(problem.origin)) for problem in found.value.problems] == [
        ("unknown-field", "manifests/one.yaml:4:8"),
        ("wrong-value", "manifests/one.yaml:4:38"),
    ]


def test_live_that_cannot_be_read_is_an_error_of_its_own(folder: Path) -> None:
    with pytest.raises(reconcile.NotRead):
        reconcile.plan(load(folder, FD_PASSWORD="wrong"))


def test_live_state_is_exported_as_manifests_that_plan_nothing(folder: Path, sandbox: Sandbox) -> None:
    text = reconcile.export(load(folder), ["flexdeploy/Release"])
    for file in (folder / "manifests").iterdir():
        file.unlink()
    (folder / "manifests/all.yaml").write_text(text)
    assert not reconcile.plan(load(folder)).differs


def test_two_plans_of_the_same_are_equal_whenever_they_were_made(folder: Path) -> None:
    planned = reconcile.plan(load(folder))
    earlier = planned._replace(created_at="2026-01-01T00:00:00Z")
    assert planned == earlier
    assert (planned != earlier) is False
    assert planned != planned._replace(environment="staging")


def test_every_document_of_a_run_says_when_the_run_began(folder: Path) -> None:
    began = "2026-01-01T00:00:00Z"
    around = Surroundings(ENVIRON, Cleaner(), begun=began)
    session = begin(RunOptions(folder, caches=False), around)
    assert plan_document(session).created_at == began
    assert applied(session, reconcile.ALL).created_at == began


def test_two_runs_share_no_stop() -> None:
    one, other = (Surroundings({}, Cleaner()) for _ in range(2))
    one.stop.ask()
    assert not other.stop.is_set()


def test_what_is_shown_of_a_project_or_a_run_holds_no_variable(folder: Path) -> None:
    project = load(folder, OTHER="canary")
    session = project.session({})
    assert "canary" not in repr(project) + str(session) + repr(session.around)


def test_a_project_stays_where_it_was_and_keeps_what_it_was_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ, variables = dict(ENVIRON), {"train": ["Spring"]}
    text = PROJECT.format(url="http://127.0.0.1:9", most=9) + "variables: {train: []}\n"
    (folder / "reconcile.yaml").write_text(text)
    monkeypatch.chdir(folder.parent)
    project = reconcile.load(folder.name, environ=environ, variables=variables)
    monkeypatch.chdir("/")
    environ.clear()
    variables["train"].append("Autumn")
    assert (project.environ, project.options.variables) == (ENVIRON, {"train": ["Spring"]})
    assert reconcile.validate(project).valid is not None


def test_what_is_asked_refused_and_declined_is_a_plan_that_can_be_saved(
    folder: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    shown: list[reconcile.Plan] = []
    with pytest.raises(reconcile.Declined) as declined:
        reconcile.apply(load(folder), approve=lambda plan: bool(shown.append(plan)))
    with pytest.raises(reconcile.Refused) as refused:
        reconcile.apply(load(folder, RECONCILE_FREEZE="x"), approve=reconcile.ALL)
    for number, plan in enumerate([*shown, declined.value.record, refused.value.record]):
        assert isinstance(plan, reconcile.Plan)
        plan.save(tmp_path / f"{number}.json")
        assert reconcile.saved(tmp_path / f"{number}.json") == plan


def test_a_plan_and_a_drift_check_tell_their_events_too_and_the_plan_of_an_event_is_the_library_s(
    folder: Path,
) -> None:
    project, heard = load(folder), list[Any]()
    reconcile.plan(project, on_event=heard.append)
    reconcile.drift(project, on_event=heard.append)
    assert [type(event).__name__ for event in heard] == ["ReadingLive", "InDoubt"] * 2
    reconcile.apply(project, approve=reconcile.ALL, on_event=heard.append)
    (made,) = (event for event in heard if isinstance(event, PlanMade))
    assert isinstance(made.plan, reconcile.Plan)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"parallelism": 0}, ValueError, "parallelism takes a whole number from 1 to 64, not 0"),
        ({"parallelism": True}, TypeError, "parallelism takes a whole number from 1 to 64, not a value of"),
        ({"parallelism": 1.5}, TypeError, "not a value of type float"),
        ({"timeout": float("nan")}, ValueError, "timeout takes a number from 0.01 to 3600, not nan"),
        ({"timeout": "30"}, TypeError, "timeout takes a number from 0.01 to 3600, not a value of type str"),
        ({"settle": -1}, ValueError, "settle takes a number from 0 to 3600, not -1"),
        ({"wait": float("inf")}, ValueError, "wait takes a number from 0 to 86400, not inf"),
        ({"retries": 21}, ValueError, "retries takes a whole number from 0 to 20, not 21"),
        ({"paths": "manifests"}, TypeError, "paths takes a list of texts, not a value of type str"),
        ({"paths": [1]}, TypeError, "each of paths takes a text, not a value of type int"),
        ({"targets": "*"}, TypeError, "targets takes a list of texts, not a value of type str"),
        ({"base": 3}, TypeError, "base takes a text, not a value of type int"),
        ({"base": "main", "only": "x"}, ValueError, "only is one of change, drift, conflict, not 'x'"),
        ({"only": "drift"}, reconcile.WrongUsage, "only goes with base"),
        ({"prune": "no"}, TypeError, "prune takes True or False, not a value of type str"),
        ({"paralelism": 4}, TypeError, "there is no argument paralelism; did you mean `parallelism`?"),
        ({"caches": True}, TypeError, "there is no argument caches"),
        ({"on_event": 3}, TypeError, "on_event takes a function, not a value of type int"),
    ],
)
def test_an_argument_that_cannot_be_meant_is_named_before_anything_is_asked(
    folder: Path, sandbox: Sandbox, given: dict[str, Any], kind: type[Exception], words: str
) -> None:
    project = load(folder)
    for call in (reconcile.plan, reconcile.drift, partial(reconcile.apply, approve=reconcile.ALL)):
        with pytest.raises(kind, match=re.escape(words)):
            call(project, **given)
    assert [*sandbox.log] == []


def test_neither_a_project_nor_an_export_takes_what_cannot_be_meant(folder: Path) -> None:
    with pytest.raises(TypeError, match="environment takes a text"):
        reconcile.load(folder, environment=1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="variables takes a mapping"):
        reconcile.load(folder, variables=["a=1"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="what takes a list of texts"):
        reconcile.export(load(folder), "flexdeploy/Release")


def test_a_format_that_there_is_not_is_an_error_that_names_those_that_there_are(folder: Path) -> None:
    with pytest.raises(ValueError, match="there is no format `yaml`: there are text, json, markdown"):
        reconcile.render(reconcile.validate(load(folder)), "yaml")


def test_importing_the_library_loads_no_command_line_and_no_sandbox() -> None:
    code = dedent("""
        import sys
        import reconcile
        reconcile.load, reconcile.plan, reconcile.apply, reconcile.render, reconcile.saved
        outside = {name.split(".")[0] for name in sys.modules}
        print(sorted(outside & {"click", "rich", "starlette", "reconcile_sandbox"}))
    """)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


STAGING = """\
version: 1
systems:
  flexdeploy:
    url: {url}/flexdeploy/rest/v1
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
environments: {{staging: {{}}}}
variables: {{train: Autumn}}
"""


def test_the_document_s_example_applies_the_changes_that_it_showed_and_leaves_the_drift(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.reset({}, [])
    spec = '{{releaseName: "REST Release 1", description: {}, pipelineName: {}}}'
    manifest = tmp_path / "releases/manifests/one.yaml"
    files = {
        "reconcile.yaml": STAGING.format(url=sandbox.url),
        "manifests/one.yaml": release("one", spec.format("ours", "Simple Pipeline")),
    }
    written(tmp_path / "releases", files)
    History(tmp_path).commit()
    manifest.write_text(release("one", spec.format("{var: train}", "Simple Pipeline")))
    by_hand(sandbox, "ours")
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    run = [sys.executable, "-c", code]
    environ = {**os.environ, **ENVIRON}
    ran = subprocess.run(run, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[-1:]) == (0, ["True ['done']"]), ran.stderr
    project = reconcile.load(
        tmp_path / "releases", environment="staging", variables={"train": "Spring"}, environ=ENVIRON
    )
    left = reconcile.plan(project).operations
    assert [change.path for operation in left for change in operation.changes] == ["pipelineName"]


def test_a_folder_that_a_plan_file_names_as_its_base_is_not_read(
    folder: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    (folder / "theirs").mkdir()
    (folder / "theirs/reconcile.yaml").write_text("version: [")
    project = load(folder)
    reconcile.plan(project)._replace(base="./theirs").save(tmp_path / "plan.json")
    assert reconcile.apply(project, approve=reconcile.saved(tmp_path / "plan.json")).complete


def test_the_document_names_every_event_with_what_it_has() -> None:
    rows = re.findall(r"^\| `([A-Z]\w+)` \| (`[a-z_`, ]+) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    said = {name: re.findall(r"\w+", fields) for name, fields in rows if hasattr(events, name)}
    assert said == {event.__name__: [*event._fields] for event in get_args(events.Event)}


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "words"),
    [
        ((), ENVIRON, 64, "review.py FOLDER [ENVIRONMENT]"),
        (("nowhere",), ENVIRON, 1, "no reconcile.yaml in"),
        ((".",), {}, 1, "FD_USER is not set"),
        ((".",), {**ENVIRON, "FD_PASSWORD": "wrong"}, 1, "401"),
        ((".",), {**ENVIRON, "RECONCILE_FREEZE": "year end"}, 4, "frozen: year end"),
        ((".", "staging"), ENVIRON, 1, "unknown-environment"),
    ],
)
def test_the_example_says_in_words_what_is_in_the_way(
    folder: Path, arguments: tuple[str, ...], environ: dict[str, str], code: int, words: str
) -> None:
    run = [sys.executable, str(EXAMPLE), *arguments]
    environ = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), **environ}
    ran = subprocess.run(run, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode, words in ran.stderr) == (code, True), ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_example_applies_what_it_showed(folder: Path, sandbox: Sandbox) -> None:
    run = [sys.executable, str(EXAMPLE), str(folder)]
    ran = subprocess.run(run, env=ENVIRON, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "Apply: 2 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."


async def agrees(plan: Any) -> bool:
    return True


@pytest.mark.parametrize("approve", [False, None, True, "yes", {}, {"operations": []}, 1], ids=repr)
def test_what_cannot_approve_is_an_error_before_anything_is_read(
    folder: Path, sandbox: Sandbox, approve: Any
) -> None:
    project = load(folder)
    (folder / "reconcile.yaml").unlink()
    with pytest.raises(TypeError, match="approve takes a plan, a function that is shown the plan, or ALL"):
        reconcile.apply(project, approve=approve)
    assert [*sandbox.log] == []


@pytest.mark.parametrize("answer", [False, None, 1, "yes", "no", [True]], ids=repr)
def test_whoever_is_asked_says_yes_by_true_alone(folder: Path, sandbox: Sandbox, answer: Any) -> None:
    with pytest.raises(reconcile.Declined):
        reconcile.apply(load(folder), approve=lambda plan: answer)
    assert writes(sandbox) == []


@pytest.mark.filterwarnings("error")
def test_a_function_that_would_have_to_be_awaited_has_not_said_yes(folder: Path, sandbox: Sandbox) -> None:
    with pytest.raises(reconcile.Declined):
        reconcile.apply(load(folder), approve=agrees)  # type: ignore[arg-type]
    assert writes(sandbox) == []


def test_force_is_true_or_false_and_no_word(folder: Path, sandbox: Sandbox) -> None:
    (folder / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url, most=0))
    with pytest.raises(TypeError, match="force takes True or False"):
        reconcile.apply(load(folder), approve=reconcile.ALL, force="no")  # type: ignore[arg-type]
    assert writes(sandbox) == []


def test_what_drifted_is_accepted_into_the_manifests_by_a_program(folder: Path, sandbox: Sandbox) -> None:
    History(folder).commit("base")
    by_hand(sandbox, "ours")
    reconcile.apply(load(folder), approve=reconcile.ALL)
    by_hand(sandbox, "theirs")
    found = reconcile.accept(load(folder), base="base")
    assert [str(each.difference.path) for each in found.taken] == ["('description',)"]
    assert list(found.files) == ["manifests/one.yaml"]
    assert "description: theirs" in (folder / "manifests/one.yaml").read_text()
    assert not reconcile.plan(load(folder)).operations


def test_an_undo_takes_back_what_an_apply_did_and_leaves_what_somebody_changed_since(
    folder: Path, sandbox: Sandbox
) -> None:
    project = load(folder)
    done = reconcile.apply(project, approve=reconcile.ALL, targets=["*/Release/one"])
    with pytest.raises(reconcile.Declined):
        reconcile.undo(project, done, approve=lambda plan: False)
    undone = reconcile.undo(project, approve=reconcile.ALL)
    assert [(item.path, item.status) for item in undone.undo or ()] == [("description", "back")]
    assert undone.complete
    by_hand(sandbox, "by hand")
    sent = len(writes(sandbox))
    again = reconcile.undo(project, done, approve=reconcile.ALL)
    assert [item.status for item in again.undo or ()] == ["moved"]
    assert len(writes(sandbox)) == sent
    with pytest.raises(TypeError, match="approve"):
        reconcile.undo(project, done, approve=done)  # type: ignore[arg-type]
    for name in ("a\0b", "\ud800", ""):
        with pytest.raises(reconcile.ProblemsFound, match="is no path of a file"):
            reconcile.undo(project, name, approve=reconcile.ALL)


def test_a_calendar_is_typed_printable_comparable_and_asks_no_system(
    folder: Path, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    nightly = '{releaseName: "REST Release 1", scheduleBuildExpression: "0 0 2 ? * MON-FRI"}'
    (folder / "manifests/one.yaml").write_text(release("one", nightly))
    project = reconcile.load(folder, environ={})
    found = reconcile.calendar(project, from_="2026-12-01", days=3)
    assert found == reconcile.calendar(project, from_=date(2026, 12, 1), days=3, targets=["*/one"])
    assert [entry.start for entry in found.entries] == [f"2026-12-0{day}T02:00:00+00:00" for day in (1, 2, 3)]
    assert str(found) == reconcile.render(found)
    assert str(found).endswith(
        "Calendar: 3 firings, 0 runs, 0 releases, 0 requested, 0 freezes, 0 in collision.\n"
    )
    assert reconcile.render(found, "ics").startswith("BEGIN:VCALENDAR\r\n")
    assert reconcile.calendar(project, paths=["manifests/new.yaml"], next=5).entries == ()
    assert (capfd.readouterr(), [*sandbox.log]) == (("", ""), [])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"days": 0}, ValueError),
        ({"days": 3.5}, TypeError),
        ({"next": True}, TypeError),
        ({"from_": 7}, TypeError),
        ({"targets": "*/one"}, TypeError),
        ({"days": 1, "next": 1}, reconcile.WrongUsage),
        ({"from_": "today"}, reconcile.WrongUsage),
        ({"targets": ["nothing"]}, reconcile.ProblemsFound),
    ],
)
def test_what_no_calendar_can_be_asked_for_is_raised(
    folder: Path, asked: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        reconcile.calendar(load(folder), **asked)


def test_a_plan_has_no_format_of_a_calendar_nor_a_calendar_one_of_a_plan(folder: Path) -> None:
    with pytest.raises(ValueError, match="ics"):
        reconcile.render(reconcile.plan(load(folder)), "ics")
    with pytest.raises(ValueError, match="markdown"):
        reconcile.render(reconcile.calendar(load(folder)), "markdown")
