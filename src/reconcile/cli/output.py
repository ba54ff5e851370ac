"""Prints the result to standard output, and only that; writes the reports that were asked for beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from reconcile.cleaning import words_clean
from reconcile.cli.console import SINK, every, say, unwritten
from reconcile.cli.flags import Flags
from reconcile.cli.terminal import painter, width_of
from reconcile.errors import ProblemsFound
from reconcile.model import Json, Problem
from reconcile.planfile.document import FORMAT_VERSION, Document
from reconcile.planfile.json_form import json_text
from reconcile.reports.formats import Options, render
from reconcile.session.atomic_files import replace, writable


def show(flags: Flags, document: Document) -> None:
    """Write the document in the format that the flags ask for, in one write, and in each report's own.

    Every one of them is tried; Unwritten names those that could not be written.
    """
    every([lambda: _said(flags, document), *reports(flags, document)])


def _said(flags: Flags, document: Document) -> None:
    if flags.output == "text":
        say_report(flags, render(flags.output, document, printed_options(flags)).removesuffix("\n"))
    else:
        say(render(flags.output, document, options_of(flags)), nl=False, format=flags.output)


def say_report(flags: Flags, text: str) -> None:
    """Print a report in text, or a part of one, coloured where that is seen."""
    say(text, paint=painter(no_color=flags.no_color))


def printed_options(flags: Flags) -> Options:
    """Return what a text is told that is printed at once: also how wide the terminal is."""
    return options_of(flags)._replace(width=width_of(sys.stdout))


def answer(flags: Flags, words: str, facts: Mapping[str, Json], language: str = "text") -> None:
    """Print what a command says that makes no plan: the words, or with `-o json` the facts as one document.

    `language` is that of the words: it may have a spelling of its own for what an encoding lacks.
    """
    if words or flags.output == "json":
        format = "json" if flags.output == "json" else language
        say(_answer(flags.output, words, facts), nl=False, format=format)


def _answer(format: str, words: str, facts: Mapping[str, Json]) -> str:
    if format == "json":
        return json_text({"format_version": FORMAT_VERSION, **words_clean(dict(facts), SINK.clean)})
    return words.removesuffix("\n") + "\n"


def report(flags: Flags, document: Document) -> None:
    """Write the reports that the flags name; raise Unwritten with those that could not be written."""
    every(reports(flags, document))


def reports(flags: Flags, document: Document) -> Iterator[Callable[[], None]]:
    """Yield a function for each report that the flags name, which writes it."""
    for format, file in flags.report:
        yield partial(_reported, flags, document, format, file)


def _reported(flags: Flags, document: Document, format: str, file: Path) -> None:
    save(file, render(format, document, options_of(flags)))


def check_places(flags: Flags, out: Path | None) -> None:
    """Raise ProblemsFound, before anything is done, where a file that is to be kept could not be written."""
    for file in [*filter(None, [out]), *(file for _, file in flags.report)]:
        if not writable(file):
            words = f"{file} cannot be written: name a file in a folder that is there"
            raise ProblemsFound((Problem("unwritable", words),))


def unwritable(place: Path, error: OSError) -> Problem:
    """Return the problem of a place that cannot be written, which ends the command that was to make it."""
    words = f"{error.filename or place} cannot be written ({error.strerror}): choose another folder"
    return Problem("unwritable", words)


def save(out: Path, text: str) -> None:
    """Write a document whole; where the file cannot be written, raise Unwritten and leave what was there."""
    try:
        replace(out, SINK.clean(text))
    except (OSError, ValueError) as error:
        raise unwritten(str(out), error) from error


def options_of(flags: Flags) -> Options:
    """Return what a report is told beside the document."""
    folder = flags.chdir
    if folder.is_absolute() and folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    around = folder == Path() or {*folder.parts} == {".."}  # files are shown as the project has them
    place = "" if around else folder.as_posix()
    return Options(flags.max_chars, flags.quiet, flags.verbose, folder=place)
