"""The table of formats: each a module with `render(document, options)`, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

from reconcile.model import Json

LEAST_CHARS = 1_000
MOST_CHARS = 60_000
"""Under the 65,536 characters that a comment on GitHub may have."""


class Options(NamedTuple):
    """What a report is told beside the document."""

    max_chars: int = MOST_CHARS
    """The budget of markdown; LEAST_CHARS or more."""

    folder: str = ""
    """The project's folder as seen from where annotations are shown from; "" for that place itself."""

    def file(self, name: str) -> str:
        """The file of a place as seen from there."""
        return f"{self.folder.rstrip('/')}/{name}" if self.folder else name


FORMATS: Mapping[str, str] = {
    "text": "text",
    "json": "plain",
    "markdown": "markdown",
    "html": "html",
    "github": "github",
    "junit": "junit",
    "terraform-report": "terraform",
}


def render(name: str, document: Mapping[str, Json], options: Options | None = None) -> str:
    """The document in the named format."""
    module = import_module(f"reconcile.reports.{FORMATS[name]}")
    text: str = module.render(document, options or Options())
    return text
