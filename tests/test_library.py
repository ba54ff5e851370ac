"""The library: the same tool without a command line, and no way to write that goes round the guards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.support.history import History
from tests.support.projects import release, written

import reconcile
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


def test_the_example_applies_what_it_showed(folder: Path, sandbox: Sandbox) -> None:
    run = [sys.executable, str(EXAMPLE), str(folder)]
    ran = subprocess.run(run, env=ENVIRON, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "Apply: 2 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."
