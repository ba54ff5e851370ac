"""Runs git, whose command line and environment are made here alone, within a time and a size; what it answers
is read by others.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from tempfile import TemporaryFile
from threading import Lock
from types import TracebackType
from typing import IO, Self

from reconcile.named_tuple import NamedTuple

SECONDS = 15
"""How long one question may take."""

ANSWER_AT_MOST = 64 * 2**20
"""As many bytes one answer may have."""

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


class Manner(NamedTuple):
    """Say how git is run: with which options, and in which environment."""

    options: tuple[str, ...]
    set_: Mapping[str, str]
    kept: tuple[str, ...] = _KEPT
    dropped: frozenset[str] = frozenset()


HERE = Manner(_OPTIONS, _SET)
"""For what the repository here says by itself: nothing else is contacted, and nothing runs."""

ABROAD = Manner(
    (
        *("-c", "safe.bareRepository=explicit"),
        *("-c", "core.fsmonitor=false"),
        *("-c", "core.hooksPath=/dev/null"),
        *("-c", "core.alternateRefsCommand="),
        *("-c", "gc.auto=0"),
        *("-c", "maintenance.auto=false"),
        *("-c", "push.useForceIfIncludes=false"),
        *("-c", "push.pushOption="),
        *("-c", "credential.interactive=false"),
        "--no-pager",
    ),
    {
        **_SET,
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        "GCM_INTERACTIVE": "never",
        "SSH_ASKPASS_REQUIRE": "never",
    },
    (*_KEPT, "GIT_SSL_"),
    frozenset({"SSH_ASKPASS"}),
)
"""For what a remote is asked, with the operator's own credentials: nobody is asked a question."""

_PIPE = subprocess.PIPE
_WORDS_AT_MOST = 600
_AT_ONCE = 2**16
_KILLED_WITHIN = 5
_beginning = Lock()
_under_way: set[subprocess.Popen[bytes]] = set()


