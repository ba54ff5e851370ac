"""ci/scripts/issue.sh: one issue for the drift of an environment, told apart by its fingerprint."""

from __future__ import annotations

import re

import pytest
from tests.support.checkout import REPORTS, Checkout, Forge


def checked(checkout: Checkout) -> None:
    """A nightly check, and what follows from it."""
    assert checkout.script("run.sh", "drift").code in (0, 2)
    ran = checkout.script("issue.sh", REPORTS, GH_TOKEN="t", GH_REPO="o/r")
    assert ran.code == 0, ran.err


def test_an_issue_is_opened_updated_and_closed_with_the_drift(applied: Checkout, forge: Forge) -> None:
    checked(applied)
    assert forge.writes == []

    with applied.by_hand() as release:
        release["description"] = "by hand"
    checked(applied)
    (issue,) = forge.issues
    first = applied.outcome["fingerprint"]
    assert issue["title"] == "Drift in default"
    assert issue["body"].startswith(f"<!-- reconcile-drift default {first} -->\n")
    assert "by hand" in issue["body"]

    checked(applied)
    assert forge.writes == ["label create", "issue create"]

    with applied.by_hand() as release:
        release["description"] = "by another hand"
    checked(applied)
    (issue,) = forge.issues
    assert applied.outcome["fingerprint"] != first
    assert applied.outcome["fingerprint"] in issue["body"]
    assert "by another hand" in issue["body"]
    assert forge.writes[2:] == ["issue edit", "issue comment"]

    assert applied.script("run.sh", "apply", "--yes").code == 0
    checked(applied)
    (issue,) = forge.issues
    assert issue["state"] == "closed"
    assert issue["comments"][-1].startswith("In sync again.")
    assert forge.writes[4:] == ["issue close"]

    with applied.by_hand() as release:
        release["description"] = "by hand"
    checked(applied)
    assert [issue["state"] for issue in forge.issues] == ["closed", "open"]


def test_issues_of_other_environments_and_of_strangers_are_left_alone(
    applied: Checkout, forge: Forge
) -> None:
    marked = "<!-- reconcile-drift {} sha256:00 -->"
    others = [("production", "reconcile-drift"), ("default", "bug"), ("de.ault", "reconcile-drift")]
    issues = [
        {"number": n, "state": "open", "labels": [label], "body": marked.format(name), "comments": []}
        for n, (name, label) in enumerate(others, 1)
    ]
    forge.keep({"issues": issues, "comments": [], "calls": []})
    checked(applied)
    assert forge.issues == issues


def test_a_check_that_failed_changes_no_issue(applied: Checkout, forge: Forge) -> None:
    assert applied.script("run.sh", "drift", FLEXDEPLOY_PASSWORD="").code == 1
    ran = applied.script("issue.sh", REPORTS, GH_TOKEN="t", GH_REPO="o/r")
    assert ran.code == 1
    assert "the issue stays as it is" in ran.err
    assert forge.writes == []


def test_where_a_part_was_not_read_the_issue_tells_of_the_rest_and_is_not_closed(
    applied: Checkout, forge: Forge
) -> None:
    unread = "{apiVersion: flexdeploy/v1, kind: Release, metadata: {name: gone, id: 999}, spec: {}}\n"
    (applied.folder / "manifests/gone.yaml").write_text(unread)
    with applied.by_hand() as release:
        before, release["description"] = release["description"], "by hand"
    assert applied.script("run.sh", "drift").code == 1
    assert (applied.outcome["differs"], applied.outcome["not_read"]) == ("true", "1")
    ran = applied.script("issue.sh", REPORTS, GH_TOKEN="t", GH_REPO="o/r")
    assert ran.code == 0, ran.err
    (issue,) = forge.issues
    assert "by hand" in issue["body"]
    assert "flexdeploy/Release/gone" in issue["body"]
    assert "Not read: 1 of the declared objects" in issue["body"]

    with applied.by_hand() as release:
        release["description"] = before
    assert applied.script("run.sh", "drift").code == 1
    assert applied.script("issue.sh", REPORTS, GH_TOKEN="t", GH_REPO="o/r").code == 1
    assert [each["state"] for each in forge.issues] == ["open"]


@pytest.mark.parametrize(
    "text", ["@everyone <b>look</b> --> ![x](http://evil.example) <!-- reconcile-drift default -->"]
)
def test_what_somebody_typed_on_the_server_is_inert_in_the_issue(
    applied: Checkout, forge: Forge, text: str
) -> None:
    with applied.by_hand() as release:
        release["description"] = text
    checked(applied)
    (issue,) = forge.issues
    outside = re.sub(r"(?ms)^(`{3,}).*?^\1$", "", issue["body"])
    assert text in issue["body"]
    assert "look" not in outside
    assert "@" not in outside
