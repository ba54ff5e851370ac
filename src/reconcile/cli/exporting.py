"""Prints or writes what export made of live state; what is read is decided in `session.live_export`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

from reconcile.cli.console import SINK
from reconcile.cli.flags import Flags
from reconcile.cli.listener import surroundings
from reconcile.cli.output import answer, unwritable
from reconcile.cli.problems import refuse
from reconcile.errors import ProblemsFound, WrongUsage
from reconcile.live_manifests import Manifest
from reconcile.model import Address, Json, Problem
from reconcile.reports.exported_yaml import plain, render
from reconcile.session.atomic_files import create
from reconcile.session.live_export import export, shares_a_type
from reconcile.session.session import Session, open_project


def exported(flags: Flags, what: Sequence[str], to: Path | None, *, names: bool = False) -> None:
    """Print the manifests, or write a file each; exit with 1 where something cannot be read or written."""
    try:
        session = open_project(flags.run_options(), surroundings(flags))
        found = export(session, what, names=names)
        written = [] if to is None else [*_written(found, to, session)]
    except WrongUsage as error:
        raise click.UsageError(str(error)) from error
    except ProblemsFound as error:
        refuse(flags, error.problems)
    two = shares_a_type(session)
    shown = [each for each in found if each.aside]
    told = f"{render(shown)}{_counted(found)} written to {to}.{_beside(found)}"
    words = render(found, named_system=two) if to is None else told
    plainly = [plain(each, named_system=two) for each in found if each.is_declared]
    facts: dict[str, Json] = {
        "manifests": plainly,
        "left_out": _left_out(found),
        "asides": [*map(_aside, shown)],
        "written": written,
    }
    answer(flags, words, facts, "yaml")


def _counted(found: Sequence[Manifest]) -> str:
    fit = sum(each.is_declared for each in found)
    return f"{fit} {'manifest' if fit == 1 else 'manifests'}"


def _beside(found: Sequence[Manifest]) -> str:
    """Return, in words, how many objects no manifest can declare; nothing where there are none."""
    match sum(each.unfit for each in found):
        case 0:
            return ""
        case 1:
            return " 1 object is none: its file says why."
        case number:
            return f" {number} objects are none: their files say why."


def _left_out(found: Sequence[Manifest]) -> list[Json]:
    """Return the fields whose live value no manifest may hold, by address; the YAML has them as comments.

    Of what no manifest can declare, id, name and reasons too.
    """
    return [_of_left_out(each) for each in found if each.left_out]


def _of_left_out(each: Manifest) -> dict[str, Json]:
    address = str(Address(each.system, each.kind.name, each.name))
    told: dict[str, Json] = {"address": address, "fields": [*each.left_out]}
    if not each.unfit:
        return told
    return {**told, "id": each.live.id, "name": each.live.name, "reasons": dict(each.left_out)}


def _aside(shown: Manifest) -> Json:
    """Return an object that is shown as a comment alone."""
    kind = f"{shown.system}/{shown.kind.name}"
    return {"kind": kind, "id": shown.pin, "name": shown.name, "reason": shown.aside}


def _written(found: Sequence[Manifest], to: Path, session: Session) -> Iterator[str]:
    """Write a file for each object, yield its path; ProblemsFound where one exists or cannot be written."""
    of_files = [item for item in found if not item.aside]
    paths = [to / item.system / item.kind.name / f"{item.name}.yaml" for item in of_files]
    taken = [path for path in paths if os.path.lexists(path)]
    if taken:
        raise ProblemsFound((_taken(taken),))
    made: list[Path] = []
    try:
        for item, path in zip(of_files, paths, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            create(path, SINK.clean(render([item], named_system=shares_a_type(session))))
            made.append(path)
    except OSError as error:
        _take_back(made)
        raise ProblemsFound((unwritable(to, error),)) from error
    yield from map(str, made)


def _take_back(made: Sequence[Path]) -> None:
    """Remove what was written of an export that could not be written whole."""
    for path in made:
        with suppress(OSError):
            path.unlink()


def _taken(paths: Sequence[Path]) -> Problem:
    more = f" and {len(paths) - 1} more exist" if len(paths) > 1 else " exists"
    return Problem("exists", f"{paths[0]}{more} already: export never overwrites; choose another folder")
