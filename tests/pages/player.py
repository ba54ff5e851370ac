"""Plays a page as its reader would: writes the files that it shows and types its commands, in order."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

WRITTEN = "http://127.0.0.1:8765"
"""The sandbox's default address, which every page names."""

_FILE = re.compile(r"^```ya?ml\n# (?P<name>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"^    (?P<command>\S.*?)(?: # exits (?P<code>\d+))?$", re.MULTILINE)
_SAID = re.compile(r"[Tt]he last line is `(?P<line>[^`\n]+)`")
_ELSEWHERE = "reconcile sandbox"
"""How the command begins that a reader gives a terminal of its own."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that the page shows, to be written as it stands there."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A command of the page, and the code with which it is said to end."""

    command: str
    code: int


@dataclass(frozen=True, slots=True)
class Said:
    """A line with which the command before ends, as the page says."""

    line: str


def steps(page: str) -> Iterator[File | Typed | Said]:
    """Return what a reader does, in the page's order; what runs in a terminal of its own is left out."""
    text = _without_files(page)
    found = [*_FILE.finditer(page), *_TYPED.finditer(text), *_SAID.finditer(text)]
    for match in sorted(found, key=re.Match.start):
        if match.re is _FILE:
            yield File(match["name"], match["text"])
        elif match.re is _SAID:
            yield Said(match["line"])
        elif not match["command"].startswith(_ELSEWHERE):
            yield Typed(match["command"], int(match["code"] or 0))


def _without_files(page: str) -> str:
    """Return the page with blanks where its fenced blocks are, so that their lines are no commands."""
    return re.sub(r"^```.*?^```$", lambda it: " " * len(it[0]), page, flags=re.MULTILINE | re.DOTALL)


def script(page: str, url: str) -> str:
    """Return the page as a script of bash, which stops at the first step that is not as the page says."""
    lines = ["set -u", "out=$(mktemp)"]
    for step in steps(page):
        lines += _lines(step)
    return "\n".join(lines).replace(WRITTEN, url)


def _lines(step: File | Typed | Said) -> Iterator[str]:
    match step:
        case File(name, text):
            yield f"cat > {name} <<'END OF FILE'\n{text}END OF FILE"
        case Said(line):
            yield f'[ "$(tail -n 1 "$out")" = {shlex.quote(line)} ] || {_stops(f"it does not say {line}")}'
        case Typed(command, code):
            yield f'{{ {command}\n}} > "$out"; code=$?; cat "$out"'
            yield f'[ "$code" = {code} ] || {_stops(f"it does not end with {code}: {command}")}'


def _stops(why: str) -> str:
    return f"{{ echo {shlex.quote(why)} >&2; exit 1; }}"


def played(
    page: str, url: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Play the page in `folder`, against the sandbox at `url`; return what it printed."""
    return subprocess.run(
        ["bash", "-c", script(page, url)],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
