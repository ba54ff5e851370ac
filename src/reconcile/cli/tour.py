"""The tour of the product, scene by scene: what is typed, what is said to it, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable

from reconcile.cli.stage import Stage

IN_SYNC = ("No changes.",)
ONE = "manifests/rest-release-1.yaml"
PACKAGE = {"projectId": 13921, "packageName": "Package2", "projectStreamId": 13922}


def main_job(stage: Stage) -> None:
    """One release is created, one gains something, one loses a project; then live drifts and is put right."""
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
    stage.by_hand("PATCH", "/releases/12104", {"releaseName": "REST Release 2", "description": "by hand"})
    stage.by_hand("PATCH", "/releases/12101", {"releaseName": "REST Release 1", "projects": [PACKAGE]})
    stage.tell("The scheduled check sees it. Its client has no way to write; exit code 2 says: drift.")
    drifted = ('"by hand" -> "Rehearsal of the spring train."', "- projects[13921,Package2]")
    stage.run("drift", code=2, shows=drifted)
    stage.tell("Apply puts it right, with one request for each release.")
    stage.run("apply", "--yes", shows=("Apply: 2 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",))
    stage.run("plan", shows=IN_SYNC)


def hidden_fields(stage: Stage) -> None:
    """A removal that could wipe what the server does not show is refused until the manifest says all."""
    stage.title("Scene 2: a server that does not show everything")
    stage.tell(
        "The vendor's samples of GET leave out properties and cmsDetails; now the sandbox does, too.",
        "Only a PUT removes, and a PUT resets what it does not name. What cannot be read cannot be",
        "said back, so the removal of Package2 is blocked (!), with the reason.",
    )
    stage.run("plan", ONE, shows=(f"! flexdeploy/Release/rest-release-1  {_REMOVAL}", "0 to change"))
    stage.tell("Apply does not send it either. Exit code 3: it is not complete.")
    stage.run("apply", "--yes", ONE, code=3, shows=("blocked    flexdeploy/Release/rest-release-1",))
    stage.tell(f"The remedy: if you know that nothing stands there, say so at the end of {ONE}:")
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


_REMOVAL = "projects[13921,Package2]  only a PUT removes, and it resets properties and cmsDetails"

SCENES: tuple[tuple[Callable[[Stage], None], tuple[str, ...]], ...] = (
    (main_job, ()),
    (hidden_fields, ("flexdeploy.show_properties=false", "flexdeploy.show_cms_details=false")),
)
"""Each scene, and the switches of the sandbox on which it is played."""
