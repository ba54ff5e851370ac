"""The lock at a remote: taken by what writes, told in words, given back; nothing is written without it."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event

import pytest
from tests.support.commands import Tool
from tests.support.locked import APPLY, REF, Place
from tests.support.projects import release


def test_an_apply_takes_the_lock_and_gives_it_back(run: Tool, place: Place) -> None:
    seen: list[dict[str, object]] = []
    place.wire.before = lambda line: seen.append(place.note()) if not line.startswith("GET") else None
    ran = run(*APPLY, "--lock-stale", "90s")
    assert ran.code == 0, ran
    (note,) = seen
    assert (note["free"], note["lock_stale"], note["timeout"], note["settle"]) == (False, 90.0, 30.0, 0.0)
    assert note["who"]
    assert str(os.getpid()) in str(note["where"])
    assert REF not in place.refs()


@pytest.mark.parametrize(
    ("name", "field"),
    [("LOGNAME", "who"), ("GITHUB_ACTOR", "who"), ("BUILD_URL", "where"), ("CI_JOB_URL", "where")],
)
def test_a_name_that_is_no_utf_8_is_shown_as_far_as_it_is(
    run: Tool, place: Place, name: str, field: str
) -> None:
    seen: list[str] = []
    place.wire.before = lambda line: seen.append(str(place.note()[field])) if "PATCH" in line else None
    ran = run(*APPLY, **{name: "J\udcfcrgen"})
    assert ran.code == 0, ran
    assert "J?rgen" in seen[0]


def test_a_plan_never_contacts_the_remote(run: Tool, place: Place) -> None:
    place.history.git("remote", "set-url", "origin", "/nowhere/at/all")
    for command in (("plan",), ("drift",), ("undo", "--dry-run"), ("validate",)):
        assert "nowhere" not in run(*command).err
    assert run("plan").code == 0


def test_who_finds_it_taken_is_refused_with_who_where_and_since_when(run: Tool, place: Place) -> None:
    held = place.held()
    ran = run(*APPLY, "-o", "json")
    assert ran.code == 4, ran
    (problem,) = ran.document["problems"]
    assert problem["code"] == "locked"
    for words in ("somebody", "elsewhere, process 7", "since 2026-11-29T", REF, "origin"):
        assert words in problem["message"]
    assert not place.writes
    assert place.refs()[REF] == held


def test_nothing_that_a_lock_says_is_obeyed_by_a_terminal(run: Tool, place: Place) -> None:
    place.held(who="\x1b[31mred", where="a\n::error::b")
    ran = run(*APPLY)
    assert ran.code == 4
    assert "\x1b" not in ran.err + ran.out
    assert "\n::error" not in ran.err + ran.out


def test_a_lock_that_is_not_renewed_is_watched_and_then_taken_over(run: Tool, place: Place) -> None:
    place.held(stamp=1795950000.0, lock_stale=1.0, timeout=0.5)
    ran = run(*APPLY)
    assert ran.code == 0, ran
    assert "somebody (elsewhere, process 7) has the lock" in ran.err
    assert "it is watched, for 1 s." in ran.err
    assert place.writes == ["PATCH"]


def test_a_lock_that_is_renewed_while_it_is_watched_stays_with_its_holder(run: Tool, place: Place) -> None:
    """The clock of its holder is an hour behind: by its stamp, it looks as if nobody renewed it."""
    place.held(stamp=1795950000.0, lock_stale=1.0)
    renewed = place.held(number="2", stamp=1795950000.5, lock_stale=1.0)
    place.held(stamp=1795950000.0, lock_stale=1.0)
    count = place.folder.parent / "count"
    program = place.program(
        "upload-pack",
        f"echo >>{count}\n"
        f'[ $(wc -l <{count}) != 12 ] || git --git-dir "$1" update-ref {REF} {renewed}\n'
        'exec git-upload-pack "$@"',
    )
    place.history.git("config", "remote.origin.uploadpack", str(program))
    ran = run(*APPLY)
    assert ran.code == 4, ran
    assert not place.writes
    assert place.refs()[REF] == renewed


def test_a_push_that_was_answered_well_is_no_proof(run: Tool, place: Place) -> None:
    """What the remote shows after it counts: somebody else has the lock."""
    other = place.held()
    place.history.git("--git-dir", str(place.bare), "update-ref", "-d", REF)
    place.hook("post-receive", f"unset GIT_QUARANTINE_PATH; git update-ref {REF} {other}")
    ran = run(*APPLY)
    assert ran.code == 4, ran
    assert "somebody" in ran.err
    assert not place.writes
    assert place.refs()[REF] == other


def test_what_is_no_lock_is_never_replaced(run: Tool, place: Place) -> None:
    place.project("# more\n")
    main = place.history.git("rev-parse", "HEAD")
    place.history.git("push", "--quiet", "origin", f"{main}:{REF}")
    for command in (APPLY, ("unlock", "--yes"), ("doctor",)):
        ran = run(*command)
        assert ran.code == 1, ran
        assert "no lock" in ran.err + ran.out
    assert place.refs()[REF] == main
    assert not place.writes


def test_an_undo_takes_it_too(run: Tool, place: Place) -> None:
    assert run(*APPLY).code == 0
    place.held()
    ran = run("undo", "--yes")
    assert ran.code == 4, ran
    assert "somebody" in ran.err
    assert place.writes == ["PATCH"]


def test_the_lock_of_the_base_is_taken_too(run: Tool, place: Place) -> None:
    """A change cannot lift the lock that keeps it from running beside others."""
    place.without_lock()
    place.held()
    ran = run(*APPLY, "--base", "HEAD")
    assert ran.code == 4, ran
    assert "somebody" in ran.err
    assert not place.writes


def _another_remote(place: Place) -> str:
    place.history.git("remote", "add", "upstream", str(place.bare))
    return "{git: upstream}"


def _a_default_in_words(place: Place) -> str:
    return f"{{git: origin, ref: {REF}}}"


def _another_url(place: Place) -> str:
    place.history.git("remote", "add", "upstream", place.bare.as_uri())
    return "{git: upstream}"


@pytest.mark.parametrize("spelled", [_another_remote, _a_default_in_words, _another_url])
def test_one_lock_that_is_spelled_in_two_ways_is_taken_once(
    run: Tool, place: Place, spelled: Callable[[Place], str]
) -> None:
    place.without_lock()
    place.project(f"lock: {spelled(place)}\n")
    ran = run(*APPLY, "--base", "HEAD")
    assert ran.code == 0, ran
    assert place.writes == ["PATCH"]
    assert REF not in place.refs()


def test_a_change_of_the_lock_stands_first_in_every_report(run: Tool, place: Place) -> None:
    place.without_lock()
    assert "lock.git" in run("plan", "--base", "HEAD").out


@pytest.mark.parametrize(
    ("lock", "words"),
    [
        ("{git: ../remote.git}", "`git` takes the name of a remote"),
        ("{git: https://example.com/x.git}", "never a url or a path"),
        ("{git: --upload-pack=x}", "`git` takes the name of a remote"),
        ("{git: -x}", "`git` takes the name of a remote"),
        ("{ref: refs/heads/lock}", "`lock` lacks `git`"),
        ("{git: origin, ref: refs/tags/lock}", "`ref` takes the whole name of a ref"),
        ("{git: origin, ref: lock}", "`ref` takes the whole name of a ref"),
        ("{git: origin, ref: refs/heads/a..b}", "`ref` takes the whole name of a ref"),
        ("{git: origin, ref: refs/heads/a.lock}", "`ref` takes the whole name of a ref"),
        ("{git: origin, ref: refs/heads/}", "`ref` takes the whole name of a ref"),
        ("{git: origin, stale: 2m}", "unknown field `stale`"),
        ("origin", "takes a mapping"),
    ],
)
def test_what_is_wrong_with_a_lock_is_said_at_its_line(
    run: Tool, place: Place, lock: str, words: str
) -> None:
    place.without_lock()
    place.project(f"lock: {lock}\n")
    ran = run("validate")
    assert ran.code == 1, ran
    assert "reconcile.yaml:6" in ran.err
    assert words in ran.err


def test_each_environment_has_a_lock_of_its_own_and_may_say_more_of_it(run: Tool, place: Place) -> None:
    place.project("environments:\n  staging: {}\n  production: {lock: {ref: refs/heads/production-lock}}\n")
    seen: list[str] = []
    place.wire.before = lambda line: seen.extend(name for name in place.refs() if "lock" in name)
    assert run(*APPLY, "--env", "staging").code == 0
    assert {*seen} == {"refs/reconcile/lock/staging"}
    seen.clear()
    assert run(*APPLY, "--env", "production").code == 0
    assert {*seen} == {"refs/heads/production-lock"}


def test_a_project_in_a_folder_has_a_lock_of_its_own(run: Tool, place: Place) -> None:
    inner = place.folder / "teams/a b"
    inner.parent.mkdir()
    inner.mkdir()
    for name in ("reconcile.yaml", "manifests"):
        (place.folder / name).rename(inner / name)
    place.history.commit()
    seen: list[str] = []
    place.wire.before = lambda line: seen.extend(name for name in place.refs() if "lock" in name)
    assert run("-C", "teams/a b", *APPLY).code == 0
    assert {*seen} == {"refs/reconcile/lock/default@teams%2Fa%20b"}


@pytest.mark.parametrize(
    ("given", "code"), [("90s", 0), ("2m", 0), ("1.5h", 0), ("90", 64), ("0s", 64), ("2d", 64), ("soon", 64)]
)
def test_lock_stale_is_a_duration(run: Tool, place: Place, given: str, code: int) -> None:
    assert run(*APPLY, "--lock-stale", given).code == code


def test_what_was_taken_while_nobody_heard_of_it_is_given_back(run: Tool, place: Place) -> None:
    """The push arrives, and its answer is lost: the ref is read, and is ours."""
    program = place.program("receive-pack", 'git-receive-pack "$@"; kill -9 $PPID')
    place.history.git("config", "remote.origin.receivepack", str(program))
    ran = run(*APPLY)
    assert ran.code == 0, ran
    assert REF not in place.refs()
    assert place.writes == ["PATCH"]


def test_a_lock_that_is_lost_lets_nothing_new_begin_and_ends_with_3(run: Tool, place: Place) -> None:
    """Somebody gives it back while the first write is under way: the second operation does not begin."""
    other = place.folder / "manifests/second.yaml"
    other.write_text(
        release("second", "{releaseStatus: NOTSTARTED}", "dependsOn: [flexdeploy/Release/train]"),
        encoding="utf-8",
    )

    looks = place.folder.parent / "looks"
    program = place.program("upload-pack", f'echo >>{looks}; exec git-upload-pack "$@"')
    place.history.git("config", "remote.origin.uploadpack", str(program))

    def lose(line: str) -> None:
        if line.startswith("PATCH"):
            place.held()
            seen, pause = looks.stat().st_size, Event()
            while looks.stat().st_size == seen:  # until the holder has looked again
                pause.wait(0.01)

    place.wire.before = lose
    ran = run(*APPLY, "--lock-stale", "2s", "-o", "json")
    assert ran.code == 3, ran
    outcomes = {each["address"]: each for each in ran.document["outcomes"]}
    assert outcomes["flexdeploy/Release/train"]["status"] == "done"
    last = outcomes["flexdeploy/Release/second"]
    assert last["status"] == "not_begun"
    assert "somebody (elsewhere, process 7) has the lock now" in last["detail"]
    assert place.writes == ["PATCH"]
    assert place.note()["who"] == "somebody"
