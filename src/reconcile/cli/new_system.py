"""Runs `reconcile new-system`: writes a package that adds a type of system."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page

if TYPE_CHECKING:
    from reconcile.new_system.draft import SystemDraft


@click.command("new-system", cls=Page)
@click.argument("name")
@click.option(
    "--openapi",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draft table and routes from FILE: OpenAPI 3, JSON or YAML.",
)
@click.option("--path", metavar="PATH", help="The collection in FILE that becomes a kind, such as /things.")
@flags("answer")
def command(given: Flags, name: str, openapi: Path | None, path: str | None) -> None:
    """Write a package that adds a type of system into reconcile-NAME: table, routes, law test, README.

    Its tests pass as they are, against a server that is made from its table. Exit codes: 0; 1 the folder is
    there already, or a file cannot be read or written; 64 usage.
    """
    from reconcile.cli import exit_codes
    from reconcile.cli.output import answer
    from reconcile.errors import WrongUsage
    from reconcile.new_system.code import files_of
    from reconcile.version import VERSION

    try:
        draft = _draft(given, name, openapi, path)
    except WrongUsage as error:
        raise click.UsageError(str(error)) from None
    folder = given.chdir / draft.distribution
    files = files_of(draft, VERSION)
    _write(given, folder, files)
    written = [f"{draft.distribution}/{file}" for file in files]
    steps = ["", "Next:", f"  cd {folder}", "  pip install -e '.[dev]'", "  pytest", "  reconcile systems"]
    answer(given, "\n".join([*(f"written  {file}" for file in written), *steps]), {"written": written})
    sys.exit(exit_codes.OK)


def _draft(given: Flags, name: str, openapi: Path | None, path: str | None) -> SystemDraft:
    """Return what is to be written; WrongUsage where that can't be told."""
    from reconcile.errors import WrongUsage
    from reconcile.new_system.description_file import read
    from reconcile.new_system.draft import a_thing, checked_name
    from reconcile.new_system.trial import sound_draft

    if (openapi is None) is not (path is None):
        raise WrongUsage("--openapi FILE and --path PATH go together")
    type_ = checked_name(name)
    if openapi is None or path is None:
        return a_thing(type_)
    return sound_draft(type_, read(_data(given, openapi), str(openapi)), path)


def _data(given: Flags, file: Path) -> bytes:
    from reconcile.cli.problems import refuse
    from reconcile.model import Problem

    try:
        return file.read_bytes()
    except OSError as error:
        refuse(given, (Problem("unreadable", f"{file} cannot be read: {error.strerror}"),))


def _write(given: Flags, folder: Path, files: Mapping[str, str]) -> None:
    """Write a package into a folder that is not there yet."""
    from reconcile.cli.output import unwritable
    from reconcile.cli.problems import refuse
    from reconcile.model import Problem
    from reconcile.session.atomic_files import create

    try:
        folder.mkdir()
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            create(folder / file, text)
    except FileExistsError:
        refuse(given, (Problem("exists", f"{folder} is there already: nothing is overwritten"),))
    except OSError as error:
        refuse(given, (unwritable(folder, error),))
