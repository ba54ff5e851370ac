"""Prints the result to standard output, and only that; writes the reports that were asked for beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from reconcile.cli.flags import Flags
from reconcile.cli.sink import SINK, say
from reconcile.model import Json
from reconcile.reports.formats import Options, render


def show(flags: Flags, document: Mapping[str, Json]) -> None:
    """The document in the format that the flags ask for, in one write, and in each report's own."""
    say(render(flags.output, document, _options(flags)), nl=False)
    report(flags, document)


def report(flags: Flags, document: Mapping[str, Json]) -> None:
    """Writes the reports that the flags name; they change nothing about how the run ends."""
    for format, file in flags.report:
        save(file, render(format, document, _options(flags)))


def check_places(flags: Flags, out: Path | None) -> None:
    """A usage error, before anything is done, where what is to be kept has no place to be."""
    for file in (*filter(None, [out]), *(file for _, file in flags.report)):
        place = file if file.exists() else file.parent
        if file.is_dir() or not file.parent.is_dir() or not os.access(place, os.W_OK):
            raise click.UsageError(f"{file} cannot be written: name a file in a folder that is there")


def save(out: Path, text: str) -> None:
    """Writes a document; a usage error where the file cannot be written."""
    try:
        out.write_text(SINK.clean(text), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror}") from error


def _options(flags: Flags) -> Options:
    folder = flags.chdir
    if folder.is_absolute() and folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    return Options(flags.max_chars, "" if folder == Path() else folder.as_posix())
