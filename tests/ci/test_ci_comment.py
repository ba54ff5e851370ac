"""ci/scripts/comment.sh: the plan stands in one comment of the pull request."""

from __future__ import annotations

from tests.support.checkout import REPORTS, Checkout, Forge

STRANGER = {"viewerDidAuthor": False, "url": "https://forge.example/pull/7#issuecomment-0"}


def commented(checkout: Checkout) -> None:
    ran = checkout.script("comment.sh", REPORTS, "7", GH_TOKEN="t", GH_REPO="o/r")
    assert ran.code == 0, ran.err


def test_the_comment_is_made_once_and_renewed_in_place(checkout: Checkout, forge: Forge) -> None:
    checkout.script("run.sh", "plan")
    mark = "<!-- reconcile-plan default -->"
    forge.keep({"issues": [], "comments": [{**STRANGER, "body": mark}], "calls": []})
    commented(checkout)
    assert forge.state["comments"][1]["body"] == f"{mark}\n{checkout.report('report.md')}"

    checkout.rewrite("manifests/rest-release-2.yaml", "Rehearsal of", "Dress rehearsal of")
    checkout.script("run.sh", "plan")
    commented(checkout)
    stranger, ours = forge.state["comments"]
    assert stranger["body"] == mark
    assert "Dress rehearsal of" in ours["body"]
    assert forge.writes[0] == "pr comment"
    assert len(forge.writes) == 2


def test_a_number_that_is_none_is_refused(checkout: Checkout, forge: Forge) -> None:
    checkout.script("run.sh", "plan")
    assert checkout.script("comment.sh", REPORTS, "7; id").code == 64
    assert forge.state["calls"] == []
