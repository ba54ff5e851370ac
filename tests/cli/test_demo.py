"""The tours: they run anywhere, show what they promise in order, and play what the examples say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from reconcile.cli.demo import EXAMPLES, TOURS, example
from reconcile.cli.demo.shown_lines import shown
from reconcile.cli.demo.stage import NotAsTold, Stage
from reconcile_sandbox import running

ROOT = Path(__file__).parents[2]
OUTSIDE = {
    "CI": "true",
    "TERM": "dumb",
    "RECONCILE_ENV": "production",
    "RECONCILE_FREEZE": "nobody deploys on a Friday",
    "RECONCILE_ORIGINS": "https://elsewhere.example",
    "RECONCILE_SECRETS": "",
    "RECONCILE_PARALLELISM": "1",
    "FLEXDEPLOY_USER": "somebody",
    "FLEXDEPLOY_PASSWORD": "else",
    "KATALON_API_KEY": "",
    "HTTP_PROXY": "http://127.0.0.1:9",
}
REFUSAL = (
    "Scene 2",
    "! flexdeploy/Release/rest-release-1  projects[13921,Package2]  only a PUT removes",
    "# exit code 3",
    "properties: []",
    "options: {hidden: [properties, cmsDetails]}",
    "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
    "No changes.",
    "PUT /flexdeploy/rest/v1/releases/12101  200",
)
ANSWERS = (
    "Scene 3",
    "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
    "$ reconcile accept manifests/rest-release-2.yaml\n",
    "-  description: Rehearsal of the spring train.\n+  description: Dress rehearsal of the spring train.\n",
    "Accept: 1 taken over, 0 refused.",
    "No changes.",
    "$ reconcile accept manifests/rest-release-2.yaml --known --until ",
    "+      live: Frozen for the audit.",
    "$ reconcile drift",
    "No drift.",
    "$ reconcile undo --yes",
    "back         flexdeploy/Release/rest-release-2  scheduleBuildExpression",
    "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
)
PROMISED = {
    "release-train": (
        "$ reconcile validate",
        "Valid: 9 resources in 4 files.",
        "$ reconcile plan --env staging",
        "+ flexdeploy/Release/spring-train  (Spring Train (staging))  POST",
        "~ katalon/ScheduleLink/smoke  (Daily Smoke Test, 12345)  POST",
        "none -> (id of katalon/Release/spring-train)",
        "+ brpm/Run/spring-train  (Spring Train)  POST PUT",
        "> foundry/ScheduleRun/refresh",
        "Plan: 4 to create, 1 to change, 0 to delete, 1 to run, 0 blocked.",
        "$ reconcile apply --env staging --yes",
        "Apply: 6 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
        "$ reconcile plan --env staging",
        "No changes.",
        "PATCH /flexdeploy/rest/v1/releases/12105  200",
        "POST /api/v1/run-configurations/12345/unlink-release  200",
        "PUT /brpm/v1/runs/4  202",
        "$ reconcile drift --env staging",
        'live "by hand", wanted "All that leaves in spring."',
        "live none, wanted 77002",
        'live "held", wanted "started"',
        "# exit code 2",
        "$ reconcile apply --env staging --yes",
        "Apply: 3 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
        "$ reconcile plan --env staging",
        "No changes.",
        "POST /flexdeploy/rest/v1/releases  201",
        "POST /api/v1/run-configurations/12345/link-release  200",
        "POST /brpm/v1/runs  201",
        '{"run": {"aasm_event": "plan_it"}}',
        '{"run": {"aasm_event": "start"}}',
        "/run  200",
        "PATCH /flexdeploy/rest/v1/releases/12105  200",
        *REFUSAL,
        "Scene 3",
        "nightly: 0 0 12 ? * MON",
        "fires Mon",
        "10 gone in 14 days",
        "freezes:",
        "$ reconcile calendar --env staging --from 2026-12-21 --days 7",
        "! frozen: year-end",
        "Calendar: 6 firings",
    ),
    "first-release": (
        "$ reconcile validate",
        "Valid: 3 resources in 3 files.",
        "$ reconcile plan",
        "~ flexdeploy/Release/rest-release-1  (REST Release 1, 12101)  PUT",
        "~ flexdeploy/Release/rest-release-2  (REST Release 2, 12104)  PATCH",
        "+ flexdeploy/Release/spring-train  (Spring Train)  POST",
        "Plan: 1 to create, 2 to change, 0 to delete (1 entry removed), 0 to run, 0 blocked.",
        "$ reconcile apply --yes",
        "Apply: 3 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
        "$ reconcile plan",
        "No changes.",
        "PATCH /flexdeploy/rest/v1/releases/12104  200",
        "$ reconcile drift",
        'live "by hand", wanted "Rehearsal of the spring train."',
        "# exit code 2",
        "$ reconcile apply --yes",
        "Apply: 2 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
        "$ reconcile plan",
        "No changes.",
        "POST /flexdeploy/rest/v1/releases  201",
        *REFUSAL,
        *ANSWERS,
    ),
}
ASKED = {"release-train": ["demo"], "first-release": ["demo", "first-release"]}
"""How each tour is asked for; the first needs no name."""


@pytest.mark.parametrize("tour", TOURS)
def test_the_demo_is_as_told_whatever_stands_around_it(tmp_path: Path, tour: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reconcile", *ASKED[tour]],
        cwd=tmp_path,
        env={**os.environ, **OUTSIDE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert first_missing(PROMISED[tour], done.stdout) is None
    scene_1 = done.stdout.partition("Scene 2")[0]
    readme = (ROOT / EXAMPLES / tour / "README.md").read_text(encoding="utf-8")
    assert commands(scene_1, "$ ") == commands(readme, "    ")
    assert list(tmp_path.iterdir()) == []


def first_missing(promised: Iterable[str], text: str) -> str | None:
    """The first of the promised words that does not come after the ones before it."""
    place = 0
    for words in promised:
        place = text.find(words, place)
        if place < 0:
            return words
        place += len(words)
    return None


def commands(text: str, prefix: str) -> list[str]:
    """What is typed in `text`, the sandbox beside it apart."""
    typed: list[str] = re.findall(rf"^{re.escape(prefix)}(reconcile .+)$", text, re.MULTILINE)
    return [command for command in typed if command != "reconcile sandbox"]


@pytest.mark.parametrize("tour", TOURS)
def test_the_demo_ends_with_what_to_try_next_and_no_line_is_wider_than_a_page(
    tmp_path: Path, tour: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reconcile", *ASKED[tour]],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = done.stdout.splitlines()
    ending = lines[lines.index("What to try next:") + 1 :]
    assert [line.partition("#")[0].split()[-1] for line in ending if line][-3:] == [
        "sandbox",
        "init",
        "explain",
    ]
    for line in lines[: lines.index("What to try next:")]:
        broken = max(map(len, line.split()), default=0)
        assert len(line) <= 100 or line.startswith(("Plan: ", "Apply: ", "Drift: ")) or broken > 60, line


def test_what_was_shown_just_before_is_not_shown_again() -> None:
    plan = "".join(f"line {number}\n" for number in range(5))
    assert shown(f"{plan}done\n", plan) == "# (first the 5 lines that stand above, then)\ndone\n"
    assert shown(plan, plan) == plan
    assert shown("No changes.\n", "No changes.\n") == "No changes.\n"


def test_an_outcome_that_the_result_says_again_is_shown_once() -> None:
    told = "done       a/B/c  1 request\n\ndone       a/B/c  1 request\nApply: 1 done\n"
    assert shown(told, "") == "\ndone       a/B/c  1 request\nApply: 1 done\n"


def test_a_wide_line_is_folded_between_words_and_keeps_its_place_beside_it() -> None:
    near = f"  {'a' * 60}{' ' * 20}manifests/flexdeploy.yaml:3"
    assert shown(near, "") == f"  {'a' * 60}  manifests/flexdeploy.yaml:3\n"
    wide = shown(f"  {'word ' * 40}{'x' * 120}", "").splitlines()
    assert all(len(line) <= 100 or line.split() == ["x" * 120] for line in wide)
    assert all(line.startswith("      ") for line in wide[1:])
    assert shown(f"Plan: {'word ' * 40}", "") == f"Plan: {'word ' * 40}\n"


@pytest.mark.parametrize(("code", "shows"), [(1, ()), (0, ("No changes.",))])
def test_what_is_not_as_told_ends_the_demo(tmp_path: Path, code: int, shows: tuple[str, ...]) -> None:
    (tmp_path / "reconcile.yaml").write_text("version: 1\nmanifests: []\nsystems: {}\n", encoding="utf-8")
    with running() as sandbox, pytest.raises(NotAsTold, match="`reconcile validate`"):
        Stage(tmp_path, sandbox).run("validate", code=code, shows=shows)


@pytest.mark.parametrize(
    "order", [("PUT /brpm/v1/runs/1", "POST /brpm/v1/runs"), ("DELETE /brpm/v1/runs/1",)]
)
def test_requests_in_another_order_end_the_demo(tmp_path: Path, order: tuple[str, ...]) -> None:
    run = {"name": "a", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1}
    with running() as sandbox:
        stage = Stage(tmp_path, sandbox)
        for method, path, body in (
            ("POST", "/brpm/v1/runs", {"run": run}),
            ("PUT", "/brpm/v1/runs/1", {"run": {"description": "b"}}),
        ):
            Stage(tmp_path, sandbox).by_hand(method, path, body)
        stage.writes(2, ("POST /brpm/v1/runs", "PUT /brpm/v1/runs/1"))
        with pytest.raises(NotAsTold, match="not in its place"):
            stage.writes(2, order)
        with pytest.raises(NotAsTold, match="2 writes were sent, not 3"):
            stage.writes(3)


def test_the_wheel_holds_the_examples_where_the_demo_looks() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    projects = [f"{EXAMPLES}/{path.parent.name}" for path in (ROOT / EXAMPLES).glob("*/reconcile.yaml")]
    assert included == {path: f"reconcile/{path}" for path in projects}
    for tour in TOURS:
        assert (example(tour) / "manifests").is_dir()
