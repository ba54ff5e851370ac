"""Where the lock stands: servers that refuse or are down, every kind of checkout, nothing of it that runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.locked import APPLY, REF, Place
from tests.support.projects import release


def _down(place: Place) -> None:
    place.history.git("remote", "set-url", "origin", str(place.bare) + ".gone")


def _hook(place: Place) -> None:
    place.hook("pre-receive", "echo no locks on a friday >&2; exit 1")


def _unwritable(place: Place) -> None:
    place.history.git("--git-dir", str(place.bare), "config", "receive.denyCurrentBranch", "refuse")
    place.hook("update", 'case $1 in refs/reconcile/*) echo "protected" >&2; exit 1;; esac')


def _no_remote(place: Place) -> None:
    place.history.git("remote", "rename", "origin", "upstream")
    (place.folder / "origin").mkdir()
    place.history.git("init", "--quiet", "--bare", "origin")


def _two_urls(place: Place) -> None:
    place.history.git("remote", "set-url", "--add", "--push", "origin", str(place.bare))
    place.history.git("remote", "set-url", "--add", "--push", "origin", "/somewhere/else")


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (_down, "does not appear to be a git repository"),
        (_hook, "no locks on a friday"),
        (_unwritable, "protected"),
        (_no_remote, "no remote `origin`; known: upstream"),
        (_two_urls, "pushes to 2 places"),
    ],
)
def test_where_the_lock_cannot_be_had_nothing_is_written_and_it_is_said_why(
    run: Tool, place: Place, breaks: Callable[[Place], None], words: str
) -> None:
    breaks(place)
    ran = run(*APPLY)
    assert ran.code == 1, ran
    assert words in ran.err
    assert "reconcile.yaml:6:13" in ran.err
    assert "[lock]" in ran.err
    assert not place.writes
    tried = run("doctor")
    assert tried.code == 1
    assert "fail  lock  origin" in tried.out
    assert words in tried.out


def test_no_credential_of_a_url_is_repeated(run: Tool, place: Place) -> None:
    place.history.git("remote", "set-url", "origin", "http://me:canary@127.0.0.1:9/x.git")
    ran = run(*APPLY)
    assert ran.code == 1
    assert "127.0.0.1:9" in ran.err
    assert "canary" not in ran.err + ran.out


def test_the_push_goes_where_the_remote_pushes_and_is_read_there(run: Tool, place: Place) -> None:
    """The place that is fetched from is a mirror, which shows the lock late or never."""
    mirror = place.folder.parent / "mirror.git"
    place.history.git("clone", "--quiet", "--mirror", str(place.bare), str(mirror))
    place.history.git("remote", "set-url", "origin", str(mirror))
    place.history.git("remote", "set-url", "--push", "origin", str(place.bare))
    assert run(*APPLY).code == 0
    place.changed("newer")
    held = place.history.git("rev-parse", "HEAD")
    place.history.git("--git-dir", str(place.bare), "update-ref", REF, held)
    assert run(*APPLY).code == 1


def test_a_remote_that_only_the_operators_own_configuration_knows_will_do(run: Tool, place: Place) -> None:
    place.history.git("remote", "remove", "origin")
    own = place.folder.parent / "own"
    own.write_text(f'[remote "origin"]\n\turl = "{place.bare}"\n', encoding="utf-8")
    assert "no remote `origin`; there is none" in run(*APPLY).err
    held = place.history.git("rev-parse", "HEAD")
    place.history.git("--git-dir", str(place.bare), "update-ref", REF, held)
    assert "no lock" in run(*APPLY, GIT_CONFIG_GLOBAL=str(own)).err
    place.history.git("--git-dir", str(place.bare), "update-ref", "-d", REF)
    ran = run(*APPLY, GIT_CONFIG_GLOBAL=str(own))
    assert ran.code == 0, ran
    assert place.writes == ["PATCH"]


def test_a_server_that_takes_branches_alone_gets_a_branch(run: Tool, place: Place) -> None:
    place.hook("update", "case $1 in refs/heads/*) exit 0;; esac; echo branches alone >&2; exit 1")
    assert "branches alone" in run(*APPLY).err
    place.without_lock()
    place.project("lock: {git: origin, ref: refs/heads/locks/here}\n")
    seen: list[bool] = []
    place.wire.before = lambda line: seen.append("refs/heads/locks/here" in place.refs())
    assert run(*APPLY).code == 0
    assert seen[-1]
    assert [*place.refs()] == ["refs/heads/main"]
    assert "locks/here" not in place.history.git("branch", "--all")


def test_a_server_that_lets_nobody_delete_or_force_keeps_a_free_lock(run: Tool, place: Place) -> None:
    place.without_lock()
    place.project("lock: {git: origin, ref: refs/heads/lock}\n")
    for name in ("receive.denyDeletes", "receive.denyNonFastForwards"):
        place.history.git("--git-dir", str(place.bare), "config", name, "true")
    for words in ("one", "two"):
        place.changed(words)
        ran = run(*APPLY)
        assert ran.code == 0, ran
        assert "doubt" not in ran.err
        assert place.note("refs/heads/lock")["free"] is True
    assert place.writes == ["PATCH", "PATCH"]
    assert "the remote lets nobody delete, so that refs/heads/lock.doctor stays" in run("doctor").out


def _shallow(place: Place, to: Path) -> None:
    place.history.commit()
    place.history.git("push", "--quiet", "origin", "main")
    place.history.git("clone", "--quiet", "--depth=1", place.bare.as_uri(), str(to))


def _partial(place: Place, to: Path) -> None:
    place.history.git("--git-dir", str(place.bare), "config", "uploadpack.allowFilter", "true")
    place.history.git("clone", "--quiet", "--filter=tree:0", place.bare.as_uri(), str(to))


def _worktree(place: Place, to: Path) -> None:
    place.history.git("worktree", "add", "--quiet", str(to), "HEAD", "--detach")


def _detached(place: Place, to: Path) -> None:
    place.history.git("clone", "--quiet", str(place.bare), str(to))
    History(to).git("checkout", "--quiet", "--detach", "HEAD")


def _single(place: Place, to: Path) -> None:
    place.history.git("clone", "--quiet", "--single-branch", "--no-tags", str(place.bare), str(to))


@pytest.mark.parametrize("cloned", [_shallow, _partial, _worktree, _detached, _single])
def test_every_kind_of_checkout_can_take_it_find_it_taken_and_give_it_back(
    run: Tool, place: Place, cloned: Callable[[Place, Path], None]
) -> None:
    other = place.folder.parent / "other"
    cloned(place, other)
    run.folder = other
    (other / "manifests/train.yaml").write_text(release("train", "{description: else}"), encoding="utf-8")
    before = _state(other)
    held = place.held()
    assert run(*APPLY).code == 4
    assert _state(other) == before
    place.history.git("--git-dir", str(place.bare), "update-ref", "-d", REF, held)
    ran = run(*APPLY)
    assert ran.code == 0, ran
    assert REF not in place.refs()
    assert _state(other) == before
    assert place.writes == ["PATCH"]


def _state(folder: Path) -> tuple[str, ...]:
    """What git says of a checkout, its refs and its shallow file among it."""
    history = History(folder)
    files = ("shallow", "FETCH_HEAD", "ORIG_HEAD")
    paths = [folder / history.git("rev-parse", "--git-path", name) for name in files]
    texts = [path.read_text("utf-8") if path.exists() else "" for path in paths]
    return (history.git("for-each-ref"), history.git("status", "--porcelain"), *texts)


def test_no_hook_of_the_repository_here_runs(run: Tool, place: Place) -> None:
    pwned = place.folder.parent / "pwned"
    for name in ("pre-push", "reference-transaction", "post-checkout"):
        place.hook(name, f"echo ran >>{pwned}", place.folder / ".git")
    (place.folder.parent / "ext").mkdir()
    assert run(*APPLY).code == 0
    assert not pwned.exists()
    place.history.git("remote", "set-url", "origin", f"ext::sh -c 'echo ran >>{pwned}'")
    assert run(*APPLY).code == 1
    assert not pwned.exists()


def test_no_hook_runs_where_the_lock_is_a_branch(run: Tool, place: Place) -> None:
    """A push of a branch moves the one that follows it here, too, which is a transaction of refs."""
    pwned = place.folder.parent / "pwned"
    place.without_lock()
    place.project("lock: {git: origin, ref: refs/heads/lock}\n")
    hooks = place.folder / "own"
    place.history.git("config", "core.hooksPath", str(hooks / "hooks"))
    hooks.mkdir()
    place.hook("reference-transaction", f"echo ran >>{pwned}", hooks)
    assert run(*APPLY).code == 0
    assert not pwned.exists()
    place.history.git("update-ref", "refs/heads/other", "HEAD")
    assert pwned.exists()


def test_git_asks_nobody_a_question(run: Tool, place: Place) -> None:
    log = place.folder.parent / "asked"
    program = place.program("askpass", f"echo asked >>{log}")
    place.history.git("remote", "set-url", "origin", "http://127.0.0.1:9/x.git")
    run(*APPLY, SSH_ASKPASS=str(program), DISPLAY=":0")
    assert not log.exists()


def test_a_lock_outside_any_repository_is_refused_in_words(run: Tool, place: Place) -> None:
    (place.folder / ".git").rename(place.folder.parent / "gone")
    ran = run(*APPLY)
    assert ran.code == 1
    assert "no git repository" in ran.err
    assert not place.writes
