"""Unlock and doctor: what is said of a lock, and what they leave of it."""

from __future__ import annotations

import pytest
from tests.support.commands import Tool
from tests.support.locked import APPLY, REF, Place


def test_unlock_says_who_has_it_asks_and_leaves_it_in_doubt(run: Tool, place: Place) -> None:
    held = place.held(lock_stale=2.0, timeout=1.0)
    asked = run("unlock", typed="no\n")
    assert asked.code == 1
    assert "somebody (elsewhere, process 7) has it since 2026-11-29T" in asked.err
    assert place.refs()[REF] == held
    given = run("unlock", typed="yes\n")
    assert given.code == 0, given
    assert "Given back." in given.out
    assert "in doubt until" in given.out
    note = place.note()
    assert note["free"] is True
    assert (note["begins_in"], note["arrives_in"]) == (
        pytest.approx(1.0, abs=0.5),
        pytest.approx(2.0, abs=0.5),
    )
    assert "nobody has it, in doubt until" in run("unlock").out
    after = run(*APPLY)
    assert after.code == 0, after
    assert "who may be at work" in after.err
    assert place.writes == ["PATCH"]


def test_unlock_without_a_terminal_needs_yes(run: Tool, place: Place) -> None:
    held = place.held()
    ran = run("unlock")
    assert ran.code == 64
    assert place.refs()[REF] == held
    ran = run("unlock", "--yes", "-o", "json")
    assert ran.code == 0, ran
    assert ran.document["given_back"] is True
    assert place.refs()[REF] != held


def test_unlock_says_in_one_document_who_has_it_where_it_was_not_given_back(run: Tool, place: Place) -> None:
    held = place.held(number="2")
    other = place.held(number="3", who="another")
    place.history.git("push", "--quiet", "--force", "origin", f"{held}:{REF}")
    ran = run("unlock", "-o", "json", typed="no\n")
    assert ran.code == 1
    assert (ran.document["given_back"], ran.document["held"], ran.document["who"]) == (
        False,
        True,
        "somebody",
    )
    swap = f'[ "$1" != {REF} ] || git update-ref {REF} {other}'
    place.hook("update", f"unset GIT_QUARANTINE_PATH; {swap}")
    ran = run("unlock", "--yes", "-o", "json")
    assert ran.code == 4, ran
    assert (ran.document["given_back"], ran.document["held"], ran.document["who"]) == (False, True, "another")
    assert "Refused, for somebody has taken it since." in ran.err
    assert place.refs()[REF] == other


def test_who_is_refused_by_the_lock_of_the_base_is_told_where_it_is_given_back(
    run: Tool, place: Place
) -> None:
    place.held()
    place.without_lock()
    base = place.history.git("rev-parse", "HEAD")
    assert f"reconcile unlock in a checkout of {base}, if nobody" in run(*APPLY, "--base", "HEAD").err
    assert "the lock of a base is given back in a checkout of that commit" in run("unlock", "--yes").err
    other = place.folder.parent / "other"
    place.history.git("worktree", "add", "--quiet", "--detach", str(other), base)
    assert run("-C", str(other), "unlock", "--yes").code == 0
    assert place.note()["free"] is True


def test_unlock_where_nobody_has_it_does_nothing(run: Tool, place: Place) -> None:
    ran = run("unlock", "--yes")
    assert (ran.code, ran.out) == (0, f"{REF} at origin: nobody has it.\n")
    place.without_lock()
    ran = run("unlock", "--yes")
    assert ran.code == 1
    assert "no `lock`" in ran.err


def test_doctor_tries_it_and_leaves_nothing(run: Tool, place: Place) -> None:
    before = place.refs()
    ran = run("doctor")
    assert ran.code == 0, ran
    words = f"may be taken, renewed and given back; {REF} at origin: nobody has it\n"
    assert f"ok    lock  origin  {words}" in ran.out
    assert place.refs() == before
    place.held()
    assert "somebody (elsewhere, process 7) has it since" in run("doctor").out