class NoAnswer(Exception):
    """Say that git gave no answer; the message is in git's own words where it had any."""

    def __init__(self, words: str, code: int | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.code = code
        """The exit code, where git ended by itself."""


class Dialogue:
    """Hear what a running git answers: whatever it does, each call comes back.

    Leaving the `with` block ends it. NoAnswer where it takes longer than `seconds` in all.
    """

    def __init__(self, git: subprocess.Popen[bytes], command: str, seconds: float = SECONDS) -> None:
        self._git, self._command, self._seconds = git, command, seconds
        self._until = time.monotonic() + seconds
        self._answer, self._complaint = bytearray(), bytearray()
        self._open = DefaultSelector()
        for pipe, heard in ((git.stdout, self._answer), (git.stderr, self._complaint)):
            if pipe is not None:
                self._open.register(pipe, EVENT_READ, heard)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the git, and all that it began."""
        self._open.close()
        end(self._git)

    def say(self, data: bytes) -> None:
        """Send what a pipe holds; where nobody reads it any more, no answer comes."""
        with suppress(BrokenPipeError):
            while data and self._git.stdin is not None:
                data = data[self._git.stdin.write(data) :]

    def whole(self) -> bytes:
        """Return all that git prints until it ends; NoAnswer where it fails, or says too much."""
        while self._open.get_map():
            self._listen()
            if len(self._answer) > ANSWER_AT_MOST:
                raise NoAnswer(f"git {self._command} answered with more than {ANSWER_AT_MOST:,} bytes")
        if code := self._ended():
            raise NoAnswer(own_words(self._complaint, self._command, code), max(code, 0) or None)
        return bytes(self._answer)

    def line(self, at_most: int) -> bytes:
        """Return the next line without its end, or what of it fits; empty where git ended before it."""
        while b"\n" not in self._answer and len(self._answer) < at_most and self._is_talking():
            self._listen()
        return self._taken(self._answer.find(b"\n") + 1 or at_most).removesuffix(b"\n")

    def take(self, size: int) -> bytes:
        """Return so many bytes; fewer where git ended before it said them."""
        while len(self._answer) < size and self._is_talking():
            self._listen()
        return self._taken(size)

    def last_words(self, otherwise: str) -> tuple[str, int | None]:
        """End the git; return what it complained of, else `otherwise`, and its exit code.

        The exit code is None where git did not end by itself, or ended with 0.
        """
        code = 0
        with suppress(NoAnswer):
            while not self._is_talking() and self._open.get_map():
                self._listen()
            code = 0 if self._is_talking() else self._ended()
        self.close()
        said = own_words(self._complaint, self._command, code)
        return said if self._complaint or code else otherwise, code if code > 0 else None

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._answer[:size])
        del self._answer[:size]
        return taken

    def _is_talking(self) -> bool:
        return any(key.data is self._answer for key in self._open.get_map().values())

    def _listen(self) -> None:
        """Hear what comes next; of complaints the beginning is kept."""
        left = self._until - time.monotonic()
        ready = self._open.select(left) if left > 0 else ()
        if not ready:
            raise self._too_late()
        for key, _ in ready:
            data = os.read(key.fd, _AT_ONCE)
            if not data:
                self._open.unregister(key.fileobj)
            elif key.data is self._answer or len(self._complaint) < _WORDS_AT_MOST:
                key.data.extend(data)

    def _ended(self) -> int:
        try:
            return self._git.wait(max(0, self._until - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise self._too_late() from error

    def _too_late(self) -> NoAnswer:
        return NoAnswer(f"git {self._command} did not answer within {self._seconds:g} seconds")


def ask(
    folder: str, *words: str, send: bytes = b"", seconds: float = SECONDS, manner: Manner = HERE
) -> bytes:
    """Return what git prints in `folder`; NoAnswer where it fails, is missing, or does not end."""
    if not send:
        git = begin_git(folder, *words, said=subprocess.DEVNULL, manner=manner)
        with Dialogue(git, words[0], seconds) as heard:
            return heard.whole()
    try:
        with TemporaryFile() as said:  # a pipe that nobody reads would hold up whoever fills it
            said.write(send)
            said.seek(0)
            with Dialogue(begin_git(folder, *words, said=said, manner=manner), words[0], seconds) as heard:
                return heard.whole()
    except OSError as error:
        raise NoAnswer(f"git {words[0]} cannot be asked: {error.strerror}") from error


def begin_git(
    folder: str, *words: str, said: IO[bytes] | int = _PIPE, manner: Manner = HERE
) -> subprocess.Popen[bytes]:
    """Return a running git, with pipes; NoAnswer where it cannot be run."""
    command = ["git", "-C", folder, *manner.options, *words]
    try:
        with _beginning:
            git = subprocess.Popen(  # noqa: S603  # git, with words of our own; a ref stands behind --end-of-options
                command,
                bufsize=0,
                stdin=said,
                stdout=_PIPE,
                stderr=_PIPE,
                env=environment(os.environ, manner),
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


def environment(outer: Mapping[str, str], manner: Manner = HERE) -> dict[str, str]:
    """Return the environment in which git is asked: nothing in it says which repository is meant."""
    return {name: value for name, value in outer.items() if _stays(name, manner)} | dict(manner.set_)


def _stays(name: str, manner: Manner) -> bool:
    if not name.startswith("GIT_"):
        return name not in manner.dropped
    return name.startswith(manner.kept) or name == _STRICTER


def own_words(complaint: bytes | bytearray, command: str, code: int) -> str:
    """Return what git complained of, on one line; where it said nothing, how it ended."""
    said = " ".join(complaint.decode(errors="backslashreplace").split())[:_WORDS_AT_MOST]
    how = f"was ended by signal {-code}" if code < 0 else f"ended with {code} and no word"
    return said or f"git {command} {how}"


def end(git: subprocess.Popen[bytes]) -> None:
    """End one git with all that it began, also where it ended itself and left something behind."""
    _under_way.discard(git)
    if git.returncode is None:  # its number is nobody else's before it was waited for
        _kill(git)
    for pipe in (git.stdin, git.stdout, git.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    with suppress(subprocess.TimeoutExpired):  # what hangs in the kernel ends when it can
        git.wait(_KILLED_WITHIN)


def stop() -> None:
    """End every git that is still asked, for good, since whoever asked leaves, and waits for no answer."""
    _beginning.acquire(timeout=1)  # never released: no git begins any more; nobody waits for long
    for git in [*_under_way]:
        _kill(git)


def _kill(git: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        os.killpg(git.pid, signal.SIGKILL)
    git.kill()
