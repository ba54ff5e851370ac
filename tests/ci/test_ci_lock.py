"""ci/scripts/run.sh with RECONCILE_LOCK_URL: the remote `lock` of an apply, whose url stays nowhere."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.support.checkout import Checkout

TOKEN = "lock-TOKEN"
PATIENCE = 120


@pytest.fixture
def lock(checkout: Checkout, tmp_path: Path) -> Path:
    """The lock's own repository, whose url has a token in it; the project names the remote."""
    found = tmp_path / f"{TOKEN}.git"
    checkout.git("init", "--quiet", "--bare", str(found))
    project = checkout.folder / "reconcile.yaml"
    project.write_text(project.read_text("utf-8") + "lock: {git: lock}\n", "utf-8")
    checkout.commit("The lock")
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder for what a job keeps for a moment, with a name that git's configuration has to quote."""
    found = tmp_path / 'a "moment" \\ long'
    found.mkdir()
    return found


def seen_by(lock: Path, words: str) -> None:
    """Lets the lock's repository run this as it is pushed to."""
    hook = lock / "hooks/post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
    hook.chmod(0o700)


def tokens(*folders: Path) -> list[Path]:
    """The files under these folders that hold the token."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if TOKEN.encode() in path.read_bytes()]


def taken(checkout: Checkout, lock: Path) -> bool:
    """Whether somebody had the lock."""
    return not checkout.git("--git-dir", str(lock), "count-objects").startswith("0 objects")


def test_an_apply_takes_the_lock_of_a_repository_of_its_own_and_leaves_its_url_nowhere(
    checkout: Checkout, lock: Path, kept: Path
) -> None:
    while_held = kept.parent / "while-held"
    seen_by(lock, f'stat -c %a "{_shell(kept)}"/* >>"{while_held}"')
    ran = checkout.script("run.sh", "apply", "--yes", RECONCILE_LOCK_URL=str(lock), TMPDIR=str(kept))
    assert ran.code == 0, ran.err
    assert taken(checkout, lock)
    assert {*while_held.read_text("utf-8").split()} == {"600"}
    assert TOKEN not in ran.out + ran.err
    assert tokens(checkout.home, kept) == []
    assert [*kept.iterdir()] == []
    assert checkout.script("run.sh", "plan").code == 0


def _shell(path: Path) -> str:
    """A path between double quotes of a shell."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def test_what_the_operators_own_configuration_says_holds_beside_it(
    checkout: Checkout, lock: Path, kept: Path
) -> None:
    own = kept / "own"
    rewrites = f'[url "{lock.parent}/{TOKEN}"]\n\tinsteadOf = "short:"\n'
    for environment in (
        {"GIT_CONFIG_GLOBAL": str(own)},
        {"GIT_CONFIG_GLOBAL": os.path.relpath(own, checkout.folder)},
        {"GIT_CONFIG_GLOBAL": "", "HOME": str(kept), "XDG_CONFIG_HOME": ""},
        {"GIT_CONFIG_GLOBAL": "", "HOME": "/nowhere", "XDG_CONFIG_HOME": str(kept)},
    ):
        for name in ("own", ".gitconfig", "git/config"):
            (kept / name).parent.mkdir(exist_ok=True)
            (kept / name).write_text(rewrites, encoding="utf-8")
        ran = checkout.script("run.sh", "apply", "--yes", RECONCILE_LOCK_URL="short:.git", **environment)
        assert ran.code == 0, ran.err
    assert taken(checkout, lock)


def test_a_remote_with_a_token_that_an_earlier_job_left_is_taken_away(
    checkout: Checkout, lock: Path, kept: Path
) -> None:
    checkout.git("remote", "add", "lock", f"{lock}.elsewhere")
    ran = checkout.script("run.sh", "apply", "--yes", RECONCILE_LOCK_URL=str(lock), TMPDIR=str(kept))
    assert ran.code == 0, ran.err
    assert tokens(checkout.home) == []


def test_a_job_that_is_ended_gives_the_lock_back_and_leaves_its_url_nowhere(
    checkout: Checkout, lock: Path, kept: Path
) -> None:
    """The signal goes to all processes of the job while the lock is taken."""
    job = kept.parent / "job"
    seen_by(lock, f'[ -e "{job}.done" ] && exit; : >"{job}.done"; kill -TERM -$(cat "{job}")')
    with checkout.begun("run.sh", "apply", "--yes", RECONCILE_LOCK_URL=str(lock), TMPDIR=str(kept)) as run:
        job.write_text(f"{run.pid}\n", encoding="utf-8")
        _, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + signal.SIGTERM, err
    assert Path(f"{job}.done").exists(), err
    assert checkout.git("--git-dir", str(lock), "for-each-ref") == ""
    assert [*kept.iterdir()] == []
    assert checkout.outcome["exit_code"] == str(128 + signal.SIGTERM)
