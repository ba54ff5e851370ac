"""ci/scripts/move-tag.sh: the tag says that all of a commit is live, and nothing less moves it."""

from __future__ import annotations

import json

import pytest
from tests.support.checkout import REPORTS, TAG, Checkout

from reconcile.model import Json


def test_a_complete_apply_moves_the_tag(checkout: Checkout) -> None:
    assert checkout.script("run.sh", "apply", "--yes").code == 0
    assert checkout.tagged() == ""
    ran = checkout.script("move-tag.sh", REPORTS)
    assert ran.code == 0, ran.err
    assert checkout.tagged() == checkout.git("rev-parse", "HEAD")


def test_a_plan_without_differences_moves_it_to_a_commit_that_needs_no_apply(applied: Checkout) -> None:
    here = applied.commit("A word in the README")
    assert applied.script("run.sh", "plan").code == 0
    assert applied.script("move-tag.sh", REPORTS).code == 0
    assert applied.tagged() == here


def test_it_stays_after_a_plan_with_differences(checkout: Checkout) -> None:
    assert checkout.script("run.sh", "plan").code == 0
    ran = checkout.script("move-tag.sh", REPORTS)
    assert ran.code == 1
    assert "a plan with differences" in ran.err
    assert checkout.tagged() == ""


def test_it_stays_when_the_report_is_of_another_commit(applied: Checkout) -> None:
    before = applied.tagged()
    applied.commit("Merged meanwhile")
    ran = applied.script("move-tag.sh", REPORTS)
    assert (ran.code, applied.tagged()) == (1, before)
    assert "another commit" in ran.err


def test_it_stays_when_files_differed_from_the_commit(checkout: Checkout) -> None:
    checkout.rewrite("manifests/rest-release-2.yaml", "Rehearsal of", "Dress rehearsal of")
    checkout.script("run.sh", "apply", "--yes")
    ran = checkout.script("move-tag.sh", REPORTS)
    assert (ran.code, checkout.tagged()) == (1, "")
    assert "differed" in ran.err


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcomes": [{"address": "a", "status": "failed"}]}, "not complete"),
        ({"outcomes": [{"address": "a", "status": "unknown"}]}, "not complete"),
        ({"blocked": [{"address": "a"}]}, "blocked"),
        ({"refused": ["3 deletes, and max_deletes is 2"]}, "refused"),
        ({"refused": ["frozen: x"], "problems": [{"severity": "error", "message": "frozen: x"}]}, "refused"),
        ({"selected": ["flexdeploy/Release/rest-release-1"]}, "only a part"),
        ({"only": "change"}, "only a part"),
        ({"problems": [{"severity": "error", "message": "unreadable"}]}, "error"),
        ({"dirty": True}, "differed"),
        ({"dirty": None}, "could not tell"),
        ({"commit": None}, "could not tell"),
    ],
)
def test_it_stays_after_anything_less_than_a_complete_apply(
    applied: Checkout, changed: dict[str, Json], words: str
) -> None:
    file = applied.folder / REPORTS / "apply.json"
    before = applied.tagged()
    whole = {**json.loads(file.read_text("utf-8")), "commit": applied.commit("Second")}
    file.write_text(json.dumps({**whole, **changed}), encoding="utf-8")
    ran = applied.script("move-tag.sh", REPORTS)
    assert (ran.code, applied.tagged()) == (1, before)
    assert words in ran.err
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert applied.script("move-tag.sh", REPORTS).code == 0


def test_a_tag_that_somebody_moved_meanwhile_is_not_overwritten(applied: Checkout) -> None:
    elsewhere = applied.commit("Second")
    applied.git("push", "--quiet", "origin", f"{elsewhere}:refs/tags/{TAG}", "--force")
    applied.commit("Third")
    assert applied.script("run.sh", "plan").code == 0
    assert applied.script("move-tag.sh", REPORTS).code != 0
    assert applied.tagged() == elsewhere


def test_a_tag_is_never_moved_back(applied: Checkout) -> None:
    report = applied.folder / REPORTS
    first, later = applied.git("rev-parse", "HEAD"), applied.commit("Second")
    applied.git("push", "--quiet", "origin", f"{later}:refs/tags/{TAG}", "--force")
    applied.git("fetch", "--quiet", "--tags", "--force")
    applied.git("checkout", "--quiet", "--detach", first)
    assert json.loads((report / "apply.json").read_text("utf-8"))["commit"] == first
    ran = applied.script("move-tag.sh", REPORTS)
    assert (ran.code, applied.tagged()) == (1, later)
    assert "not after" in ran.err


def test_each_environment_has_a_tag_of_its_own(checkout: Checkout) -> None:
    file = checkout.folder / "reconcile.yaml"
    file.write_text(f"{file.read_text('utf-8')}\nenvironments: {{production: {{}}, test: {{}}}}\n", "utf-8")
    here = checkout.commit("Environments")
    assert checkout.script("run.sh", "apply", "--yes", RECONCILE_ENV="test").code == 0
    assert checkout.script("move-tag.sh", REPORTS).code == 0
    assert checkout.tagged("reconcile/test") == here
    assert checkout.tagged("reconcile/production") == ""
    assert (
        f"no tag {'reconcile/production'} yet"
        in checkout.script("run.sh", "plan", RECONCILE_ENV="production").err
    )


def test_the_token_is_given_to_git_by_its_environment_and_never_as_a_word(applied: Checkout) -> None:
    recorder = applied.bin / "git"
    recorder.write_text(
        f'#!/bin/bash\nprintf "%s\\n" "$*" >>"{applied.bin}/words"\nPATH=${{PATH#*:}} exec git "$@"\n',
        "utf-8",
    )
    recorder.chmod(0o755)
    assert applied.script("move-tag.sh", REPORTS, RECONCILE_GIT_TOKEN="canary-of-the-tag").code == 0
    words = (applied.bin / "words").read_text("utf-8")
    assert "credential.helper" in words
    assert "canary-of-the-tag" not in words
