"""Plays the tours of the product, scene by scene: says what is typed, why, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconcile.cli.demo.answers import answers
from reconcile.cli.demo.stage import Stage

IN_SYNC = ("No changes.",)
DEPLOY, TEST, RUNS = "/flexdeploy/rest/v1/releases", "/api/v1", "/brpm/v1/runs"
NUMBERS = "/api/v2/orchestration/schedules"
STAGING = ("--env", "staging")
ONE = "manifests/rest-release-1.yaml"
PACKAGE = {"projectId": 13921, "packageName": "Package2", "projectStreamId": 13922}


@dataclass(frozen=True, slots=True)
class Scene:
    """Say what is played, on a copy of which example, with which switches of the sandbox."""

    play: Callable[[Stage], None]
    example: str
    options: tuple[str, ...] = ()


def release_train(stage: Stage) -> None:
    """Bring four systems in line by one plan; then let three of them drift, and put them right."""
    stage.title("Scene 1: one change, four systems, one plan")
    stage.tell(
        "A sandbox serves FlexDeploy, Katalon TestOps, BRPM and Foundry on this machine, over real HTTP.",
        "The project is a copy of examples/release-train: reconcile.yaml and four files of manifests.",
        "First offline, for all environments: syntax, fields, references, the vendors' rules.",
    )
    stage.run("validate", shows=("Valid: 9 resources in 4 files.",))
    stage.tell(
        "Read what is live and show what apply would do: + create, ~ change, - remove, > run.",
        "An id that exists only after apply stands there as the address that it will come from.",
    )
    planned = "Plan: 4 to create, 1 to change, 0 to delete, 1 to run, 0 blocked."
    stage.run("plan", *STAGING, shows=(planned, "none -> (id of katalon/Release/spring-train)"))
    stage.tell(
        "Do it: deploy, then test, then carry, then compute. Each write is read back before it counts."
    )
    done = "Apply: 6 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."
    stage.run("apply", *STAGING, "--yes", shows=(done,))
    stage.tell("There is no state file: what is live is compared anew each time.")
    stage.run("plan", *STAGING, shows=IN_SYNC)
    _behind_its_back(stage)
    stage.tell(
        "What was sent in all this, beside reads. What waits for nothing went side by side; the link waited",
        "for both releases, the run for the link, the numbers for the run:",
    )
    stage.writes(11, _TRAIN)


_LINK = f"POST {TEST}/run-configurations/12345/link-release"
_TRAIN = (f"POST {DEPLOY}", _LINK, f"POST {RUNS}", f"PUT {RUNS}", f"PUT {RUNS}", f"POST {NUMBERS}/", _LINK)


def _behind_its_back(stage: Stage) -> None:
    stage.tell(
        "Meanwhile somebody changes the release, unlinks its test and holds the run, past the manifests:"
    )
    text = {"releaseName": "Spring Train (staging)", "description": "by hand"}
    stage.by_hand("PATCH", f"{DEPLOY}/12105", text)
    stage.by_hand("POST", f"{TEST}/run-configurations/12345/unlink-release")
    stage.by_hand("PUT", f"{RUNS}/4", {"run": {"aasm_event": "hold"}})
    stage.tell("The scheduled check sees all three. Its client has no way to write; exit code 2 says: drift.")
    wanted = '"by hand", wanted "All that leaves in spring."'
    drifted = (wanted, "live none, wanted 77002", 'live "held", wanted "started"')
    stage.run("drift", *STAGING, code=2, shows=drifted)
    stage.tell("Apply puts it right. The numbers have run since the moment asked for, and do not run again.")
    done = "Apply: 3 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."
    stage.run("apply", *STAGING, "--yes", shows=(done,))
    stage.run("plan", *STAGING, shows=IN_SYNC)


def main_job(stage: Stage) -> None:
    """Create one release, add to one, take a project from one; then let live drift, and put it right."""
    stage.title("Scene 1: from YAML to the server and back")
    stage.tell(
        "A sandbox serves the FlexDeploy API on this machine, with the vendor's two sample releases.",
        "The project is a copy of examples/first-release: reconcile.yaml and three manifests.",
        "First offline: syntax, fields, references, the vendor's rules.",
    )
    stage.run("validate", shows=("Valid: 3 resources in 3 files.",))
    stage.tell(
        "Read live state and show what apply would do: + create, ~ change, - remove.",
        "On the right stands the line of the manifest that wants it.",
    )
    planned = "Plan: 1 to create, 2 to change, 0 to delete (1 entry removed), 0 to run, 0 blocked."
    stage.run("plan", shows=(planned, "12101)  PUT", "12104)  PATCH", "(Spring Train)  POST"))
    stage.tell("Do it. Each write is read back before it counts as done.")
    stage.run("apply", "--yes", shows=("Apply: 3 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",))
    stage.tell("There is no state file: what is live is compared anew each time.")
    stage.run("plan", shows=IN_SYNC)
    _drift(stage)
    stage.tell("What was sent in all this, beside reads:")
    stage.writes(5)


def _drift(stage: Stage) -> None:
    stage.tell("Meanwhile somebody changes a description and puts Package2 back, past the manifests:")
    stage.by_hand("PATCH", f"{DEPLOY}/12104", {"releaseName": "REST Release 2", "description": "by hand"})
    stage.by_hand("PATCH", f"{DEPLOY}/12101", {"releaseName": "REST Release 1", "projects": [PACKAGE]})
    stage.tell("The scheduled check sees it. Its client has no way to write; exit code 2 says: drift.")
    drifted = ('"by hand", wanted "Rehearsal of the spring train."', "- projects[13921,Package2]")
    stage.run("drift", code=2, shows=drifted)
    stage.tell("Apply puts it right, with one request for each release.")
    stage.run("apply", "--yes", shows=("Apply: 2 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",))
    stage.run("plan", shows=IN_SYNC)


def hidden_fields(stage: Stage) -> None:
    """Show that a removal which could wipe what the server hides is refused until the manifest says all."""
    stage.title("Scene 2: a server that does not show everything")
    stage.tell(
        "The project is a copy of examples/first-release: three manifests, one system.",
        "The vendor's samples of GET leave out properties and cmsDetails; now the sandbox does, too.",
        "Only a PUT removes, and a PUT resets what it does not name. What cannot be read cannot be",
        "said back, so the removal of Package2 is blocked (!), with the reason.",
    )
    stage.run("plan", ONE, shows=(f"! flexdeploy/Release/rest-release-1  {_REMOVAL}", "0 to change"))
    stage.tell("Apply does not send it either. Exit code 3: it is not complete.")
    stage.run("apply", "--yes", ONE, code=3, shows=("blocked    flexdeploy/Release/rest-release-1",))
    stage.tell("The remedy: if you know that nothing stands there, say so at the end of", f"{ONE}:")
    stage.append(ONE, "  properties: []", "  cmsDetails: null")
    stage.tell("and take the # from the line of reconcile.yaml that says what this server never shows:")
    stage.uncomment("reconcile.yaml", "options: {hidden: [properties, cmsDetails]}")
    stage.tell("Now the removal is sent. What cannot be read back is reported as such (?).")
    stage.run(
        "apply", "--yes", ONE, shows=("? flexdeploy/Release/rest-release-1  cmsDetails", "Apply: 1 done")
    )
    stage.run("plan", ONE, shows=IN_SYNC)
    stage.tell("What was sent, beside reads: one PUT, with what is live and not ours said back.")
    stage.writes(1)


def what_runs_when(stage: Stage) -> None:
    """Show which nights a change of a schedule loses, and what would fire inside a freeze."""
    stage.title("Scene 3: what will run, and when")
    stage.tell("The project is a copy of examples/release-train again. First it is made live:")
    stage.run("apply", *STAGING, "--yes", "-q", shows=("Apply: 6 done",))
    stage.tell(
        "In reconcile.yaml a schedule is changed by a few characters. The plan says what that moves:",
        "when it fires now on, when it did, and what is gone within two weeks.",
    )
    stage.edit("reconcile.yaml", "nightly: 0 0 2 ? * MON-FRI", "nightly: 0 0 12 ? * MON")
    stage.run("plan", *STAGING, shows=("fires Mon", "1 a week", "5 a week", "10 gone in 14 days"))
    stage.tell("Nothing is to fire in the last days of the year. At the end of reconcile.yaml:")
    stage.append("reconcile.yaml", "freezes:", f"  - {{{_FREEZE}}}")
    stage.tell("The calendar is made of the manifests alone; no system is asked. -o ics is to subscribe to.")
    asked = ("--from", "2026-12-21", "--days", "7")
    told = (
        "! frozen: year-end",
        "Calendar: 6 firings, 0 runs, 0 releases, 0 requested, 1 freeze, 3 in collision.",
    )
    stage.run("calendar", *STAGING, *asked, shows=told)


_FREEZE = 'name: year-end, from: "2026-12-23T00:00:00Z", until: "2027-01-04T00:00:00Z", reason: holidays'
_REMOVAL = "projects[13921,Package2]  only a PUT removes, and it resets properties and cmsDetails"

_HIDING = ("flexdeploy.show_properties=false", "flexdeploy.show_cms_details=false")
_REFUSAL = Scene(hidden_fields, "first-release", _HIDING)

TOURS: Mapping[str, tuple[Scene, ...]] = {
    "release-train": (
        Scene(release_train, "release-train"),
        _REFUSAL,
        Scene(what_runs_when, "release-train"),
    ),
    "first-release": (Scene(main_job, "first-release"), _REFUSAL, Scene(answers, "first-release")),
}
"""Each tour by the name under which it is asked for."""
