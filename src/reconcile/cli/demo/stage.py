"""Runs the tour's commands as a user would, changes live as others would, and checks both."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import textwrap
from base64 import b64encode
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconcile.cli.console import say
from reconcile.cli.demo.shown_lines import WIDTH, shown
from reconcile.model import Json

if TYPE_CHECKING:
    from reconcile_sandbox import Sandbox

USER = "demo"
"""User, password, key and token of every system that the sandbox serves."""

CREDENTIALS = ("FLEXDEPLOY_USER", "FLEXDEPLOY_PASSWORD", "KATALON_API_KEY", "BRPM_TOKEN", "FOUNDRY_TOKEN")
"""The variables by which the examples name them."""

LOGINS = {"/flexdeploy/": f"{USER}:{USER}", "/api/v1/": f":{USER}"}
"""By the start of a path, who somebody else is for HTTP Basic; elsewhere the token stands in the query."""

READS = ("/search", "/getBatch")
"""How the paths end of what is asked by a POST."""


class NotAsTold(Exception):
    """Say that something on the tour did not go as the tour says; the message says what and where."""


class Stage:
    """Hold a project folder and the sandbox that its project file names."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self._sandbox = sandbox
        self._by_hand: set[int] = set()
        self._before = ""
        """What the last command printed."""

    def title(self, words: str) -> None:
        """Begin a scene."""
        say(f"\n{words}\n{'=' * len(words)}")

    def tell(self, *lines: str) -> None:
        """Explain what comes, in short lines."""
        say("\n" + "\n".join(f"# {line}" for line in lines))

    def run(self, *args: str, code: int = 0, shows: tuple[str, ...] = ()) -> None:
        """Run one command and print it with its output; NotAsTold for another exit code or other words."""
        typed = f"reconcile {shlex.join(args)}"
        say(f"$ {typed}")
        done = subprocess.run(  # noqa: S603  # our own interpreter, our own words
            [sys.executable, "-P", "-m", "reconcile", *args],
            cwd=self.folder,
            env=_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=300,
            check=False,
        )
        say(shown(done.stdout, self._before), nl=False)
        self._before = done.stdout
        if done.returncode:
            say(f"# exit code {done.returncode}")
        if done.returncode != code:
            raise NotAsTold(f"`{typed}` ended with {done.returncode}, not with {code}")
        for words in shows:
            if words not in done.stdout:
                raise NotAsTold(f"`{typed}` did not show: {words}")

    def by_hand(self, method: str, path: str, body: Json = None) -> None:
        """Send somebody else's request to the system; NotAsTold where the system does not take it."""
        where = urlsplit(self._sandbox.url)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=30)
        data = None if body is None else json.dumps(body)
        connection.request(method, f"{path}?token={USER}", data, _headers(path))
        status = connection.getresponse().status
        connection.close()
        self._by_hand.add(len(self._sandbox.log) - 1)
        say(_request(method, path, status, body))
        if status >= 300:
            raise NotAsTold(f"{method} {path} by hand was answered {status}")

    def writes(self, expected: int, order: Sequence[str] = ()) -> None:
        """Print the writes that reconcile sent, in their order.

        NotAsTold where they are not that many, or where those named in `order` did not come in that order.
        """
        sent = [
            entry
            for number, entry in enumerate(self._sandbox.log)
            if entry.method != "GET" and not entry.path.endswith(READS) and number not in self._by_hand
        ]
        for entry in sent:
            say(_request(entry.method, entry.path, entry.status, entry.body))
        if len(sent) != expected:
            raise NotAsTold(f"{len(sent)} writes were sent, not {expected}")
        lines = iter([f"{entry.method} {entry.path}" for entry in sent])
        for wanted in order:
            if not any(line.startswith(wanted) for line in lines):
                raise NotAsTold(f"{wanted} was not sent, or not in its place")

    def append(self, file: str, *lines: str) -> None:
        """Add lines to the end of a file of the project, and print them."""
        text = "".join(f"{line}\n" for line in lines)
        with (self.folder / file).open("a", encoding="utf-8") as stream:
            stream.write(text)
        say(text, nl=False)

    def uncomment(self, file: str, line: str) -> None:
        """Take the # from a line of the project, and print the line."""
        self.rewrite(file, f"# {line}", line)
        say(f"    {line}")

    def edit(self, file: str, old: str, new: str) -> None:
        """Put `new` in the place of `old` in a file of the project, and print `new`."""
        self.rewrite(file, old, new)
        say(f"    {new}")

    def point(self, written: str) -> None:
        """Put the sandbox's address in the place of the one `written` in the project file."""
        path = self.folder / "reconcile.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(written, self._sandbox.url), encoding="utf-8")

    def rewrite(self, file: str, old: str, new: str) -> None:
        """Put `new` in the place of `old` in a file of the project; NotAsTold unless `old` is there once."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise NotAsTold(f"{file} of the example does not say {old} once")
        path.write_text(text.replace(old, new), encoding="utf-8")


def _environment(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the outer environment without what steers reconcile, and with the sandbox's credentials."""
    kept = {name: value for name, value in outer.items() if not name.upper().startswith("RECONCILE_")}
    return {**kept, **dict.fromkeys(CREDENTIALS, USER), "PYTHONUTF8": "1"}


def _headers(path: str) -> dict[str, str]:
    login = next((login for start, login in LOGINS.items() if path.startswith(start)), None)
    basic = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"} if login else {}
    return {**basic, "Content-Type": "application/json"}


def _request(method: str, path: str, status: int | None, body: Json) -> str:
    text = "" if body is None else json.dumps(body)
    lines = textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return "\n".join((f"{method} {path}  {status}", *(f"    {line}" for line in lines)))
