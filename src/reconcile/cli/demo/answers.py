"""Plays the answers to a drift beside apply: take it over, leave it for now, take back what we did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reconcile.cli.demo.stage import Stage

TWO = "manifests/rest-release-2.yaml"
RELEASE = "/flexdeploy/rest/v1/releases/12104"
NIGHTLY, SATURDAYS = "scheduleBuildExpression: {var: nightly}", "scheduleBuildExpression: 0 0 6 ? * SAT"


def answers(stage: Stage) -> None:
    """Take over a value that somebody changed, leave another one for now, and take back an apply."""
    stage.title("Scene 3: somebody changed it, and apply is not the only answer")
    stage.tell("The project is a copy of examples/first-release again; one release of it is applied.")
    stage.run("apply", "--yes", TWO, shows=("Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",))
    stage.tell("Somebody writes a better description, past the manifests:")
    _describe(stage, "Dress rehearsal of the spring train.")
    stage.tell(
        "Take it over: accept writes what is live on the line that says otherwise, and nothing else.",
        "It sends nothing. What it prints is a diff, as for a pull request.",
    )
    stage.run("accept", TWO, shows=("+  description: Dress rehearsal", "Accept: 1 taken over, 0 refused."))
    stage.run("plan", TWO, shows=("No changes.",))
    stage.tell("Somebody else needs another one, and only for a while:")
    _describe(stage, "Frozen for the audit.")
    stage.tell("Leave it for now: the manifest says that it is known, why and until when.")
    day = str((datetime.now(UTC) + timedelta(days=30)).date())
    words = ("--known", "--until", day, "--reason", "INC-4711")
    known = ("+    - path: description", "Accept: 1 written down as known, 0 refused.")
    stage.run("accept", TWO, *words, shows=known)
    stage.tell("Until that day, and for that value alone, the scheduled check is green.")
    stage.run("drift", TWO, shows=("1 known", "No drift."))
    _taken_back(stage)
    stage.tell("What was sent, beside reads: three writes, and none of them for what was accepted.")
    stage.writes(3)


def _describe(stage: Stage, text: str) -> None:
    stage.by_hand("PATCH", RELEASE, {"releaseName": "REST Release 2", "description": text})


def _taken_back(stage: Stage) -> None:
    stage.tell(f"Now a change of our own, in {TWO}: builds on Saturdays alone.")
    stage.rewrite(TWO, NIGHTLY, SATURDAYS)
    stage.run("apply", "--yes", TWO, shows=("Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",))
    stage.tell("A mistake: undo takes back what the last apply did, as far as live still is as it left it.")
    stage.run("undo", "--yes", shows=("back", "Apply: 1 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."))
