"""A lock whose taking or giving back was broken off: what is left of it, and what is said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support.commands import PASSWORD, Tool
from tests.support.locked import APPLY, REF, Place

PATIENCE = 60
_ONCE_TAKEN = """\
git-receive-pack "$@"
[ -e {done} ] && exit
until [ -s {who} ]; do sleep 0.02; done
: >{done}
kill -TERM $(cat {who})"""
"""Lets the first push arrive, then tells whoever pushed to stop."""


def told_to_stop_once_taken(place: Place, *command: str) -> subprocess.Popen[str]:
    """An apply, or another command, that is told to stop before it heard that it has the lock."""
    beside = place.folder.parent
    who = beside / "who"
    program = place.program("receive-pack", _ONCE_TAKEN.format(done=beside / "done", who=who))
    place.history.git("config", "remote.origin.receivepack", str(program))
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    run = subprocess.Popen(
        [sys.executable, "-m", "reconcile", *(command or APPLY)],
        cwd=place.folder,
        env={**kept, "FD_USER": "me", "FD_PASSWORD": PASSWORD},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    who.write_text(f"{run.pid}\n", encoding="utf-8")
    return run


def test_who_is_told_to_stop_while_it_takes_the_lock_leaves_nothing_there(place: Place) -> None:
    with told_to_stop_once_taken(place) as run:
        out, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + signal.SIGTERM, out
    assert (place.folder.parent / "done").exists()
    assert REF not in place.refs()
    assert not place.writes


def test_a_doctor_that_is_told_to_stop_leaves_nothing_there_either(place: Place) -> None:
    with told_to_stop_once_taken(place, "doctor") as run:
        out, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + signal.SIGTERM, out
    assert (place.folder.parent / "done").exists()
    assert [*place.refs()] == ["refs/heads/main"]


def test_a_doubt_about_an_earlier_holder_outlives_a_take_that_was_broken_off(place: Place) -> None:
    place.held(free=True, stamp=time.time(), begins_in=900.0, arrives_in=1800.0)
    with told_to_stop_once_taken(place) as run:
        out, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + signal.SIGTERM, out
    note = place.note()
    assert (note["free"], note["who"] != "somebody") == (True, True)
    assert note["begins_in"] == pytest.approx(900.0, abs=PATIENCE)
    assert note["arrives_in"] == pytest.approx(1800.0, abs=PATIENCE)
    assert not place.writes


def failing(place: Place, mark: Path, how: str) -> None:
    """Lets the remote answer nothing, neither to a look nor to a push, while there is a file."""
    for option, program in (("uploadpack", "git-upload-pack"), ("receivepack", "git-receive-pack")):
        words = f'if [ -e {mark} ]; then {how}; exit 1; fi\nexec {program} "$@"'
        place.history.git("config", f"remote.origin.{option}", str(place.program(f"our-{program}", words)))


def after_the_write(place: Place, mark: Path) -> None:
    """Makes a file once the write of an apply was answered."""

    def made(line: str) -> None:
        if line.startswith("GET") and place.writes:
            mark.write_text("", encoding="utf-8")

    place.wire.before = made


def test_a_lock_is_given_back_also_where_the_remote_is_away_for_a_moment(run: Tool, place: Place) -> None:
    """Neither the push nor the look after it reaches the remote; the next look shows it ours still."""
    mark, count = (place.folder.parent / name for name in ("away", "count"))
    failing(place, mark, f"echo >>{count}; [ $(wc -l <{count}) -lt 2 ] || mv {mark} {count}")
    after_the_write(place, mark)
    ran = run(*APPLY, "--lock-stale", "20s")
    assert ran.code == 0, ran
    assert count.exists()
    assert "may stand there" not in ran.err
    assert "is asked again, for" in ran.err
    assert place.note()["free"] is True


def test_a_lock_that_could_not_be_given_back_is_said_with_what_the_next_apply_does(
    run: Tool, place: Place
) -> None:
    mark = place.folder.parent / "away"
    failing(place, mark, "echo gone fishing >&2")
    after_the_write(place, mark)
    ran = run(*APPLY, "--lock-stale", "4s")
    assert ran.code == 0, ran
    said = "may stand there still: the next apply is refused, then watches it, each for up to 4 s"
    assert f"the lock {REF} at origin {said}" in ran.err
    assert "gone fishing" in ran.err
    mark.unlink()
    assert place.note()["free"] is False
