"""Runs git, whose command line and environment are made here alone, and ends it; others read its answers."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import IO

SECONDS = 15
"""How long one question may take."""

_KEPT = ("GIT_SSH", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
"""The beginnings of variables that stay: they say who the operator is, not which repository is meant."""

_STRICTER = "GIT_TEST_ASSUME_DIFFERENT_OWNER"
"""A variable that stays too: with it git refuses more, never less."""

_SET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
_OPTIONS = (
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.alternateRefsCommand="),
    *("-c", "credential.helper="),
    *("-c", "protocol.allow=never"),
    "--no-pager",
)
"""What the repository's own configuration could make git run, or fetch."""

_PIPE = subprocess.PIPE
_WORDS_AT_MOST = 600
_beginning = Lock()
_under_way: set[subprocess.Popen[bytes]] = set()


class NoAnswer(Exception):
    """Say that git gave no answer; the message is in git's own words where it had any."""

    def __init__(self, words: str, code: int | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.code = code
        """The exit code, where git ended by itself."""


def ask(folder: str, *words: str, send: bytes = b"", seconds: float = SECONDS) -> bytes:
    """Return what git prints in `folder`; NoAnswer where it fails, is missing, or takes too long."""
    git = begin_git(folder, *words)
    try:
        found, complaint = git.communicate(send, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise NoAnswer(f"git {words[0]} did not answer within {seconds:g} seconds") from error
    except OSError as error:
        raise NoAnswer(f"git {words[0]} cannot be asked: {error.strerror}") from error
    finally:
        end(git)
    if git.returncode:
        raise NoAnswer(own_words(complaint, words[0], git.returncode), max(git.returncode, 0) or None)
    return found


def begin_git(folder: str, *words: str, complaints: IO[bytes] | int = _PIPE) -> subprocess.Popen[bytes]:
    """Return a running git, with pipes; NoAnswer where it cannot be run."""
    command = ["git", "-C", folder, *_OPTIONS, *words]
    try:
        with _beginning:
            git = subprocess.Popen(  # noqa: S603  # git, with words of our own; a ref stands behind --end-of-options
                command,
                stdin=_PIPE,
                stdout=_PIPE,
                stderr=complaints,
                env=environment(os.environ),
                start_new_session=True,
            )
            _under_way.add(git)
    except FileNotFoundError as error:
        raise NoAnswer("git is not installed, or not on PATH") from error
    except OSError as error:
        raise NoAnswer(f"git cannot be run: {error.strerror}") from error
    except ValueError as error:  # a zero byte in a name
        raise NoAnswer("git cannot be asked about such a name", 1) from error
    return git


def environment(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which git is asked: nothing in it says which repository is meant."""
    return {name: value for name, value in outer.items() if _stays(name)} | _SET


def _stays(name: str) -> bool:
    return not name.startswith("GIT_") or name.startswith(_KEPT) or name == _STRICTER


def own_words(complaint: bytes, command: str, code: int) -> str:
    """Return what git complained of, on one line; where it said nothing, how it ended."""
    said = " ".join(complaint.decode(errors="backslashreplace").split())[:_WORDS_AT_MOST]
    how = f"was ended by signal {-code}" if code < 0 else f"ended with {code} and no word"
    return said or f"git {command} {how}"


def end(git: subprocess.Popen[bytes]) -> None:
    """End one git with all that it began."""
    _under_way.discard(git)
    if git.poll() is None:
        _kill(git)
    for pipe in (git.stdin, git.stdout, git.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    git.wait()


def stop() -> None:
    """End every git that is still asked, for good, since whoever asked leaves, and waits for no answer."""
    _beginning.acquire(timeout=1)  # never released: no git begins any more; nobody waits for long
    for git in [*_under_way]:
        _kill(git)


def _kill(git: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        os.killpg(git.pid, signal.SIGKILL)
    git.kill()
