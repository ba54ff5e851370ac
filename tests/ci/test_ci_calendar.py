"""ci/scripts/calendar.sh: what is published is whole, and needs no secret."""

from __future__ import annotations

from pathlib import Path

import yaml
from icalendar import Calendar
from tests.support.checkout import ROOT, Checkout

NO_SECRET = {"FLEXDEPLOY_USER": "", "FLEXDEPLOY_PASSWORD": "", "RECONCILE_SECRETS": ""}


def published(checkout: Checkout, folder: str = "public") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (checkout.folder / folder).iterdir()}


def test_both_files_are_made_without_a_secret_and_without_asking_a_system(checkout: Checkout) -> None:
    before = len(checkout.sandbox.log)
    ran = checkout.script("calendar.sh", "public", "--from", "2026-12-01", "--days", "7", **NO_SECRET)
    assert (ran.code, ran.out) == (0, ""), ran.err
    found = published(checkout)
    assert sorted(found) == ["calendar.ics", "index.html"]
    assert Calendar.from_ical(found["calendar.ics"]).errors == []
    assert b"Day by day" in found["index.html"]
    assert len(checkout.sandbox.log) == before
    again = checkout.script("calendar.sh", "public", "--from", "2026-12-01", "--days", "7", **NO_SECRET)
    assert again.code == 0
    assert published(checkout) == found


def test_where_the_manifests_are_not_in_order_what_was_published_stays(checkout: Checkout) -> None:
    assert checkout.script("calendar.sh", "public", **NO_SECRET).code == 0
    found = published(checkout)
    checkout.rewrite("manifests/rest-release-2.yaml", "kind: Release", "kind: Releases")
    ran = checkout.script("calendar.sh", "public", **NO_SECRET)
    assert ran.code == 1
    assert "[unknown-kind]" in ran.err
    assert published(checkout) == found


def test_the_project_may_be_in_a_folder(checkout: Checkout) -> None:
    inside = checkout.folder / "teams" / "payments"
    inside.mkdir(parents=True)
    for name in ("reconcile.yaml", "manifests"):
        (checkout.folder / name).rename(inside / name)
    ran = checkout.script("calendar.sh", "out/payments", RECONCILE_FOLDER="teams/payments", **NO_SECRET)
    assert ran.code == 0, ran.err
    assert sorted(published(checkout, "out/payments")) == ["calendar.ics", "index.html"]


def test_without_a_folder_it_says_how_it_is_used(checkout: Checkout) -> None:
    for arguments in ((), ("--days", "7")):
        ran = checkout.script("calendar.sh", *arguments)
        assert (ran.code, ran.err) == (64, "usage: calendar.sh FOLDER [ARGUMENT...]\n")


def test_the_jobs_that_make_it_have_no_secret_and_the_one_that_publishes_runs_nothing_of_ours() -> None:
    jobs = yaml.safe_load((ROOT / "ci/github/calendar.yml").read_text("utf-8"))["jobs"]
    assert jobs["calendar"]["permissions"] == {"contents": "read"}
    assert set(jobs["publish"]["permissions"]) == {"pages", "id-token"}
    assert [list(step) for step in jobs["publish"]["steps"]] == [["uses"]]
    gitlab = yaml.safe_load(Path(ROOT / "ci/gitlab/reconcile.gitlab-ci.yml").read_text("utf-8"))["pages"]
    assert "environment" not in gitlab
    assert gitlab["artifacts"]["paths"] == ["public/"]
