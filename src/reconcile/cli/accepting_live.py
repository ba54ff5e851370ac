"""Prints what accept did: the diff of the files, and what was refused."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from reconcile.accepting.taking import Leave
from reconcile.cli import exit_codes
from reconcile.cli.console import say, tell
from reconcile.cli.flags import Flags
from reconcile.cli.listener import Listener, surroundings
from reconcile.cli.problems import refuse
from reconcile.errors import ProblemsFound, WrongUsage
from reconcile.model import spell
from reconcile.reports.common.escape import inert
from reconcile.session.accept import Acceptance, Accepted, accept

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_LETTERS = dict(zip(b'\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True))
_GIT_SIGNS = [
    f"\\{_LETTERS[sign]}" if sign in _LETTERS else chr(sign) if 0x20 <= sign < 0x7F else f"\\{sign:03o}"
    for sign in range(256)
]
"""How git writes each byte of a name in quotes."""
_NO_END = "\n\\ No newline at end of file\n"


def accepted(flags: Flags, paths: Sequence[str], asked: Mapping[str, Any]) -> int:
    """Take live values over, show how the files change, and return the exit code."""
    try:
        with Listener(flags) as listener:
            found = accept(flags.run_options(paths), surroundings(flags, listener), _choice(asked))
    except WrongUsage as error:
        raise click.UsageError(str(error)) from error
    except ProblemsFound as error:
        refuse(flags, error.problems)
    say("".join(_diffs(found.files)), nl=False)
    for note in found.notes:
        tell(inert(f"{note.origin}: {note.message}"))
    for line in _words(found, "written down as known" if asked["known"] else "taken over"):
        tell(line)
    return exit_codes.REFUSED if found.refused else exit_codes.OK


def _choice(asked: Mapping[str, Any]) -> Acceptance:
    until, reason = asked["until"] or "", asked["reason"] or ""
    if not asked["known"]:
        if until or reason:
            raise WrongUsage("--until and --reason go with --known")
        return Acceptance(asked["at"], dry_run=asked["dry_run"])
    if not until:
        raise WrongUsage("--known needs --until: the last day on which it is left")
    return Acceptance(asked["at"], Leave(until, reason), asked["dry_run"])


def _diffs(files: Mapping[str, tuple[bytes, bytes]]) -> Iterator[str]:
    for name, (before, after) in sorted(files.items()):
        old, new = (_LINE.findall(side.decode()) for side in (before, after))
        lines = difflib.unified_diff(old, new, _named(f"a/{name}"), _named(f"b/{name}"))
        yield from (line if line.endswith("\n") else line + _NO_END for line in lines)


def _named(file: str) -> str:
    """Return the name of a file as git writes it in a diff: in quotes, with a tab behind, where needed."""
    data = os.fsencode(file)
    quoted = "".join(map(_GIT_SIGNS.__getitem__, data))
    return (file if len(quoted) == len(data) else f'"{quoted}"') + ("\t" if " " in file else "")


def _words(found: Accepted, done: str) -> Iterator[str]:
    for item in found.refused:
        where = f"{item.difference.address} {spell(item.difference.path)}".rstrip()
        yield inert(f"{item.difference.origin}: {where}: not accepted: {item.reason}")
    for other in found.passed:
        yield inert(
            f"{other.origin}: {other.address} {spell(other.path)}: a conflict: --only conflict takes it"
        )
    yield _last(found, done)


def _last(found: Accepted, done: str) -> str:
    if not (found.taken or found.refused):
        return "Nothing to accept."
    return f"Accept: {len(found.taken)} {done}, {len(found.refused)} refused."
