"""Prints the result, and only that, to standard output."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.cli.flags import Flags
from reconcile.cli.sink import say
from reconcile.model import Json
from reconcile.records import spelled
from reconcile.reports import text


def show(flags: Flags, document: Mapping[str, Json]) -> None:
    """The document in the format that the flags ask for, in one write."""
    say(spelled(document) if flags.output == "json" else text.render(document), nl=False)
