"""What happens to the lock between two steps of its holder, and what is in doubt as it is given back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from threading import Event

import pytest
from tests.support.commands import Tool
from tests.support.locked import APPLY, REF, Place

from reconcile.execution.lease import Holder, Terms
from reconcile.git.checkout import checkout
from reconcile.git.remote_ref import RemoteRef, remote_place
from reconcile.session.remote_lock import LockDriver, RemoteLock

OBJECT = "/releases/12101"
_LOSING = """\
git-receive-pack "$@"
[ -e {away} ] || kill -9 $PPID
echo >>{away}"""
"""Lets the first push arrive, and loses its answer."""

_AWAY = """\
if [ -e {away} ] && [ $(wc -l <{away}) -le {times} ]; then echo >>{away}; exit 1; fi
exec git-upload-pack "$@\""""
"""Answers no look for so many times after that push."""


@pytest.mark.parametrize("times", [1, 3])
def test_a_lock_whose_push_was_not_answered_is_ours_once_a_look_shows_it(
    run: Tool, place: Place, times: int
) -> None:
    away = place.folder.parent / "away"
    for option, text in (("receivepack", _LOSING), ("uploadpack", _AWAY)):
        program = place.program(option, text.format(away=away, times=times))
        place.history.git("config", f"remote.origin.{option}", str(program))
    ran = run(*APPLY, "--lock-stale", "20s")
    assert ran.code == 0, ran
    assert len(away.read_text("utf-8")) > times
    assert "the remote does not show what stands there, and is asked again" in ran.err
    assert place.writes == ["PATCH"]
    assert REF not in place.refs()


def test_who_never_heard_whether_it_is_taken_says_that_it_may_be(run: Tool, place: Place) -> None:
    away = place.folder.parent / "away"
    for option, text in (("receivepack", _LOSING), ("uploadpack", _AWAY)):
        program = place.program(option, text.format(away=away, times=100_000))
        place.history.git("config", f"remote.origin.{option}", str(program))
    ran = run(*APPLY, "--lock-stale", "1s")
    assert ran.code == 1, ran
    assert "what was pushed may stand there still: the next apply is refused, then watches it" in ran.err
    assert not place.writes
    assert place.note()["free"] is False


def test_who_takes_it_between_our_look_and_our_push_has_it(run: Tool, place: Place) -> None:
    other = place.held()
    place.history.git("--git-dir", str(place.bare), "update-ref", "-d", REF)
    swap = f"git --git-dir {place.bare} update-ref {REF} {other}"
    program = place.program("receive-pack", f'{swap}\nexec git-receive-pack "$@"')
    place.history.git("config", "remote.origin.receivepack", str(program))
    ran = run(*APPLY)
    assert ran.code == 4, ran
    assert "somebody (elsewhere, process 7) has the lock" in ran.err
    assert place.refs()[REF] == other
    assert not place.writes


def test_a_lock_that_is_somebody_elses_by_now_is_not_given_back(run: Tool, place: Place) -> None:
    held: list[str] = []

    def taken(line: str) -> None:
        if line.startswith("GET") and place.writes and not held:
            held.append(place.held())

    place.wire.before = taken
    ran = run(*APPLY)
    assert ran.code == 0, ran
    assert [place.refs()[REF]] == held


def test_no_write_leaves_once_the_lock_is_lost_also_where_its_operation_has_begun(
    run: Tool, place: Place
) -> None:
    """Somebody takes it over as the operation looks at its object, and its holder hears of it meanwhile."""

    def taken(line: str) -> None:
        if line == f"GET {OBJECT}":
            place.held()
            until_it_is_renewed_no_more()

    place.wire.before = taken
    ran = run(*APPLY, "--lock-stale", "2s", "-o", "json")
    assert ran.code == 3, ran
    (outcome,) = ran.document["outcomes"]
    assert "somebody (elsewhere, process 7) has the lock now" in outcome["detail"]
    assert not place.writes


def until_it_is_renewed_no_more() -> None:
    pause = Event()
    while any(thread.name == "reconcile-lock" for thread in threading.enumerate()):
        pause.wait(0.01)


def test_a_lock_that_was_lost_stays_lost_though_the_remote_shows_it_as_ours(place: Place) -> None:
    """The holder slept for longer than it may write, and is renewed after that."""
    at = [1000.0]
    numbers = iter(range(1000))
    holder = Holder(
        "me", "here", Terms(8.0, 1.0, 0.0), lambda: at[0], lambda: 1.8e9 + at[0], lambda: str(next(numbers))
    )
    driver = LockDriver(RemoteRef(remote_place(checkout(place.folder), "origin", REF)), holder)
    lock = RemoteLock(driver, holder)
    lock.take()
    try:
        assert not lock.why_lost()
        at[0] += 5.0
        assert "did not confirm in time" in lock.why_lost()
        pause = Event()
        while driver.lease is None or driver.lease.confirmed < at[0]:
            pause.wait(0.01)
        assert driver.lease.may_write(at[0])
        assert "did not confirm in time" in lock.why_lost()
    finally:
        assert lock.give_back(0.0) == ""
    assert REF not in place.refs()


def refused(place: Place) -> int:
    place.wire.fallbacks["PATCH"] = 400, {"message": "no"}
    return 3


def unreadable_since(place: Place) -> int:
    def since(line: str) -> None:
        if line.startswith("PATCH"):
            place.wire.fallbacks["GET"] = 403, {"message": "no"}

    place.wire.before = since
    return 3


def lost(place: Place) -> int:
    place.wire.fallbacks["PATCH"] = 502, {"message": "bad gateway"}
    return 3


@pytest.mark.parametrize(("how", "in_doubt"), [(refused, False), (unreadable_since, False), (lost, True)])
def test_what_was_answered_is_not_in_doubt_as_the_lock_is_given_back(
    run: Tool, place: Place, how: Callable[[Place], int], in_doubt: bool
) -> None:
    code = how(place)
    ran = run(*APPLY, "--timeout", "900", "--retries", "0")
    assert ran.code == code, ran
    assert place.writes[0] == "PATCH"
    assert (REF in place.refs()) == in_doubt
    assert ("in doubt until" in ran.err) == in_doubt
    if in_doubt:
        assert place.note()["arrives_in"] == pytest.approx(900.0, abs=300.0)
