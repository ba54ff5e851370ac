"""accept.sh and pull-request.sh on GitLab: one merge request an environment, asked for by the push alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.checkout import REPORTS, Checkout, Ran

ACCEPTED = "reconcile-accept"
BRANCH = "refs/heads/reconcile-accept/default"
JOB = "https://git.example.com/jobs/7"
HOOK = r"""#!/bin/sh
read old new ref
printf '%s' "$ref" >>"$GIT_DIR/asked"
i=0
while [ $i -lt ${GIT_PUSH_OPTION_COUNT:-0} ]; do
    eval "printf '|%s' \"\$GIT_PUSH_OPTION_$i\"" >>"$GIT_DIR/asked"
    i=$((i + 1))
done
echo >>"$GIT_DIR/asked"
"""


@pytest.fixture
def remote(applied: Checkout) -> Path:
    """The remote, which takes push options as GitLab does, and writes down what each push said."""
    folder = applied.home / "remote.git"
    applied.git("-C", str(folder), "config", "receive.advertisePushOptions", "true")
    hook = folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    return folder


def asked(remote: Path) -> list[list[str]]:
    """The ref and the options of each push so far."""
    book = remote / "asked"
    return [line.split("|") for line in book.read_text().splitlines()] if book.exists() else []


def proposed(checkout: Checkout) -> Ran:
    """A nightly check, and then the job that may push and has no system's secret."""
    (checkout.folder / ".git/info/exclude").write_text(f"{ACCEPTED}/\n")
    assert checkout.script("run.sh", "drift").code in (0, 2)
    assert checkout.script("accept.sh", REPORTS, ACCEPTED).code in (0, 4)
    more = {"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main", "CI_JOB_URL": JOB, "FLEXDEPLOY_PASSWORD": ""}
    ran = checkout.script("pull-request.sh", ACCEPTED, **more)
    assert ran.code == 0, ran.err
    return ran


def change(checkout: Checkout, **fields: str) -> None:
    with checkout.by_hand() as release:
        release.update(fields)


def test_a_merge_request_is_asked_for_renewed_and_gone_with_the_drift(
    applied: Checkout, remote: Path
) -> None:
    assert "Nothing to accept" in proposed(applied).out
    assert asked(remote) == []

    change(applied, description="by hand")
    proposed(applied)
    ((ref, *options),) = asked(remote)
    assert ref == BRANCH
    assert options[:3] == [
        "merge_request.create",
        "merge_request.target=main",
        "merge_request.title=Accept what is live in default",
    ]
    assert options[3].startswith("merge_request.description=What is live differs")
    assert options[3].endswith(f"[What was said of it]({JOB}).")
    applied.git("fetch", "--quiet", "origin", BRANCH)
    assert "description: by hand" in applied.git("show", "FETCH_HEAD:manifests/rest-release-2.yaml")

    assert "The same as before" in proposed(applied).out
    assert len(asked(remote)) == 1, "one that somebody closed is not opened again for the same drift"

    change(applied, description="by another hand")
    proposed(applied)
    assert [push[:2] for push in asked(remote)[1:]] == [[BRANCH, "merge_request.create"]]

    assert applied.script("run.sh", "apply", "--yes").code == 0
    proposed(applied)
    assert asked(remote)[2] == [BRANCH], "GitLab closes the merge request of a branch that goes"
    assert applied.git("ls-remote", "origin", BRANCH) == ""


def test_what_cannot_be_accepted_stands_in_the_log_of_the_job(applied: Checkout, remote: Path) -> None:
    change(applied, description="by hand", scheduleBuildExpression="0 0 5 ? * MON-FRI")
    ran = proposed(applied)
    assert "not accepted: it is the variable nightly" in ran.out
    assert not any("nightly" in word for push in asked(remote) for word in push)


def test_a_branch_to_which_somebody_else_committed_stays_as_it_is(applied: Checkout, remote: Path) -> None:
    change(applied, description="by hand")
    proposed(applied)
    applied.git("fetch", "--quiet", "origin", BRANCH)
    applied.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    applied.git("commit", "--quiet", "--allow-empty", "-m", "Mine")
    applied.git("push", "--quiet", "origin", f"HEAD:{BRANCH}")
    applied.git("checkout", "--quiet", "main")
    change(applied, description="by another hand")
    assert "Somebody else committed" in proposed(applied).out
    assert len(asked(remote)) == 2
