"""ci/scripts/accept.sh and pull-request.sh: one pull request an environment, which accepts what is live."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.support.checkout import REPORTS, Checkout, Forge

ACCEPTED = "reconcile-accept"
BRANCH = "reconcile-accept/default"
MANIFEST = "manifests/rest-release-2.yaml"


def checked(checkout: Checkout, *, code: int = 0) -> str:
    """A nightly check with the diff of what could be accepted; what accept.sh told the jobs after it."""
    (checkout.folder / ".git/info/exclude").write_text(f"{ACCEPTED}/\n")
    told = checkout.home / "told"
    told.write_text("")
    assert checkout.script("run.sh", "drift").code in (0, 2)
    ran = checkout.script("accept.sh", REPORTS, ACCEPTED, GITHUB_OUTPUT=str(told))
    assert ran.code == code, ran.err
    return told.read_text()


def proposed(checkout: Checkout) -> str:
    """What the job does that may push, and has nothing but the diff; what it says."""
    more = {"GH_TOKEN": "t", "GH_REPO": "o/r", "GITHUB_REF_NAME": "main", "FLEXDEPLOY_PASSWORD": ""}
    ran = checkout.script("pull-request.sh", ACCEPTED, **more)
    assert ran.code == 0, ran.err
    assert not checkout.git("status", "--porcelain", "--untracked-files=no")
    return ran.out


def branch(checkout: Checkout) -> str:
    return checkout.git("ls-remote", "origin", f"refs/heads/{BRANCH}").partition("\t")[0]


def change(checkout: Checkout, text: str) -> None:
    with checkout.by_hand() as release:
        release["description"] = text


def test_a_pull_request_is_opened_updated_in_place_and_closed_with_the_drift(
    applied: Checkout, forge: Forge
) -> None:
    checked(applied)
    assert "Nothing to accept" in proposed(applied)
    assert (forge.writes, branch(applied)) == ([], "")

    change(applied, "by hand")
    assert checked(applied) == "left=false\n"
    proposed(applied)
    (pull,) = forge.pulls
    assert (pull["title"], pull["base"]) == ("Accept what is live in default", "main")
    assert pull["headRefName"] == BRANCH
    first = branch(applied)
    applied.git("fetch", "--quiet", "origin", BRANCH)
    assert applied.git("rev-parse", f"{first}~1") == applied.git("rev-parse", "main")
    assert applied.git("diff", "--name-only", "main", first) == MANIFEST
    assert "description: by hand" in applied.git("show", f"{first}:{MANIFEST}")
    assert applied.git("log", "-1", "--format=%an", first) == "github-actions[bot]"

    checked(applied)
    assert "The same as before: pull request 1" in proposed(applied)
    assert (forge.writes, branch(applied)) == (["pr create"], first)

    change(applied, "by another hand")
    checked(applied)
    proposed(applied)
    (pull,) = forge.pulls
    assert (pull["state"], forge.writes[1:]) == ("OPEN", ["pr edit"])
    second = branch(applied)
    applied.git("fetch", "--quiet", "origin", BRANCH)
    assert applied.git("rev-list", "--count", f"main..{second}") == "1"
    assert "by another hand" in applied.git("show", f"{second}:{MANIFEST}")

    assert applied.script("run.sh", "apply", "--yes").code == 0
    assert checked(applied) == "left=true\n"
    proposed(applied)
    (pull,) = forge.pulls
    assert (pull["state"], branch(applied)) == ("CLOSED", "")
    assert pull["comments"][0].startswith("Nothing is left that can be accepted.")


def test_what_is_merged_is_accepted_and_the_branch_goes(applied: Checkout, forge: Forge) -> None:
    change(applied, "by hand")
    checked(applied)
    proposed(applied)
    applied.git("fetch", "--quiet", "origin", BRANCH)
    applied.git("merge", "--quiet", "--no-edit", "FETCH_HEAD")
    applied.git("push", "--quiet", "origin", "main")
    checked(applied)
    proposed(applied)
    assert branch(applied) == ""
    assert applied.outcome["differs"] == "false"


def test_a_branch_to_which_somebody_else_committed_stays_as_it_is(applied: Checkout, forge: Forge) -> None:
    change(applied, "by hand")
    checked(applied)
    proposed(applied)
    applied.git("fetch", "--quiet", "origin", BRANCH)
    applied.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    applied.git("commit", "--quiet", "--allow-empty", "-m", "Mine")
    applied.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    theirs = branch(applied)
    applied.git("checkout", "--quiet", "main")
    change(applied, "by another hand")
    checked(applied)
    assert "Somebody else committed" in proposed(applied)
    assert applied.script("run.sh", "apply", "--yes").code == 0
    checked(applied)
    assert "Somebody else committed" in proposed(applied)
    assert (branch(applied), forge.writes) == (theirs, ["pr create"])


def test_a_pull_request_that_somebody_closed_is_opened_again_only_for_another_drift(
    applied: Checkout, forge: Forge
) -> None:
    change(applied, "by hand")
    checked(applied)
    proposed(applied)
    state = forge.state
    state["pulls"][0]["state"] = "CLOSED"
    forge.keep(state)
    checked(applied)
    assert "The same as before" in proposed(applied)
    change(applied, "by another hand")
    checked(applied)
    proposed(applied)
    assert [pull["state"] for pull in forge.pulls] == ["CLOSED", "OPEN"]


def test_a_pull_request_of_a_fork_with_our_branch_s_name_is_not_ours(applied: Checkout, forge: Forge) -> None:
    theirs = {"number": 1, "state": "OPEN", "isCrossRepository": True, "headRefName": BRANCH, "body": "x"}
    forge.keep({**forge.state, "pulls": [theirs]})
    change(applied, "by hand")
    checked(applied)
    proposed(applied)
    assert [pull["number"] for pull in forge.pulls] == [1, 2]
    assert forge.pulls[0] == theirs


def test_what_cannot_be_accepted_is_told_and_left_to_the_issue(applied: Checkout, forge: Forge) -> None:
    """The schedule is a variable, and nobody said `--at`."""
    with applied.by_hand() as release:
        release.update(description="by hand", scheduleBuildExpression="0 0 5 ? * MON-FRI")
    assert checked(applied) == "left=true\n"
    with (applied.folder / ACCEPTED / "refused.txt").open("a") as stream:
        stream.write("```\n@everyone <b>look</b> ````\n")
    proposed(applied)
    (pull,) = forge.pulls
    outside = re.sub(r"(?ms)^(`{3,})text$.*?^\1$", "", pull["body"])
    assert "not accepted: it is the variable nightly" in pull["body"]
    assert not any(words in outside for words in ("not accepted", "look", "@", "```"))


def test_what_the_operator_adds_reaches_accept(applied: Checkout, forge: Forge) -> None:
    with applied.by_hand() as release:
        release.update(scheduleBuildExpression="0 0 5 ? * MON-FRI")
    assert applied.script("run.sh", "drift").code == 2
    assert applied.script("accept.sh", REPORTS, ACCEPTED, "--at", "use").code == 0
    assert (
        "+  scheduleBuildExpression: 0 0 5 ? * MON-FRI"
        in (applied.folder / ACCEPTED / "accept.diff").read_text()
    )


def test_before_the_first_tag_nothing_is_accepted(checkout: Checkout, forge: Forge) -> None:
    assert checkout.script("run.sh", "drift").code == 2
    ran = checkout.script("accept.sh", REPORTS, ACCEPTED)
    assert ran.code == 0
    assert "There is no tag reconcile/default yet" in ran.err
    assert (checkout.folder / ACCEPTED / "accept.diff").read_text() == ""


def test_where_live_could_not_be_read_nothing_is_proposed_and_nothing_closed(
    applied: Checkout, forge: Forge
) -> None:
    assert applied.script("run.sh", "drift").code == 0
    ran = applied.script("accept.sh", REPORTS, ACCEPTED, FLEXDEPLOY_PASSWORD="wrong")
    assert ran.code == 1
    ran = applied.script("pull-request.sh", ACCEPTED, GH_TOKEN="t", GH_REPO="o/r", GITHUB_REF_NAME="main")
    assert (ran.code, forge.writes) == (1, [])


@pytest.mark.parametrize("file", ["../other.yaml", ".github/workflows/x.yml", "run.sh"])
def test_a_diff_of_anything_but_manifests_is_refused(applied: Checkout, forge: Forge, file: str) -> None:
    change(applied, "by hand")
    checked(applied)
    for name in (".github/workflows/x.yml", "run.sh"):
        path = applied.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("old\n")
    commit = applied.commit("More files")
    folder: Path = applied.folder / ACCEPTED
    (folder / "accept.diff").write_text(f"--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-old\n+new\n")
    noted = (folder / "accept.env").read_text()
    (folder / "accept.env").write_text(re.sub(r"commit=\w+", f"commit={commit}", noted))
    ran = applied.script("pull-request.sh", ACCEPTED, GH_TOKEN="t", GH_REPO="o/r", GITHUB_REF_NAME="main")
    assert (ran.code, forge.writes, branch(applied)) == (ran.code or 1, [], "")


def test_a_diff_of_another_commit_is_refused(applied: Checkout, forge: Forge) -> None:
    change(applied, "by hand")
    checked(applied)
    applied.commit("Meanwhile")
    ran = applied.script("pull-request.sh", ACCEPTED, GH_TOKEN="t", GH_REPO="o/r", GITHUB_REF_NAME="main")
    assert ran.code == 1
    assert "of another commit" in ran.err
